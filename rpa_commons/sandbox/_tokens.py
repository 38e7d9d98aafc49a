"""The STS and the token service: from a client certificate to an access token for one service.

Rules this module keeps, as KOMBIT's services do: a token is for one service (entity id), for one CVR number,
for one client certificate (holder of key), and for a time. What is ours: the tokens' inside, sealed with a
key that lies in the sandbox's folder (so a restart forgets nobody's token), the error texts, and that a
certificate may act for its own CVR number only.
"""

import base64
import binascii
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

from lxml import etree

from ._certificates import cvr_of, fingerprint
from ._http import Request, Response
from ._json import json_object
from ._refusal import Refusal

__all__ = ["ENTITY_IDS", "TOKEN_TYPE", "Grant", "Lifetimes", "Tokens"]

ENTITY_IDS = {
    "sf1601": "http://entityid.kombit.dk/service/kombipostafsend/1",
    "postforespoerg": "http://entityid.kombit.dk/service/postforespoerg/1",
    "sf1461": "http://entityid.kombit.dk/service/bfo_modtag/2",
}
TOKEN_TYPE = "Holder-of-key"  # noqa: S105 - the name of a kind of token
_WANTED = {
    "TokenType": "http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1#SAMLV2.0",
    "RequestType": "http://docs.oasis-open.org/ws-sx/ws-trust/200512/Issue",
    "KeyType": "http://docs.oasis-open.org/ws-sx/ws-trust/200512/PublicKey",
}
_SAML = "urn:oasis:names:tc:SAML:2.0:assertion"
_DS = "http://www.w3.org/2000/09/xmldsig#"
_SEAL = b"<!--seal:"


@dataclass(frozen=True)
class Lifetimes:
    """How long what lives, in seconds; KOMBIT's defaults."""

    saml: int = 8 * 3600
    access: int = 3600


@dataclass(frozen=True)
class Grant:
    """What a good token says: who calls."""

    cvr: str


