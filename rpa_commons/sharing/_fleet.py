"""What a new version of a bot would do to every member: from the version's manifest and the members' files.

Rules this module keeps: nothing is imported, installed or sent; no secret is looked up; each finding points
at the member's own line; what cannot be told is said and never taken for right.

Usage::

    with open_members(Path("members")) as members:
        report = fleet_check(manifest, members, connectors=catalogue())
    report.breaks  # the members that could not run it
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

from rpa_commons.capabilities import RpaCommonsError
from rpa_commons.config.findings import ConfigError, Finding, display_path, in_order
from rpa_commons.config.instances import Examination, examine_instance
from rpa_commons.config.layers import ConnectorEntry
from rpa_commons.config.municipality import MunicipalityFolder
from rpa_commons.manifest import Manifest

from ._fleet_changes import Changes, Subject, changes_between, letter_findings, step_findings
from ._fleet_report import VERDICTS, FleetInstance, FleetMember, FleetReport
from ._fleet_withheld import Withheld, without_rules
from ._members import Member, Members

__all__ = ["fleet_check"]

Known = Callable[[str, str], Manifest | None]
"""From a version and a manifest digest to that manifest, where its wheel is at hand."""


def fleet_check(
    manifest: Manifest,
    members: Members,
    *,
    connectors: Mapping[str, ConnectorEntry],
    known: Known = lambda _version, _digest: None,
    today: date | None = None,
) -> FleetReport:
    """Resolve every member's instances of a bot against a version of it.

    Args:
        manifest: Of the version.
        members: From :func:`open_members`.
        connectors: The connectors there are; settings of any other are not checked, which is said.
        known: Older manifests, to tell what changes.
        today: For waivers and dated tables; the local date.
    """
    checking = _Checking(manifest, _Remembered(connectors), known, today)
    found = tuple(checking.member(one) for one in members.members)
    return FleetReport(
        manifest.name,
        manifest.version,
        found,
        tuple((display_path(path), why) for path, why in members.passed_over),
        {code: tuple(map(display_path, where)) for code, where in members.doubles.items()},
    )


class _Remembered(Mapping[str, ConnectorEntry]):
    """A catalogue whose entries are made once."""

    def __init__(self, connectors: Mapping[str, ConnectorEntry]) -> None:
        self._connectors = connectors
        self._entries: dict[str, ConnectorEntry] = {}

    def __getitem__(self, name: str) -> ConnectorEntry:
        if name not in self._entries:
            self._entries[name] = self._connectors[name]
        return self._entries[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._connectors)

    def __len__(self) -> int:
        return len(self._connectors)

    def __contains__(self, name: object) -> bool:
        return name in self._connectors


class _Checking:
    def __init__(
        self, manifest: Manifest, connectors: Mapping[str, ConnectorEntry], known: Known, today: date | None
    ) -> None:
        self._manifest = manifest
        self._connectors = connectors
        self._known = known
        self._today = today
        self._changes: dict[str, Changes] = {}
        self._variants: dict[tuple[int, frozenset[str]], Manifest] = {}

    def member(self, member: Member) -> FleetMember:
        """One member; whatever goes wrong with it is in the result."""
        folder, is_published = display_path(member.folder), member.info is not None
        head = (member.name, member.code, folder, is_published)
        if member.municipality is None:
            return FleetMember(*head, "unreadable", findings=member.findings, notes=member.notes)
        try:
            names, unreadable = self._instances(member.municipality)
            found = tuple(self._instance(member, member.municipality, name) for name in names)
        except RpaCommonsError as error:
            return FleetMember(*head, "unreadable", notes=(*member.notes, error.message))
        verdict = max((one.verdict for one in found), key=VERDICTS.index, default="unused")
        if unreadable:
            verdict = "unreadable"
        return FleetMember(*head, verdict, found, tuple(unreadable), member.notes)

    def _instances(self, municipality: MunicipalityFolder) -> tuple[list[str], list[Finding]]:
        """The instances of the bot, and what hinders the look at others."""
        names: list[str] = []
        findings: list[Finding] = []
        for name in municipality.instances():
            path = municipality.folder / "bots" / f"{name}.toml"
            try:
                document = municipality.reader.document(
                    path, root=municipality.folder, name=f"bots/{name}.toml"
                )
            except ConfigError as error:
                findings += error.findings
                continue
            if document.values.get("bot") == self._manifest.name:
                names.append(name)
        return names, findings

    def _instance(self, member: Member, municipality: MunicipalityFolder, name: str) -> FleetInstance:
        said = Subject.of(member, municipality, name, self._manifest.name)
        old = self._known(said.version, said.digest) if said.digest else None
        withheld = Withheld.of(member, name, self._manifest)
        examination, findings = self._examine(municipality, name, self._manifest, withheld)
        notes = [one.message for one in findings if one.code == "E602"]
        findings = [one for one in findings if one.code != "E602"]
        findings += step_findings(said, self._manifest)
        findings += letter_findings(said, self._manifest, old)
        changes = [f"{one.key}: {one.message}" for one in findings if one.is_warning]
        if old is not None:
            sections = examination.sections if examination else ()
            changes += self._between(old).sentences(said, sections, withheld)
        elif said.version != self._manifest.version:
            notes.append(said.unknown_before)
        if withheld.everything:
            notes.append("none of its settings are published, so nothing is said about them")
        already = self._already(municipality, name, old, withheld, findings)
        verdict = _verdict(findings, changes, withheld)
        return FleetInstance(
            name, said.version, verdict, in_order(findings), tuple(changes), tuple(notes), already
        )

    def _between(self, old: Manifest) -> Changes:
        digest = old.digest
        if digest not in self._changes:
            self._changes[digest] = changes_between(old, self._manifest)
        return self._changes[digest]

    def _examine(
        self, municipality: MunicipalityFolder, name: str, manifest: Manifest, withheld: Withheld
    ) -> tuple[Examination | None, list[Finding]]:
        """The instance under a version, and what is wrong that is not just withheld."""
        seen = self._variant(manifest, withheld)
        try:
            found = examine_instance(
                municipality, name, lambda _: seen, connectors=self._connectors, today=self._today
            )
        except ConfigError as error:
            return None, [one for one in error.findings if not withheld.explains(one)]
        return found, [one for one in found.findings if not withheld.explains(one)]

    def _variant(self, manifest: Manifest, withheld: Withheld) -> Manifest:
        """The manifest without the rules that a withheld value would have to keep."""
        if not withheld.words:
            return manifest
        key = (id(manifest), withheld.words)
        if key not in self._variants:
            self._variants[key] = without_rules(manifest, withheld.words)
        return self._variants[key]

    def _already(
        self,
        municipality: MunicipalityFolder,
        name: str,
        old: Manifest | None,
        withheld: Withheld,
        findings: Sequence[Finding],
    ) -> tuple[Finding, ...]:
        """Those of the findings that the member has under the version it runs, too."""
        wrong = [one for one in findings if not one.is_warning]
        if old is None or not wrong:
            return ()
        before = {(one.code, one.key) for one in self._examine(municipality, name, old, withheld)[1]}
        return tuple(one for one in wrong if (one.code, one.key) in before)


def _verdict(findings: Sequence[Finding], changes: Sequence[str], withheld: Withheld) -> str:
    wrong = {one.code for one in findings if not one.is_warning}
    if wrong - {"E501"}:
        return "breaks"
    if wrong:
        return "migration"
    if withheld.everything:
        return "unknown"
    return "changes" if changes else "works"
