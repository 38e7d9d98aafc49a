"""What a simulated system is: its paths, its answers, and how it fails on request.

Rules this module keeps: a service knows the public specification of its system only and imports nothing of
the library but the validators; it gets everything else (people, clock, journal, official schemas) from the
:class:`World`; what it takes is in the journal before its caller is answered.

Usage, in ``rpa_commons/sandbox/<system>/__init__.py``::

    class Ledger(Service):
        name = "ledger"
        summary = "takes postings"
        routes = (Route("POST", "/ledger/postings"),)
        mutual_tls = False
        takes_effects = True
        ...

    def make(world: World) -> Service:
        return Ledger(world)
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Protocol

from ._cpr import Agreement
from ._http import Request, Response
from ._journal import Journal, moment_text
from ._model import Population
from ._refusal import Refusal
from ._tokens import Tokens

__all__ = ["Make", "Route", "Service", "World"]


@dataclass(frozen=True)
class Route:
    """Which calls a service answers: a method, and a path that is exact or ends in ``/*`` (all below it)."""

    method: str
    path: str


@dataclass(frozen=True)
class World:
    """What a service is made from.

    Attributes:
        folder: Of all services, below the sandbox's folder; each uses a folder or file of its own in it, and
            makes it when it is first used.
        seed: Which world; the same seed makes the same one.
        municipalities: Code -> CVR number.
        people: Everybody, as of ``today``.
        clock: What time it is, aware.
        today: The day the people were made for.
        journal: Where effects go, see :meth:`effect`.
        tokens: The STS and token service of KOMBIT's services.
        schemas: Folder of the official schemas, laid out as ``RPAC_SPECS`` is; ``None`` when there is none.
        agreements: CVR number -> the four UUIDs of its service agreement.
        repeated: What happens to a repeated business key, one of ``REPEATED_MODES``.
    """

    folder: Path
    seed: int
    municipalities: Mapping[str, str]
    people: Population = field(repr=False)
    clock: Callable[[], datetime] = field(repr=False)
    today: date
    journal: Journal = field(repr=False)
    tokens: Tokens = field(repr=False)
    schemas: Path | None
    agreements: Mapping[str, Agreement] = field(default_factory=dict, repr=False)
    repeated: str = "same-receipt"

    @property
    def moment(self) -> str:
        """Now, as the journal writes it."""
        return moment_text(self.clock())

    def effect(self, service: str, outcome: str, key: str = "", **more: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON values
        """Put one attempt at an effect into the journal; it is on the disk when this returns.

        Args:
            service: The service's name.
            outcome: ``accepted`` (taken: it counts), ``repeated``, ``duplicate``, ``refused`` or
                ``fault:<kind>``.
            key: The business key, under which one effect may be taken.
            more: What the page and ``rpac sandbox sent`` may show besides: ``reason``, ``cvr``, ``recipient``
                (a personal number, masked on the page), ``label``, ``channel``, ``action``, and whatever the
                service wants to find again. Values must be JSON.

        Returns:
            The entry as written, with its number ``n``.
        """
        entry = {"service": service, "outcome": outcome, "key": key, "received_at": self.moment}
        return self.journal.append({**entry, **more})

    def taken(self, service: str, key: str) -> dict[str, Any] | None:
        """The entry by which an effect with this key was first accepted; ``None`` when there is none.

        Hold ``journal.lock`` when you append depending on what you find.
        """
        return self.journal.taken(key, service)


class Service(Protocol):
    """One simulated system. Derive from it: what has a default below need not be written.

    Attributes:
        name: For ``--only``, faults and the page, e.g. ``kmd-nova``.
        summary: Half a line for the page.
        routes: What it answers.
        mutual_tls: ``True``: the caller needs a client certificate of the sandbox's authority;
            ``False``: served with TLS on another port (``Sandbox.url_of``).
        takes_effects: Whether ``taken-then-time-out`` and ``duplicate-receipt`` make sense.
        needs: Names of services without which this one cannot be used; they come along.
        unvalidated: Why requests and answers are not validated against an official schema; empty when they
            are.
        validated: Of which part they are nonetheless, where ``unvalidated`` is not empty, e.g. ``letters by
            MeMo_core.xsd``; empty for none.
        lacks: Fault kind -> why this system cannot show it, a sentence.
        address: Where it listens itself, when it speaks no HTTP (:meth:`listen`); empty otherwise.
    """

    name: str
    summary: str
    routes: Sequence[Route]
    mutual_tls: bool
    takes_effects: bool
    needs: Sequence[str] = ()
    unvalidated: str = "it does not say against what it validates"
    validated: str = ""
    lacks: Mapping[str, str] = {}
    address: str = ""

    def serve(self, request: Request) -> Response:
        """The answer. One request may be served by several threads at a time.

        Raises:
            Refusal: the call is turned down; :meth:`refuse` renders it.
        """
        ...

    def refuse(self, refusal: Refusal) -> Response:
        """The refusal in the system's own format."""
        ...

    def spoil(self, answer: Response) -> Response:
        """The fault ``invalid-answer``: a good answer, made one that the schema or contract refuses."""
        ...

    def note_fault(self, request: Request, kind: str) -> None:  # noqa: ARG002 - for whoever overrides it
        """A fault struck before the request was looked at; services with effects note it in the journal."""
        return

    def serve_duplicate(self, request: Request) -> Response:
        """The fault ``duplicate-receipt``: take the effect, answer as if it had been there already.

        By default the call is served twice, and the second answer is sent.

        Raises:
            Refusal: as :meth:`serve`.
        """
        self.serve(request)
        return self.serve(request)

    def listen(self, pem: str, bundle: str, fault: Callable[[], str | None]) -> None:  # noqa: ARG002 - for others to use
        """The sandbox has started: open a port of your own, where the system speaks no HTTP.

        Args:
            pem: Path of the server's certificate with its key.
            bundle: Path of the authority's certificate.
            fault: The kind of the fault that hits the connection that was just made, or ``None``.
        """
        return

    def close(self) -> None:
        """The sandbox stops: close files and connections of your own."""
        return


Make = Callable[[World], Service]
"""Makes a service; a package's ``make``."""