class Tokens:
    """Issues and checks; keeps no state but its key."""

    def __init__(
        self, key: bytes, cvrs: Iterable[str], clock: Callable[[], datetime], lifetimes: Lifetimes
    ) -> None:
        self._key = key
        self._cvrs = frozenset(cvrs)
        self._clock = clock
        self.lifetimes = lifetimes

    def issue(self, request: Request) -> Response:
        """``POST /runtime/api/rest/wstrust/v1/issue``: a SAML assertion for one service."""
        cvr, entity = self._checked(json_object(request), request.certificate)
        now = self._clock()
        ends = now + timedelta(seconds=self.lifetimes.saml)
        assertion = _assertion(cvr, entity, request.certificate, now, ends)
        sealed = assertion + _SEAL + self._mac(assertion).encode() + b"-->"
        answer = {
            "TokenType": _WANTED["TokenType"],
            "RequestedSecurityToken": {"Assertion": base64.b64encode(sealed).decode()},
            "AppliesTo": {"EndpointReference": {"Address": entity}},
            "Lifetime": f"{ends:%m/%d/%Y %H:%M:%S}",
        }
        return Response(200, json.dumps(answer).encode(), "application/json")

    def exchange(self, request: Request) -> Response:
        """``POST /service/AccessTokenService_1/token``: an access token for a SAML assertion."""
        if request.media_type != "application/x-www-form-urlencoded":
            raise Refusal(415, "content-type", "the token service takes application/x-www-form-urlencoded")
        form = dict(parse_qsl(request.body.decode("ascii", "replace")))
        claims = self._opened(form.get("saml-token", ""))
        if claims["certificate"] != fingerprint(request.certificate):
            raise Refusal(401, "holder-of-key", "the assertion was issued to another certificate")
        now = self._clock()
        left = int((datetime.fromisoformat(claims["ends"]) - now).total_seconds())
        if left <= 0:
            raise Refusal(401, "assertion-expired", "the assertion is no longer valid")
        lives = min(self.lifetimes.access, left)
        claims |= {"ends": (now + timedelta(seconds=lives)).isoformat(), "id": secrets.token_hex(8)}
        payload = base64.urlsafe_b64encode(json.dumps(claims).encode())
        token = f"{payload.decode()}.{self._mac(payload)}"
        answer = {"access_token": token, "token_type": TOKEN_TYPE, "expires_in": lives}
        return Response(200, json.dumps(answer).encode(), "application/json", {"Cache-Control": "no-store"})

    def bearer(self, assertion: str, certificate: bytes, entity: str) -> str:
        """The CVR number of who shows an assertion as it is, in base64 (SF1461's broker takes it so).

        Raises:
            Refusal: it was not issued here, to this certificate, for this service, or has ended.
        """
        claims = self._opened(assertion)
        ends = datetime.fromisoformat(claims["ends"])
        if claims["certificate"] != fingerprint(certificate) or ends <= self._clock():
            raise Refusal(401, "holder-of-key", "the assertion has ended or is another certificate's")
        if claims["entity"] != entity or claims["cvr"] not in self._cvrs:
            raise Refusal(403, "entity-id", "the assertion is for another service or authority")
        return str(claims["cvr"])

    def check(self, request: Request, service: str) -> Grant:
        """Who calls ``service`` with the token in the ``authorization`` header.

        Raises:
            Refusal: 401 without a good token, with an expired one, or with somebody else's; 403 with one for
                another service.
        """
        kind, _, token = request.header("Authorization").partition(" ")
        if not token or kind.lower() != TOKEN_TYPE.lower():
            raise Refusal(401, "token-missing", f"the header authorization must be '{TOKEN_TYPE} <token>'")
        payload, _, mac = token.partition(".")
        if not hmac.compare_digest(self._mac(payload.encode()).encode(), mac.encode()):
            raise Refusal(401, "token-unknown", "this token was not issued here")
        claims = json.loads(base64.urlsafe_b64decode(payload))
        if claims["certificate"] != fingerprint(request.certificate):
            raise Refusal(401, "holder-of-key", "the token was issued to another certificate")
        if datetime.fromisoformat(claims["ends"]) <= self._clock():
            raise Refusal(401, "token-expired", "the token is no longer valid")
        if claims["entity"] != ENTITY_IDS[service]:
            raise Refusal(403, "entity-id", "the token is for another service")
        if claims["cvr"] not in self._cvrs:
            raise Refusal(403, "cvr", "this CVR number is no longer known here")
        return Grant(cvr=claims["cvr"])

    def _checked(self, asked: dict[str, Any], certificate: bytes) -> tuple[str, str]:
        for name, wanted in _WANTED.items():
            if asked.get(name) != wanted:
                raise Refusal(400, "ws-trust", f"{name} must be {wanted}")
        cvr = str(_inside(asked, "AnvenderKontekst", "Cvr"))
        if cvr not in self._cvrs:
            raise Refusal(400, "cvr", "no service agreement for this CVR number")
        if cvr_of(certificate) != cvr:
            raise Refusal(403, "cvr", "the client certificate belongs to another CVR number")
        entity = _inside(asked, "AppliesTo", "EndpointReference", "Address")
        if entity not in ENTITY_IDS.values():
            raise Refusal(400, "entity-id", "no service has this entity id")
        try:
            key = base64.b64decode(str(asked.get("UseKey", "")), validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if key != certificate:
            raise Refusal(
                400, "use-key", "UseKey must be the client certificate, base64 of its DER in one line"
            )
        return cvr, str(entity)

    def _opened(self, text: str) -> dict[str, Any]:
        try:
            sealed = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            raise Refusal(400, "assertion", "saml-token must be the base64 assertion") from None
        assertion, _, seal = sealed.rpartition(_SEAL)
        if not hmac.compare_digest(self._mac(assertion).encode(), seal.removesuffix(b"-->")):
            raise Refusal(401, "assertion-unknown", "this assertion was not issued here")
        root = etree.fromstring(assertion)
        names = {"s": _SAML, "ds": _DS}
        der = base64.b64decode(root.findtext(".//ds:X509Certificate", "", names))
        conditions = root.find("s:Conditions", names)
        if conditions is None:
            raise AssertionError("every assertion issued here has conditions")
        return {
            "cvr": root.findtext(".//s:AttributeValue", "", names),
            "entity": root.findtext(".//s:Audience", "", names),
            "certificate": fingerprint(der),
            "ends": datetime.fromisoformat(conditions.get("NotOnOrAfter", "")).isoformat(),
        }

    def _mac(self, content: bytes) -> str:
        return hmac.new(self._key, content, hashlib.sha256).hexdigest()


def _inside(data: Any, *path: str) -> Any:  # noqa: ANN401 - parsed JSON
    for name in path:
        data = data.get(name) if isinstance(data, dict) else None
    return data


def _assertion(cvr: str, entity: str, certificate: bytes, now: datetime, ends: datetime) -> bytes:
    """A SAML 2.0 assertion with the parts that clients read; unsigned but for our seal."""
    root = etree.Element(f"{{{_SAML}}}Assertion", nsmap={"saml": _SAML, "ds": _DS})
    root.set("ID", f"_{secrets.token_hex(16)}")
    root.set("Version", "2.0")
    root.set("IssueInstant", _moment(now))
    _add(root, "Issuer", "https://sts.sandbox.invalid/")
    subject = _add(root, "Subject")
    _add(subject, "NameID", f"NTRDK-{cvr}")
    confirmation = _add(subject, "SubjectConfirmation")
    confirmation.set("Method", "urn:oasis:names:tc:SAML:2.0:cm:holder-of-key")
    parent = _add(confirmation, "SubjectConfirmationData")
    for name in ("KeyInfo", "X509Data", "X509Certificate"):
        parent = etree.SubElement(parent, f"{{{_DS}}}{name}")
    parent.text = base64.b64encode(certificate).decode()
    conditions = _add(root, "Conditions")
    conditions.set("NotBefore", _moment(now))
    conditions.set("NotOnOrAfter", _moment(ends))
    _add(_add(conditions, "AudienceRestriction"), "Audience", entity)
    attribute = _add(_add(root, "AttributeStatement"), "Attribute")
    attribute.set("Name", "dk:gov:saml:attribute:CvrNumberIdentifier")
    _add(attribute, "AttributeValue", cvr)
    return etree.tostring(root)


def _add(parent: "etree._Element", name: str, text: str | None = None) -> "etree._Element":
    element = etree.SubElement(parent, f"{{{_SAML}}}{name}")
    element.text = text
    return element


def _moment(when: datetime) -> str:
    return f"{when.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}"[:-3] + "Z"
