"""DigitalPost through SF1601 and PostForespoerg."""

import re
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

from rpa_commons.capabilities import (
    BusinessError,
    Channel,
    DigitalPost,
    EffectClass,
    Letter,
    Receipt,
    RpaCommonsError,
    TransientError,
)
from rpa_commons.connectors._base import ConnectorSettings, Surroundings, message_uuid
from rpa_commons.connectors.http import Answer, HttpClient, RequestRefusedError, UnexpectedAnswerError
from rpa_commons.connectors.kombit_access import KombitAccess
from rpa_commons.connectors.pdf_outbox import Outbox
from rpa_commons.validators import InvalidIdentifierError, dk

from ._request import kombi_request, letter_message
from ._settings import Sf1601Settings

__all__ = ["SenderError", "Sf1601"]

_SEND = "http://entityid.kombit.dk/service/kombipostafsend/1"
_LOOKUP = "http://entityid.kombit.dk/service/postforespoerg/1"
_CONFLICT = 409
_PERHAPS_DUPLICATE = frozenset({400, _CONFLICT, 422})
_DUPLICATE = re.compile(r"duplica|dublet|already|allerede")


class SenderError(RpaCommonsError):
    """There is no valid CVR number to send as.

    Attributes:
        problem: What is wrong with the one that was given.
    """

    exit_code: int = 2

    def __init__(self, problem: str) -> None:
        super().__init__(
            f"sf1601: the sender is {problem}",
            remedy="set cvr in municipality.toml, or in the settings of DigitalPost in stack.toml",
        )
        self.problem = problem


class Sf1601:
    """Sends digitally through KOMBIT; on paper through an outbox folder, where one is named."""

    name: ClassVar[str] = "sf1601"
    capability: ClassVar[type] = DigitalPost
    Settings: ClassVar[type[ConnectorSettings]] = Sf1601Settings

    def __init__(self, settings: Sf1601Settings, surroundings: Surroundings) -> None:
        """Read the certificate and check the sender; call nobody.

        Raises:
            SenderError: neither the settings nor the municipality have a valid CVR number.
            CertificateError: the client certificate cannot be used.
            AddressRefusedError: an address is not https.
        """
        self._settings = settings
        self._cvr = _cvr(settings.cvr or surroundings.municipality.cvr)
        self._client = HttpClient(
            self.name, settings, surroundings, addresses=[settings.url, settings.sts_url]
        )
        self._access = KombitAccess(self._client, settings, cvr=self._cvr)
        self._outbox: Outbox | None = None
        if settings.physical_outbox:
            folder = surroundings.folder / Path(settings.physical_outbox).expanduser()
            self._outbox = Outbox(self.name, folder)
        self.hosts = self._client.hosts
        self.effect_classes: Mapping[str, EffectClass] = {"send": settings.repeat}

    def registered(self, cpr: str) -> bool:
        """What PostForespoerg says; a time-out raises, for unknown is not yes."""
        answer = self._client.request(
            "GET",
            self._settings.url.rstrip("/") + self._settings.lookup_path,
            kind="query",
            headers=_transaction,
            params={"cprNumber": _cpr(cpr)},
            authorization=self._access.to(_LOOKUP),
        )
        found = answer.json()
        result = found.get("result") if isinstance(found, dict) else None
        if not isinstance(result, bool):
            raise UnexpectedAnswerError(self.name, "PostForespoerg's answer is neither true nor false")
        return result

    def send(self, letter: Letter, *, to: str, channel: Channel = "digital", key: str = "") -> Receipt:
        """Send a letter, once per key; a receiver that has it already has taken it."""
        if channel == "physical":
            if self._outbox is None:
                raise BusinessError(
                    f"{self.name}: letters on paper have no way out",
                    remedy="set physical_outbox in stack.toml, or let the bot wait for digital registration",
                )
            return self._outbox.put(letter, key)
        message_id, now = message_uuid(key), datetime.now(UTC).replace(microsecond=0)
        message = letter_message(
            letter,
            message_id=message_id,
            cpr=_cpr(to),
            cvr=self._cvr,
            sender_label=self._settings.sender_label,
            created=now,
        )
        answer = self._client.request(
            "POST",
            self._settings.url.rstrip("/") + self._settings.send_path,
            kind=self._settings.repeat,
            headers=lambda: {"Content-Type": "application/xml", **_transaction()},
            body=kombi_request(message),
            accept=_PERHAPS_DUPLICATE,
            authorization=self._access.to(_SEND),
        )
        repeated = _names_duplicate(answer, message_id)
        if answer.status in _PERHAPS_DUPLICATE and not repeated:
            raise _refusal(self.name, answer)
        return Receipt(id=message_id, channel="digital", accepted_at=datetime.now(UTC), repeated=repeated)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


def _transaction() -> Mapping[str, str]:
    """The headers of one attempt: Serviceplatformen follows a call by its transaction, not by its message."""
    now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return {"X-TransaktionsId": str(uuid.uuid4()), "X-TransaktionsTid": now}


def _names_duplicate(answer: Answer, message_id: str) -> bool:
    """Whether the receiver says that it had this message already; its words are unverified.

    A refusal must name the message id besides, a conflict at least that: one that is taken for "already
    there" by mistake is a letter lost.
    """
    text = answer.body.decode(errors="replace").lower()
    if answer.status == _CONFLICT and message_id in text:
        return True
    names_it = message_id in text or "messageuuid" in text
    return bool(_DUPLICATE.search(text)) and (names_it or answer.status not in _PERHAPS_DUPLICATE)


def _refusal(system: str, answer: Answer) -> RpaCommonsError:
    """What a refusal means that is not about a duplicate; only one that leaves no doubt is a refusal."""
    if answer.status == _CONFLICT:
        problem = f"a conflict that does not name the message (status {_CONFLICT})"
        return TransientError(system, problem, sent="maybe")
    if answer.after_doubt:
        return TransientError(system, f"refused a repeat (status {answer.status})", sent="maybe")
    return RequestRefusedError(system, answer.status)


def _cvr(text: str) -> str:
    try:
        return dk.Cvr.parse(text)
    except InvalidIdentifierError as error:
        problem = str(error)
    raise SenderError(problem)


def _cpr(text: str) -> str:
    try:
        return dk.Cpr.parse(text)
    except InvalidIdentifierError as error:
        problem = str(error)
    raise BusinessError(f"sf1601: the recipient is {problem}", remedy="check the source of the work item")
