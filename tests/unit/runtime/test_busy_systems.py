"""A system that asks to be called later is called later, and not while a lane waits for minutes."""

from types import SimpleNamespace
from typing import Any

import pytest

from rpa_commons.capabilities import TransientError
from rpa_commons.runtime import _process
from rpa_commons.runtime._process import process
from rpa_commons.runtime._redact import Redactor


class Lane:
    """Waits for nothing, and remembers for how long it should have."""

    def __init__(self) -> None:
        self.journal = SimpleNamespace()
        self.pauses: list[float] = []

    def pause(self, seconds: float) -> bool:
        """Go on."""
        self.pauses.append(seconds)
        return True


@pytest.mark.parametrize(
    ("wish", "pauses"),
    [(None, [0.5, 2.0]), (1.5, [1.5, 2.0]), (30.0, [30.0, 30.0]), (30.5, []), (86_400.0, [])],
)
def test_the_wish_is_the_least_that_is_waited(
    monkeypatch: pytest.MonkeyPatch, wish: float | None, pauses: list[float]
) -> None:
    """Between the tries at least what the system asks; a longer wish ends them and the item waits."""

    class Bot:
        def process(self, _item: object) -> None:
            """Ask a system that is busy."""
            raise TransientError("vendor", "is busy", retry_after=wish)

    lane = Lane()
    job = SimpleNamespace(
        backoff=(0.5, 2.0), environment="test", instance=SimpleNamespace(bot_version="1.0.0")
    )
    payload = SimpleNamespace(model_validate_json=lambda _text: None)
    outfit: Any = SimpleNamespace(
        job=job,
        payload_type=payload,
        make=lambda *_: Bot(),
        scope=lambda *_: None,
        redact=Redactor(),
        municipality=None,
        digester=None,
        steps=None,
    )
    item: Any = SimpleNamespace(reference="r", generation=0, now=None, payload="", first_time=True)
    monkeypatch.setattr(_process, "WorkItem", lambda *_: None)

    ending, ended = process(item, outfit, SimpleNamespace(), lane)  # type: ignore[arg-type]

    assert pauses == lane.pauses
    assert ("new", "vendor") == (ending.state, ending.system)
    assert ended.transient
