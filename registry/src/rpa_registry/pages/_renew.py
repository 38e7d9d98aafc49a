"""Every page anew, on purpose: what was wrong is told, and the log says that it was done.

Rules this module keeps: pages are never rendered from a log whose chain does not hold, for the stored ones
may be the last that show it as it was.

Usage::

    with database.write() as connection:
        renew(connection, settings, operator()).changed
"""

from dataclasses import dataclass

import sqlalchemy as sa

from rpa_registry.errors import ConflictError
from rpa_registry.log import Actor, append, verify_log
from rpa_registry.settings import Settings

from ._basis import changed_since
from ._compare import compare
from ._render import rebuild_all

__all__ = ["Renewal", "renew", "renew_changed"]


@dataclass(frozen=True)
class Renewal:
    """What was done.

    Attributes:
        pages: How many pages there are now.
        changed: Paths of those that were not as they should be, in order.
    """

    pages: int
    changed: tuple[str, ...]


def renew(connection: sa.Connection, settings: Settings, actor: Actor) -> Renewal:
    """Render every page and log it.

    Args:
        connection: Inside a transaction that writes.
        settings: The registry's.
        actor: Who asked for it.

    Raises:
        ConflictError: the log does not hold.
    """
    _check_log(connection)
    changed = tuple(one.path for one in compare(connection, settings).differences)
    append(connection, actor, "render", "", {"changed": len(changed)})
    return Renewal(rebuild_all(connection, settings), changed)


def renew_changed(
    connection: sa.Connection, settings: Settings, actor: Actor
) -> tuple[tuple[str, ...], int] | None:
    """Render every page and log it, if they were made with other settings or by another program.

    Args:
        connection: Inside a transaction that writes.
        settings: The registry's.
        actor: Who asked for it.

    Returns:
        What changed (keys of ``registry.toml``, ``program``) and how many pages there are now; ``None``: they
        are as they should be.

    Raises:
        ConflictError: the log does not hold.
    """
    changes = changed_since(connection, settings)
    if not changes:
        return None
    _check_log(connection)
    append(connection, actor, "render", "", {"because": list(changes)})
    return changes, rebuild_all(connection, settings)


def _check_log(connection: sa.Connection) -> None:
    if problems := verify_log(connection).problems:
        raise ConflictError(
            f"the log does not hold ({problems[0]}); no page is rendered, for pages may show it as it was",
            remedy="keep the data folder as it is, compare with an older backup, restore the one that holds",
        )
