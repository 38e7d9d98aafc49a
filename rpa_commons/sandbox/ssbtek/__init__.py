"""SSBTEK version 10, simulated: seven Swedish agencies about an invented town.

Usage::

    with Sandbox(folder, only=("ssbtek",), schemas=Path(os.environ["RPAC_SPECS"])) as box:
        town = make_town(seed, today)                     # whom one can ask for, by case
        url = box.url_of("ssbtek") + PATH                 # mutual TLS with the sandbox's certificates
"""

from rpa_commons.sandbox._service import Service, World

from ._service import PATH, Ssbtek
from ._town import FK_ACTOR, FK_GROUPS, FUND, NOTHING_HERE, Paid, Permit, Resident, Town, make_town

__all__ = [
    "FK_ACTOR",
    "FK_GROUPS",
    "FUND",
    "NOTHING_HERE",
    "PATH",
    "Paid",
    "Permit",
    "Resident",
    "Ssbtek",
    "Town",
    "make",
    "make_town",
]


def make(world: World) -> Service:
    """The service."""
    return Ssbtek(world)
