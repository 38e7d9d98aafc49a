"""Two configurations side by side, for a screen and as JSON."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["ConfigDiff", "DiffEntry", "DiffRow", "DiffValue", "InstanceDiff"]


@dataclass(frozen=True)
class DiffValue:
    """A value of one side.

    Attributes:
        value: As it may be shown, ``…`` when hidden; ``None`` for a decision table.
        origin: Where it comes from.
        rows: How many rows, for a decision table; ``None`` for any other value.
    """

    value: Any
    origin: str
    rows: int | None = None

    def to_json(self) -> dict[str, Any]:
        """The value as JSON values."""
        found = {"value": self.value, "origin": self.origin}
        return found if self.rows is None else {**found, "rows": self.rows}


@dataclass(frozen=True)
class DiffRow:
    """A row of a decision table that one side does not have.

    Attributes:
        side: ``left`` or ``right``, whose it is.
        words: Its cells, ``column = value``, as they may be shown.
        origin: Its file and line; empty where that is not known.
    """

    side: str
    words: str
    origin: str

    def to_json(self) -> dict[str, Any]:
        """The row as JSON values."""
        return {"side": self.side, "words": self.words, "origin": self.origin}


@dataclass(frozen=True)
class DiffEntry:
    """One key on both sides.

    Attributes:
        key: As ``rpac config explain`` takes it.
        left: ``None`` when nobody says it there.
        right: Likewise.
        differs: Whether the values differ; where both are equal, their origins may.
        unknown: Whether nobody can tell, since a side withholds the value or keeps no digest of it.
        different_rows: How many rows of a decision table only one side has; ``None`` for any other value.
        rows: Those rows, none where they may not be seen.
    """

    key: str
    left: DiffValue | None
    right: DiffValue | None
    differs: bool
    unknown: bool = False
    different_rows: int | None = None
    rows: tuple[DiffRow, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The entry as JSON values."""
        return {
            "key": self.key,
            "left": self.left and self.left.to_json(),
            "right": self.right and self.right.to_json(),
            "differs": self.differs,
            "unknown": self.unknown,
            "different_rows": self.different_rows,
            "rows": [one.to_json() for one in self.rows],
        }


@dataclass(frozen=True)
class InstanceDiff:
    """Two bot instances side by side.

    Attributes:
        bot: Their bot.
        left: The name of the one.
        right: The name of the other.
        entries: Keys that differ, or all.
        left_blocks: ``template.block`` that only the one overrides.
        right_blocks: And only the other.
        left_steps: Steps that only the one wraps.
        right_steps: And only the other.
        passed_over: Capability -> how many settings are left out, since the sides use different connectors.
    """

    bot: str
    left: str
    right: str
    entries: tuple[DiffEntry, ...]
    left_blocks: tuple[str, ...] = ()
    right_blocks: tuple[str, ...] = ()
    left_steps: tuple[str, ...] = ()
    right_steps: tuple[str, ...] = ()
    passed_over: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_equal(self) -> bool:
        """Whether nothing differs."""
        lists = (self.left_blocks, self.right_blocks, self.left_steps, self.right_steps)
        return not any(lists) and not any(one.differs or one.unknown for one in self.entries)

    def to_json(self) -> dict[str, Any]:
        """The instances as JSON values."""
        return {
            "bot": self.bot,
            "left": self.left,
            "right": self.right,
            "entries": [one.to_json() for one in self.entries],
            "blocks": {"left": list(self.left_blocks), "right": list(self.right_blocks)},
            "steps": {"left": list(self.left_steps), "right": list(self.right_steps)},
            "passed_over": dict(self.passed_over),
        }


@dataclass(frozen=True)
class ConfigDiff:
    """Two configurations side by side.

    Attributes:
        left: What the one is called.
        right: What the other is called.
        instances: Those that both have.
        only_left: Bot instances without counterpart.
        only_right: Likewise.
        notes: What could not be compared, and with what it was read.
    """

    left: str
    right: str
    instances: tuple[InstanceDiff, ...]
    only_left: tuple[str, ...] = ()
    only_right: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def is_equal(self) -> bool:
        """Whether everything was compared and nothing differs."""
        lone = (self.only_left, self.only_right, self.notes)
        return not any(lone) and all(one.is_equal for one in self.instances)

    def to_json(self) -> dict[str, Any]:
        """The comparison as JSON values."""
        return {
            "left": self.left,
            "right": self.right,
            "instances": [one.to_json() for one in self.instances],
            "only_left": list(self.only_left),
            "only_right": list(self.only_right),
            "notes": list(self.notes),
        }
