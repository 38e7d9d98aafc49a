"""Tokens per entity id: issued, kept, renewed in time, discarded when refused.

Sources: KOMBIT "Adgangsstyring for systemer" (WS-Trust 1.3 issue as JSON); RFC 6749 5.1 (``expires_in`` is in
seconds from the answer, so it needs no clock of ours to agree with theirs).
"""

import base64
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from rpa_commons.connectors.http import (
    AccessRefusedError,
    Answer,
    Authorization,
    CertificateError,
    HttpClient,
    UnexpectedAnswerError,
    token_in,
)

from ._saml import lifetime_of
from ._settings import KombitSettings

__all__ = ["KombitAccess"]

_TOKEN_TYPE = "http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1#SAMLV2.0"  # noqa: S105 - a type's name
_ISSUE = "http://docs.oasis-open.org/ws-sx/ws-trust/200512/Issue"
_PUBLIC_KEY = "http://docs.oasis-open.org/ws-sx/ws-trust/200512/PublicKey"
_REFUSALS = frozenset(range(400, 500)) - {408, 425, 429}  # those mean: later
_REMEDY = (
    "check that the user system is registered for this service, that the agreement covers the CVR number, "
    "and that this certificate is the registered one"
)


class KombitAccess:
    """Tokens for one authority; safe for several threads."""

    def __init__(
        self,
        client: HttpClient,
        settings: KombitSettings,
        *,
        cvr: str,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Ask for nothing yet.

        Args:
            client: Presents the client certificate; must be allowed to call ``url`` and ``sts_url``.
            settings: Addresses and paths.
            cvr: The authority that calls are made for.
            clock: Monotonic seconds; the wall clock may be set back under a running process.
            now: The time of day (aware), to read an assertion's end against.

        Raises:
            CertificateError: the client has no certificate.
        """
        if client.certificate is None:
            problem = "KOMBIT's services need one"
            raise CertificateError("none given", problem, remedy="set certificate in stack.toml")
        self._certificate = client.certificate.der_base64()
        self._client = client
        self._settings = settings
        self._cvr = cvr
        self._now = now
        where = (settings.sts_url, settings.sts_path, settings.url, settings.token_path)
        self._tokens = client.tokens(*where, cvr, self._certificate, clock=clock)

    def to(self, entity_id: str) -> Authorization:
        """What opens one service, given to :meth:`HttpClient.request`."""
        return _Door(self, entity_id)

    def token(self, entity_id: str) -> str:
        """``<type> <token>`` for a service, from memory while it lasts.

        Raises:
            AccessRefusedError: a token service refuses.
            TransientError: a token service could not answer now.
            UnexpectedAnswerError: a token service's answer holds no token.
        """
        return self._tokens.get(entity_id, lambda: self._new_token(entity_id))

    def assertion(self, entity_id: str) -> bytes:
        """A fresh SAML assertion as XML, for a service that takes it as it is (SF1461's broker does).

        Raises:
            AccessRefusedError: the security token service refuses.
            TransientError: it could not answer now.
            UnexpectedAnswerError: its answer holds no assertion.
        """
        text, _ = self._assertion(entity_id)
        try:
            return base64.b64decode(text, validate=True)
        except ValueError:  # binascii.Error is one; letters beyond ASCII raise another
            raise UnexpectedAnswerError(self._client.system, "the assertion is no base64") from None

    def discard(self, entity_id: str, text: str) -> None:
        """Forget a refused token, unless another thread has renewed it meanwhile."""
        self._tokens.discard(entity_id, text)

    def _new_token(self, entity_id: str) -> tuple[str, float]:
        assertion, lasts = self._assertion(entity_id)
        answer = self._ask(
            "token service",
            self._settings.url.rstrip("/") + self._settings.token_path,
            "application/x-www-form-urlencoded",
            urlencode({"saml-token": assertion}).encode(),
        )
        kind, token, seconds = token_in(answer)
        # What the token rests on ends with it: the assertion's own end is the truth where it is the earlier.
        return f"{kind} {token}", seconds if lasts is None else min(seconds, lasts)

    def _assertion(self, entity_id: str) -> tuple[str, float | None]:
        """An assertion in base64, and for how many seconds it lasts, where that can be read."""
        answer = self._ask(
            "security token service",
            self._settings.sts_url.rstrip("/") + self._settings.sts_path,
            "application/json",
            json.dumps(self._issue(entity_id)).encode(),
        )
        found = answer.json()
        issued = found.get("RequestedSecurityToken") if isinstance(found, dict) else None
        text = issued.get("Assertion") if isinstance(issued, dict) else None
        if not isinstance(text, str) or not text:
            raise UnexpectedAnswerError(answer.system, "the security token service's answer has no assertion")
        lasts = lifetime_of(text, self._now())
        if lasts is not None and lasts <= 0:
            remedy = "check this machine's clock; it must be within a few minutes of UTC"
            raise AccessRefusedError(answer.system, "the assertion had ended when it came", remedy=remedy)
        return text, lasts

    def _issue(self, entity_id: str) -> dict[str, Any]:
        return {
            "TokenType": _TOKEN_TYPE,
            "RequestType": _ISSUE,
            "KeyType": _PUBLIC_KEY,
            "AnvenderKontekst": {"Cvr": self._cvr},
            "UseKey": self._certificate,
            "AppliesTo": {"EndpointReference": {"Address": entity_id}},
            "OnBehalfOf": None,
        }

    def _ask(self, service: str, url: str, content_type: str, body: bytes) -> Answer:
        # A token more does no harm, so asking for one may be repeated.
        answer = self._client.request(
            "POST", url, kind="query", headers={"Content-Type": content_type}, body=body, accept=_REFUSALS
        )
        if answer.status in _REFUSALS:
            # Not this case's fault: no case gets a token, so all of them wait for the remedy.
            problem = f"the {service} refuses (status {answer.status})"
            raise AccessRefusedError(answer.system, problem, remedy=_REMEDY)
        return answer


@dataclass(frozen=True)
class _Door:
    access: KombitAccess
    entity_id: str

    def headers(self) -> Mapping[str, str]:
        return {"authorization": self.access.token(self.entity_id)}

    def invalidate(self, used: Mapping[str, str]) -> None:
        self.access.discard(self.entity_id, used.get("authorization", ""))
