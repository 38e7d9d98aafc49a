"""Access to KOMBIT's services: client certificate -> SAML assertion -> access token -> header.

Rules this package keeps: a token is renewed before it ends, by a monotonic clock; times from outside are
read as UTC whatever the machine's time zone; one thread renews while the others wait; a 401 discards the
token that was refused and no newer one; tokens live in memory only and are never logged.

Usage::

    access = KombitAccess(client, settings, cvr="29189404")
    client.request("GET", url, kind="query", authorization=access.to("http://entityid.kombit.dk/service/…"))

Real access takes a registered user system, a service agreement per service and an OCES3 certificate; see
https://digitaliseringskataloget.dk. The sandbox has an authority of its own and cannot emulate that trust.
"""

from ._access import KombitAccess
from ._settings import KombitSettings

__all__ = ["KombitAccess", "KombitSettings"]
