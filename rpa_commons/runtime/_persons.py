"""What a person says about an item: that an effect happened or not, and that a case is to be done again.

Rules this module keeps: every word has a name and a time beside it, encrypted; an item that a worker has in
hand is left alone; reopening starts a new generation with keys of its own and keeps the old one for good.
"""

import json
from pathlib import Path

import sqlalchemy as sa

from . import _clock
from ._crypto import Keys
from ._database import guarded, instance_folder, open_instance
from ._errors import UnknownItemError
from ._tables import effects, history, items

__all__ = ["reopen", "settle"]

_REOPENABLE = ("done", "skipped", "handed_over", "failed", "cancelled")


def settle(
    state_dir: Path, instance_id: str, keys: Keys, reference: str, *, happened: bool, by: str
) -> tuple[str, ...]:
    """Say whether the open effects of an item in doubt happened; the next run goes on from there.

    Returns:
        The names of the effects that were settled.

    Raises:
        UnknownItemError: there is no such item, or it is not in doubt.
        JournalFailure: the state cannot be written.
    """
    with _writing(state_dir, instance_id, keys, reference) as connection:
        row = connection.execute(sa.select(items).where(items.c.reference == reference)).first()
        if row is None or row.state != "in_doubt":
            state = "there is no such item" if row is None else f"it is {row.state}, not in doubt"
            raise UnknownItemError(reference, state, remedy="rpac items list INSTANCE --state in_doubt")
        now = _clock.text(_clock.now())
        settled = connection.execute(
            effects.update()
            .where(
                effects.c.reference == reference,
                effects.c.generation == row.generation,
                effects.c.state == "open",
            )
            .values(state="settled" if happened else "unsent", result_at=now)
            .returning(effects.c.name)
        ).scalars()
        names = tuple(sorted(settled))
        words = "happened" if happened else "did not happen"
        _note(
            connection,
            keys,
            (reference, row.generation),
            "settled",
            {"by": by, "said": words, "effects": names},
        )
        connection.execute(items.update().where(items.c.reference == reference).values(state="new", deaths=0))
    return names


def reopen(state_dir: Path, instance_id: str, keys: Keys, reference: str, *, by: str, reason: str) -> int:
    """Have a case done again as a new generation; returns its number.

    Raises:
        UnknownItemError: there is no such item, it has not ended, or it was adopted without content.
        JournalFailure: the state cannot be written.
    """
    with _writing(state_dir, instance_id, keys, reference) as connection:
        row = connection.execute(sa.select(items).where(items.c.reference == reference)).first()
        if row is None:
            raise UnknownItemError(reference, "there is no such item", remedy="rpac items list INSTANCE")
        if row.state not in _REOPENABLE:
            advice = (
                "rpac items settle says first whether its effect happened" if row.state == "in_doubt" else ""
            )
            raise UnknownItemError(reference, f"it is {row.state} and has not ended", remedy=advice)
        if row.payload is None:
            raise UnknownItemError(
                reference, "it was adopted: another robot handled it and its content is not here"
            )
        note = {"by": by, "reason": reason, "state": row.state, "outcome": (row.outcome or b"").hex()}
        _note(connection, keys, (reference, row.generation), "reopened", note)
        again = {"state": "new", "generation": row.generation + 1, "phase": 0, "deaths": 0, "tries": 0}
        cleared = dict.fromkeys(("now", "until", "not_before", "outcome", "finished_at"))
        connection.execute(items.update().where(items.c.reference == reference).values(**again, **cleared))
    return int(row.generation) + 1


def _note(
    connection: sa.Connection, keys: Keys, item: tuple[str, int], what: str, note: dict[str, object]
) -> None:
    reference, generation = item
    sealed = keys.sealer.seal(json.dumps(note).encode(), f"history/{reference}/{generation}")
    connection.execute(
        history.insert().values(
            reference=reference, generation=generation, at=_clock.text(_clock.now()), what=what, note=sealed
        )
    )


class _writing:  # noqa: N801 - a context manager that reads as a verb
    """One short transaction; the state must exist already."""

    def __init__(self, state_dir: Path, instance_id: str, keys: Keys, reference: str) -> None:
        if not (instance_folder(state_dir, instance_id) / "state.sqlite").exists():
            raise UnknownItemError(reference, "the instance has not run yet")
        self._engine = open_instance(state_dir, instance_id, keys.sealer)

    def __enter__(self) -> sa.Connection:
        with guarded():
            self._connection = self._engine.connect()
            self._connection.exec_driver_sql("BEGIN IMMEDIATE")
        return self._connection

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            with guarded():
                if kind is None:
                    self._connection.commit()
                else:
                    self._connection.rollback()
        finally:
            self._connection.close()
            self._engine.dispose()
