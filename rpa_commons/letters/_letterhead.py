"""Who writes and to whom: the municipality's letterhead and the recipient's address block."""

import re
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from rpa_commons.capabilities import Person

__all__ = ["Letterhead", "Line", "Lines", "Recipient"]

Line = Annotated[str, Field(strict=True, min_length=1, max_length=80)]
"""One line of an address or of contact information."""
Lines = Annotated[tuple[Line, ...], Field(strict=False, max_length=6)]
"""Up to six lines. Not strict about list or tuple only: TOML and JSON have lists."""


# "Att." is a form of address, "Attila" is a name.
_ADDRESSED = re.compile(r"c/o|v/|att[.:]|att\s", re.IGNORECASE)


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, use_attribute_docstrings=True)


class Letterhead(_Model):
    """The municipality as it stands on top of every letter (``[letterhead]`` in ``municipality.toml``)."""

    name: Line
    """Name of the authority as citizens know it, e.g. "Roskilde Kommune"."""
    address: Lines = ()
    """Postal address, one line each."""
    phone: str = Field(default="", max_length=80)
    """Telephone number, as it is to be printed."""
    email: str = Field(default="", max_length=80)
    """E-mail address for citizens."""
    web: str = Field(default="", max_length=80)
    """Web address, as it is to be printed."""


class Recipient(_Model):
    """The address block in the envelope's window. Personal throughout."""

    name: str = Field(repr=False)
    """How the person is written to."""
    lines: tuple[str, ...] = Field(default=(), repr=False)
    """The lines below the name; empty when the register gives no address."""

    @classmethod
    def of(cls, person: Person) -> "Recipient":
        """The recipient as the population register knows the person; empty lines are left out."""
        address = person.address
        if address is None:
            return cls(name=person.name)
        co_name = address.co_name
        if co_name and not _ADDRESSED.match(co_name):
            co_name = f"c/o {co_name}"
        town = f"{address.postal_code} {address.city}".strip()
        lines = (co_name, address.street_line, address.locality, town)
        return cls(name=person.name, lines=tuple(line for line in lines if line))
