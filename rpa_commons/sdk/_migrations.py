r"""How a bot's author says what became of a setting, so that nobody's file has to be mended by hand.

Rules this module keeps: an operation is data, which the host applies without importing the bot; what an
operation looks for cannot stand in a file of the new version, so a migrated file is never migrated again.

Usage::

    class Settings(BotSettings):
        migrations: ClassVar[tuple[Migration, ...]] = (
            Migration(
                "2.0.0",
                rename("window_days", "look_back_days"),
                replace("unregistered", {"physical": "paper"}),
                before='window_days = 14\nunregistered = "physical"',
                after='look_back_days = 14\nunregistered = "paper"',
            ),
        )
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from rpa_commons.manifest import MigrationEntry

__all__ = ["Migration", "Operation", "remove", "rename", "replace", "scale"]

Operation = Mapping[str, Any]
"""One operation as the manifest carries it."""


class Migration:
    """What a version did to the settings, with an example that the build checks.

    Attributes:
        entry: The migration as the manifest carries it.
    """

    def __init__(self, version: str, *operations: Operation, before: str, after: str) -> None:
        r"""Say what became of the settings.

        Args:
            version: The bot version that needs it, e.g. ``"2.0.0"``.
            *operations: In the order they are carried out.
            before: Settings as TOML, without ``[settings]``, as they stood before: ``"window_days = 14"``.
            after: The same settings as the migration must leave them.
        """
        self.entry = MigrationEntry(
            version=version, operations=tuple(map(dict, operations)), before=before, after=after
        )


def rename(key: str, to: str) -> Operation:
    """A setting, or a table of them, is called otherwise or stands elsewhere; both keys dotted."""
    return {"op": "rename", "key": key, "to": to}


def remove(key: str, *, because: str) -> Operation:
    """A setting is gone.

    Args:
        key: Which, dotted.
        because: One sentence for the local admin who had set it.
    """
    return {"op": "remove", "key": key, "because": because}


def replace(key: str, values: Mapping[str | int | float, str | int | float | bool]) -> Operation:
    """A value is called otherwise; where the setting is a list, an item of it.

    Args:
        key: Which setting, dotted: the name it has at this point, thus after a ``rename`` above.
        values: Old value -> new value; the new version's schema must refuse each old one.
    """
    return {"op": "replace", "key": key, "values": [[old, new] for old, new in values.items()]}


def scale(key: str, by: str | int) -> Operation:
    """A number is counted in another unit. Rename it too, or nobody could tell 24 hours from 24 days.

    Args:
        key: Which setting, dotted; its old name, thus above its ``rename``.
        by: What it is multiplied with, exact: ``24``, ``"0.001"`` or ``"1/24"``.

    Raises:
        ValueError: ``by`` is no positive number.
    """
    try:
        factor = Fraction(by)
    except (ValueError, ZeroDivisionError, TypeError):
        factor = Fraction(0)
    if factor <= 0:
        raise ValueError(f'scale("{key}", ...): by is a number above zero, as 24 or "1/24", not {by!r}')
    return {"op": "scale", "key": key, "by": str(factor)}
