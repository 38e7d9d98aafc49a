"""Cases and documents in GetOrganized, for the capability ``CaseSystem``.

The vendor publishes no schema of its ``_goapi``. Every shape here is *recorded, unverified*: it was read out
of recorded pairs and of what public clients of Danish municipalities send and read. The README says from
where, and what is assumed. Tasks and journal notes are in no public client: they are refused.
"""

from collections.abc import Sequence

from rpa_commons.sdk import hookimpl

from ._connector import GetOrganized
from ._settings import GetOrganizedSettings

__all__ = ["GetOrganized", "GetOrganizedSettings", "rpac_connectors"]


@hookimpl
def rpac_connectors() -> Sequence[type[object]]:
    """The connectors of this wheel."""
    return (GetOrganized,)
