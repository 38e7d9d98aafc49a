"""What holds for every migration of every document: the text says what the values say, and keeps its words.

Documents are written by a seeded generator, as the scanner's are: dotted keys, inline tables, headers in any
order, comments wherever they may stand.
"""

import random
import re
import tomllib

from hypothesis import given, settings
from hypothesis import strategies as st

from rpa_commons.config.documents._toml_text import mark
from rpa_commons.config.migrations._operations import Operation, migrate, parse_operations, same
from rpa_commons.sdk import Migration, remove, rename, replace, scale
from rpa_commons.upgrades._migrate_text import MigrationNotWrittenError, migrate_toml

KEYS = ("a", "b", "c", "'d e'", '"f"', '"\\u00e6"')
COMMENT = re.compile(r"# note \d+ \[x\] = '")
DOCUMENTS = 60
"""Generated documents per example: drawing each alone would spend the time on drawing."""


class Writer:
    """Writes one document and a migration for it; the same seed writes the same."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - test data, no secret
        self._notes = 0

    def document(self) -> str:
        """A document whose settings may be written in any of TOML's ways; it may be no TOML at all."""
        lines = ["top = 1"] if self._chance(0.5) else []
        if self._chance(0.2):
            lines += [f"settings.{self._key()} = {self._value()}" for _ in range(2)]
        elif self._chance(0.8):
            lines += ["[settings]" + self._behind(), *self._pairs()]
        for _ in range(self._random.randrange(3)):
            form = self._random.choice(["[settings.{}]", "[settings.{}]", "[[settings.{}]]", "[other.{}]"])
            lines += [self._above() + form.format(self._key()) + self._behind(), *self._pairs()]
        text = "\n".join(lines) + self._random.choice(["", "\n"])
        return text.replace("\n", self._random.choice(["\n", "\n", "\r\n"]))

    def operations(self) -> tuple[Operation, ...]:
        """One to three operations on keys that the document may have."""
        found = []
        for _ in range(self._random.randint(1, 3)):
            old, new = self._key(), self._key()
            one = self._random.choice(
                [
                    rename(old, new),
                    rename(old, new),
                    rename(old, new),
                    remove(old, because="x"),
                    replace(old, {"x": "new\n", 1: 7}),
                    scale(old, "3/2"),
                ]
            )
            if one["op"] != "rename" or not self._inside(old, new):
                found.append(one)
        found = found or [remove("a", because="x")]
        return parse_operations(Migration("2.0.0", *found, before="", after="").entry)

    def _inside(self, old: str, new: str) -> bool:
        parts = sorted((old.split("."), new.split(".")), key=len)
        return parts[0] == parts[1][: len(parts[0])]

    def _pairs(self) -> list[str]:
        many = range(self._random.randrange(4))
        return [f"{self._above()}{self._key()} = {self._value()}{self._behind()}" for _ in many]

    def _key(self) -> str:
        return ".".join(self._random.sample(KEYS, self._random.choice([1, 1, 2, 2, 3])))

    def _value(self, level: int = 0) -> str:
        kind = self._random.random()
        if level == 0 and kind < 0.15:
            return f"[ {self._note()}\n  1, {self._note()}\n  'x',\n]"
        if kind < 0.3:
            return "[1, 'x', [2]]"
        if kind < 0.5 and level < 2:
            names = self._random.sample(KEYS, self._random.randrange(3))
            return "{ " + ", ".join(f"{name} = {self._value(level + 1)}" for name in names) + " }"
        return self._random.choice(["1", "2", "'x'", '"y # no"', "1.5", "true", '"""z\n# no\n"""', "nan"])

    def _above(self) -> str:
        return self._random.choice(["", "", "\n", f"{self._note()}\n", f"  {self._note()}\n\n"])

    def _behind(self) -> str:
        return f" {self._note()}" if self._chance(0.4) else ""

    def _note(self) -> str:
        self._notes += 1
        return f"# note {self._notes} [x] = '"

    def _chance(self, share: float) -> bool:
        return self._random.random() < share


