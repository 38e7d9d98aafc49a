"""One side of a comparison: a municipality, and what holds for each of its bot instances.

Rules this module keeps: a value is kept as it holds, for comparing, and as it may be shown; what cannot be
read is said and never taken for nothing.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rpa_commons.capabilities import RpaCommonsError
from rpa_commons.config.findings import HIDDEN, ConfigError, KeyPath, lookup, printable, show
from rpa_commons.config.instances import examine_instance
from rpa_commons.config.layers import ConnectorEntry, Section, is_table, redact, value_without_places
from rpa_commons.config.municipality import MunicipalityFolder
from rpa_commons.manifest import Manifest
from rpa_commons.tables import NOTE

from ._diff_report import DiffRow, DiffValue
from ._fleet_changes import Subject
from ._fleet_withheld import Withheld
from ._members import Member

__all__ = ["IDENTITY", "DiffSide", "FoundValue", "InstanceSide", "different_rows", "rows_of_one", "values_of"]

IDENTITY = frozenset({"instance.id", "instance.bot"})
"""What instances are paired by, and what differs by nature."""

_PLACE = "row"  # where a row keeps its file and line

ManifestOf = Callable[[str], Manifest]


@dataclass(frozen=True)
class FoundValue:
    """A value of one side."""

    raw: Any
    value: DiffValue
    is_default: bool = False
    rows: Sequence[Any] = ()
    """Of a decision table that may be seen: its rows, with their places."""


@dataclass(frozen=True)
class InstanceSide:
    """A bot instance of one side, resolved as far as it goes."""

    name: str
    manifest: Manifest
    sections: tuple[Section, ...]
    withheld: Withheld
    blocks: frozenset[str]
    steps: frozenset[str]
    problem: str = ""
    """Why nothing can be said about it."""


@dataclass(frozen=True)
class DiffSide:
    """One municipality that is compared.

    Attributes:
        municipality: Which.
        manifest_of: Gives the manifests of its bots.
        connectors: The connectors there are.
        member: For a published folder: what it withholds.
    """

    municipality: MunicipalityFolder
    manifest_of: ManifestOf
    connectors: Mapping[str, ConnectorEntry]
    member: Member | None = None

    @property
    def name(self) -> str:
        """The municipality's, fit for a screen."""
        return printable(self.municipality.name)

    @classmethod
    def of(
        cls,
        member: Member,
        manifest_of: Callable[[MunicipalityFolder], ManifestOf],
        connectors: Mapping[str, ConnectorEntry],
    ) -> "DiffSide":
        """The side of a member that was opened."""
        if member.municipality is None:
            raise ConfigError(member.findings)
        return cls(member.municipality, manifest_of(member.municipality), connectors, member)

    def bots(self) -> dict[str, list[str]]:
        """Bot -> its instances here."""
        found: dict[str, list[str]] = {}
        for name in self.municipality.instances():
            found.setdefault(self._bot(name), []).append(name)
        found.pop("", None)
        return found

    def manifest(self, bot: str) -> Manifest | None:
        """The manifest this side runs; ``None`` when the bot is not installed here."""
        try:
            return self.manifest_of(bot)
        except RpaCommonsError:
            return None

    def problem(self, bot: str) -> str:
        """Why there is no manifest."""
        try:
            self.manifest_of(bot)
        except RpaCommonsError as error:
            return error.message
        return ""

    def notes(self, bot: str, manifest: Manifest) -> Iterator[str]:
        """What to know when the instances of a bot are read with a manifest."""
        name, info = self.name, self.member.info if self.member else None
        if info is None:
            own = self.manifest(bot)
            if own is None:
                yield f"{bot} is not installed for {name}: read as {bot} {manifest.version}"
            return
        runs = {(one.version, one.manifest) for one in info.instances.values() if one.bot == bot}
        for version, digest in sorted(runs):
            if digest != manifest.digest:
                yield f"{name} runs {bot} {version or '(it does not say which)'}: read as {manifest.version}"

    def left_out(self) -> Iterator[str]:
        """Bot instances whose file cannot be read or names no bot."""
        for name in self.municipality.instances():
            if not self._bot(name):
                yield f"{self.name}: bots/{name}.toml cannot be read, or names no bot"

    def instance(self, name: str, manifest: Manifest) -> InstanceSide:
        """One instance, read with a manifest."""
        municipality = self.municipality
        try:
            examined = examine_instance(municipality, name, lambda _: manifest, connectors=self.connectors)
            sections, problem = examined.sections, ""
        except RpaCommonsError as error:
            found = error.findings if isinstance(error, ConfigError) else ()
            why = "; ".join(one.message for one in found) or error.message
            sections, problem = (), f"{self.name}: nothing is compared of {name}: {why}"
        member = self.member or Member(municipality.folder, self.name)
        said = Subject.of(member, municipality, name, manifest.name)
        return InstanceSide(
            name,
            manifest,
            sections,
            Withheld.of(member, name, manifest),
            frozenset(f"{template}.{block}" for template, block, _ in said.overridden(manifest)),
            frozenset(said.wrapped(manifest)),
            problem,
        )

    def _bot(self, name: str) -> str:
        folder = self.municipality.folder
        path = folder / "bots" / f"{name}.toml"
        try:
            document = self.municipality.reader.document(path, root=folder, name=f"bots/{name}.toml")
        except ConfigError:
            return ""
        bot = document.values.get("bot")
        return bot if isinstance(bot, str) else ""


