"""Every file that can say something about a municipality's bots, whether it is there or not.

Rules this module keeps: files come in the order of layers, weakest first; what lies there and is never read
is listed too, since it is most likely misspelt; a file that cannot be read is a line here and no error.

Usage::

    for one in candidate_files(municipality):
        one.layer, one.display, one.state  # "baseline", "../baseline/bots/welcome-letters.toml", "read"
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from rpa_commons.config.findings import ConfigError, Finding, guess, printable
from rpa_commons.config.layers import ENVIRONMENTS
from rpa_commons.config.municipality import MunicipalityFolder, meant_name, profiles_of, sorted_files

__all__ = ["CandidateFile", "candidate_files"]

State = Literal["read", "absent", "unreadable", "ignored"]

_OWN_FILES = ("municipality.toml", "stack.toml", "confirmations.toml", "systems.toml", "rpac.lock")
_OWN_FOLDERS = ("bots", "environments", "hooks", "letters", "tables")
_OF_BASELINE = ("baseline.toml", "policies.toml", "waivers.toml")
_TABLE_FILES = (".csv", ".toml")


@dataclass(frozen=True)
class CandidateFile:
    """One file, or the folder where files could be.

    Attributes:
        layer: As origins call it: ``baseline``, ``profile kombit``, ``municipality``, ``environment test``.
        path: Where it is or would be, absolute.
        display: The same, relative to the municipality's folder, as origins write it.
        instance: The bot instance it is about; ``None`` when it is about all of them.
        kind: ``municipality``, ``baseline``, ``stack``, ``policies``, ``waivers``, ``confirmations``,
            ``lock``, ``settings``, ``table``, ``hook``, ``letters``, or ``unknown``.
        state: ``read``; ``absent``; ``unreadable``; or ``ignored``: it is there and nothing reads it.
        note: Why it is unreadable or ignored; of ``baseline.toml``, name, version, a wheel's digest.
    """

    layer: str
    path: Path
    display: str
    instance: str | None
    kind: str
    state: State
    note: str = ""


@dataclass(frozen=True)
class _Place:
    """A folder that one layer's files lie in."""

    layer: str
    folder: Path
    root: Path
    prefix: str

    @property
    def is_own(self) -> bool:
        """Whether it is the municipality's: its files may be called as an instance."""
        return self.layer == "municipality" or self.layer.startswith("environment ")


def candidate_files(
    municipality: MunicipalityFolder, instance: str | None = None
) -> tuple[CandidateFile, ...]:
    """List the files of every bot instance, or of one of them and what it shares with the others.

    Raises:
        ConfigError: there is no such instance.
    """
    known = municipality.instances()
    if instance is not None and instance not in known:
        meant = guess(instance, known)
        advice = (
            f"did you mean {meant}?" if meant else f"the bot instances are {', '.join(known) or 'none yet'}"
        )
        message = f"there is no bot instance {instance!r}"
        raise ConfigError([Finding("E103", "", message, municipality.folder / "bots", help=advice)])
    listing = _Listing(municipality)
    found = [*listing.shared()]
    for name in known if instance is None else (instance,):
        found += listing.of_instance(name)
    return (*found, *(listing.ignored() if instance is None else ()))


