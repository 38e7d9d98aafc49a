"""Generated TOML documents, thousands in seconds.

A document is built by a seeded generator, not by nested strategies: the scanner needs many documents with
much in them, and drawing each character through Hypothesis makes that a hundred times slower.
"""

import random
import string
import tomllib
from collections.abc import Callable
from typing import Any

import pytest

_BARE = string.ascii_letters + string.digits + "_-"
_ODD = "æøåÅ .#=[]{}\"'\\,\t~€𝄞é\n\r\x00\x7f"
_TEXTS = (
    "",
    "a # b",
    "]",
    "},{",
    "x = 1",
    "'",
    '"',
    '""',
    "\\",
    "[t]",
    "[[t]]",
    "a\nb = 1",
    "Å",
    "'''",
    '"""',
    "=",
)
_SCALARS = (
    *("true", "false", "1.5", "-0.0", "inf", "-nan", "1e3", "0x1F", "1_000", "0", "-7"),
    *("1979-05-27", "07:32:00", "1979-05-27 07:32:00", "1979-05-27T00:32:00.5-07:00"),
)
_BETWEEN = ("", "", "\n", "# a = 1 [x] \"\"\" '''\n", "  \n\t# é }\n\n")
_MOST_LEVELS = 3


class Generator:
    """Writes one TOML document; the same seed writes the same document."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - test data, no secret

    def document(self) -> str:
        """Pairs, tables, sub-tables and arrays of tables, with comments wherever they may stand."""
        parts = [self._pairs()]
        for number in range(self._random.randrange(5)):
            key = self._key(f"t{number}{self._name()}")
            kind = self._random.choice(["[{}]", "[ {} . sub]", "[[{}]]", "[[{}.list]]"])
            for _ in range(self._random.randint(1, 3) if kind.startswith("[[") else 1):
                parts += [kind.format(key) + self._random.choice(["", " # h"]), self._pairs()]
                if kind == "[[{}]]" and self._random.random() < 0.5:
                    parts += [f"[{key}.'in ner']", self._pairs(), f"[[{key}.deep.er]]", self._pairs()]
        return "\n".join(parts).replace("\n", self._random.choice(["\n", "\r\n"]))

    def escaped(self, text: str) -> str:
        """A basic string in which every odd character is an escape."""
        return '"' + "".join(c if c in _BARE else f"\\U{ord(c):08x}" for c in text) + '"'

    def _name(self) -> str:
        alphabet = self._random.choice([_BARE, _BARE, _BARE + _ODD])
        return "".join(self._random.choices(alphabet, k=self._random.randrange(6)))

    def _names(self, most: int) -> list[str]:
        return list(dict.fromkeys(self._name() for _ in range(self._random.randint(0, most))))

    def _key(self, name: str) -> str:
        forms = [self.escaped(name)]
        if name and all(c in _BARE for c in name):
            forms += [name] * 3
        if name.isprintable() and "'" not in name:
            forms.append(f"'{name}'")
        return self._random.choice(forms)

    def _text(self) -> str:
        text = self._random.choice([*_TEXTS, self._name()])
        forms = [self.escaped(text)]
        if text.isprintable() and "'" not in text:
            forms += [f"'{text}'", f"'''\n{text}\n k = 1\n'''", f"'''{text}''''", f"'''{text}'''''"]
        if text.isprintable() and '"' not in text and "\\" not in text:
            forms += [
                f'"""{text}\n# no\n[no]\n"""',
                f'"""{text}"""""',
                f'"""\\\n  {text}\\""""',
                f'""" " "" {text}"""',
            ]
        return self._random.choice(forms)

    def _value(self, level: int = 0) -> str:
        kind = self._random.randrange(10)
        if level < _MOST_LEVELS and kind == 0:
            return self._inline_table(level + 1)
        if level < _MOST_LEVELS and kind in {1, 2}:
            return self._array(level + 1)
        return self._random.choice(_SCALARS) if kind < 6 else self._text()

    def _array(self, level: int) -> str:
        values = [self._value(level) for _ in range(self._random.randrange(4))]
        body = "".join(f"{self._between()}{value}{self._between()}," for value in values)
        return f"[{body if self._random.random() < 0.5 else body[:-1]}{self._between()}]"

    def _inline_table(self, level: int) -> str:
        pairs = [
            f"{self._dotted(name)} {self._pad()}={self._pad()}{self._value(level)}" for name in self._names(3)
        ]
        return "{" + self._pad() + f"{self._pad()},{self._pad()}".join(pairs) + self._pad() + "}"

    def _pairs(self) -> str:
        lines = []
        for name in self._names(4):
            comment = self._random.choice(["", " # c", "\t#\"'", "#]"])
            lines.append(
                f"{self._pad()}{self._dotted(name)}{self._pad()}={self._pad()}{self._value()}{comment}"
            )
            lines.append(self._between().rstrip("\n"))
        return "\n".join(lines)

    def _dotted(self, name: str) -> str:
        parts = [name, *self._names(2)] if self._random.random() < 0.3 else [name]
        return f"{self._pad()}.{self._pad()}".join(map(self._key, parts))

    def _pad(self) -> str:
        return self._random.choice(["", "", " ", "\t", "  "])

    def _between(self) -> str:
        return self._random.choice(_BETWEEN)


@pytest.fixture(scope="session")
def valid_documents() -> Callable[[int, int], list[tuple[str, dict[str, Any]]]]:
    """(seed, count) -> documents that tomllib accepts, each with what it reads.

    Clashes of generated keys are dropped: the scanner is only asked about valid documents.
    """

    def make(seed: int, count: int) -> list[tuple[str, dict[str, Any]]]:
        found = []
        for number in range(count):
            text = Generator(seed * 1_000_003 + number).document()
            try:
                found.append((text, tomllib.loads(text)))
            except tomllib.TOMLDecodeError:
                continue
        return found

    return make
