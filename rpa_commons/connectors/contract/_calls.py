"""What the contracts of all capabilities share: a connector opened and closed, its errors, its keys."""

import hashlib
import unittest
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol, TypeVar, cast

from rpa_commons.capabilities import BusinessError, RpaCommonsError, TransientError
from rpa_commons.connectors import Connector, ConnectorSettings

__all__ = [
    "Log",
    "check_declaration",
    "failure_of",
    "key_of",
    "opened",
    "silent",
    "texts_of",
]

_Capability = TypeVar("_Capability")


class Log(Protocol):
    """The part of pytest's ``caplog`` that is used; the library itself does not need pytest."""

    text: str

    def set_level(self, level: int | str, logger: str | None = None) -> None:
        """Hear every line from this level on."""
        ...


def key_of(name: str) -> str:
    """An idempotency key, as the runtime makes them: one name, one key."""
    return hashlib.sha256(name.encode()).hexdigest()


@contextmanager
def opened(connect: Callable[[], _Capability]) -> Iterator[_Capability]:
    """A new connector, closed at the end."""
    made = connect()
    try:
        yield made
    finally:
        cast("Connector", made).close()


def silent(silence: Callable[[], AbstractContextManager[object]] | None) -> AbstractContextManager[object]:
    """While inside, the system cannot be reached; the test is skipped where there is none."""
    if silence is None:
        raise unittest.SkipTest("there is no system that could be unreachable")
    return silence()


def check_declaration(connector: object, capability: type) -> None:
    """A connector names itself, its capability and its settings, each field described."""
    settings = getattr(connector, "Settings", None)

    assert getattr(connector, "name", "")
    assert capability is getattr(connector, "capability", None)
    assert isinstance(settings, type)
    assert issubclass(settings, ConnectorSettings)
    assert [] == [name for name, field in settings.model_fields.items() if not field.description]


def failure_of(call: Callable[[], object]) -> RpaCommonsError | None:
    """The business or transient error that a call ends in; ``None`` when it does not. Others are raised."""
    try:
        call()
    except (BusinessError, TransientError) as error:
        return error
    return None


def texts_of(error: BaseException | None) -> Iterator[str]:
    """What a log could show of an error: its text, ``repr``, remedy and attributes, and all it carries."""
    pending, seen = [error], set[int]()
    while pending:
        one = pending.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        yield from (str(one), repr(one), str(getattr(one, "remedy", "")), repr(vars(one)))
        pending += [one.__cause__, one.__context__]
