"""The words of the pages in four languages, and how dates, numbers and sizes are written in each.

Rules this module keeps: one gettext catalogue per language (``locale/da.po``), read as it stands, so that no
compiled file can be older than its source; the English text is the key, so English needs no catalogue; a
text that a catalogue lacks is shown in English and never fails a page (a test finds it before).

Usage::

    words = words_of("da")
    words.gettext("Versions"), words.day("2026-11-22T04:33:41Z"), words.size(183_296)
"""

import ast
import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Literal

__all__ = ["LANGUAGES", "Language", "Words", "as_language", "preferred", "read_catalogue", "words_of"]

Language = Literal["da", "nb", "sv", "en"]

LANGUAGES: Mapping[Language, str] = MappingProxyType(
    {"da": "Dansk", "nb": "Norsk bokmål", "sv": "Svenska", "en": "English"}
)
"""Each language by the name that its own readers look for."""

_ALIASES = MappingProxyType({"no": "nb", "nn": "nb"})
_MONTHS: Mapping[Language, str] = MappingProxyType(
    {
        "da": "januar februar marts april maj juni juli august september oktober november december",
        "nb": "januar februar mars april mai juni juli august september oktober november desember",
        "sv": "januari februari mars april maj juni juli augusti september oktober november december",
        "en": "January February March April May June July August September October November December",
    }
)
_KILO = 1000
_FOLDER = Path(__file__).parent / "locale"


@dataclass(frozen=True)
class Words:
    """One language.

    Attributes:
        language: Its code.
        texts: English text -> this language's; two forms where a number decides.
    """

    language: Language
    texts: Mapping[str, tuple[str, ...]]

    def gettext(self, text: str) -> str:
        """The text in this language."""
        return self.texts.get(text, (text,))[0]

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        """The form that fits a number; in all four languages one is singular and nothing else is."""
        forms = self.texts.get(singular, ())
        if len(forms) < 2:  # noqa: PLR2004 - a plural needs both forms
            forms = (singular, plural)
        return forms[0] if number == 1 else forms[1]

    def day(self, time: str) -> str:
        """A date in words: ``22. november 2026`` in Danish.

        Args:
            time: ISO 8601, a day or a time in UTC; empty gives nothing.
        """
        if not time:
            return ""
        year, month, day = time[:10].split("-")
        mark = "." if self.language in ("da", "nb") else ""
        return f"{int(day)}{mark} {_MONTHS[self.language].split()[int(month) - 1]} {year}"

    def clock(self, time: str) -> str:
        """A date in words with the time of day: ``22. november 2026 kl. 04.33 UTC`` in Danish."""
        at = {"da": "kl. {}.{}", "nb": "kl. {}.{}", "sv": "kl. {}:{}", "en": "at {}:{}"}[self.language]
        return f"{self.day(time)} {at.format(time[11:13], time[14:16])} UTC" if time else ""

    def number(self, value: float | Decimal) -> str:
        """A number with the language's decimal mark, thousands apart: ``1.234,5`` in Danish."""
        text = f"{Decimal(str(value)):,f}"
        whole, _, fraction = text.partition(".")
        thousands, mark = {"da": (".", ","), "nb": ("\xa0", ","), "sv": ("\xa0", ","), "en": (",", ".")}[
            self.language
        ]
        return whole.replace(",", thousands) + (mark + fraction if fraction.strip("0") else "")

    def size(self, size: int) -> str:
        """Bytes as people say them: ``183 kB``."""
        if size < _KILO:
            return f"{size} B"
        if size < _KILO * _KILO:
            return f"{self.number(round(size / _KILO))} kB"
        return f"{self.number(round(size / _KILO / _KILO, 1))} MB"


@functools.cache
def words_of(language: Language) -> Words:
    """The words of a language; its catalogue is read once."""
    path = _FOLDER / f"{language}.po"
    texts = dict(read_catalogue(path.read_text(encoding="utf-8"))) if language != "en" else {}
    return Words(language, MappingProxyType(texts))


def preferred(header: str, offered: tuple[Language, ...]) -> Language:
    """The offered language that a browser asks for first (RFC 9110, 12.5.4); the first one when none fits.

    Args:
        header: ``Accept-Language`` as it came; anything at all.
        offered: Not empty, the cooperation's own first.
    """
    wanted: list[tuple[float, str]] = []
    for part in header[:500].split(","):
        name, _, weight = part.strip().partition(";")
        code = name.strip().lower().split("-")[0]
        try:
            quality = float(weight.strip().removeprefix("q=")) if weight else 1.0
        except ValueError:
            continue
        wanted.append((quality, _ALIASES.get(code, code)))
    for quality, code in sorted(wanted, key=lambda one: -one[0]):
        for language in offered:
            if code == language and quality > 0:
                return language
    return offered[0]


def as_language(code: str) -> Language:
    """The language of a code; English where there is no such one."""
    return next((one for one in LANGUAGES if one == code), "en")


def read_catalogue(text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The texts of a ``.po`` file that are translated: English, and one form or both.

    Only what gettext's own tools write is understood: ``msgid``, ``msgid_plural``, ``msgstr``, ``msgstr[n]``
    and quoted lines that go on; comments and the header entry are passed over.
    """
    for block in text.split("\n\n"):
        fields: dict[str, str] = {}
        key = ""
        for line in block.splitlines():
            if line.startswith("#") or not line.strip():
                continue
            word, _, quoted = line.partition(" ") if not line.startswith('"') else (key, "", line)
            key = word
            fields[key] = fields.get(key, "") + ast.literal_eval(quoted)
        forms = tuple(fields[name] for name in ("msgstr", "msgstr[0]", "msgstr[1]") if fields.get(name))
        if fields.get("msgid") and forms:
            yield fields["msgid"], forms
