"""Where templates come from: the municipality's folders, the baseline, the bot; strongest first.

Rules this module keeps: a template is one file ``<name>.md.j2`` directly in a layer's folder; a name never
leads out of it; a file is a regular one, UTF-8, at most 64 KiB, and read once. ``families.md.j2`` means the
strongest layer that has it; ``bot:families.md.j2``, ``baseline:...`` and ``municipality:...`` mean that
layer.
"""

import datetime as dt
import difflib
import errno
import re
import stat
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path

from ._errors import TemplateError, TemplateMissingError, TemplateProblem
from ._letterhead import Letterhead
from ._words import Language

__all__ = ["LAYERS", "SUFFIX", "LetterSource", "TemplateStore", "closest", "template_source"]

SUFFIX = ".md.j2"
LAYERS = ("instance", "municipality", "baseline", "bot")
"""Strongest first. ``instance``: letters of one bot instance, where a municipality has several of a bot."""

_BASELINE_FILE = "baseline.toml"
_NAME = re.compile(r"(?:(bot|baseline|municipality|instance):)?([a-z0-9][a-z0-9_-]{0,63})(?:\.md\.j2)?")
_LARGEST = 64 * 1024  # bytes; a long letter's template is 5 KiB
_MARKERS = re.compile("[\ue000-\ue003]")


@dataclass(frozen=True)
class LetterSource:
    """What the runtime tells a bot's letters, once.

    Attributes:
        templates: The bot's own template folder: ``importlib.resources.files("bot") / "letters"``, or a path.
        letterhead: Whose letter it is.
        date: The date of the letter, or a function that gives it: with a function the runtime can bind once
            and still date each letter by its work item, so that a replay gives equal bytes.
        overrides: Folders that override the bot's, strongest first: the instance's, the municipality's, the
            baseline's; any may be left out. A folder ``letters/<bot>`` beside a ``baseline.toml`` is the
            baseline's, which is how the three are told apart.
        language: Wins over the setting when given, e.g. for a preview; leave it out otherwise.
        bot: Name of the bot, for :attr:`rpa_commons.capabilities.Letter.template`.
    """

    templates: Traversable
    letterhead: Letterhead
    date: dt.date | Callable[[], dt.date]
    overrides: tuple[Path, ...] = ()
    language: Language | None = None
    bot: str = ""

    def file_of(self, template: str) -> Path | None:
        """Where a template lies that a municipality or its cooperation wrote; ``None`` for the bot's own.

        Args:
            template: Canonical name, ``municipality:families.md.j2``.
        """
        layer, _, file_name = template.partition(":")
        folder = TemplateStore(self.templates, self.overrides).folder(layer)
        return folder / file_name if layer != "bot" and isinstance(folder, Path) else None


class TemplateStore:
    """Finds and reads the templates of a :class:`LetterSource` by canonical name, ``layer:file``."""

    def __init__(self, templates: Traversable, overrides: tuple[Path, ...] = ()) -> None:
        shared = [folder for folder in overrides if _is_baseline(folder)]
        own = [folder for folder in overrides if folder not in shared]
        self._folders: dict[str, Traversable] = {
            "bot": templates,
            **dict(zip(("baseline",), shared, strict=False)),
            **dict(zip(("municipality", "instance"), reversed(own), strict=False)),
        }

    def folder(self, layer: str) -> Traversable | None:
        """The folder of a layer, ``None`` when the layer has none."""
        return self._folders.get(layer)

    def others(self, layer: str) -> tuple[str, ...]:
        """What lies in a layer's folder and is no template by its name, in folders there too; sorted."""
        folder = self._folders.get(layer)
        if folder is None or not folder.is_dir():
            return ()
        found = []
        for one in folder.iterdir():
            if one.is_dir() and not one.name.startswith("."):
                found += [f"{one.name}/{file.name}" for file in one.iterdir() if file.name.endswith(SUFFIX)]
            elif not one.name.startswith(".") and not _is_template(one.name):
                found.append(one.name)
        return tuple(sorted(found))

    def names(self, layer: str | None = None) -> tuple[str, ...]:
        """The template names (without suffix) of one layer, or of all; sorted."""
        layers = LAYERS if layer is None else (layer,)
        found = {
            file.name.removesuffix(SUFFIX)
            for folder in map(self._folders.get, layers)
            if folder is not None and folder.is_dir()
            for file in folder.iterdir()
            if _is_template(file.name)
        }
        return tuple(sorted(found))

    def resolve(self, name: str) -> str:
        """The canonical name of ``families``, ``families.md.j2`` or ``bot:families.md.j2``.

        Raises:
            TemplateMissingError: no layer, or not the named one, has it; with a guess.
        """
        parsed = _NAME.fullmatch(name)
        if parsed is None:
            raise TemplateMissingError(name, self.names(), closest(name, self.names()))
        wanted, stem = parsed.groups()
        for layer in LAYERS if wanted is None else (wanted,):
            folder = self._folders.get(layer)
            if folder is not None and (folder / f"{stem}{SUFFIX}").is_file():
                return f"{layer}:{stem}{SUFFIX}"
        known = self.names(wanted)
        raise TemplateMissingError(name, known, closest(stem, known))

    def read(self, canonical: str) -> str:
        """The source of a template, every line end made a line feed.

        Raises:
            TemplateError: the file is unreadable, too large, not UTF-8 or holds our marker characters.
        """
        layer, _, file_name = canonical.partition(":")
        try:
            text = template_source(self._folders[layer] / file_name)
        except OSError as error:
            raise _refused(canonical, f"cannot be read: {error.strerror or type(error).__name__}") from None
        except UnicodeDecodeError:
            raise _refused(canonical, "is not UTF-8", "save the file as UTF-8") from None
        if found := _MARKERS.search(text):
            line = text.count("\n", 0, found.start()) + 1
            raise _refused(canonical, "holds a private-use character (U+E000 to U+E003)", "remove it", line)
        return text


def template_source(file: Traversable) -> str:
    """The text of a template's file, every line end made a line feed.

    Raises:
        OSError: it is no regular file, for reading a pipe would wait for ever, cannot be read, or is too
            large.
        UnicodeDecodeError: it is not UTF-8.
    """
    if isinstance(file, Path) and not stat.S_ISREG(file.stat().st_mode):
        raise OSError(errno.EINVAL, "it is no regular file")
    with file.open("rb") as stream:
        data = stream.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise OSError(errno.EFBIG, f"it is larger than {_LARGEST // 1024} KiB")
    return data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")


def closest(word: str, known: tuple[str, ...]) -> str:
    """The known word most like ``word``, or an empty string."""
    return next(iter(difflib.get_close_matches(word.removesuffix(SUFFIX), known, n=1)), "")


def _is_template(file_name: str) -> bool:
    return file_name.endswith(SUFFIX) and _NAME.fullmatch(file_name) is not None


def _is_baseline(folder: Path) -> bool:
    return (folder.parent.parent / _BASELINE_FILE).is_file()


def _refused(canonical: str, problem: str, remedy: str = "", line: int = 0) -> TemplateError:
    return TemplateError([TemplateProblem(canonical, line, problem, remedy)])
