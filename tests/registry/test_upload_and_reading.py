"""A slow upload and the readers: the examination has a thread of its own."""

import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from rpa_commons.conformance import WheelFinding, WheelReport
from rpa_registry import pages
from rpa_registry.context import Registry
from rpa_registry.hooks import hookimpl

_WAIT = 30  # seconds until the test gives up; nothing is measured


@dataclass
class SlowCheck:
    """An admission check that takes as long as the test wants."""

    began: threading.Event = field(default_factory=threading.Event)
    may_end: threading.Event = field(default_factory=threading.Event)

    @hookimpl
    def rpa_registry_admission(self, report: WheelReport, member: str) -> Iterable[WheelFinding]:
        """Wait."""
        self.began.set()
        if not self.may_end.wait(_WAIT):
            raise RuntimeError(f"{report.filename} of {member} was never let go")
        return ()


@pytest.fixture
def slow(registry: Registry) -> Iterator[SlowCheck]:
    """The check, at work in the registry."""
    check = SlowCheck()
    registry.plugins.register(check)
    yield check
    check.may_end.set()


def test_pages_are_answered_while_a_wheel_is_examined(
    registry: Registry,
    serve: Callable[[Registry], str],
    token: Callable[..., str],
    bot_wheel: Callable[..., Path],
    slow: SlowCheck,
) -> None:
    """The upload waits inside a check; lists, the search and what is not there answer all the while."""
    with registry.database.write() as connection:
        pages.rebuild_all(connection, registry.settings)
    url, wheel, answers = serve(registry), bot_wheel(), []
    upload = threading.Thread(
        target=lambda: answers.append(
            httpx.post(
                f"{url}/legacy/",
                data={":action": "file_upload", "name": "welcome-letters", "version": "1.0.0"},
                files={"content": (wheel.name, wheel.read_bytes())},
                auth=("__token__", token("mette")),
                timeout=_WAIT,
            )
        )
    )
    upload.start()
    began = slow.began.wait(_WAIT)
    paths = ("all/simple/", "da/search?q=brev", "api/v1/search?q=brev", "da/nothing/", "static/site.css")
    statuses = {path: httpx.get(f"{url}/{path}", timeout=_WAIT).status_code for path in paths}
    waiting = not answers
    slow.may_end.set()
    upload.join(_WAIT)

    assert (began, waiting) == (True, True)
    assert statuses == dict.fromkeys(paths, 200) | {"da/nothing/": 404}
    assert [one.status_code for one in answers] == [200]
