r"""A simulator of GetOrganized's ``_goapi``, written from recorded calls of public clients. Unverified.

The vendor publishes no schema. What this package knows, public clients of Danish municipalities show: HTTP
NTLM, the calls and the names of their fields, metadata as attributes of one ``<z:row>`` element, three
recorded pairs of request and answer (FindCases, AddToDocumentLibrary, Metadata), and SharePoint's list of the
files of a case. A key of the caller's is in none of them: whoever creates twice has two.

Ours, because nothing public says it: status and text of every refusal, and what an overwritten file keeps
(here its DocID). Tasks and journal notes are in no recorded call; the simulator has none.

Usage::

    with Sandbox(Path("box"), only=["getorganized"]) as box:
        box.url_of("getorganized")      # user SANDBOX\robot, password sandbox

Sources: https://github.com/itk-dev/getorganized-api-client-php (MIT),
https://github.com/AAK-MBU/MBU-getorganized-integration and other public robots.
"""

from rpa_commons.sandbox._service import Service, World

from ._ntlm import DOMAIN, PASSWORD, USER
from ._service import GetOrganized

__all__ = ["DOMAIN", "PASSWORD", "USER", "make"]


def make(world: World) -> Service:
    """Make the service."""
    return GetOrganized(world)
