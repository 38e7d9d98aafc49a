"""An upgrade that did not end: which files are written for a version that ``rpac.lock`` does not name yet.

Rules this module keeps: before the first file is rewritten a note lies in ``state_dir``, and what it says is
held against the files and the lock each time, so a note that is left over says nothing wrong: a file counts
only while it holds exactly what the upgrade wrote, and only while the lock names the version of before.
A second attempt keeps what the note says of the first.

Usage::

    begin_upgrade(roskilde, note)
    ...  # rewrite the files, replace rpac.lock
    end_upgrade(roskilde, "welcome-letters")

    unfinished_upgrades(roskilde)  # an E501 for each such file
"""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rpa_commons.config.documents import replace_text
from rpa_commons.config.findings import Finding
from rpa_commons.config.municipality import MunicipalityFolder, locked_versions

__all__ = ["UpgradeNote", "begin_upgrade", "end_upgrade", "unfinished_upgrades"]

_LARGEST = 1024 * 1024  # bytes; a note is some hundred
_PREFIX = "upgrade-"


@dataclass(frozen=True)
class UpgradeNote:
    """What an upgrade is about to write.

    Attributes:
        bot: Its name.
        before: The version in ``rpac.lock``.
        after: The version to come.
        instances: Every instance of the bot.
        files: Path relative to the municipality's folder -> SHA-256 (hex) of the new text.
    """

    bot: str
    before: str
    after: str
    instances: tuple[str, ...]
    files: Mapping[str, str]

    def to_json(self) -> str:
        """The note's text."""
        return json.dumps(vars(self), indent=2, sort_keys=True) + "\n"


def begin_upgrade(municipality: MunicipalityFolder, note: UpgradeNote) -> None:
    """Leave a note, within :func:`changing` of the folder and before the first file is rewritten.

    Without a file to rewrite and without an earlier attempt there is nothing to note.

    Raises:
        FileNotWrittenError: the system refuses; nothing was changed.
    """
    earlier = _read(_place(municipality, note.bot))
    if earlier is not None and (earlier.before, earlier.after) == (note.before, note.after):
        note = replace(note, files={**earlier.files, **note.files})
    if note.files and note.before != note.after:
        replace_text(_place(municipality, note.bot), note.to_json())


def end_upgrade(municipality: MunicipalityFolder, bot: str) -> None:
    """Take the note away, when ``rpac.lock`` names the new version."""
    with suppress(OSError):  # the lock says that it has ended
        _place(municipality, bot).unlink(missing_ok=True)


def unfinished_upgrades(municipality: MunicipalityFolder, names: Collection[str] = ()) -> tuple[Finding, ...]:
    """E501 for each file that an upgrade has written and that the installed version does not fit.

    Args:
        municipality: Whose.
        names: The instances that matter; all of them when empty.
    """
    try:
        places = sorted(municipality.state_dir.glob(f"{_PREFIX}*.json"))
    except OSError:
        return ()
    found: list[Finding] = []
    for place in places:
        note = _read(place)
        if note is not None and (not names or not set(names).isdisjoint(note.instances)):
            found += _findings(municipality, note)
    return tuple(found)


def _findings(municipality: MunicipalityFolder, note: UpgradeNote) -> Iterator[Finding]:
    folder = municipality.folder
    locked = {**locked_versions(folder, kind="connector"), **locked_versions(folder)}
    if locked.get(note.bot, ("", ""))[0] != note.before:
        return
    is_bot = note.bot in locked_versions(folder)
    instance = note.instances[0] if note.instances and is_bot else note.bot
    message = (
        f"is written for {note.bot} {note.after}, and rpac.lock names {note.before}: an upgrade did not end"
    )
    advice = (
        f"run it again, it goes on from here: `rpac upgrade {instance} --to WHEEL` with the wheel of"
        f" {note.after}; or take the file back from version control"
    )
    for name, digest in note.files.items():
        path = municipality.folder / name
        with suppress(OSError):
            if hashlib.sha256(path.read_bytes()).hexdigest() == digest:
                yield Finding("E501", "", message, path, help=advice)


def _place(municipality: MunicipalityFolder, bot: str) -> Path:
    return municipality.state_dir / f"{_PREFIX}{bot}.json"


def _read(place: Path) -> UpgradeNote | None:
    """The note; ``None`` without one, or when it is not as it was written."""
    try:
        if not place.is_file() or place.stat().st_size > _LARGEST:
            return None
        values = json.loads(place.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return _note(values)


def _note(values: Any) -> UpgradeNote | None:  # noqa: ANN401 - any JSON value
    if not isinstance(values, dict) or set(values) != {"bot", "before", "after", "instances", "files"}:
        return None
    texts = [values[name] for name in ("bot", "before", "after")]
    if not isinstance(values["instances"], list) or not isinstance(values["files"], dict):
        return None
    texts += [*values["instances"], *values["files"].values()]
    if not all(isinstance(one, str) for one in texts):
        return None
    return UpgradeNote(**{**values, "instances": tuple(values["instances"])})
