"""What GetOrganized answers, as recorded pairs and public clients show it: unverified.

Rules this module keeps: what we build on must be there, or the answer is refused; what GetOrganized may say
besides does no harm. An error names fields, never values; the first wrong item of a list is enough for it.
"""

import re
from typing import Annotated, TypeVar
from urllib.parse import unquote

from pydantic import BaseModel, ConfigDict, FailFast, Field

from rpa_commons.connectors.http import Answer

__all__ = ["CaseInfo", "Cases", "Created", "Filed", "FolderList", "Metadata", "read"]

_ModelT = TypeVar("_ModelT", bound=BaseModel)
_CASE_ID = r"^[A-Z]{3}-[0-9]{4}-[0-9]{6}(-[0-9]{1,4})?$"
_CASE_URL = r"^/?cases/[A-Za-z0-9_-]+/[A-Za-z0-9-]+$"
_FILE = re.compile(r"decodedurl='(?P<path>[^']*(?:''[^']*)*)'")


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class CaseInfo(_Shape):
    """One case found."""

    id: str = Field(alias="CaseID", pattern=_CASE_ID)
    url: str = Field(alias="RelativeUrl", pattern=_CASE_URL)
    exists: bool = Field(default=True, alias="ItemExists")


class Cases(_Shape):
    """``Cases/FindByCaseProperties``; always holds ``CasesInfo``."""

    found: Annotated[tuple[CaseInfo, ...], FailFast()] = Field(alias="CasesInfo")


class Created(_Shape):
    """``Cases``."""

    id: str = Field(alias="CaseID", pattern=_CASE_ID)


class Filed(_Shape):
    """``Documents/AddToCase``."""

    id: int = Field(alias="DocId", gt=0)


class Metadata(_Shape):
    """``Cases/Metadata`` and ``Documents/Metadata``."""

    row: str = Field(alias="Metadata", repr=False)


class _Item(_Shape):
    id: int = Field(alias="DocID", gt=0)


class _File(_Shape):
    link: str = Field(alias="odata.editLink", repr=False)
    item: _Item = Field(alias="ListItemAllFields")

    @property
    def name(self) -> str:
        """The file's name, out of ``Web/GetFileByServerRelativePath(decodedurl='/cases/…/name.pdf')``."""
        found = _FILE.search(self.link)
        return unquote(found["path"].replace("''", "'")).rpartition("/")[2] if found else ""


class FolderList(_Shape):
    """SharePoint's files of a folder."""

    files: Annotated[tuple[_File, ...], FailFast()] = Field(alias="value")


def read(answer: Answer, shape: type[_ModelT]) -> _ModelT:
    """An answer as one of the shapes.

    Raises:
        UnexpectedAnswerError: it is none, and was asked for by a query.
        UnclearAnswerError: it is none, and an effect was asked for.
    """
    return answer.as_model(shape, "as recorded")
