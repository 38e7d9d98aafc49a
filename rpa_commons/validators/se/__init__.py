"""Swedish identifiers: personal, organisation, giro, payment and municipality numbers.

Usage:
    from rpa_commons.validators import se

    se.Personnummer.parse("640823-3234", on=date(2026, 11, 22))
    Annotated[se.Ocr, se.ocr_rule(length_digit=True)]
"""

from rpa_commons.validators._dated_codes import valid_on

from ._giro import Bankgiro, Plusgiro
from ._municipality_code import MunicipalityCode
from ._ocr import Ocr, ocr_rule
from ._orgnr import Orgnr
from ._personnummer import Interimsnummer, Personnummer, Samordningsnummer

__all__ = [
    "Bankgiro",
    "Interimsnummer",
    "MunicipalityCode",
    "Ocr",
    "Orgnr",
    "Personnummer",
    "Plusgiro",
    "Samordningsnummer",
    "ocr_rule",
    "valid_on",
]
