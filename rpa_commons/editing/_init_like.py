"""What another member has chosen for a bot, as far as it may be taken over.

Rules this module keeps: only settings are read, from the member's own file and not from its environments;
secrets, personal values and keys this bot does not know are left out; what the member withholds stays a
question to the member; a text that names the member or says how to reach it is its own, and stays a comment.

Usage::

    choices_of(Path("../hvidovre"), "welcome-letters", "welcome-letters", section)[0].line("1")
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rpa_commons.config.documents import Document, read_document, read_optional_document, toml_text
from rpa_commons.config.findings import ConfigError, Finding, KeyPath, lookup
from rpa_commons.config.layers import Section
from rpa_commons.config.municipality import stems
from rpa_commons.config.schema import as_json

from ._toml_edit import MUST_BE_FILLED_IN, OF_ANOTHER, TAKEN_OVER

__all__ = ["Choice", "choices_of", "left_behind", "member_name"]

_WITHHELD = {"withheld": True}
_LIST_CHANGE = frozenset({"append", "remove"})
_CONTACT = re.compile(r"[\w.+-]+@[\w-]+\.\w|https?://|\bwww\.|(?<![\d-])\+?\d(?:[ .]?\d){7,11}(?![\d-])")
"""A mail address, a web page, a telephone number."""
_FOLDERS = ("letters", "tables", "hooks")


@dataclass(frozen=True)
class Choice:
    """One setting of another member.

    Attributes:
        key: As ``explain`` names it.
        value: The member's value.
        member: The member's name.
        is_open: Whether the member says the value.
        problem: Why the value cannot be taken over; empty when it can.
        is_needed: Whether nothing else says the value here.
    """

    key: str
    value: Any
    member: str
    is_open: bool = True
    problem: str = ""
    is_needed: bool = False

    @property
    def is_own(self) -> bool:
        """Whether the value speaks of the member itself: its name, its telephone number, its addresses."""
        texts = [one for _, one in [((), self.value), *_inner(self.value)] if isinstance(one, str)]
        return any(self.member.casefold() in one.casefold() or _CONTACT.search(one) for one in texts)

    @property
    def is_taken_over(self) -> bool:
        """Whether the new file says the value."""
        return self.is_open and not self.problem and not self.is_own

    def line(self, example: str) -> str:
        """The line in the new file: a comment where the value is withheld, or cannot be taken over."""
        if not self.is_open:
            return f"# {self.key} = {example} # ask {self.member.upper()}: withheld"
        said = f"{self.key} = {toml_text(self.value, inner=True)}"
        if self.problem:
            return f"# {said} # {self.member}'s, but: {self.problem}"
        if self.is_own:
            note = OF_ANOTHER.format(self.member)
            return f"# {said} {MUST_BE_FILLED_IN}: {note}" if self.is_needed else f"# {said} # {note}"
        return f"{said} # {TAKEN_OVER.format(self.member)}"


def choices_of(folder: Path, bot: str, name: str, section: Section) -> tuple[Choice, ...]:
    """What a member says of a bot that differs from what holds here anyway.

    Args:
        folder: The member's folder, or what it has published.
        bot: The bot.
        name: The new instance; preferred where the member has several of the same bot.
        section: The new instance's, with nothing of its own: what the bot and the cooperation say.

    Raises:
        ConfigError: the folder has no such bot, or its file cannot be read.
    """
    folder = folder.resolve()
    document = _file_of(folder, bot, name)
    member = member_name(folder)
    found = []
    settings = document.values.get("settings")
    if settings == _WITHHELD:  # every key may have been said
        settings = dict.fromkeys(section.view.keys(("settings",)), _WITHHELD)
    for path, value in _leaves(section, settings, ("settings",)):
        view = section.view
        is_open = value != _WITHHELD
        inside = [path, *((*path, *below) for below, _ in _inner(value))] if is_open else [path]
        if (
            not view.knows(path)
            or view.note(path, "table")
            or any(view.secret_part(one) or view.is_personal(one) for one in inside)
        ):
            continue
        if is_open and as_json(value, view, path) == _here(section, path):
            continue
        is_needed = _here(section, path) is None
        found.append(Choice(section.name_of(path), value, member, is_open, is_needed=is_needed))
    return tuple(found)


def left_behind(folder: Path) -> tuple[str, ...]:
    """Folders of the member whose files are not taken over: letters, tables and hooks of its own."""
    return tuple(
        name for name in _FOLDERS if any(one.is_file() for one in sorted((folder / name).rglob("*")))
    )


def _inner(value: Any) -> Iterator[tuple[KeyPath, Any]]:  # noqa: ANN401 - any TOML value
    from rpa_commons.config.findings import walk

    return walk(value)


def _here(section: Section, path: KeyPath) -> Any:  # noqa: ANN401 - any JSON value
    try:
        return lookup(section.values, path)
    except KeyError:
        return None


def _leaves(section: Section, tree: Any, path: KeyPath) -> Iterator[tuple[KeyPath, Any]]:  # noqa: ANN401 - TOML
    if not isinstance(tree, Mapping):
        return
    for key, value in tree.items():
        here = (*path, key)
        is_whole = (
            not isinstance(value, Mapping)
            or not value
            or value == _WITHHELD
            or section.view.secret_part(here) == here
            or value.keys() <= _LIST_CHANGE
        )
        if is_whole:
            yield here, value
        else:
            yield from _leaves(section, value, here)


def _file_of(folder: Path, bot: str, name: str) -> Document:
    documents = {
        stem: read_document(folder / "bots" / f"{stem}.toml", root=folder, name=f"bots/{stem}.toml")
        for stem in stems(folder / "bots")
    }
    of_bot = {stem: one for stem, one in documents.items() if one.values.get("bot") == bot}
    chosen = of_bot.get(name) or next(iter(of_bot.values()), None)
    if chosen is None:
        message = f"no bot instance here uses {bot}"
        advice = "name a member's folder, or the folder of what it has published"
        raise ConfigError([Finding("E103", "", message, folder, help=advice)])
    return chosen


def member_name(folder: Path) -> str:
    """The member's name as its municipality.toml says, or the folder's."""
    try:
        document = read_optional_document(folder / "municipality.toml", root=folder, name="municipality.toml")
    except ConfigError:
        document = None
    name = document.values.get("name") if document is not None else None
    return name if isinstance(name, str) and name and name.isprintable() else folder.name
