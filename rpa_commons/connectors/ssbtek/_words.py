"""The names of the service and its agencies, and words that may stand in a message. Pure."""

from collections.abc import Mapping
from types import MappingProxyType

from rpa_commons.connectors._soap import clean

__all__ = ["AF", "AGENCIES", "SO", "SSBT", "SYSTEM", "TNS", "clean"]

SYSTEM = "ssbtek"
SSBT = "http://schema.forsakringskassan.se/integration/ssbt/10"
AF = "http://api.arbetsformedlingen.se/arbetssokande/ersattningsstod/v2"
SO = "http://INT014.UBPService.Schemas"
TNS = "http://schema.transportstyrelsen.se/ssbtek/hamtauppgifterresponder/1"

AGENCIES: Mapping[str, str] = MappingProxyType(
    {  # in the order of the contract's SpecifikaFrageparametrar and SammansattBastjanstSvarData
        "af": "Arbetsförmedlingen",
        "csn": "Centrala studiestödsnämnden",
        "fk": "Försäkringskassan",
        "skv": "Skatteverket",
        "so": "Sveriges a-kassor",
        "tns": "Transportstyrelsen",
        "miv": "Migrationsverket",
    }
)
"""Code -> name. The contract's element of an agency is its code in capitals."""
