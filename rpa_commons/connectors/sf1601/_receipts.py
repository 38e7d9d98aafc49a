"""What became of a letter: KOMBIT's PKO_PostStatus messages, and a folder of them.

SF1601 answers a letter with "taken" only. Its end is told later, to whoever subscribes to it at the
Beskedfordeler: as a message on an AMQP queue (SF1461), or pushed to an address of the municipality
(``PostStatusBeskedModtag``). Both carry the same document: an envelope whose ``Base64`` is a
``PKO_PostStatus``. From a queue ``_fetched`` takes them. Whatever receives the push leaves each in a file of
its own, whole (:func:`keep` does it), and may then acknowledge it; :class:`Receipts` reads the files.

Rules this module keeps: a file is read once; one that cannot be read is a line in :attr:`Receipts.problems`
and hides no other; of several messages about one letter the latest counts, and a word that is not known is
*unknown*, never a guess; no text of an error is passed on, for it may quote the letter.

Sources: both published examples of such a message (resources/messages/sf1601 in
https://github.com/itk-dev/beskedfordeler-drupal), and the status words and their ids as public clients quote
them from "SF1601 Postkomponent - Beskedfordeler - PKO_PostStatus".
"""

import base64
import binascii
import hashlib
import os
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from lxml import etree

from rpa_commons.capabilities import BusinessError, Delivery, TransientError
from rpa_commons.connectors._durable import write_whole
from rpa_commons.connectors._xml import InvalidXmlError, parse_xml
from rpa_commons.validators import mask_personal_numbers

from ._answer import shown_code

__all__ = ["SOURCE", "PostStatus", "PostStatusError", "Receipts", "keep", "latest", "read_post_status"]

SOURCE = "PKO_PostStatus"
_STATUS = "{http://serviceplatformen.dk/xml/print/PKO_PostStatus/1/types}"
_BASE64 = "{urn:besked:kuvert:1.0}Base64"
_LARGEST = 1024 * 1024  # bytes; a message has a few thousand
State = Literal["accepted", "delivered", "failed", "unknown"]

_STATES: Mapping[str, State] = MappingProxyType(
    {
        "modtaget digital post": "accepted",  # the Digital Post solution has it, the citizen not yet
        "afleveret digital post": "delivered",
        "afsendt": "accepted",
        "modtaget fjern-print": "accepted",
        "klar": "accepted",
        "afleveret til print og kuvertering": "accepted",
        "modtaget post danmark": "delivered",  # handed over to the post
        "tilbagekaldt": "failed",
        "fejlet": "failed",
        # Also a returned letter is one of these; which, its codes say, and they are not public.
        "opdatering fra post danmark": "unknown",
    }
)
_CHANNELS: Mapping[str, Literal["digital", "physical", "sms"]] = MappingProxyType(
    {"digital post": "digital", "fysisk post": "physical", "nemsms": "sms"}
)


class PostStatusError(BusinessError):
    """A document is no PKO_PostStatus message.

    Attributes:
        problem: What is wrong; never a value of the document.
    """

    def __init__(self, problem: str) -> None:
        super().__init__(
            f"sf1601: a receipt cannot be read: {problem}",
            remedy="see that the folder gets the Beskedfordeler's PKO_PostStatus messages, as they came",
        )
        self.problem = problem


@dataclass(frozen=True)
class PostStatus:
    """One message about one letter.

    Attributes:
        ids: By which the letter may be known: ``MessageUUID``, ``AfsendelseIdentifikator`` and
            ``TransmissionId``, lower case.
        delivery: What it says.
    """

    ids: frozenset[str]
    delivery: Delivery


def read_post_status(document: bytes) -> PostStatus:
    """Read a message: the ``PKO_PostStatus`` itself, or an envelope of the Beskedfordeler around it.

    Raises:
        PostStatusError: it is none, or its time cannot be read.
    """
    root = _parsed(document)
    if root.tag != f"{_STATUS}PKO_PostStatus":
        inside = root.findtext(f".//{_BASE64}")
        if inside is None:
            raise PostStatusError("it is neither a PKO_PostStatus nor an envelope around one")
        root = _parsed(_decoded(inside))
        if root.tag != f"{_STATUS}PKO_PostStatus":
            raise PostStatusError("the envelope holds another kind of message")
    ids = frozenset(
        text.lower()
        for name in ("MessageUUID", "AfsendelseIdentifikator", "TransmissionId")
        if (text := _text(root, name))
    )
    if not ids:
        raise PostStatusError("it names no letter")
    word = _text(root, "TransaktionsStatusKode").lower()
    if not word:
        raise PostStatusError("it has no TransaktionsStatusKode")
    return PostStatus(ids, _delivery(root, word))


