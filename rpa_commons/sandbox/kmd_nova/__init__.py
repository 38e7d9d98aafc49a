"""A simulator of KMD Nova's case API, written from recorded calls of public clients. Unverified.

KMD publishes no OpenAPI description of Nova. What this package knows, public clients of Danish municipalities
show: addresses and methods, ``api-version`` as a query parameter, ``common.transactionId`` fresh per call and
``common.uuid`` made by the caller, names and words of the fields, ``startRow`` and ``numberOfRows`` (1-500),
lists that are left out when empty, base64 notes that padding damages, a new case that is found some seconds
late, and OAuth 2.0 client credentials with the scope ``client``.

Ours, because nothing public says it: status and text of every refusal, which fields are compulsory (those
that every recorded call sends), the answer to an effect (empty; clients read its status only), what happens
to a UUID that is there already (``Sandbox(repeated=...)``), how letters beyond ASCII come out of a note,
and the words of ``activeCode``.

Usage::

    with Sandbox(Path("box"), only=["kmd-nova"]) as box:
        box.url_of("kmd-nova")      # client_id and client_secret are "sandbox"

Source: https://github.com/itk-dev-rpa/itk-dev-shared-components (``kmd_nova``) and other public robots.
"""

from rpa_commons.sandbox._service import Service, World

from ._access import CLIENT_ID, CLIENT_SECRET, TOKEN_PATH, TokenService
from ._service import KmdNova

__all__ = ["CLIENT_ID", "CLIENT_SECRET", "TOKEN_PATH", "make", "make_token"]


def make(world: World, *, settle: float = 0.0) -> Service:
    """Make the service.

    Args:
        world: What it is made from.
        settle: Seconds until a new case is found.
    """
    return KmdNova(world, settle=settle)


def make_token(world: World, *, lifetime: int = 3600) -> Service:
    """Make the token service.

    Args:
        world: What it is made from.
        lifetime: Of an access token, in seconds.
    """
    return TokenService(world, lifetime=lifetime)
