"""Which cases a version of a bot touched, however somebody writes the version: what a recall asks first."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from rpa_commons.runtime import list_items
from rpa_commons.runtime._crypto import ephemeral_keys
from rpa_commons.runtime._database import open_instance
from rpa_commons.runtime._queue import Arrival, Queue
from rpa_commons.runtime._tables import effects, items, runs

ID = "0b6f0c1e-0000-4000-8000-000000000001"
KEYS = ephemeral_keys()
BROUGHT = {"case-1": "1.0.0", "case-2": "1.1.0", "case-3": "1.10.0", "case-4": None}


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[sa.Engine]:
    """Four cases, three of them brought to their state by three versions."""
    opened = open_instance(tmp_path, ID, KEYS.sealer)
    queue = Queue(opened, KEYS, None, ("letters", ID))
    queue.put([Arrival(reference, b"{}", b"{}") for reference in BROUGHT])
    with opened.begin() as connection:
        for reference, version in BROUGHT.items():
            connection.execute(
                items.update().where(items.c.reference == reference).values(bot_version=version)
            )
    yield opened
    opened.dispose()


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("1.1.0", ["case-2"]),
        ("1.1", ["case-2"]),
        (" 1.1.0.0 ", ["case-2"]),
        ("1", ["case-1"]),
        ("1.10", ["case-3"]),
        ("9.9", []),
        ("no version", []),
        ("", []),
        (None, ["case-1", "case-2", "case-3", "case-4"]),
    ],
)
def test_a_version_is_found_however_it_is_written(
    engine: sa.Engine, asked: str | None, found: list[str]
) -> None:
    """As PEP 440 compares them: 1.1 is 1.1.0 and not 1.10."""
    assert found == [one.reference for one in list_items(engine, bot_version=asked)]


def test_a_call_counts_though_another_version_ended_the_case(engine: sa.Engine) -> None:
    """1.1.0 sent a letter and was upgraded before the case ended: a recall of 1.1.0 is about that case."""
    with engine.begin() as connection:
        for number, version in ((1, "1.1.0"), (2, "1.10.0")):
            started, ended = f"2026-11-2{number}T08:00:00.000000Z", f"2026-11-2{number}T09:00:00.000000Z"
            run = {"number": number, "started_at": started, "ended_at": ended, "environment": "production"}
            connection.execute(runs.insert().values(run | {"bot_version": version, "config_digest": "x"}))
        call = {"reference": "case-3", "generation": 1, "name": "post.send", "call_key": "k", "phase": 0}
        rest = {"effect_class": "keyed", "args_hash": "x", "key": "x", "state": "done"}
        at = "2026-11-21T08:30:00.000000Z"
        connection.execute(effects.insert().values(call | rest | {"intent_at": at}))

    assert ["case-2", "case-3"] == [one.reference for one in list_items(engine, bot_version="1.1")]
    assert ["case-3"] == [one.reference for one in list_items(engine, bot_version="1.10")]
