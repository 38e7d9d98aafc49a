"""Danish identifiers: types that cannot hold a wrong one, with the rule and its source beside each.

Usage:
    from rpa_commons.validators import dk

    dk.Cpr.parse("070661-4818").birth_date
    TypeAdapter(Annotated[dk.MunicipalityCode, dk.valid_on("2006-12-31")]).validate_python("0255")
"""

from rpa_commons.validators._dated_codes import valid_on

from ._account import Account
from ._companies import Cvr, PNumber, Se, cvr
from ._cpr import Cpr, accept
from ._fik import Fik
from ._gln import Gln
from ._kle import KleFacet, KleNumber
from ._municipality import MunicipalityCode, municipality_code
from ._places import AddressId, PostalCode

__all__ = [
    "Account",
    "AddressId",
    "Cpr",
    "Cvr",
    "Fik",
    "Gln",
    "KleFacet",
    "KleNumber",
    "MunicipalityCode",
    "PNumber",
    "PostalCode",
    "Se",
    "accept",
    "cvr",
    "municipality_code",
    "valid_on",
]
