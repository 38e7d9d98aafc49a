"""What is there while a sandbox runs: authority, journal, services, ports.

Rules this module keeps: everything that was opened is put on the caller's stack, in the order in which it
must be closed; the ports are the last thing to open and the first to close.
"""

import contextlib
import functools
import os
import secrets
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ._agreements import agreement_for
from ._certificates import Authority
from ._faults import Faults
from ._files import FolderLock, read_or_make, write_json
from ._front import Front
from ._http import Request, Response, Server, tls_context
from ._journal import Journal
from ._model import Population
from ._page import Page, PageFacts
from ._service import Make, Service, World
from ._services import CATALOGUE, make_services
from ._tokens import Lifetimes, Tokens
from ._world import Seeding

__all__ = ["Blueprint", "Running"]


@dataclass(frozen=True)
class Blueprint:
    """What to run, where, and for whom.

    Attributes:
        ports: Kind (``tls``, ``open``, ``page``) -> the port asked for (0: any) and the folder's last one.
    """

    folder: Path
    seeding: Seeding
    people: Population
    clock: Callable[[], datetime]
    lifetimes: Lifetimes
    repeated: str
    only: tuple[str, ...] | None
    more: tuple[Make, ...]
    schemas: Path | None
    ports: Mapping[str, tuple[int, int]]


class Running:
    """A sandbox between start and stop; the journal can be read afterwards, too."""

    def __init__(self, stack: contextlib.ExitStack, plan: Blueprint, faults: Faults) -> None:
        """Open everything.

        Raises:
            FolderInUseError: another sandbox runs on the folder.
            UnknownServiceError: a name that is not in the catalogue.
            GivenServiceError: one of ``more`` makes no service, or one whose name is taken.
            PathTakenError: two services claim one path.
            OSError: a port that was asked for is taken, or the disk is full.
        """
        self._plan = plan
        self._faults = faults
        stack.callback(FolderLock(plan.folder).release)
        self.authority = Authority(plan.folder / "certificates")
        for code, cvr in plan.seeding.municipalities.items():  # on the disk for other processes, too
            self.authority.client(code, cvr)
        self.journal = Journal(plan.folder / "effects.jsonl")
        stack.callback(self.journal.close)
        self.services = make_services(self._world(), plan.only, plan.more, stack)
        faults.know(self.services.values())
        self.front = Front(self.services.values(), faults, plan.clock)
        self.page = Page(self.journal, self.front, faults, plan.people, self._facts)
        self._servers = self._open(stack)
        for service in self.services.values():
            service.listen(str(self.authority.server()), str(self.authority.bundle), self._fault_of(service))
        ports = {kind: server.port for kind, server in self._servers.items()}
        plan.seeding.save(plan.folder, ports, given=set(self.services) - set(CATALOGUE))
        note = plan.folder / "running.json"
        write_json(note, {"pid": os.getpid(), "url": self.url("tls"), "page_url": self.page_url})
        stack.callback(note.unlink, missing_ok=True)

    def url(self, kind: str) -> str:
        """Base address of the services with (``tls``) or without (``open``) client certificates."""
        return f"https://127.0.0.1:{self._servers[kind].port}"

    def url_of(self, service: Service) -> str:
        """Base address of one service."""
        return service.address or self.url(_port_kind(service))

    def _fault_of(self, service: Service) -> Callable[[], str | None]:
        """For a service with a port of its own: which fault hits the next connection."""

        def take() -> str | None:
            fault = self._faults.take(service.name)
            return None if fault is None else fault.kind

        return take

    @property
    def page_url(self) -> str:
        """The control page."""
        return f"http://127.0.0.1:{self._servers['page'].port}/"

    def _world(self) -> World:
        plan = self._plan
        cvrs = plan.seeding.municipalities
        key = read_or_make(plan.folder / "seal.key", functools.partial(secrets.token_bytes, 32))
        return World(
            folder=plan.folder / "services",
            seed=plan.seeding.seed,
            municipalities=cvrs,
            people=plan.people,
            clock=plan.clock,
            today=plan.seeding.today,
            journal=self.journal,
            tokens=Tokens(key, cvrs.values(), plan.clock, plan.lifetimes),
            schemas=plan.schemas,
            agreements={cvr: agreement_for(code, cvr) for code, cvr in cvrs.items()},
            repeated=plan.repeated,
        )

    def _open(self, stack: contextlib.ExitStack) -> dict[str, Server]:
        """Kind -> listening server; without a service for it, the port for open ones stays closed."""
        pem, bundle = str(self.authority.server()), str(self.authority.bundle)
        servers = {}
        for kind in sorted({"tls"} | {_port_kind(service) for service in self.services.values()}):
            mutual = kind == "tls"
            answer = functools.partial(self.front.answer, mutual_tls=mutual)
            context = tls_context(pem, bundle, mutual=mutual)
            servers[kind] = _listening(self._plan.ports[kind], answer, context)
            stack.callback(servers[kind].close)
        servers["page"] = _listening(self._plan.ports["page"], self.page.answer)
        stack.callback(servers["page"].close)
        return servers

    def _facts(self) -> PageFacts:
        plan = self._plan
        facts = {
            "services": self.url("tls"),
            "page": self.page_url,
            "municipalities": ", ".join(
                f"{code} (CVR {cvr})" for code, cvr in plan.seeding.municipalities.items()
            ),
            "a repeated messageUUID": plan.repeated,
            "people": str(len(plan.people)),
            "seed": str(plan.seeding.seed),
            "made for the day": plan.seeding.today.isoformat(),
            "token lifetime": f"{plan.lifetimes.access} s",
            "official schemas": "given" if plan.schemas else "none given",
        }
        if "open" in self._servers:
            facts["services without client certificates"] = self.url("open")
        addresses = {name: self.url_of(each) for name, each in self.services.items()}
        return PageFacts(facts, self.services, addresses)


def _port_kind(service: Service) -> str:
    return "tls" if service.mutual_tls else "open"


def _listening(
    ports: tuple[int, int], answer: Callable[[Request], Response], tls: ssl.SSLContext | None = None
) -> Server:
    """A server on the port that was asked for, else on the last one if it is free, else on any."""
    asked, last = ports
    if last and not asked:
        with contextlib.suppress(OSError):
            return Server(last, answer, tls)
    try:
        return Server(asked, answer, tls)
    except OSError as error:
        raise OSError(error.errno, f"port {asked or 'any'}: {error.strerror}") from None