def migrated(seed: int) -> tuple[str, str, tuple[Operation, ...]] | None:
    """A document, what a migration makes of it, and the migration; ``None`` when it is not rewritten."""
    writer = Writer(seed)
    text, operations = writer.document(), writer.operations()
    try:
        values = tomllib.loads(text).get("settings", {})
        done = migrate(values, operations) if isinstance(values, dict) else None
        if done is None or not done.steps:
            return None
        return text, migrate_toml(text, operations, ("settings",)).text, operations
    except (tomllib.TOMLDecodeError, MigrationNotWrittenError):
        return None


@settings(deadline=None)
@given(st.integers(min_value=0, max_value=2**32))
def test_the_text_says_what_the_values_say(start: int) -> None:
    """Reading the migrated text gives the migrated values, and everything else as it was."""
    for found in filter(None, map(migrated, range(start, start + DOCUMENTS))):
        before, after = (tomllib.loads(text) for text in found[:2])
        wanted = migrate(before.pop("settings"), found[2]).values

        assert same(wanted, after.pop("settings", {}))
        assert same(before, after)


@settings(deadline=None)
@given(st.integers(min_value=0, max_value=2**32))
def test_migrating_twice_changes_nothing_more(start: int) -> None:
    """Where the new names are none of the old ones, which the build makes sure of."""
    for found in filter(None, map(migrated, range(start, start + DOCUMENTS))):
        _, after, operations = found
        values = tomllib.loads(after).get("settings", {})
        if not migrate(values, operations).steps:
            assert migrate_toml(after, operations, ("settings",)).text == after


@settings(deadline=None)
@given(st.integers(min_value=0, max_value=2**32))
def test_every_comment_survives(start: int) -> None:
    """Also those inside a list; none is doubled, and only a key that is gone takes its own along."""
    for found in filter(None, map(migrated, range(start, start + DOCUMENTS))):
        before, after = (sorted(COMMENT.findall(text)) for text in found[:2])
        goes = any(one.kind == "remove" for one in found[2])

        assert set(after) <= set(before) if goes else before == after


@settings(deadline=None)
@given(st.integers(min_value=0, max_value=2**32))
def test_line_ends_are_not_mixed(start: int) -> None:
    """A file with carriage returns stays one, outside of texts over several lines."""
    for found in filter(None, map(migrated, range(start, start + DOCUMENTS))):
        before, after, _ = found
        if "\r\n" in before:
            assert "\n" not in after.replace("\r\n", "").replace("\\n", "")


@settings(deadline=None)
@given(st.integers(min_value=0, max_value=2**32))
def test_marked_spans_agree_with_the_values(start: int) -> None:
    """Each value, cut out of the text by its span, is the value that ``tomllib`` reads there."""
    for seed in range(start, start + DOCUMENTS):
        text = Writer(seed).document()
        try:
            tree = tomllib.loads(text)
        except tomllib.TOMLDecodeError:
            continue
        for path, (begin, end) in mark(text).spans.items():
            node = tree
            for part in path:
                node = node[part]

            assert same(node, tomllib.loads(f"v = {text[begin:end]}")["v"])


def test_most_documents_are_rewritten() -> None:
    """What is left to a person is rare, or these properties would say little."""
    done, left = 0, 0
    for seed in range(4000):
        writer = Writer(seed)
        text, operations = writer.document(), writer.operations()
        try:
            values = tomllib.loads(text).get("settings", {})
        except tomllib.TOMLDecodeError:
            continue
        steps = migrate(values, operations).steps if isinstance(values, dict) else ()
        if steps and not any(step.trouble for step in steps):
            rewritten = migrated(seed) is not None
            done, left = done + rewritten, left + (not rewritten)

    assert done > 100
    assert left < done / 20
