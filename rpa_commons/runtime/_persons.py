"""What a person says of an item: an effect happened or not, a case is to be done again; and a look at it.

Rules this module keeps: every word has a name and a time beside it, encrypted; an item that a worker has in
hand is left alone; retrying keeps the generation, so what was done stays done; reopening starts a new one
with keys of its own and keeps the old one for good.
"""

import json
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from . import _clock
from ._crypto import Keys
from ._database import guarded, instance_folder, open_instance
from ._errors import ReopenRefusedError, SettleRefusedError, UnknownItemError
from ._tables import effects, history, items

__all__ = ["look_up", "reopen", "retry", "settle"]

_RETRIABLE = ("handed_over", "failed")
_SHORT_KEY = 12
_REOPENABLE = ("done", "skipped", "handed_over", "failed", "cancelled")


def settle(
    state_dir: Path,
    instance_id: str,
    keys: Keys,
    reference: str,
    *,
    happened: bool,
    by: str,
    effect: str = "",
    call_key: str | None = None,
) -> tuple[str, ...]:
    """Say whether an open effect of an item in doubt happened; the next run goes on from there.

    Args:
        state_dir: Of the environment.
        instance_id: Whose item it is.
        keys: Seal what the person says.
        reference: The item.
        happened: What the person found out.
        by: Who says so.
        effect: Which effect is meant, ``Capability.method``; needed where several are open.
        call_key: Which call of it, where several of one effect are open.

    Returns:
        The names of the effects that were settled.

    Raises:
        UnknownItemError: there is no such item, or it is not in doubt.
        SettleRefusedError: several effects are open, or none of that name.
        JournalFailure: the state cannot be written.
    """
    with _writing(state_dir, instance_id, keys, reference) as connection:
        row = connection.execute(sa.select(items).where(items.c.reference == reference)).first()
        if row is None or row.state != "in_doubt":
            state = "there is no such item" if row is None else f"it is {row.state}, not in doubt"
            raise UnknownItemError(reference, state, remedy="rpac items list INSTANCE --state in_doubt")
        meant = _meant(connection, row, effect, call_key)
        now = _clock.text(_clock.now())
        for name, key in meant:
            connection.execute(
                effects.update()
                .where(*_of(row), effects.c.name == name, effects.c.call_key == key)
                .values(state="settled" if happened else "unsent", result_at=now)
            )
        names = tuple(name for name, _ in meant)
        words = "happened" if happened else "did not happen"
        note: dict[str, object] = {"by": by, "said": words, "effects": names}
        _note(connection, keys, (reference, row.generation), "settled", note)
        connection.execute(items.update().where(items.c.reference == reference).values(state="new", deaths=0))
    return names


def _of(row: sa.Row[Any]) -> tuple[sa.ColumnElement[bool], ...]:
    """The effects of an item's present generation."""
    return effects.c.reference == row.reference, effects.c.generation == row.generation


def _meant(
    connection: sa.Connection, row: sa.Row[Any], effect: str, call_key: str | None
) -> list[tuple[str, str]]:
    """The one open effect that a person speaks of, by name and call key; nothing where none is open."""
    statement = sa.select(effects.c.name, effects.c.call_key).where(*_of(row), effects.c.state == "open")
    found = connection.execute(statement.order_by(effects.c.name, effects.c.call_key))
    unknown = [(one.name, one.call_key) for one in found]
    meant = [
        (name, key) for name, key in unknown if effect in {"", name} and (call_key is None or call_key == key)
    ]
    if len(meant) > 1:
        raise SettleRefusedError(row.reference, "several effects are open; say which one is meant:", meant)
    if not meant and (effect or call_key is not None):
        raise SettleRefusedError(row.reference, "no such effect is open; open are:", unknown)
    return meant


def look_up(state_dir: Path, instance_id: str, keys: Keys, reference: str, *, by: str) -> dict[str, Any]:
    """The content of a work item, for a person who takes the case over; that they looked is kept with it.

    Returns:
        The payload as the bot found it, with everything personal in it.

    Raises:
        UnknownItemError: there is no such item, or its content is not here.
        JournalKeyError: it was written with another key.
        JournalFailure: the state cannot be read, or the look cannot be written down.
    """
    with _writing(state_dir, instance_id, keys, reference) as connection:
        row = connection.execute(sa.select(items).where(items.c.reference == reference)).first()
        if row is None:
            raise UnknownItemError(reference, "there is no such item", remedy="rpac items list INSTANCE")
        if row.payload is None:
            problem = "it was adopted: another robot handled it and its content is not here"
            raise UnknownItemError(reference, problem)
        payload: dict[str, Any] = json.loads(keys.sealer.unseal(row.payload, f"payload/{reference}"))
        _note(connection, keys, (reference, row.generation), "looked up", {"by": by})
    return payload


