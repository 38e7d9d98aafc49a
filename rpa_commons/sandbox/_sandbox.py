"""The sandbox as one object: start it, point a municipality at it, look at what arrived.

Rules this module keeps: everything that must survive lies in one folder (authority, keys, journal, letters,
what the population was made from), so a restart on the folder goes on where the last one stopped; one
process at a time uses a folder; nothing listens beyond 127.0.0.1.
"""

import contextlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from ._agreements import agreement_for
from ._certificates import ClientFiles
from ._cpr import Agreement
from ._errors import UnknownServiceError
from ._faults import Faults
from ._files import read_json
from ._kombi import REPEATED_MODES
from ._population import make_population
from ._running import Blueprint, Running
from ._service import Make, Service
from ._tokens import Lifetimes
from ._world import chosen_municipalities, seeding_of, stored_day
from ._writer import Writer

__all__ = ["Sandbox"]


def _now() -> datetime:
    return datetime.now(UTC)


class Sandbox(Writer):
    """A municipality in a box on loopback.

    Args:
        folder: Where its state lies; made when missing.
        seed: Which people; the same seed makes the same ones.
        municipality: Official code, or several: code -> CVR number.
        cvr: CVR number, when ``municipality`` is one code.
        people: At least so many for each municipality.
        today: The day the population is made for; moves lie in the two weeks before it.
        repeated: What happens to a repeated ``messageUUID``: ``same-receipt``, ``duplicate-error``,
            ``duplicate-error-400`` or ``accepts-twice``.
        only: Names of the services to run, and what they need comes along; by default all of them.
        services: Makes further ones, which run whatever ``only`` says; ``service_maker`` finds one by name.
        schemas: Folder of the official schemas; without it nothing is validated against them.
        port: TLS port; 0 takes a free one.
        open_port: Port of the services without client certificates; 0 takes a free one.
        page_port: Port of the control page; 0 takes a free one.
        keep_ports: Take the ports of the folder's last sandbox again where they are free.
        token_lifetime: Of an access token, in seconds.
        saml_lifetime: Of an STS assertion, in seconds.
        clock: What time it is, aware.

    What is not given of ``seed``, ``people``, ``today``, ``municipality`` and ``cvr`` is as the folder's last
    sandbox had it.

    Raises:
        FolderInUseError: another sandbox runs on the folder.
        InvalidIdentifierError: a code or CVR number that can be none.
        OSError: a port that was asked for is taken.
    """

    def __init__(  # noqa: PLR0913 - keyword arguments, each with a default
        self,
        folder: Path,
        *,
        seed: int | None = None,
        municipality: str | Mapping[str, str] | None = None,
        cvr: str | None = None,
        people: int | None = None,
        today: date | None = None,
        repeated: str = "same-receipt",
        only: Iterable[str] | None = None,
        services: Iterable[Make] = (),
        schemas: Path | None = None,
        port: int = 0,
        open_port: int = 0,
        page_port: int = 0,
        keep_ports: bool = False,
        token_lifetime: int = 3600,
        saml_lifetime: int = 8 * 3600,
        clock: Callable[[], datetime] = _now,
    ) -> None:
        if repeated not in REPEATED_MODES:
            raise ValueError(f"repeated must be one of {', '.join(REPEATED_MODES)}")
        self.folder = folder.resolve()
        self.repeated = repeated
        stored = read_json(self.folder / "box.json")
        seeding = seeding_of(
            stored,
            seed=seed,
            people=people,
            today=today or stored_day(stored) or clock().date(),
            municipalities=chosen_municipalities(municipality, cvr, stored),
        )
        self.municipalities = seeding.municipalities
        self.people = make_population(
            seed=seeding.seed,
            municipalities=list(self.municipalities),
            people=seeding.people,
            today=seeding.today,
        )
        self.faults = Faults(seeding.seed)
        last = stored.get("ports", {}) if keep_ports else {}
        asked = {"tls": port, "open": open_port, "page": page_port}
        self._clock = clock
        self._blueprint = Blueprint(
            folder=self.folder,
            seeding=seeding,
            people=self.people,
            clock=clock,
            lifetimes=Lifetimes(saml=saml_lifetime, access=token_lifetime),
            repeated=repeated,
            only=None if only is None else tuple(only),
            more=tuple(services),
            schemas=schemas,
            ports={kind: (wanted, last.get(kind, 0)) for kind, wanted in asked.items()},
        )
        self._stop: contextlib.ExitStack | None = None

    def start(self) -> Self:
        """Open the journal, listen. Does nothing when it is running.

        Raises:
            FolderInUseError: another sandbox runs on the folder.
            UnknownServiceError: ``only`` names a service that there is not.
            GivenServiceError: one of ``services`` makes none, or one whose name is taken.
            PathTakenError: two services claim one path.
            OSError: a port that was asked for is taken.
        """
        if self._stop:
            return self
        with contextlib.ExitStack() as stack:
            self._running = Running(stack, self._blueprint, self.faults)
            self._stop = stack.pop_all()
        return self

    def stop(self) -> None:
        """Cut every connection, close every file. Does nothing when it is not running."""
        if self._stop:
            stop, self._stop = self._stop, None
            stop.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def seed(self) -> int:
        """Which town."""
        return self._blueprint.seeding.seed

    @property
    def url(self) -> str:
        """Base address of the services with client certificates, ``https://127.0.0.1:PORT``."""
        return self._running.url("tls")

    @property
    def services(self) -> Mapping[str, Service]:
        """Name -> service, of those that run."""
        return self._running.services

    def url_of(self, name: str) -> str:
        """Base address of one service.

        Raises:
            UnknownServiceError: no such service runs here.
        """
        if name not in self.services:
            raise UnknownServiceError(name, self.services)
        return self._running.url_of(self.services[name])

    @property
    def page_url(self) -> str:
        """The control page, ``http://127.0.0.1:PORT/``."""
        return self._running.page_url

    @property
    def ca_bundle(self) -> Path:
        """PEM of the sandbox's authority."""
        return self._running.authority.bundle

    def certificate(self, code: str | None = None) -> ClientFiles:
        """One municipality's client certificate; the first one's by default."""
        code = code or next(iter(self.municipalities))
        return self._running.authority.client(code, self._cvr(code))

    @property
    def client_certificate(self) -> Path:
        """PEM with certificate and key of the first municipality."""
        return self.certificate().pem

    @property
    def client_pkcs12(self) -> Path:
        """The same as PKCS#12."""
        return self.certificate().pkcs12

    @property
    def client_pkcs12_password_file(self) -> Path:
        """The file that holds the PKCS#12's password."""
        return self.certificate().password_file

    def agreement(self, code: str | None = None) -> Agreement:
        """The four UUIDs of one municipality's service agreement; the first one's by default."""
        code = code or next(iter(self.municipalities))
        return agreement_for(code, self._cvr(code))

    def fault(
        self,
        service: str,
        kind: str,
        *,
        times: int | None = None,
        probability: float | None = None,
        milliseconds: int | None = None,
    ) -> None:
        """Order a fault; see ``Faults.set``.

        Raises:
            FaultError: unknown service or kind, or one that the service cannot show.
        """
        self.faults.set(service, kind, times=times, probability=probability, milliseconds=milliseconds)

    def journal(self) -> list[dict[str, Any]]:
        """Every attempt to send, oldest first: service, outcome, message_uuid, received_at and more."""
        return self._running.journal.entries()

    @property
    def journal_path(self) -> Path:
        """The journal's file; only attempts to send change it."""
        return self.folder / "effects.jsonl"

    def letters(self) -> Counter[str]:
        """Business key -> how many letters were accepted under it."""
        return self._running.journal.letters()

    def effects(self, service: str) -> Counter[str]:
        """Business key -> how many effects a service accepted under it."""
        return self._running.journal.effects(service)

    def calls(self) -> list[dict[str, Any]]:
        """The last calls of every service, queries too; kept in memory only."""
        return self._running.front.calls()
