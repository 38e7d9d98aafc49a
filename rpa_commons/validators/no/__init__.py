"""Norwegian identifiers: personal, organisation, account, payment and municipality numbers.

Usage:
    from rpa_commons.validators import no

    no.Fodselsnummer.parse(text, accept=("d",))
    Annotated[no.Kid, no.kid_rule(length=16, modulus=10)]
"""

from rpa_commons.validators._dated_codes import valid_on

from ._fodselsnummer import Fodselsnummer, accept
from ._kid import Kid, kid_rule
from ._kontonummer import Kontonummer
from ._municipality_code import MunicipalityCode
from ._orgnr import Orgnr

__all__ = [
    "Fodselsnummer",
    "Kid",
    "Kontonummer",
    "MunicipalityCode",
    "Orgnr",
    "accept",
    "kid_rule",
    "valid_on",
]