def retry(state_dir: Path, instance_id: str, keys: Keys, reference: str, *, by: str) -> None:
    """Have a case that failed or was handed over processed again, in the same generation.

    What was done for it stays done: an effect with a result is not carried out again. What a system refused
    is tried again, for its cause may have been mended, and systems are asked anew.

    Raises:
        UnknownItemError: there is no such item, it ended otherwise, or its content is not here.
        JournalFailure: the state cannot be written.
    """
    with _writing(state_dir, instance_id, keys, reference) as connection:
        row = connection.execute(sa.select(items).where(items.c.reference == reference)).first()
        if row is None:
            raise UnknownItemError(reference, "there is no such item", remedy="rpac items list INSTANCE")
        if row.state not in _RETRIABLE or row.payload is None:
            raise UnknownItemError(
                reference,
                f"it is {row.state}; only what failed or was handed over is tried again",
                remedy="rpac items list INSTANCE --state failed",
            )
        _note(connection, keys, (reference, row.generation), "retried", {"by": by, "state": row.state})
        connection.execute(
            effects.update()
            .where(
                effects.c.reference == reference,
                effects.c.generation == row.generation,
                effects.c.state == "refused",
            )
            .values(state="unsent", result=None)
        )
        fresh = {"state": "new", "phase": row.phase + 1, "deaths": 0, "tries": 0}
        cleared = dict.fromkeys(("now", "until", "finished_at"))
        connection.execute(items.update().where(items.c.reference == reference).values(**fresh, **cleared))


def reopen(
    state_dir: Path,
    instance_id: str,
    keys: Keys,
    reference: str,
    *,
    by: str,
    reason: str,
    again: bool = False,
) -> int:
    """Have a case done again as a new generation; returns its number.

    Args:
        state_dir: Of the environment.
        instance_id: Whose case it is.
        keys: Seal what the person says.
        reference: The case.
        by: Who reopens it.
        reason: Why.
        again: Also when something was carried out for it, which will then be carried out again.

    Raises:
        ReopenRefusedError: it has not ended, or something was carried out for it and ``again`` was not said.
        UnknownItemError: there is no such item, or it was adopted without content.
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
            raise ReopenRefusedError(reference, f"it is {row.state} and has not ended", remedy=advice)
        if row.payload is None:
            raise UnknownItemError(
                reference, "it was adopted: another robot handled it and its content is not here"
            )
        if not again:
            _refuse_what_was_done(connection, reference, row)
        note = {"by": by, "reason": reason, "state": row.state, "outcome": (row.outcome or b"").hex()}
        _note(connection, keys, (reference, row.generation), "reopened", note)
        fresh = {"state": "new", "generation": row.generation + 1, "phase": 0, "deaths": 0, "tries": 0}
        cleared = dict.fromkeys(("now", "until", "outcome", "finished_at"))
        connection.execute(items.update().where(items.c.reference == reference).values(**fresh, **cleared))
    return int(row.generation) + 1


def _refuse_what_was_done(connection: sa.Connection, reference: str, row: sa.Row[Any]) -> None:
    carried_out = connection.execute(
        sa.select(effects)
        .where(
            effects.c.reference == reference,
            effects.c.generation == row.generation,
            effects.c.state.in_(("done", "settled")),
        )
        .order_by(effects.c.intent_at)
    ).all()
    if carried_out:
        done = [f"{one.name} on {one.intent_at[:19]}Z (key {one.key[:_SHORT_KEY]})" for one in carried_out]
        problem = "this was carried out for it, and would be carried out a second time:"
        remedy = "if that is what you want, say so: the same command with --again"
        if row.state in _RETRIABLE:
            remedy = f"rpac items retry does the rest and leaves that as it is; {remedy}"
        raise ReopenRefusedError(reference, problem, done=done, remedy=remedy)


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
