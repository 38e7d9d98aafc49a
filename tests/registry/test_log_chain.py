"""The log only grows, and a change of anything in it shows."""

import pytest
import sqlalchemy as sa

from rpa_registry.accounts import operator
from rpa_registry.context import Registry
from rpa_registry.db import log
from rpa_registry.log import append, entries, verify_log


def _written(registry: Registry, many: int = 3) -> None:
    with registry.database.write() as connection:
        for number in range(many):
            append(connection, operator(), "test", f"letters 1.{number}", {"ø": number})


def test_an_untouched_log_holds(registry: Registry) -> None:
    """Numbers run from one, each link fits, and the head is the newest hash."""
    _written(registry)

    with registry.database.read() as connection:
        check = verify_log(connection)
        last = entries(connection, limit=1000)[-1]

    assert () == check.problems
    assert (last.seq, last.hash) == (check.count, check.head)
    assert {"ø": 2, "via": "command line"} == last.details


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("at", "2020-01-01T00:00:00Z"),
        ("actor", "mette"),
        ("member", "0167"),
        ("act", "publish"),
        ("subject", "letters 9"),
        ("details", "{}"),
        ("details", "no json"),
        ("previous", "1" * 64),
        ("hash", "2" * 64),
    ],
)
def test_a_changed_field_shows(registry: Registry, column: str, value: str) -> None:
    """Whatever is changed in an entry, the check names the entry."""
    _written(registry)
    with registry.database.write() as connection:
        connection.execute(sa.update(log).where(log.c.seq == 5).values({column: value}))

    with registry.database.read() as connection:
        problems = verify_log(connection).problems

    assert any(problem.startswith(("entry 5:", "entry 6:")) for problem in problems)


def test_a_removed_entry_shows(registry: Registry) -> None:
    """A hole in the numbers and the broken link are both named."""
    _written(registry)
    with registry.database.write() as connection:
        connection.execute(sa.delete(log).where(log.c.seq == 5))

    with registry.database.read() as connection:
        problems = verify_log(connection).problems

    assert 2 == len(problems)
    assert problems[0].startswith("entry 6: number 5 was expected")


def test_an_act_that_fails_leaves_no_entry(registry: Registry) -> None:
    """The entry lives and dies with the transaction of its act."""
    with registry.database.read() as connection:
        before = verify_log(connection).count

    def fail() -> None:
        with registry.database.write() as connection:
            append(connection, operator(), "test", "x", {})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()

    with registry.database.read() as connection:
        assert before == verify_log(connection).count


def test_entries_come_by_pages_and_by_project(registry: Registry) -> None:
    """``after`` goes on where one stopped; a project's name does not match a longer one."""
    _written(registry)
    with registry.database.write() as connection:
        append(connection, operator(), "test", "letters-more 1.0", {})

    with registry.database.read() as connection:
        first = entries(connection, limit=2)
        second = entries(connection, after=first[-1].seq, limit=2)
        of_letters = entries(connection, subject="letters")

    assert [1, 2, 3, 4] == [entry.seq for entry in (*first, *second)]
    assert ["letters 1.0", "letters 1.1", "letters 1.2"] == [entry.subject for entry in of_letters]
