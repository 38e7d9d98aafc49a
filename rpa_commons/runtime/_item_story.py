"""What happened to one item, for the person who looks after it.

Rules this module keeps: calls are shown by name, class and time, their arguments and results never; keys are
shortened; facts are shown by their names, their values as ``…``; every text is searched for personal numbers.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from rpa_commons.validators import contains_personal_number, cut_personal_numbers, mask_personal_numbers

from ._crypto import Keys
from ._database import guarded
from ._errors import UnknownItemError
from ._journal import outcome_place
from ._tables import effects, history, items, queries

__all__ = ["ItemStory", "cut_content", "story_of"]

_HIDDEN = "…"
_SHORT_KEY = 12


@dataclass(frozen=True)
class ItemStory:
    """One item with its calls, words of persons and outcome; times are ISO 8601 in UTC.

    Attributes:
        item: Columns that are in clear.
        calls: Queries and effects of every generation, in order of time.
        words: What persons said: settled, reopened, adopted.
        outcome: Kind, reason, rules with the names of their facts.
    """

    item: dict[str, Any]
    calls: list[dict[str, Any]] = field(default_factory=list)
    words: list[dict[str, Any]] = field(default_factory=list)
    outcome: dict[str, Any] = field(default_factory=dict)


def story_of(engine: sa.Engine, keys: Keys, reference: str) -> ItemStory:
    """The story of one item.

    Raises:
        UnknownItemError: there is no such item.
        JournalKeyError: its outcome was written with another key.
        JournalFailure: the state cannot be read.
    """
    with guarded(), engine.connect() as connection:
        row = connection.execute(sa.select(items).where(items.c.reference == reference)).first()
        if row is None:
            raise UnknownItemError(reference, "there is no such item", remedy="rpac items list INSTANCE")
        asked = connection.execute(sa.select(queries).where(queries.c.reference == reference)).all()
        intended = connection.execute(sa.select(effects).where(effects.c.reference == reference)).all()
        said = connection.execute(
            sa.select(history).where(history.c.reference == reference).order_by(history.c.id)
        ).all()
    shown = (
        "reference", "state", "generation", "phase", "enqueued_at", "finished_at", "until", "bot_version",
        "run", "claims", "deaths",
    )  # fmt: skip
    calls = [_query(one) for one in asked] + [_effect(one) for one in intended]
    outcome = _outcome(keys, reference, row.generation, row.outcome)
    return ItemStory(
        item={name: getattr(row, name) for name in shown},
        calls=sorted(calls, key=lambda call: call["at"]),
        words=[_word(keys, one) for one in said],
        outcome=outcome,
    )


def cut_content(content: Any) -> Any:  # noqa: ANN401 - JSON
    """A work item's content with every personal number in it cut after the birth date."""
    if isinstance(content, Mapping):
        return {cut_personal_numbers(name): cut_content(inner) for name, inner in content.items()}
    if isinstance(content, list):
        return [cut_content(inner) for inner in content]
    if isinstance(content, str):
        return cut_personal_numbers(content)
    if isinstance(content, int) and contains_personal_number(f"{content:010}"):
        return cut_personal_numbers(f"{content:010}")
    return content


def _query(row: Any) -> dict[str, Any]:  # noqa: ANN401 - a row of the table
    return {"at": row.at, "generation": row.generation, "call": row.name, "kind": "query"}


def _effect(row: Any) -> dict[str, Any]:  # noqa: ANN401 - a row of the table
    return {
        "at": row.intent_at,
        "generation": row.generation,
        "call": row.name,
        "kind": row.effect_class,
        "call_key": mask_personal_numbers(row.call_key),
        "state": row.state,
        "result_at": row.result_at,
        "key": row.key[:_SHORT_KEY],
    }


def _word(keys: Keys, row: Any) -> dict[str, Any]:  # noqa: ANN401 - a row of the table
    word: dict[str, Any] = {"at": row.at, "generation": row.generation, "what": row.what}
    if row.note is None:
        return word
    note = json.loads(keys.sealer.unseal(row.note, f"history/{row.reference}/{row.generation}"))
    sealed = bytes.fromhex(note.pop("outcome", ""))
    if sealed:
        note["outcome"] = _outcome(keys, row.reference, row.generation, sealed)
    return word | {name: _masked(value) for name, value in note.items()}


def _outcome(keys: Keys, reference: str, generation: int, sealed: bytes | None) -> dict[str, Any]:
    if not sealed:
        return {}
    record = json.loads(keys.sealer.unseal(sealed, outcome_place(reference, generation)))
    record.pop("text", None)  # a full error text may say anything
    if "facts" in record:
        record["facts"] = dict.fromkeys(record["facts"], _HIDDEN)
    for rule in record.get("rules", ()):
        rule["facts"] = dict.fromkeys(rule["facts"], _HIDDEN)
    masked: dict[str, Any] = _masked(record)
    return masked


def _masked(value: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, str):
        return mask_personal_numbers(value)
    if isinstance(value, Mapping):
        return {name: _masked(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_masked(inner) for inner in value]
    return value
