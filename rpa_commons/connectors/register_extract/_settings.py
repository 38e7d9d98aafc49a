"""How a municipality declares the layout of its register extract."""

from typing import Annotated

from pydantic import Field

from rpa_commons.capabilities import PersonStatus
from rpa_commons.connectors._base import ConnectorSettings
from rpa_commons.connectors._extract import ExtractSettings

__all__ = ["RegisterColumns", "RegisterExtractSettings"]

Header = Annotated[str, Field(min_length=1)]

# The codes of the population register (CPR-kontoret); a leading zero is optional in extracts.
_CPR_STATUSES: dict[str, PersonStatus] = {
    **dict.fromkeys(("1", "3", "5", "7", "01", "03", "05", "07"), "active"),
    **dict.fromkeys(("20", "30", "50", "60"), "inactive"),
    "70": "disappeared",
    "80": "emigrated",
    "90": "dead",
}
_BOOLEANS = {"1": True, "0": False, "true": True, "false": False, "ja": True, "nej": False}


class RegisterColumns(ConnectorSettings):
    """Our field -> the header in the file. Case and spacing of headers do not matter."""

    cpr: Header
    """Personal number, ten digits, hyphen or none."""
    name: Header
    """The addressing name. It may be blank in the rows of protected persons."""
    status: Header
    """Status in the register; what its values mean stands in `statuses`."""
    protected: Header
    """Name and address protection in force; what its values mean stands in `booleans`."""
    children_under_18: Header
    """How many children under 18 the person has."""
    birth_date: Header | None = None
    """Date of birth."""
    co_name: Header | None = None
    """Care of."""
    street_line: Header | None = None
    """Street, number, floor and door in one line. Blank: the person has no address."""
    locality: Header | None = None
    """Supplementary town name."""
    postal_code: Header | None = None
    """Postal code, four digits."""
    city: Header | None = None
    """Postal district."""
    municipality: Header | None = None
    """Code of the municipality the person lives in, four digits."""
    previous_municipality: Header | None = None
    """Code of the municipality of the address before this one; blank where there is none."""
    previous_moved_in: Header | None = None
    """Day from which the address before this one counted."""
    previous_moved_out: Header | None = None
    """Day on which the person left the address before this one."""


class RegisterExtractSettings(ExtractSettings):
    """Settings of the register extract."""

    file: str = Field(min_length=1, json_schema_extra={"place": "file"})
    """The CSV file; a relative path starts at the municipality's folder."""
    columns: RegisterColumns
    """Our field -> the header in the file."""
    statuses: dict[str, PersonStatus] = Field(default_factory=_CPR_STATUSES.copy)
    """What the values of the status column mean; without it the codes of the population register."""
    booleans: dict[str, bool] = Field(default_factory=_BOOLEANS.copy)
    """What the values of yes-and-no columns mean. A blank is the key `""`: declare it, it is not guessed."""
