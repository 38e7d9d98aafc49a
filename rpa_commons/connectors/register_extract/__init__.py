"""``register-extract``: the population register as a CSV file with a declared column map.

A real way small municipalities work: a nightly job writes everybody registered in the municipality into a
file. Usage, in ``stack.toml``::

    [PopulationRegister]
    connector = "register-extract"
    [PopulationRegister.settings]
    file = "extracts/people.csv"
    encoding = "cp1252"
    date_format = "%d-%m-%Y"
    [PopulationRegister.settings.columns]
    cpr = "PNR"
    name = "Adresseringsnavn"
    status = "Status"
    protected = "Navne- og adressebeskyttelse"
    children_under_18 = "Boern u. 18"
    [PopulationRegister.settings.booleans]
    "X" = true
    "" = false
"""

from ._connector import RegisterExtract
from ._settings import RegisterColumns, RegisterExtractSettings

__all__ = ["RegisterColumns", "RegisterExtract", "RegisterExtractSettings"]