class _Listing:
    """One listing of a municipality's files."""

    def __init__(self, municipality: MunicipalityFolder) -> None:
        self._municipality = municipality
        self._places = list(_places(municipality))
        self._bots = {name: self._bot_of(name) for name in municipality.instances()}

    def shared(self) -> Iterator[CandidateFile]:
        """What is about every instance."""
        baseline, own = self._places[0], next(one for one in self._places if one.layer == "municipality")
        yield self._file(own, "municipality.toml", "municipality")
        if baseline.layer == "baseline":
            yield self._named(self._file(baseline, "baseline.toml", "baseline"))
        yield from (self._file(place, "stack.toml", "stack") for place in self._places)
        if baseline.layer == "baseline":
            yield self._file(baseline, "policies.toml", "policies")
            yield self._file(baseline, "waivers.toml", "waivers")
        yield self._file(own, "confirmations.toml", "confirmations")
        yield self._file(own, "rpac.lock", "lock")

    def of_instance(self, name: str) -> Iterator[CandidateFile]:
        """What is about one instance."""
        bot = self._bots[name]
        for place in self._places:
            stem = name if place.is_own else bot
            if stem:
                yield self._file(place, f"bots/{stem}.toml", "settings", name)
        for place in self._places:
            for stem in self._stems(place, name, bot):
                yield from self._folder(place, f"tables/{stem}", "table", name, _TABLE_FILES)
        for place in self._places:
            if place.layer in {"baseline", "municipality"}:
                for stem in self._stems(place, name, bot):
                    yield from self._folder(place, f"letters/{stem}", "letters", name, (".md.j2",))
        yield from self._hooks(name, bot)

    def ignored(self) -> Iterator[CandidateFile]:
        """What lies in the folders and is never read."""
        municipality = self._municipality
        own = next(one for one in self._places if one.layer == "municipality")
        yield from self._strange_names(own)
        yield from self._strange_stems(own)
        environments = municipality.folder / "environments"
        for path in _visible(environments):
            if path.name not in ENVIRONMENTS:
                yield _stray(own, path, guess(path.name, ENVIRONMENTS))
        for place in self._places:
            if place.layer.startswith("environment "):
                yield from self._strange_in_environment(place)
                yield from self._strange_stems(place)
        info = municipality.baseline_info
        if info is not None:
            for finding in sorted_files(info.folder)[2]:
                path = finding.file or info.folder
                display = f"{info.label}/{path.relative_to(info.folder).as_posix()}"
                yield CandidateFile("baseline", path, display, None, "unknown", "ignored", finding.help)

    def _strange_in_environment(self, place: _Place) -> Iterator[CandidateFile]:
        """What is most likely misspelt; a folder of another name holds what a connector's settings name."""
        known = ("stack.toml", "bots", "tables")
        for path in _visible(place.folder):
            meant = None if path.name in known else meant_name(path.name, known)
            is_toml = path.is_file() and path.name.lower().endswith((".toml", ".toml.txt"))
            is_ours = path.name in (*_OWN_FILES, *_OWN_FOLDERS)  # which has its place beside environments/
            if path.name not in known and (meant or is_toml or is_ours):
                yield _stray(place, path, meant)

    def _strange_names(self, own: _Place) -> Iterator[CandidateFile]:
        for path in _visible(own.folder):
            if path.name in (*_OWN_FILES, *_OWN_FOLDERS) or path.match("pylock.*.toml"):
                continue  # the last is written beside rpac.lock, for other tools
            meant = meant_name(path.name, _OWN_FOLDERS if path.is_dir() else _OWN_FILES)
            if path.name in _OF_BASELINE:
                yield _stray(own, path, None, "it belongs into the cooperation's baseline")
            elif meant or (path.is_file() and path.name.lower().endswith((".toml", ".toml.txt"))):
                yield _stray(own, path, meant)

    def _strange_stems(self, place: _Place) -> Iterator[CandidateFile]:
        instances = list(self._bots)
        names = sorted({*instances, *self._bots.values()} - {""})
        for path in _visible(place.folder / "bots"):
            if path.suffix != ".toml" or path.stem not in instances:
                yield _stray(place, path, _as_file(guess(path.name.split(".")[0], instances), ".toml"))
        for folder in ("letters", "tables") if place.layer == "municipality" else ("tables",):
            for path in _visible(place.folder / folder):
                if path.name not in names:
                    yield _stray(place, path, guess(path.name, names))
        if place.layer == "municipality":
            modules = [f"{name.replace('-', '_')}.py" for name in names]
            for path in _visible(place.folder / "hooks"):
                if path.name not in modules and path.name != "__pycache__":
                    yield _stray(place, path, guess(path.name, modules))

    def _bot_of(self, name: str) -> str:
        """The bot of an instance; empty when its file does not say."""
        folder = self._municipality.folder
        try:
            document = self._municipality.reader.optional(
                folder / "bots" / f"{name}.toml", root=folder, name=f"bots/{name}.toml"
            )
        except ConfigError:
            return ""
        bot = document.values.get("bot") if document is not None else None
        return bot if isinstance(bot, str) and "/" not in bot and "\\" not in bot else ""

    @staticmethod
    def _stems(place: _Place, name: str, bot: str) -> Sequence[str]:
        """What a folder for an instance may be called, weakest first."""
        wanted = (bot, name) if place.is_own else (bot,)
        return [stem for stem in dict.fromkeys(wanted) if stem]

    def _file(self, place: _Place, name: str, kind: str, instance: str | None = None) -> CandidateFile:
        path, display = place.folder / name, place.prefix + name
        state, note = self._state(path, place.root, display)
        return CandidateFile(place.layer, path, display, instance, kind, state, note)

    def _named(self, one: CandidateFile) -> CandidateFile:
        """The baseline's file with which baseline it is; a wheel's digest is what one compares."""
        info = self._municipality.baseline_info
        if info is None or one.state != "read":
            return one
        digest = f", sha256 {info.sha256}" if info.sha256 else ""
        return replace(one, note=f"{printable(info.name)} {printable(info.version)}{digest}")

    def _state(self, path: Path, root: Path, display: str) -> tuple[State, str]:
        try:
            document = self._municipality.reader.optional(path, root=root, name=display)
        except ConfigError as error:
            return "unreadable", error.findings[0].message
        return ("absent" if document is None else "read"), ""

    def _folder(
        self, place: _Place, name: str, kind: str, instance: str, suffixes: tuple[str, ...]
    ) -> Iterator[CandidateFile]:
        """The files of a folder, or the folder itself when it is not there."""
        folder = place.folder / name
        if not folder.is_dir():
            yield CandidateFile(place.layer, folder, f"{place.prefix}{name}/", instance, kind, "absent")
            return
        for path in _visible(folder):
            below = path.relative_to(place.folder).as_posix()
            fits = path.name.endswith(suffixes) and path.is_file()
            note = "" if fits else f"a file here ends in {' or '.join(suffixes)}"
            state: State = "read" if fits else "ignored"
            yield CandidateFile(place.layer, path, place.prefix + below, instance, kind, state, note)

    def _hooks(self, name: str, bot: str) -> Iterator[CandidateFile]:
        """The hook files that an instance may have: the first that is there is the one that is used."""
        used = ""
        for stem in dict.fromkeys(one for one in (name, bot) if one):
            display = f"hooks/{stem.replace('-', '_')}.py"
            path = self._municipality.folder / display
            state: State = "absent"
            note = ""
            if path.is_file() and used:
                state, note = "ignored", f"{used} stands before it"
            elif path.is_file():
                state, used = "read", display
            elif path.exists() or path.is_symlink():
                state, note = "unreadable", "is no regular file"
            yield CandidateFile("municipality", path, display, name, "hook", state, note)


def _places(municipality: MunicipalityFolder) -> Iterator[_Place]:
    """The folders of the layers, weakest first."""
    info = municipality.baseline_info
    if info is not None:
        yield _Place("baseline", info.folder, info.folder, f"{info.label}/")
        for name in profiles_of(municipality)[0]:
            folder = info.folder / "profiles" / name
            yield _Place(f"profile {name}", folder, info.folder, f"{info.label}/profiles/{name}/")
    folder = municipality.folder
    yield _Place("municipality", folder, folder, "")
    name = municipality.environment
    yield _Place(f"environment {name}", folder / "environments" / name, folder, f"environments/{name}/")


def _visible(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if not path.name.startswith((".", "~$")))


def _as_file(stem: str | None, suffix: str) -> str | None:
    return None if stem is None else stem + suffix


def _stray(place: _Place, path: Path, meant: str | None, note: str = "") -> CandidateFile:
    display = place.prefix + path.relative_to(place.folder).as_posix() + ("/" if path.is_dir() else "")
    note = note or (f"did you mean {meant}?" if meant and meant != path.name else "nothing is called so")
    return CandidateFile(place.layer, path, display, None, "unknown", "ignored", note)
