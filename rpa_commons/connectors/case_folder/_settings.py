"""Settings of the case folder."""

from typing import Annotated, Literal

from pydantic import Field as PydanticField

from rpa_commons.connectors._base import ConnectorSettings
from rpa_commons.sdk import Field

__all__ = ["CaseFolderSettings"]

_Subject = Annotated[str, PydanticField(pattern=r"^[0-9]{2}(\.[0-9]{2}){0,2}$")]


class CaseFolderSettings(ConnectorSettings):
    """Where the cases lie, and what is taken into them."""

    folder: str = Field(
        min_length=1,
        description="Existing folder of the cases, on a disk or a share; a relative path starts at the "
        "municipality's folder.",
        place="folder",
    )
    database: str | None = Field(
        None,
        description="File of cases, tasks and notes; without it .rpac/cases.sqlite in the folder. Name one "
        "on a local disk when the folder is on a share: locks on shares cannot be relied on.",
    )
    subjects: tuple[_Subject, ...] = Field(
        (),
        description="KLE numbers, or beginnings of them, that cases may be opened under; empty: any.",
    )
    unit: str = Field("", description="Responsible unit of a case whose bot names none.")
    language: Literal["da", "nb", "sv", "en"] = Field(
        "da", description="Language of the index file in each case's folder."
    )
    largest_document: int = Field(
        50, ge=1, le=1024, description="Largest document that is filed.", unit="megabytes"
    )
    most_found: int = Field(
        500, ge=1, le=10_000, description="A search that finds more cases than this is refused."
    )
    wait: float = Field(
        10.0, gt=0, le=120, description="How long to wait while another process writes.", unit="seconds"
    )
