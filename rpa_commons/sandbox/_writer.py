"""What a sandbox writes for municipalities: extracts, environments, invoices, applications."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from ._certificates import ClientFiles
from ._cpr import Agreement
from ._declared import declared_moves, declared_register
from ._environment import Stack, municipality_facts, save_environment, save_files
from ._errors import LayoutError, UnknownMunicipalityError
from ._extracts import moves_csv, register_csv, save
from ._files import read_or_make, replace_all
from ._model import Move, Population
from ._reaching import Reach
from ._service import Service
from .seeds import InvoiceSeed, application_files, invoice_files

__all__ = ["Writer"]


class Writer(ABC):
    """The part of a :class:`Sandbox` that needs the people and, for environments, where it is reached."""

    folder: Path
    people: Population
    municipalities: Mapping[str, str]

    @property
    @abstractmethod
    def seed(self) -> int:
        """Which town."""

    @property
    @abstractmethod
    def url(self) -> str:
        """Base address of the services with client certificates."""

    @property
    @abstractmethod
    def services(self) -> Mapping[str, Service]:
        """Name -> service, of those that run."""

    @abstractmethod
    def url_of(self, name: str) -> str:
        """Base address of one service."""

    @property
    @abstractmethod
    def ca_bundle(self) -> Path:
        """PEM of the sandbox's authority."""

    @abstractmethod
    def certificate(self, code: str | None = None) -> ClientFiles:
        """One municipality's client certificate; the first one's by default."""

    @abstractmethod
    def agreement(self, code: str | None = None) -> Agreement:
        """The four UUIDs of one municipality's service agreement; the first one's by default."""

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

    def write_invoices(
        self, folder: Path, *, code: str | None = None, count: int = 20, broken: bool = False
    ) -> Sequence[Path]:
        """Write invented invoices and credit notes to one municipality, and an ``index.json`` of them.

        Args:
            folder: Made when missing; what this wrote there before is replaced.
            code: The municipality's; the first one's by default.
            count: How many good documents.
            broken: Add one of each kind that must not get through, see ``seeds.BROKEN``.

        Raises:
            SeedFolderError: the folder holds something else.
        """
        code = code or next(iter(self.municipalities))
        seed = InvoiceSeed(self.seed, code, self._cvr(code), self.people.today)
        return replace_all(folder, invoice_files(seed, count=count, broken=broken))

    def write_applications(
        self, folder: Path, *, code: str | None = None, count: int = 20, kind: str = "all"
    ) -> Sequence[Path]:
        """Write invented applications of people who live in one municipality, as JSON in a layout of ours.

        Args:
            folder: Made when missing; what this wrote there before is replaced.
            code: The municipality's; the first one's by default.
            count: How many.
            kind: ``aids`` (KLE 27.60), ``costs`` (KLE 32.24, 32.21) or ``all``.

        Raises:
            SeedFolderError: the folder holds something else.
        """
        code = code or next(iter(self.municipalities))
        self._cvr(code)
        files = application_files(self.people, seed=self.seed, code=code, count=count, kind=kind)
        return replace_all(folder, files)

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
            files: Point connectors of files and folders at what :meth:`write_files` makes.
            stack: Capability -> connector and settings; by default what the municipality's ``stack.toml`` and
                that of its baseline's folder say. Stack profiles need it.

        Raises:
            SandboxError: the folder is none, is of a municipality not served here, or holds somebody else's
                file there.
        """
        code = code or municipality_facts(municipality_folder)[0]
        cvr = self._cvr(code)
        services = self.folder / "services"
        reach = Reach(
            url=self.url,
            addresses={name: self.url_of(name) for name in self.services},
            code=code,
            cvr=cvr,
            ca_bundle=self.ca_bundle,
            certificate=self.certificate(code),
            agreement=self.agreement(code),
            receipts=self.folder / "receipts",
            password=services / "password",
            ledger_token=services / "token",
        )
        read_or_make(reach.password, lambda: b"sandbox")
        return save_environment(municipality_folder, reach, files=files, stack=stack)

    def write_files(
        self, municipality_folder: Path, *, code: str | None = None, stack: Stack | None = None
    ) -> Sequence[Path]:
        """Write extracts in the declared layout, and make folders, below ``environments/sandbox/``.

        Arguments are those of :meth:`write_environment`.

        Returns:
            What the folder's stack has use for: files of ``moves-extract`` and ``register-extract``, the
            outbox for letters on paper, and folders for cases, for postings and, with invoices, for those.

        Raises:
            SandboxError: as :meth:`write_environment`.
        """
        code = code or municipality_facts(municipality_folder)[0]
        seed = InvoiceSeed(self.seed, code, self._cvr(code), self.people.today)

        def invoices() -> Mapping[str, bytes]:
            return {name: data for name, data in invoice_files(seed).items() if name.endswith(".xml")}

        def content(connector: str, settings: Mapping[str, Any]) -> bytes:
            try:
                if connector == "moves-extract":
                    return declared_moves(settings, self.moves_into(code, date.min))
                return declared_register(settings, self.people)
            except (LookupError, TypeError, ValueError):  # no such encoding, a delimiter of two characters
                raise LayoutError(municipality_folder, connector) from None

        return save_files(municipality_folder, content, stack, invoices)

    def _cvr(self, code: str) -> str:
        try:
            return self.municipalities[code]
        except KeyError:
            raise UnknownMunicipalityError(code, self.municipalities) from None
