"""The connector: a posting out, a receipt back."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, ClassVar

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from rpa_commons.capabilities import (
    BusinessError,
    Ledger,
    Posting,
    PostingReceipt,
    RpaCommonsError,
    TransientError,
)
from rpa_commons.connectors._base import ConnectorSettings, Surroundings, message_uuid
from rpa_commons.connectors.http import Answer, HttpClient, RequestRefusedError
from rpa_commons.manifest import Access, Rung

from ._access import ACCESS, VERIFIED
from ._settings import RestLedgerSettings

__all__ = ["RestLedger"]

_CONFLICT = 409
_KEY_REUSED = 422
_REPLAYED = "idempotency-replayed"


def _utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("a time that has none in UTC") from None


class _Voucher(BaseModel):
    """A voucher as the interface describes it; what it may say besides does no harm."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str = Field(min_length=1, max_length=200)
    reference: str
    accepted_at: Annotated[AwareDatetime, AfterValidator(_utc)]


class _Vouchers(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    postings: tuple[_Voucher, ...]


class KeyReusedError(BusinessError):
    """The ledger has another posting under this key: one of the two is a mistake, and neither is guessed."""

    def __init__(self, system: str) -> None:
        super().__init__(
            f"{system}: the ledger has another posting under this key",
            remedy="look the voucher up by its reference; then settle the case or reopen it",
        )


class RestLedger:
    """The books behind a REST interface."""

    name: ClassVar[str] = "rest-ledger"
    capability: ClassVar[type] = Ledger
    Settings: ClassVar[type[ConnectorSettings]] = RestLedgerSettings
    access: ClassVar[Access] = ACCESS
    verified: ClassVar[tuple[Rung, ...]] = VERIFIED

    def __init__(self, settings: RestLedgerSettings, surroundings: Surroundings) -> None:
        """Check the address; call nobody.

        Raises:
            AddressRefusedError: the address is not https.
            CertificateError: the client certificate cannot be used.
        """
        self._url = settings.url.rstrip("/") + "/postings"
        self._token = settings.token
        self._secret = surroundings.secret
        self._client = HttpClient(self.name, settings, surroundings, addresses=[settings.url])
        self.hosts = self._client.hosts

    def find(self, reference: str) -> Sequence[PostingReceipt]:
        """What was posted under a reference, oldest first."""
        answer = self._client.request(
            "GET", self._url, kind="query", headers=self._headers, params={"reference": reference}
        )
        found = answer.as_model(_Vouchers, "as the interface says").postings
        if any(voucher.reference != reference for voucher in found):
            raise answer.unexpected("the ledger lists vouchers of other references")
        return [_receipt(voucher) for voucher in sorted(found, key=lambda one: (one.accepted_at, one.id))]

    def post(self, posting: Posting, *, key: str = "") -> PostingReceipt:
        """Post one voucher, once per key."""
        headers = {"Idempotency-Key": f'"{message_uuid(key)}"', "Content-Type": "application/json"}
        answer = self._client.request(
            "POST",
            self._url,
            kind="keyed",
            headers=lambda: {**self._headers(), **headers},
            body=_body(posting),
            accept=(_CONFLICT, _KEY_REUSED),
        )
        if answer.status == _CONFLICT:
            raise TransientError(self.name, "the ledger still works on this posting (status 409)")
        if answer.status == _KEY_REUSED:
            raise KeyReusedError(self.name) if _is_about_key(answer) else _refused(self.name, answer)
        voucher = answer.as_model(_Voucher, "as the interface says")
        if voucher.reference != posting.reference:
            raise answer.unexpected("the ledger's receipt is of another posting")
        return _receipt(voucher, repeated=answer.headers.get(_REPLAYED, "").lower() == "true")

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _headers(self) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {self._secret(self._token)}", "Accept": "application/json"}


def _body(posting: Posting) -> bytes:
    """The posting as JSON; the shape is in the connector's reference page."""
    return json.dumps(posting.model_dump(mode="json"), ensure_ascii=False).encode()


def _receipt(voucher: _Voucher, *, repeated: bool = False) -> PostingReceipt:
    return PostingReceipt(
        id=voucher.id, reference=voucher.reference, accepted_at=voucher.accepted_at, repeated=repeated
    )


def _is_about_key(answer: Answer) -> bool:
    """Whether a refusal says by its problem type (RFC 9457) that the key belongs to another posting."""
    try:
        problem = answer.json()
    except RpaCommonsError:
        return False
    return isinstance(problem, dict) and str(problem.get("type", "")).endswith("idempotency-key-reused")


def _refused(system: str, answer: Answer) -> Exception:
    if answer.after_doubt:
        return TransientError(system, f"refused a repeat (status {answer.status})", sent="maybe")
    return RequestRefusedError(system, answer.status)
