"""``moves-extract``: changes of address from the daily files of a register or case system.

Usage, in ``stack.toml``::

    [PopulationEvents]
    connector = "moves-extract"
    [PopulationEvents.settings]
    files = "extracts/moves-*.csv"
    [PopulationEvents.settings.columns]
    event_id = "HaendelseId"
    cpr = "PNR"
    moved_on = "Tilflytningsdato"
    from_municipality = "Fra kommune"
    to_municipality = "Til kommune"
    address_id = "AdresseId"
    [PopulationEvents.settings.origins]
    "0000" = "abroad"
    "" = "none"
"""

from ._connector import MovesExtract
from ._settings import MovesColumns, MovesExtractSettings

__all__ = ["MovesColumns", "MovesExtract", "MovesExtractSettings"]
