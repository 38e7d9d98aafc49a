"""What of each file others may see: a judge per file, made from the schemas.

Rules this module keeps: what no schema knows is hidden; what a schema calls secret or personal is hidden, and
so are the keys below it; what the municipality names is hidden; who answers for a bot instance, its id and
everything about the municipality but its name is hidden.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from rpa_commons.config.documents import Document
from rpa_commons.config.findings import KeyPath, format_key, walk
from rpa_commons.config.layers import ConnectorEntry, binding_schema, instance_schema
from rpa_commons.config.schema import SchemaView

from ._publish_fit import Taboo, is_fit_key, is_fit_text
from ._published_text import Verdict

__all__ = ["AnyJudge", "MunicipalityJudge", "SchemaJudge", "StackJudge", "Withholding", "taboo_texts"]

_MUNICIPALITY = frozenset({"name", "code", "cooperation", "environment", "languages"})
_INSTANCE = frozenset({"bot", "start_from", "mask_personal_numbers", "settings"})
_PATHS = frozenset({"path", "file-path", "directory-path"})  # as pydantic writes them
_SAYS = ("type", "enum", "const", "properties", "additionalProperties", "items")
_SOUNDS_SECRET = re.compile(
    r"pass(?:w|phrase|ord)|secret|token|credential|api_?key|private_?key|adgangskode|kodeord|hemmelig"
    r"|l[oö]senord|n[oø]gle",
    re.IGNORECASE,
)
_COUNTED = frozenset({"boolean", "integer", "number", "null"})
_BLANK = re.compile(r"\s")
_BETWEEN = re.compile(r"[,;:/|()<>\n]|\s[-\u2010-\u2015]\s|\s(?:og|och|and|ja|&|\+)\s")
_TWO = 2
_DEEPEST = 8  # tables inside each other whose keys are listed
_ANSWERS = frozenset({"owner", "deputy"})


@dataclass
class Withholding:
    """What the municipality itself keeps back: keys and tables, as ``rpac config explain`` calls them.

    Attributes:
        names: Each hides the key, or everything in the table.
        met: Those of them that named something.
        taboo: Texts that stand in no published value, free key or name of a file.
    """

    names: Collection[str]
    met: set[str] = field(default_factory=set)
    taboo: Taboo = field(default_factory=Taboo)

    def covers(self, name: str) -> bool:
        """Whether a key is kept back."""
        if name in self.names:
            self.met.add(name)
            return True
        return False


@dataclass(frozen=True)
class MunicipalityJudge:
    """Of ``municipality.toml``: the name and what the bots' letters depend on, nothing else."""

    withholding: Withholding

    def __call__(self, path: KeyPath) -> Verdict:
        """What becomes of a key."""
        if self.withholding.covers(format_key(path)):
            return Verdict.WITHHOLD
        if path[0] in _MUNICIPALITY:
            return Verdict.SHOW
        return Verdict.WITHHOLD if is_fit_key(str(path[0])) else Verdict.DROP

    def is_private(self, path: KeyPath) -> bool:
        """Whether a text may stand nowhere else either."""
        return path[0] in {"cvr", "journal_key"}

    def is_kept_word(self, path: KeyPath, _text: str) -> bool:
        """Whether the municipality keeps words of its own back, wherever they stand."""
        return any(map(self.withholding.covers, map(format_key, _around(path))))

    def names(self, document: Document) -> Iterator[str]:
        """The keys there can be, and those there are."""
        yield from sorted(_MUNICIPALITY)
        yield from map(format_key, _paths(document))


@dataclass(frozen=True)
class SchemaJudge:
    """Of a file, or of a table in it, that has a schema.

    Attributes:
        view: The schema.
        name_of: How the keys are called.
        withholding: What the municipality keeps back.
        shown: The keys at the top that are shown; empty: all the schema knows.
    """

    view: SchemaView
    name_of: Callable[[KeyPath], str]
    withholding: Withholding
    shown: Collection[str] = ()

    def __call__(self, path: KeyPath) -> Verdict:
        """What becomes of a key."""
        if self.withholding.covers(self.name_of(path)):
            return Verdict.WITHHOLD
        key, view = path[-1], self.view
        if not view.knows(path):
            is_shown = is_fit_key(str(key)) and not self.withholding.taboo.is_in(str(key))
            return Verdict.WITHHOLD if is_shown else Verdict.DROP
        is_named = isinstance(key, int) or key in view.keys(path[:-1])
        if not is_named and not self._is_fit_free_key(str(key)):
            return Verdict.DROP
        is_kept = len(path) == 1 and bool(self.shown) and key not in self.shown
        return Verdict.WITHHOLD if is_kept or self.is_private(path) or self._is_vague(path) else Verdict.SHOW

    def is_private(self, path: KeyPath) -> bool:
        """Whether the schema says that nobody may see it."""
        view = self.view
        if not view.knows(path) or view.is_personal(path) or view.secret_part(path) is not None:
            return True
        types = [node["type"] for node in view.at(path) if "type" in node]
        is_counted = bool(types) and all(isinstance(one, str) and one in _COUNTED for one in types)
        return not is_counted and _SOUNDS_SECRET.search(str(path[-1])) is not None

    def is_kept_word(self, path: KeyPath, text: str) -> bool:
        """Whether the municipality keeps words of its own back, or names who answers for the bot."""
        if self.shown and path[0] in _ANSWERS:
            # One word alone is rather a department than a person.
            return _BLANK.search(text.strip()) is not None
        is_kept = any(self.withholding.covers(self.name_of(part)) for part in _around(path))
        return is_kept and not self.is_choice(path)

    def is_choice(self, path: KeyPath) -> bool:
        """Whether the schema lists what may stand here, so that the words are not the municipality's."""
        return any("enum" in node or "const" in node for node in self.view.at(path))

    def names(self, document: Document) -> Iterator[str]:
        """The keys there can be, as far as the schema names them, and those there are."""
        yield from map(self.name_of, _paths(document))
        level: list[KeyPath] = [()]
        for _ in range(_DEEPEST):
            level = [(*path, key) for path in level for key in self.view.keys(path)]
            yield from map(self.name_of, level)

    def _is_fit_free_key(self, key: str) -> bool:
        """Whether a key that the municipality made up looks like a word, not like a name or a number."""
        return is_fit_text(key) and not _BLANK.search(key) and not self.withholding.taboo.is_in(key)

    def _is_vague(self, path: KeyPath) -> bool:
        """Whether the schema leaves open what stands here, or says it is a path."""
        nodes = self.view.at(path)
        return not any(word in node for node in nodes for word in _SAYS) or any(
            node.get("format") in _PATHS for node in nodes
        )

    @classmethod
    def of_instance(cls, settings: Mapping[str, Any], withholding: Withholding) -> "SchemaJudge":
        """The judge of ``bots/<instance>.toml`` for a bot whose settings have the given JSON Schema."""
        return cls(SchemaView(instance_schema(settings)), _instance_name, withholding, _INSTANCE)


