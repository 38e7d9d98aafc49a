"""How a municipality declares the layout of its daily files of moves."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from rpa_commons.capabilities import Origin
from rpa_commons.config import SecretRef
from rpa_commons.connectors._base import ConnectorSettings
from rpa_commons.connectors._extract import ExtractSettings

__all__ = ["MovesColumns", "MovesExtractSettings"]

Header = Annotated[str, Field(min_length=1)]


class MovesColumns(ConnectorSettings):
    """Our field -> the header in the files. Case and spacing of headers do not matter."""

    event_id: Header | None = None
    """The source's own id of the event. Without it an id is derived with `reference_key`."""
    cpr: Header
    """Personal number, ten digits, hyphen or none."""
    moved_on: Header
    """Day from which the new address counts."""
    from_municipality: Header
    """Code of the municipality moved from, four digits; other values stand in `origins`."""
    to_municipality: Header
    """Code of the municipality moved to, four digits."""
    origin: Header | None = None
    """A column of its own for where the person comes from; what its values mean stands in `origins`."""
    address_id: Header | None = None
    """Any stable id of the new address; movers with the same one on the same day are a household."""


class MovesExtractSettings(ExtractSettings):
    """Settings of the moves extract."""

    files: str = Field(min_length=1, json_schema_extra={"place": "files"})
    """The daily files as a pattern, e.g. `extracts/moves-*.csv`; relative to the municipality's folder."""
    columns: MovesColumns
    """Our field -> the header in the files."""
    origins: dict[str, Origin] = Field(default_factory=dict)
    """What a value means that is no municipality's code. With a column `origin`: what its values mean;
    without: which values of `from_municipality` mean `abroad` or `none`, e.g. `"0000" = "abroad"`.
    A blank is the key `""`: declare it, it is not guessed."""
    reference_key: SecretRef | None = None
    """Key for derived event ids, 32 characters or more, kept for good: another key makes every move a new
    one. Needed where `columns.event_id` is not declared."""

    @model_validator(mode="after")
    def _an_id_from_somewhere(self) -> Self:
        if self.columns.event_id is None and self.reference_key is None:
            raise ValueError(
                "the files have no event id (columns.event_id), so ids must be derived: name a secret of 32 "
                'characters or more in reference_key, e.g. reference_key = { env = "RPAC_MOVES_KEY" }'
            )
        return self
