"""The sandbox as one object: start it, point a municipality at it, look at what arrived.

Rules this module keeps: everything that must survive lies in one folder (authority, keys, journal, letters,
what the population was made from), so a restart on the folder goes on where the last one stopped; one
process at a time uses a folder; nothing listens beyond 127.0.0.1.
"""

import contextlib
import os
import secrets
import ssl
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from ._agreements import agreement_for
from ._certificates import Authority, ClientFiles
from ._cpr import Agreement, PersonLookup
from ._declared import declared_moves, declared_register
from ._environment import Connection, Stack, municipality_facts, save_environment, save_files
from ._errors import LayoutError, UnknownMunicipalityError
from ._extracts import moves_csv, register_csv, save
from ._faults import Faults
from ._files import FolderLock, read_json, write_json, write_private
from ._front import Front, Services
from ._http import Request, Response, Server, tls_context
from ._journal import Journal
from ._kombi import REPEATED_MODES, KombiPost
from ._model import Move, Population
from ._page import Page
from ._population import make_population
from ._registered import Registered
from ._tokens import Lifetimes, Tokens
from ._world import chosen_municipalities, stored_day, world_of

__all__ = ["Sandbox"]


def _now() -> datetime:
    return datetime.now(UTC)


class Sandbox:
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
        port: TLS port; 0 takes a free one.
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
        port: int = 0,
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
        self._lifetimes = Lifetimes(saml=saml_lifetime, access=token_lifetime)
        self._clock = clock
        stored = read_json(self.folder / "box.json")
        last = stored.get("ports", {}) if keep_ports else {}
        self._ports = {"tls": (port, last.get("tls", 0)), "page": (page_port, last.get("page", 0))}
        self._world = world_of(
            stored,
            seed=seed,
            people=people,
            today=today or stored_day(stored) or clock().date(),
            municipalities=chosen_municipalities(municipality, cvr, stored),
        )
        self.municipalities = self._world.municipalities
        self.people: Population = make_population(
            seed=self._world.seed,
            municipalities=list(self.municipalities),
            people=self._world.people,
            today=self._world.today,
        )
        self.faults = Faults(self._world.seed)
        self._stop: contextlib.ExitStack | None = None

    def start(self) -> Self:
        """Open the journal, listen. Does nothing when it is running."""
        if self._stop:
            return self
        with contextlib.ExitStack() as stack:
            self._build(stack)
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

    def _build(self, stack: contextlib.ExitStack) -> None:
        stack.callback(FolderLock(self.folder).release)
        self._authority = Authority(self.folder / "certificates")
        for code, cvr in self.municipalities.items():
            self._authority.client(code, cvr)
        self._journal = Journal(self.folder / "effects.jsonl")
        stack.callback(self._journal.close)
        self._front = self._make_front()
        context = tls_context(str(self._authority.server()), str(self._authority.bundle))
        self._tls = _listen(self._ports["tls"], self._front.answer, context)
        stack.callback(self._tls.close)
        page = Page(self._journal, self._front, self.faults, self.people, self._facts)
        self._plain = _listen(self._ports["page"], page.answer)
        stack.callback(self._plain.close)
        self._world.save(self.folder, {"tls": self._tls.port, "page": self._plain.port})
        running = self.folder / "running.json"
        write_json(running, {"pid": os.getpid(), "url": self.url, "page_url": self.page_url})
        stack.callback(running.unlink, missing_ok=True)

    def _make_front(self) -> Front:
        cvrs = self.municipalities
        tokens = Tokens(_seal_key(self.folder / "seal.key"), cvrs.values(), self._clock, self._lifetimes)
        agreements = {cvr: self.agreement(code) for code, cvr in cvrs.items()}
        services = Services(
            tokens=tokens,
            kombi=KombiPost(self._journal, tokens, self.people, self._clock, self.repeated),
            registered=Registered(tokens, self.people),
            lookup=PersonLookup(self.people, cvrs, agreements, self._clock),
        )
        return Front(services, self.faults, self._clock)

    def _facts(self) -> Mapping[str, str]:
        return {
            "services": self.url,
            "page": self.page_url,
            "municipalities": ", ".join(f"{code} (CVR {cvr})" for code, cvr in self.municipalities.items()),
            "a repeated messageUUID": self.repeated,
            "people": str(len(self.people)),
            "seed": str(self._world.seed),
            "made for the day": self._world.today.isoformat(),
            "token lifetime": f"{self._lifetimes.access} s",
        }

    @property
    def url(self) -> str:
        """Base address of every service, ``https://127.0.0.1:PORT``."""
        return f"https://127.0.0.1:{self._tls.port}"

    @property
    def page_url(self) -> str:
        """The control page, ``http://127.0.0.1:PORT/``."""
        return f"http://127.0.0.1:{self._plain.port}/"

    @property
    def ca_bundle(self) -> Path:
        """PEM of the sandbox's authority."""
        return self._authority.bundle

    def certificate(self, code: str | None = None) -> ClientFiles:
        """One municipality's client certificate; the first one's by default."""
        code = code or next(iter(self.municipalities))
        return self._authority.client(code, self._cvr(code))

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
        return self._journal.entries()

    @property
    def journal_path(self) -> Path:
        """The journal's file; only attempts to send change it."""
        return self.folder / "effects.jsonl"

    def letters(self) -> Counter[str]:
        """Business key -> how many letters were accepted under it."""
        return self._journal.letters()

    def calls(self) -> list[dict[str, Any]]:
        """The last calls of every service, queries too; kept in memory only."""
        return self._front.calls()

    def moves_into(self, municipality: str, since: date, days: int | None = None) -> Sequence[Move]:
        """The moves that a moves extract of that municipality holds."""
        until = None if days is None else date.fromordinal(since.toordinal() + days - 1)
        return self.people.moves_into(municipality, since, until)

    def write_moves_extract(
        self, path: Path, municipality: str, since: date, days: int | None = None
    ) -> Path:
        """Write the CSV of moves into ``municipality`` from ``since``, over ``days`` days or until today."""
        return save(path, moves_csv(self.moves_into(municipality, since, days)))

    def write_register_extract(self, path: Path) -> Path:
        """Write the CSV of everybody, one row each."""
        return save(path, register_csv(self.people))

    def write_environment(
        self,
        municipality_folder: Path,
        *,
        code: str | None = None,
        files: bool = False,
        stack: Stack | None = None,
    ) -> Path:
        """Write ``environments/sandbox/stack.toml`` so that ``-E sandbox`` reaches this sandbox.

        Args:
            municipality_folder: The folder with ``municipality.toml``.
            code: Whose certificate and agreement; by default the code in ``municipality.toml``.
            files: Point extract connectors and outboxes at what :meth:`write_files` makes.
            stack: Capability -> connector and settings; by default what the municipality's ``stack.toml`` and
                that of its baseline's folder say. Stack profiles need it.

        Raises:
            SandboxError: the folder is none, is of a municipality not served here, or holds somebody else's
                file there.
        """
        code = code or municipality_facts(municipality_folder)[0]
        connection = Connection(
            url=self.url,
            cvr=self._cvr(code),
            ca_bundle=self.ca_bundle,
            certificate=self.certificate(code),
            agreement=self.agreement(code),
            files=files,
        )
        return save_environment(municipality_folder, connection, stack)

    def write_files(
        self, municipality_folder: Path, *, code: str | None = None, stack: Stack | None = None
    ) -> Sequence[Path]:
        """Write extracts in the declared layout and make an outbox, below ``environments/sandbox/``.

        Arguments are those of :meth:`write_environment`.

        Returns:
            What the folder's stack has use for: files of ``moves-extract`` and ``register-extract``, and the
            outbox for letters on paper.

        Raises:
            SandboxError: as :meth:`write_environment`.
        """
        code = code or municipality_facts(municipality_folder)[0]
        self._cvr(code)

        def content(connector: str, settings: Mapping[str, Any]) -> bytes:
            try:
                if connector == "moves-extract":
                    return declared_moves(settings, self.moves_into(code, date.min))
                return declared_register(settings, self.people)
            except (LookupError, TypeError, ValueError):  # no such encoding, a delimiter of two characters
                raise LayoutError(municipality_folder, connector) from None

        return save_files(municipality_folder, content, stack)

    def _cvr(self, code: str) -> str:
        try:
            return self.municipalities[code]
        except KeyError:
            raise UnknownMunicipalityError(code, self.municipalities) from None


def _listen(
    ports: tuple[int, int], answer: Callable[[Request], Response], tls: ssl.SSLContext | None = None
) -> Server:
    """A server on the port that was asked for, else on the last one if it is free, else on any."""
    asked, last = ports
    if last and not asked:
        with contextlib.suppress(OSError):
            return Server(last, answer, tls)
    return Server(asked, answer, tls)


def _seal_key(path: Path) -> bytes:
    if not path.exists():
        write_private(path, secrets.token_bytes(32))
    return path.read_bytes()
