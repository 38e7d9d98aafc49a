"""Cases, documents, tasks and notes in KMD Nova, for the capability ``CaseSystem``.

KMD publishes no description of Nova's API. Every shape here is *recorded, unverified*: it was read out of
what public clients of Danish municipalities send and read. The README says from where, and what is assumed.
"""

from collections.abc import Sequence

from rpa_commons.sdk import hookimpl

from ._connector import KmdNova
from ._settings import KmdNovaSettings, NovaPerson, NovaUnit

__all__ = ["KmdNova", "KmdNovaSettings", "NovaPerson", "NovaUnit", "rpac_connectors"]


@hookimpl
def rpac_connectors() -> Sequence[type[object]]:
    """The connectors of this wheel."""
    return (KmdNova,)