def keep(folder: Path, document: bytes) -> Path:
    """Leave a message where :class:`Receipts` finds it, for whoever receives it; one that came twice is one.

    Raises:
        PostStatusError: it is no PKO_PostStatus message, and was not kept.
        OSError: it could not be written.
    """
    read_post_status(document)
    path = folder / f"{hashlib.sha256(document).hexdigest()}.xml"
    if not path.exists():
        write_whole(path, document)
    return path


class Receipts:
    """The folder, as far as it has been read; safe for several threads."""

    def __init__(self, system: str, folder: Path) -> None:
        """Touch nothing yet."""
        self._system = system
        self._folder = folder
        self._lock = threading.Lock()
        self._read: set[str] = set()
        self._found: dict[str, Delivery] = {}
        self._problems: dict[str, str] = {}  # by file

    @property
    def problems(self) -> list[str]:
        """Files that could not be read: name, reason; one line each."""
        return list(self._problems.values())  # a copy in one step: another thread may add to it

    def of(self, receipt_id: str) -> Delivery:
        """What the latest message about a letter says; *unknown* without one.

        Raises:
            TransientError: the folder cannot be read.
        """
        with self._lock:
            failure: OSError | None = None
            try:
                for path in self._new_files():
                    self._take(path)
            except OSError as error:
                failure = error
            if failure is None:
                return self._found.get(receipt_id.lower(), Delivery(state="unknown", source=SOURCE))
        raise TransientError(
            self._system,
            f"{self._folder}: {failure.strerror or 'cannot be read'}",
            sent="no",
            remedy="create the folder that receipts_folder names, or mount the share it is on",
        )

    def _new_files(self) -> Iterator[Path]:
        with os.scandir(self._folder) as entries:
            names = [one.name for one in entries if one.name.lower().endswith(".xml") and one.is_file()]
        yield from (
            self._folder / name for name in sorted(names) if name not in self._read and name[0] != "."
        )

    def _take(self, path: Path) -> None:
        try:
            with path.open("rb") as file:
                status = read_post_status(file.read(_LARGEST + 1))
        except FileNotFoundError:
            return  # cleared away meanwhile
        except PermissionError:
            # Somebody writes it (Windows), or may not share it: looked at again with the next question.
            self._tell(path, "this user may not read it")
            return
        except PostStatusError as error:
            self._tell(path, error.problem)
        else:
            for one in status.ids:
                self._found[one] = max(self._found.get(one, status.delivery), status.delivery, key=_order)
            self._problems.pop(path.name, None)
        self._read.add(path.name)

    def _tell(self, path: Path, problem: str) -> None:
        self._problems[path.name] = mask_personal_numbers(f"{path.name}: {problem}")


_OLDEST = datetime.min.replace(tzinfo=UTC)
_RANK = ("unknown", "accepted", "delivered", "failed")  # of two messages of one moment the graver counts


def latest(told: Iterable[Delivery]) -> Delivery | None:
    """The one that counts of several words about one letter; ``None`` of none."""
    return max(told, key=_order, default=None)


def _order(one: Delivery) -> tuple[datetime, int]:
    return one.at or _OLDEST, _RANK.index(one.state)


def _delivery(root: etree._Element, word: str) -> Delivery:
    state = _STATES.get(word, "unknown")
    code = ""
    if state == "failed":
        code = _text(root, f"FejlDetaljer/{_STATUS}FejlKode") or word
    elif state == "unknown":
        code = word if word in _STATES else "unlisted"
    return Delivery(
        state=state,
        channel=_CHANNELS.get(_text(root, "KanalKode").lower()),
        at=_moment(_text(root, "TransaktionsDatoTid")),
        source=SOURCE,
        code=shown_code(code.replace(" ", "-")),
    )


def _moment(text: str) -> datetime:
    problem = "its TransaktionsDatoTid is no time with a zone"
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise PostStatusError(problem)


def _parsed(document: bytes) -> etree._Element:
    try:
        return parse_xml(document, largest=_LARGEST)
    except InvalidXmlError as error:
        problem = str(error)
    raise PostStatusError(problem)


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        pass
    raise PostStatusError("its content is no base64")


def _text(root: etree._Element, path: str) -> str:
    return (root.findtext(f"{_STATUS}{path}") or "").strip()