@dataclass(frozen=True)
class StackJudge:
    """Of ``stack.toml``: each capability by the schema of the connector that it is bound to there.

    Attributes:
        bindings: Capability -> its connector; ``None`` when the connector is unknown here.
        withholding: What the municipality keeps back.
    """

    bindings: Mapping[str, ConnectorEntry | None]
    withholding: Withholding
    _judges: dict[str, SchemaJudge] = field(default_factory=dict, repr=False, compare=False)

    def __call__(self, path: KeyPath) -> Verdict:
        """What becomes of a key."""
        name = str(path[0])
        if self.withholding.covers(format_key(("stack", *path))):
            return Verdict.WITHHOLD
        if name == "profiles":
            return Verdict.SHOW
        if name not in self.bindings:
            return Verdict.WITHHOLD if is_fit_key(name) else Verdict.DROP
        if len(path) == 1:
            return Verdict.SHOW if is_fit_key(name) else Verdict.DROP
        return self._judge(name)(path[1:])

    def is_private(self, path: KeyPath) -> bool:
        """Whether a schema says that nobody may see it."""
        name = str(path[0])
        if name == "profiles" or len(path) == 1:
            return False
        return name not in self.bindings or self._judge(name).is_private(path[1:])

    def is_kept_word(self, path: KeyPath, _text: str) -> bool:
        """Whether the municipality keeps words of its own back, wherever they stand."""
        is_kept = any(self.withholding.covers(format_key(("stack", *part))) for part in _around(path))
        is_choice = path[0] in self.bindings and self._judge(str(path[0])).is_choice(path[1:])
        return is_kept and not is_choice

    def names(self, document: Document) -> Iterator[str]:
        """The keys there can be, as far as connectors name them, and those there are."""
        for name in self.bindings:
            yield format_key(("stack", name))
            yield from self._judge(name).names(Document(document.path, document.name))
        yield from (format_key(("stack", *path)) for path in _paths(document))

    def _judge(self, capability: str) -> SchemaJudge:
        if capability not in self._judges:
            entry = self.bindings[capability]
            # Of a connector that is unknown here nothing is known: no schema, nothing shown.
            schema = binding_schema(entry.settings_schema if entry else {"personal": True, "type": "object"})

            def name_of(path: KeyPath) -> str:
                return format_key(("stack", capability, *path))

            self._judges[capability] = SchemaJudge(SchemaView(schema), name_of, self.withholding)
        return self._judges[capability]


AnyJudge = MunicipalityJudge | SchemaJudge | StackJudge


def taboo_texts(document: Document, judge: AnyJudge) -> Iterator[str]:
    """Texts of a file that may not stand in any other published place either."""
    for path, value in walk(document.values):
        if isinstance(value, Mapping | list | bool):
            continue
        is_word = isinstance(value, str) and judge.is_kept_word(path, value)
        if is_word or any(map(judge.is_private, _around(path))):
            yield str(value)
            yield from _names_in(str(value)) if isinstance(value, str) else ()


def _names_in(text: str) -> Iterator[str]:
    """What may be a name in a text about somebody, in the ways people write it: of several words."""
    parts = [part.split() for part in _BETWEEN.split(text)]
    yield from (" ".join(words) for words in parts if len(words) > 1)
    yield from (f"{words[0]} {words[-1]}" for words in parts if len(words) > _TWO)
    if [len(words) for words in parts[:_TWO]] == [1, 1]:  # Hansen, Mette
        yield f"{parts[1][0]} {parts[0][0]}"


def _around(path: KeyPath) -> list[KeyPath]:
    """A path and those of the tables around it, without those of list items."""
    parts = (path[:length] for length in range(1, len(path) + 1))
    return [part for part in parts if isinstance(part[-1], str)]


def _paths(document: Document) -> Iterator[KeyPath]:
    return (path for path, _ in walk(document.values))


def _instance_name(path: KeyPath) -> str:
    if path[:1] == ("settings",):
        return format_key(path[1:]) or "settings"
    return format_key(("instance", *path))
