"""The service: who may come in, what is taken, what is found."""

import hashlib
import hmac
import importlib.resources
import json
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import Any

import jsonschema

from rpa_commons.sandbox._files import read_or_make
from rpa_commons.sandbox._http import Request, Response
from rpa_commons.sandbox._journal import ACCEPTED
from rpa_commons.sandbox._json import parse_json
from rpa_commons.sandbox._refusal import Refusal
from rpa_commons.sandbox._service import Route, Service, World

__all__ = ["RestLedger", "make"]

_POSTINGS = "/ledger/v1/postings"
_KEY = re.compile(r'"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"')
_JSON = "application/json"
_TYPES = "urn:rpa-commons:ledger:"


class RestLedger(Service):
    """Takes postings, once per key."""

    name = "rest-ledger"
    summary = "takes postings over the REST interface of our own"
    routes: Sequence[Route] = (Route("POST", _POSTINGS), Route("GET", _POSTINGS))
    mutual_tls = False
    takes_effects = True
    unvalidated = ""

    def __init__(self, world: World) -> None:
        self._world = world
        self.token_file = world.folder / "token"
        read_or_make(self.token_file, lambda: secrets.token_urlsafe(32).encode())
        text = importlib.resources.files(__package__).joinpath("openapi.json").read_text(encoding="utf-8")
        self._interface: Mapping[str, Any] = json.loads(text)
        self._validator = cache(self._made_validator)

    def serve(self, request: Request) -> Response:
        """``POST`` takes a posting, ``GET`` finds what was posted under a reference."""
        expected = b"Bearer " + self.token_file.read_bytes().strip()
        if not hmac.compare_digest(request.header("Authorization").encode(), expected):
            raise Refusal(401, "token", "the bearer token is not that of a user of this ledger")
        return self._take(request) if request.method == "POST" else self._find(request)

    def refuse(self, refusal: Refusal) -> Response:
        """The refusal as RFC 9457 describes one."""
        problem = {"type": _TYPES + refusal.code, "title": refusal.text, "status": refusal.status}
        headers = {"WWW-Authenticate": "Bearer"} if refusal.status == 401 else {}  # noqa: PLR2004 - HTTP
        answer = self._answer(refusal.status, problem, "Problem")
        return replace(answer, content_type="application/problem+json", headers=headers)

    def spoil(self, answer: Response) -> Response:
        """The answer without the ids and times that the interface demands."""
        body = answer.body.replace(b'"id"', b'"nummer"').replace(b'"postings"', b'"bilag"')
        return replace(answer, body=body)

    def note_fault(self, request: Request, kind: str) -> None:
        """An attempt to post that a fault struck."""
        if request.method == "POST":
            self._world.effect(self.name, f"fault:{kind}")

    def _take(self, request: Request) -> Response:
        try:
            key, posting = self._read(request)
        except Refusal as refusal:
            self._world.effect(self.name, "refused", reason=refusal.code)
            raise
        digest = hashlib.sha256(json.dumps(posting, sort_keys=True).encode()).hexdigest()
        with self._world.journal.lock:  # one at a time, so that two equal calls cannot both be the first
            first = self._world.taken(self.name, key)
            if first is not None and self._world.repeated != "accepts-twice":
                return self._again(first, digest, key)
            number = self._world.journal.next_number
            voucher = {
                "id": f"B{self._world.today.year}-{number:06d}",
                "reference": posting["reference"],
                "accepted_at": self._world.moment,
            }
            paid = posting.get("payment") is not None
            entry = {"content": digest, "voucher": voucher, "label": posting["reference"], "pays": paid}
            self._world.effect(self.name, ACCEPTED, key, **entry)
        return self._answer(201, voucher, "Voucher")

    def _again(self, first: Mapping[str, Any], digest: str, key: str) -> Response:
        if first["content"] != digest:
            self._world.effect(self.name, "refused", key, reason="idempotency-key-reused")
            raise Refusal(422, "idempotency-key-reused", "the key belongs to another posting")
        self._world.effect(self.name, "repeated", key)
        answer = self._answer(201, first["voucher"], "Voucher")
        return replace(answer, headers={"Idempotency-Replayed": "true"})

    def _read(self, request: Request) -> tuple[str, dict[str, Any]]:
        key = _KEY.fullmatch(request.header("Idempotency-Key"))
        if key is None:
            raise Refusal(400, "idempotency-key-missing", "Idempotency-Key must be a UUID in quotes")
        if request.media_type != _JSON:
            raise Refusal(415, "media-type", f"a posting is {_JSON}")
        posting = parse_json(request.body)
        try:
            self._validator("Posting").validate(posting)
        except jsonschema.ValidationError as error:
            raise Refusal(400, "schema", f"{error.json_path} is not as the interface describes") from None
        _check_books(posting)
        return key[1], posting

    def _made_validator(self, name: str) -> jsonschema.Draft202012Validator:
        """Of one of the interface's schemas."""
        schema = {"$ref": f"#/components/schemas/{name}", "components": self._interface["components"]}
        return jsonschema.Draft202012Validator(
            schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
        )

    def _find(self, request: Request) -> Response:
        reference = request.query.get("reference", "")
        if not reference:
            raise Refusal(400, "reference", "name a reference")
        entries = self._world.journal.entries()
        taken = [e for e in entries if e["service"] == self.name and e["outcome"] == ACCEPTED]
        found = [e["voucher"] for e in taken if e["voucher"]["reference"] == reference]
        return self._answer(200, {"postings": found}, "Vouchers")

    def _answer(self, status: int, content: object, schema: str) -> Response:
        """An answer that is as the interface describes it."""
        for error in self._validator(schema).iter_errors(content):
            raise AssertionError(f"the sandbox's own answer breaks the interface: {error.json_path}")
        return Response(status, json.dumps(content, ensure_ascii=False).encode(), _JSON)


def make(world: World) -> Service:
    """The ledger, with a token in a file of its folder."""
    return RestLedger(world)


def _check_books(posting: Mapping[str, Any]) -> None:
    """What a schema cannot say: the lines balance, and there is one currency."""
    amounts = [line["amount"] for line in posting["lines"]]
    if sum(Decimal(amount["amount"]) for amount in amounts):
        raise Refusal(422, "unbalanced", "the lines do not sum to zero")
    payment = posting.get("payment")
    everything = [*amounts, payment["amount"]] if payment else amounts
    if len({amount["currency"] for amount in everything}) > 1:
        raise Refusal(422, "currency", "a posting is in one currency")
    if payment and Decimal(payment["amount"]["amount"]) <= 0:
        raise Refusal(422, "payment", "a payment is above zero")