def values_of(instance: InstanceSide) -> dict[str, FoundValue]:
    """Every leaf of an instance, with the value that holds and where it comes from."""
    found: dict[str, FoundValue] = {}
    for section in instance.sections:
        for path, candidates in section.merged.leaves.items():
            key = section.name_of(path)
            if key in IDENTITY:
                continue
            raw = _raw(section, path)
            winner = candidates[-1]
            origin, is_default = str(winner.origin(path)), winner.layer.is_default
            value = DiffValue(redact(section, path, raw), origin)
            if isinstance(raw, list) and is_table(section.view, path):
                rows = () if value.value == HIDDEN else tuple(raw)
                raw = value_without_places(section.view, path, raw)
                found[key] = FoundValue(raw, DiffValue(None, origin, len(raw)), is_default, rows)
                continue
            found[key] = FoundValue(raw, value, is_default)
    return found


def _raw(section: Section, path: KeyPath) -> Any:  # noqa: ANN401 - any JSON value
    try:
        return lookup(section.values, path)
    except KeyError:
        return None


def _placed(row: Any) -> tuple[str, str]:  # noqa: ANN401 - JSON
    """A row in words, and where it stands."""
    if not isinstance(row, Mapping):
        return show(row), ""
    cells = (f"{key} = {show(value)}" for key, value in _cells(row) if key not in {_PLACE, NOTE})
    return ", ".join(cells), str(row.get(_PLACE, ""))


def _cells(row: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in row.items():
        yield from _cells(value) if isinstance(value, Mapping) else [(key, value)]


def rows_of_one(left: FoundValue | None, right: FoundValue | None) -> tuple[DiffRow, ...]:
    """The rows of a decision table that only one side has, each with its place."""
    sides = [list(map(_placed, one.rows)) if one else [] for one in (left, right)]
    known = [Counter(words for words, _ in rows) for rows in sides]
    found: list[DiffRow] = []
    for name, rows, others in (("left", sides[0], known[1]), ("right", sides[1], known[0])):
        left_over = Counter(others)
        for words, origin in rows:
            if left_over[words]:
                left_over[words] -= 1
            else:
                found.append(DiffRow(name, words, origin))
    return tuple(found)


def different_rows(left: FoundValue | None, right: FoundValue | None) -> int | None:
    """How many rows of a decision table only one side has; ``None`` for any other value."""
    sides = [one for one in (left, right) if one is not None]
    if not sides or any(one.value.rows is None for one in sides):
        return None
    ours, theirs = (
        Counter(json.dumps(row, sort_keys=True, default=str) for row in (one.raw if one else ()))
        for one in (left, right)
    )
    return ((ours - theirs) + (theirs - ours)).total()
