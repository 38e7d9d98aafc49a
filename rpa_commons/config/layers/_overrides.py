"""``--set KEY=VALUE``: the strongest layer, for one run.

Rules this module keeps: the key is relative to the settings unless it starts with ``stack.`` or
``instance.``; the value is TOML, or text as it stands when it is no TOML; what identifies an instance (its
bot and id) cannot be set for one run, since every idempotency key hangs on it.
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rpa_commons.capabilities import RpaCommonsError
from rpa_commons.config.documents import DEEPEST, line_of_deep_key
from rpa_commons.config.findings import parse_key

from ._layers import Layer

__all__ = ["Override", "OverrideError", "parse_overrides", "parse_value"]

NAME = "--set"


class OverrideError(RpaCommonsError):
    """A ``--set`` is not of the form ``KEY=VALUE``, or names what cannot be set for one run.

    Attributes:
        key: What stood before the equals sign; the value is not repeated, it may be a secret.
        problem: What is wrong.
    """

    exit_code: int = 2

    def __init__(self, key: str, problem: str, *, remedy: str = "") -> None:
        form = "write --set KEY=VALUE, e.g. --set window_days=7"
        super().__init__(f"--set {key}: {problem}", remedy=remedy or form)
        self.key = key
        self.problem = problem


@dataclass(frozen=True)
class Override:
    """One ``--set``: the whole path (``settings``, ``stack`` or ``instance`` first) and the value."""

    path: tuple[str, ...]
    value: Any

    def layer_below(self, *prefix: str) -> Layer | None:
        """The override as a layer of the tree at ``prefix``; ``None`` when it is about something else."""
        length = len(prefix)
        if self.path[:length] != prefix or len(self.path) == length:
            return None
        tree = self.value
        for part in reversed(self.path[length:]):
            tree = {part: tree}
        return Layer(NAME, tree, text=NAME)


def parse_overrides(texts: Sequence[str]) -> tuple[Override, ...]:
    """Read every ``KEY=VALUE``, in the order given; the later one wins.

    Raises:
        OverrideError: one of them cannot be read, or may not be set.
    """
    return tuple(map(_parse, texts))


def _parse(text: str) -> Override:
    key, equals, value = text.partition("=")
    if not equals:
        raise OverrideError("KEY=VALUE", "the equals sign is missing")
    for part in (key, value if value.lstrip()[:1] in {"{", "["} else ""):
        if line_of_deep_key(part, limit=DEEPEST) is not None:
            raise OverrideError(f"{key.strip()[:40]}…", f"a key has more than {DEEPEST} parts")
    try:
        path = parse_key(key.strip())
    except (ValueError, RecursionError):
        raise OverrideError(key.strip()[:80] or "KEY=VALUE", "this is no key") from None
    if path[0] in {"stack", "instance"}:
        least = 3 if path[0] == "stack" else 2
        if len(path) < least:
            forms = {
                "stack": "--set stack.CAPABILITY.connector=NAME, or stack.CAPABILITY.settings.KEY=VALUE",
                "instance": "--set instance.start_from=DATE, or instance.owner=NAME",
            }
            raise OverrideError(key.strip(), "the key ends too early", remedy=f"write {forms[path[0]]}")
        if path in {("instance", "id"), ("instance", "bot")}:
            problem = "what identifies a bot instance cannot be set for one run"
            raise OverrideError(key.strip(), problem, remedy="write it into the bot instance's own file")
        return Override(path, _shallow(key, parse_value(value)))
    return Override(("settings", *path), _shallow(key, parse_value(value)))


def _shallow(key: str, value: Any) -> Any:  # noqa: ANN401 - any TOML value
    """The value, tables and lists in it no deeper than a file may have them."""
    level = [value]
    for _ in range(DEEPEST):
        nodes = [one for one in level if isinstance(one, dict | list)]
        level = [inner for one in nodes for inner in (one.values() if isinstance(one, dict) else one)]
    if level:
        problem = f"tables or lists stand more than {DEEPEST} levels deep"
        raise OverrideError(key.strip()[:80], problem)
    return value


def parse_value(text: str) -> Any:  # noqa: ANN401 - any TOML value
    """What a typed value means: TOML, or the text as it stands when it is no TOML."""
    try:
        parsed = tomllib.loads(f"v = {text.strip()}")
    except (ValueError, RecursionError):
        return text
    return parsed["v"] if parsed.keys() == {"v"} else text
