"""SF1520: lookups a second through our connector against bare ``requests`` that sends the same envelopes.

Both call the same simulator, a process of its own, in turns call by call, each over one connection that is
kept open, with the same certificate and the same envelopes. The bare client reads the answer's body and its
status; ours builds the envelope, reads the whole answer by its length, looks it through, and makes a person
of it. Before anything is timed both must have been told of the same people.

The wall clock counts, as for whoever waits for a run; the last two rows are the processor time that the
client itself takes for a call, without the simulator.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import requests

from rpa_commons.config import resolve_secret
from rpa_commons.connectors import Surroundings
from rpa_commons.connectors.sf1520 import (
    SOAP_ACTION,
    InvocationContext,
    Sf1520,
    Sf1520Settings,
    build_request,
)
from rpa_commons.sandbox import Sandbox
from rpa_commons.sdk import Municipality

from ._measure import Figures, compare

__all__ = ["NOTE", "UNIT", "run"]

UNIT = "lookups a second"
NOTE = (
    "SF1520 against the sandbox in a process of its own, in turns call by call, each over one open "
    "TLS connection; limit: bare requests with the same envelopes, which reads body and status and no XML; "
    "aim: at least 0.8 of it. The last two rows are the client's own processor time, in milliseconds a call"
)
_ROUNDS = 21
_PEOPLE = 60
_TIMES = 4
_PROCESSOR = ": processor, ms a call"

_Lookup = Callable[[str], object]


def run() -> list[Figures]:
    """Twenty-one rounds of wall time, twenty-one of processor time."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        box = stack.enter_context(_sandbox(Path(name)))
        ours = _ours(box, Path(name))
        stack.callback(ours.close)
        session = stack.enter_context(requests.Session())
        bare = _bare(box, session, _envelopes(box))
        people: list[str] = box["people"]
        _agreed(people, ours.person, bare)
        figures = []
        for suffix, clock in (("", time.perf_counter), (_PROCESSOR, time.process_time)):
            both = _Alternating(people, [ours.person, bare], clock, rate=not suffix)
            contestants = {f"ours{suffix}": both.first, f"bare requests{suffix}": both.second}
            figures += compare(contestants, rounds=_ROUNDS)
        return figures


class _Alternating:
    """Two contestants that take turns call by call, so that a round's load on the machine meets both."""

    def __init__(
        self, people: list[str], contestants: Sequence[_Lookup], clock: Callable[[], float], *, rate: bool
    ) -> None:
        self._people = people
        self._contestants = contestants
        self._clock = clock
        self._rate = rate
        self._spent: list[float] = []

    def first(self) -> float:
        """Run the round; the first contestant's figure."""
        spent = [0.0 for _ in self._contestants]
        for number, cpr in enumerate(self._people * _TIMES):
            # Whoever is called second finds the simulator awake, so they change places.
            for turn in (0, 1) if number % 2 else (1, 0):
                start = self._clock()
                self._contestants[turn](cpr)
                spent[turn] += self._clock() - start
        self._spent = spent
        return self._figure(0)

    def second(self) -> float:
        """The second contestant's figure of the same round."""
        return self._figure(1)

    def _figure(self, turn: int) -> float:
        calls = len(self._people) * _TIMES
        return calls / self._spent[turn] if self._rate else self._spent[turn] * 1000 / calls


def _ours(box: dict[str, Any], folder: Path) -> Sf1520:
    settings = Sf1520Settings.model_validate(
        {
            "url": box["url"],
            "ca_bundle": box["ca_bundle"],
            "certificate": {"file": box["certificate"]},
            **{name: box[name] for name in ("service_agreement", "user_system", "user", "service")},
        }
    )
    secret = partial(resolve_secret, folder=folder)
    return Sf1520(settings, Surroundings(Municipality("0265", "Roskilde"), "sandbox", folder, secret))


def _envelopes(box: dict[str, Any]) -> dict[str, bytes]:
    """The envelopes, made beforehand: the bare client does nothing but send."""
    context = InvocationContext(box["service_agreement"], box["user_system"], box["user"], box["service"])
    return {cpr: build_request(cpr, context) for cpr in box["people"]}


def _bare(
    box: dict[str, Any], session: requests.Session, envelopes: dict[str, bytes]
) -> Callable[[str], bytes]:
    url = f"{box['url']}{Sf1520Settings.model_fields['path'].default}"
    session.cert = box["certificate"]
    session.verify = box["ca_bundle"]
    session.trust_env = False
    headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{SOAP_ACTION}"'}

    def look_up(cpr: str) -> bytes:
        answer = session.post(url, data=envelopes[cpr], headers=headers, timeout=(10, 60))
        answer.raise_for_status()
        return answer.content

    return look_up


def _agreed(people: Sequence[str], ours: Callable[[str], Any], bare: Callable[[str], bytes]) -> None:
    for cpr in people:
        name = ours(cpr).name
        if name.encode() not in bare(cpr).replace(b"&amp;", b"&"):
            raise RuntimeError("the bare client was told of somebody else")


@contextmanager
def _sandbox(folder: Path) -> Iterator[dict[str, Any]]:
    """The simulator in a process of its own, and how to reach it."""
    command = [sys.executable, "-m", "benchmarks.lookups", str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        if process.stdout is None or process.stdin is None:
            raise RuntimeError("the simulator has no pipes")
        line = process.stdout.readline()
        if not line:
            raise RuntimeError("the simulator did not start")
        try:
            yield json.loads(line)
        finally:
            process.stdin.close()  # the simulator reads until here


def _serve(folder: Path) -> None:
    with Sandbox(folder / "box", municipality="0265", cvr="29189404", only=("sf1520",)) as box:
        agreement = box.agreement()
        # Whoever has a name without a letter that XML writes in another way: the texts are compared as bytes.
        people = [person.cpr for person in box.people if person.name.replace(" ", "").isalpha()][:_PEOPLE]
        about = {
            "url": box.url,
            "ca_bundle": str(box.ca_bundle),
            "certificate": str(box.client_certificate),
            "service_agreement": agreement.service_agreement,
            "user_system": agreement.user_system,
            "user": agreement.user,
            "service": agreement.service,
            "people": people,
        }
        print(json.dumps(about), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    _serve(Path(sys.argv[1]))
