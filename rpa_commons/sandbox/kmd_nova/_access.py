"""Access tokens of the simulated Nova: OAuth 2.0 client credentials (RFC 6749, section 4.4).

The token service is a service of its own, as in reality, where it has another host: it fails by itself.
"""

import base64
import hashlib
import hmac
import json
import secrets
from datetime import datetime, timedelta
from urllib.parse import parse_qsl

from rpa_commons.sandbox._http import Request, Response
from rpa_commons.sandbox._refusal import Refusal, refusal_json
from rpa_commons.sandbox._service import Route, Service, World
from rpa_commons.sandbox._spoil import spoil_json

__all__ = ["CLIENT_ID", "CLIENT_SECRET", "TOKEN_PATH", "TOKEN_SERVICE", "AccessTokens", "TokenService"]

TOKEN_SERVICE = "kmd-nova-token"  # noqa: S105 - a name
TOKEN_PATH = "/realms/NovaIntegration/protocol/openid-connect/token"  # noqa: S105 - a path
CLIENT_ID = "sandbox"
CLIENT_SECRET = "sandbox"  # noqa: S105 - opens nothing but the sandbox


class AccessTokens:
    """Makes and checks tokens; sealed with the world's seed, so that two services know the same ones."""

    def __init__(self, world: World) -> None:
        self._clock = world.clock
        self._key = hashlib.sha256(f"kmd-nova:{world.seed}".encode()).digest()

    def make(self, lifetime: int) -> str:
        """A token that is good for so many seconds."""
        ends = self._clock() + timedelta(seconds=lifetime)
        payload = base64.urlsafe_b64encode(f"{ends.isoformat()} {secrets.token_hex(8)}".encode()).decode()
        return f"{payload}.{self._mac(payload)}"

    def check(self, request: Request) -> None:
        """Let in whoever has a token that is still good.

        Raises:
            Refusal: 401.
        """
        kind, _, token = request.header("Authorization").partition(" ")
        payload, _, mac = token.partition(".")
        if kind != "Bearer" or not hmac.compare_digest(self._mac(payload).encode(), mac.encode()):
            raise Refusal(401, "invalid_token", "there is no token, or it was not issued here")
        ends = base64.urlsafe_b64decode(payload).decode().partition(" ")[0]
        if datetime.fromisoformat(ends) <= self._clock():
            raise Refusal(401, "invalid_token", "the token has ended")

    def _mac(self, payload: str) -> str:
        return hmac.new(self._key, payload.encode(), hashlib.sha256).hexdigest()


class TokenService(Service):
    """The realm's token endpoint."""

    name = TOKEN_SERVICE
    summary = "an access token for Nova, by client id and secret"
    mutual_tls = False
    takes_effects = False
    unvalidated = "RFC 6749 has no schema; its rules are checked"
    routes = (Route("POST", TOKEN_PATH),)

    def __init__(self, world: World, *, lifetime: int) -> None:
        self._tokens = AccessTokens(world)
        self._lifetime = lifetime

    def serve(self, request: Request) -> Response:
        """A token for the sandbox's client.

        Raises:
            Refusal: 415, 400 or 401, coded as RFC 6749, section 5.2 says.
        """
        if request.media_type != "application/x-www-form-urlencoded":
            raise Refusal(415, "invalid_request", "the form must be application/x-www-form-urlencoded")
        form = dict(parse_qsl(request.body.decode("utf-8", "replace")))
        if form.get("grant_type") != "client_credentials":
            raise Refusal(400, "unsupported_grant_type", "grant_type must be client_credentials")
        if form.get("scope") != "client":
            raise Refusal(400, "invalid_scope", "scope must be client")
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            raise Refusal(401, "invalid_client", "client_id or client_secret is wrong")
        token = self._tokens.make(self._lifetime)
        answer = {"access_token": token, "token_type": "Bearer", "expires_in": self._lifetime}
        return Response(200, json.dumps(answer).encode(), "application/json", {"Cache-Control": "no-store"})

    def refuse(self, refusal: Refusal) -> Response:
        """As RFC 6749, section 5.2 says."""
        return refusal_json(refusal, challenge="")

    def spoil(self, answer: Response) -> Response:
        """An answer without a token."""
        return spoil_json(answer)
