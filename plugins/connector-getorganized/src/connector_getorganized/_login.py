"""HTTP NTLM, with the password asked for at each login and every failure told as what it is."""

from collections.abc import Callable
from typing import Any

import requests
from requests.auth import AuthBase
from requests_ntlm import HttpNtlmAuth

from rpa_commons.capabilities import TransientError
from rpa_commons.connectors.http import AccessRefusedError

__all__ = ["NtlmLogin"]


class NtlmLogin(AuthBase):
    """Logs each connection in; safe for several threads, since nothing is kept between two logins."""

    def __init__(self, system: str, user: str, password: Callable[[], str]) -> None:
        self._system = system
        self._user = user
        self._password = password

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Answer a challenge, if one comes."""
        handshake = HttpNtlmAuth(self._user, self._password())

        def answer(response: requests.Response, **arguments: Any) -> requests.Response:  # noqa: ANN401 - requests' own
            try:
                return handshake.response_hook(response, **arguments)
            except PermissionError:  # no challenge came: an OSError, which would pass for a cut connection
                failure: TransientError = AccessRefusedError(
                    self._system,
                    "no access: it does not answer our login with a challenge",
                    remedy="check user and password, and that the address takes NTLM",
                )
            except KeyError:  # the second answer was no 401 with a challenge: the system failed meanwhile
                failure = TransientError(self._system, "failed while we were logging in", sent="no")
            response.close()
            # Outside the handler: the other exception may carry the request along.
            raise failure

        request.headers["Connection"] = "Keep-Alive"  # NTLM lets a connection in, not a request
        request.register_hook("response", answer)  # type: ignore[no-untyped-call]
        return request
