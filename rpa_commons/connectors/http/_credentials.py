"""OAuth 2.0 client credentials (RFC 6749, section 4.4): a vendor's API opened with an id and a secret.

Usage, in a connector::

    client = HttpClient("kmd-nova", settings, surroundings, addresses=[settings.url, settings.token_url])
    access = ClientCredentials(
        client,
        token_url=settings.token_url,
        client_id=settings.client_id,
        secret=lambda: surroundings.secret(settings.client_secret),
    )
    client.request("GET", url, kind="query", authorization=access)
"""

import base64
import time
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Literal
from urllib.parse import quote_plus, urlencode

from ._answer import Answer
from ._client import HttpClient
from ._errors import AccessRefusedError, UnexpectedAnswerError
from ._tokens import token_in

__all__ = ["ClientCredentials"]

_NOTHING: Mapping[str, str] = MappingProxyType({})
_REFUSALS = frozenset({400, 401, 403})
_CODES = frozenset(
    {
        "invalid_client",
        "invalid_grant",
        "invalid_request",
        "invalid_scope",
        "unauthorized_client",
        "unsupported_grant_type",
    }
)  # RFC 6749 5.2; another one may be anything, and is not shown
_WITHOUT_EXPIRY = 300.0  # seconds


class ClientCredentials:
    """Gives ``Authorization: Bearer …`` to each call; an ``Authorization``, safe for several threads.

    The token is asked for when first needed, renewed before it ends by the monotonic clock, and once more
    when the receiver answers 401. The secret is resolved for each renewal: a new one needs no restart.
    """

    def __init__(
        self,
        client: HttpClient,
        *,
        token_url: str,
        client_id: str,
        secret: Callable[[], str],
        scope: str = "",
        style: Literal["basic", "body"] = "basic",
        extra: Mapping[str, str] = _NOTHING,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Ask for nothing yet.

        Args:
            client: Must be allowed to call the host of ``token_url``.
            token_url: The token endpoint.
            client_id: As the authorization server knows us.
            secret: Gives the client secret.
            scope: Scopes, separated by blanks; empty for none.
            style: ``basic``: id and secret in HTTP Basic, which every server must take (RFC 6749 2.3.1);
                ``body``: in the form, where a server wants that.
            extra: Further fields of the form that a server wants, such as ``resource``.
            clock: Monotonic seconds.
        """
        self._client = client
        self._url = token_url
        self._id = client_id
        self._secret = secret
        self._style = style
        self._form = {
            "grant_type": "client_credentials",
            **({"scope": scope} if scope else {}),
            **extra,
        }
        form = frozenset(self._form.items())
        self._tokens = client.tokens(token_url, client_id, style, form, clock=clock)

    def headers(self) -> Mapping[str, str]:
        """The header that opens the door.

        Raises:
            AccessRefusedError: the authorization server refuses id, secret or scope.
            TransientError: it could not answer now.
            UnexpectedAnswerError: its answer is none of RFC 6749.
        """
        return {"Authorization": f"Bearer {self._tokens.get(self._url, self._renewed)}"}

    def invalidate(self, used: Mapping[str, str]) -> None:
        """Forget the token of these headers, unless it is renewed already."""
        self._tokens.discard(self._url, used.get("Authorization", "").removeprefix("Bearer "))

    def _renewed(self) -> tuple[str, float]:
        form, headers = dict(self._form), {"Accept": "application/json"}
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        if self._style == "basic":
            pair = f"{quote_plus(self._id)}:{quote_plus(self._secret())}"
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        else:
            form |= {"client_id": self._id, "client_secret": self._secret()}
        # A token more does no harm, so asking for one may be repeated.
        answer = self._client.request(
            "POST", self._url, kind="query", headers=headers, body=urlencode(form).encode(), accept=_REFUSALS
        )
        if answer.status in _REFUSALS:
            raise self._refusal(answer)
        kind, token, seconds = token_in(answer, default_life=_WITHOUT_EXPIRY)
        if kind.lower() != "bearer":  # RFC 6749 7.1: a type that is not understood must not be used
            raise UnexpectedAnswerError(answer.system, "the token service's token is no bearer token")
        return token, seconds

    def _refusal(self, answer: Answer) -> AccessRefusedError:
        try:
            found = answer.json()
        except UnexpectedAnswerError:
            found = None
        code = found.get("error") if isinstance(found, dict) else None
        said = f", {code}" if isinstance(code, str) and code in _CODES else ""
        return AccessRefusedError(
            answer.system,
            f"the token service refuses (status {answer.status}{said})",
            remedy="check client id, secret and scope with the system's owner; has the secret run out?",
        )
