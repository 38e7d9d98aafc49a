"""Which file a key of the configuration is written to, and what the schema says of it.

Rules this module keeps: a key is spelt as ``rpac config explain`` shows it; ``municipality.`` and ``stack.``
keys belong to no bot instance; what identifies an instance is not changed by a command.

Usage::

    target_of(roskilde, "welcome-letters", "window_days", None).name  # "bots/welcome-letters.toml"
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rpa_commons.capabilities import RpaCommonsError
from rpa_commons.config.findings import format_key, guess, parse_key, printable
from rpa_commons.config.layers import ENVIRONMENTS, ConnectorEntry, binding_schema, municipality_schema
from rpa_commons.config.schema import SchemaView

__all__ = ["KeyRefusedError", "Target", "municipality_view", "stack_view", "target_of"]

STACK, MUNICIPALITY, INSTANCE = "stack", "municipality", "instance"
_LEAST_STACK = 2  # stack.CAPABILITY


class KeyRefusedError(RpaCommonsError):
    """A key that no command writes, or that is no key.

    Attributes:
        key: As it was typed.
        problem: Why not.
    """

    exit_code: int = 2

    def __init__(self, key: str, problem: str, *, remedy: str) -> None:
        super().__init__(f"{key}: {problem}", remedy=remedy)
        self.key = key
        self.problem = problem


@dataclass(frozen=True)
class Target:
    """Where a key is written.

    Attributes:
        kind: ``instance``, ``stack`` or ``municipality``.
        key: As ``explain`` names it (``municipality.`` before a key of ``municipality.toml``).
        instance: The bot instance; empty for the other kinds.
        file: The file, absolute.
        name: How origins call it.
        path: The keys in the file.
        environment: Whose layer it is; empty for the municipality's own.
    """

    kind: str
    key: str
    instance: str
    file: Path
    name: str
    path: tuple[str, ...]
    environment: str = ""

    @property
    def file_of_other(self) -> str:
        """The file's name below ``environments/ENV/``."""
        return self.name.removeprefix(f"environments/{self.environment}/") if self.environment else self.name


def target_of(folder: Path, instance: str | None, key: str, environment: str | None) -> Target:
    """Where ``key`` of ``instance`` is written, in an environment's layer when one is named.

    Raises:
        KeyRefusedError: it is no key, or none that a command writes.
    """
    try:
        path = parse_key(key.strip())
        key.encode()  # no file can hold what UTF-8 cannot
    except (ValueError, RecursionError):
        shown = printable(key.strip()[:80])
        raise KeyRefusedError(shown, "this is no key", remedy="keys: rpac config explain") from None
    if environment is not None and environment not in ENVIRONMENTS:
        meant = guess(environment, ENVIRONMENTS)
        advice = f"did you mean {meant}?" if meant else f"environments are {', '.join(ENVIRONMENTS)}"
        raise KeyRefusedError(key, f"there is no environment {environment!r}", remedy=advice)
    kind = path[0] if path[0] in {STACK, MUNICIPALITY} else INSTANCE
    below = path[1:] if kind != INSTANCE or path[0] == INSTANCE else ("settings", *path)
    if path[0] == "settings":
        meant = format_key(path[1:]) or "window_days"
        raise KeyRefusedError(key, "a setting is named without settings before it", remedy=f"say {meant}")
    if not below:
        raise KeyRefusedError(key, "the key ends too early", remedy=f"say {path[0]}.KEY")
    _refuse_some(key, kind, path, instance, environment)
    file = {STACK: "stack.toml", MUNICIPALITY: "municipality.toml"}.get(kind, f"bots/{instance}.toml")
    name = f"environments/{environment}/{file}" if environment else file
    own = (instance or "") if kind == INSTANCE else ""
    return Target(kind, format_key(path), own, folder / name, name, below, environment or "")


def _refuse_some(
    key: str, kind: str, path: tuple[str, ...], instance: str | None, environment: str | None
) -> None:
    if kind == INSTANCE and not instance:
        advice = "name the bot instance before the key: rpac config set INSTANCE KEY VALUE"
        raise KeyRefusedError(key, "a setting belongs to a bot instance", remedy=advice)
    if kind == MUNICIPALITY and environment:
        problem = "municipality.toml is the same in every environment"
        raise KeyRefusedError(key, problem, remedy="leave --for-environment out")
    if path in {("instance", "id"), ("instance", "bot")}:
        problem = "it says which bot instance this is: its whole memory hangs on it"
        raise KeyRefusedError(key, problem, remedy="begin a new bot instance: rpac config init BOT")


def municipality_view() -> SchemaView:
    """What ``municipality.toml`` may say."""
    from rpa_commons.letters import Letterhead

    return SchemaView(municipality_schema(Letterhead.model_json_schema()))


def stack_view(connector: object, connectors: Mapping[str, ConnectorEntry]) -> SchemaView:
    """What a table of ``stack.toml`` may say for a connector; of an unknown one nothing is shown."""
    known = connectors[connector] if isinstance(connector, str) and connector in connectors else None
    return SchemaView(
        binding_schema(known.settings_schema if known else {"type": "object", "personal": True})
    )
