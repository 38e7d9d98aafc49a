"""The words and small shapes that cases, documents and tasks share."""

from typing import Any
from uuid import NAMESPACE_OID, uuid5

from rpa_commons.sandbox._refusal import Refusal

from ._body import Body

__all__ = ["SENSITIVITY", "identity_of", "page_of", "unit_of"]

SENSITIVITY = ("Fortrolige", "IkkeFortrolige", "SærligFølsomme", "Følsomme")
_MOST_ROWS = 500  # recorded: "1-500"

_Rows = list[tuple[str, dict[str, Any]]]


def page_of(body: Body, found: _Rows) -> tuple[_Rows, dict[str, Any]]:
    """The page that is asked for, and what the answer says of it.

    Raises:
        Refusal: 400 where startRow and numberOfRows are none, or more than 500 rows are wanted.
    """
    start, rows = body.find("paging", "startRow"), body.find("paging", "numberOfRows")
    if type(start) is not int or type(rows) is not int or start < 0 or not 1 <= rows <= _MOST_ROWS:
        raise Refusal(400, "paging", f"paging needs startRow and numberOfRows (1-{_MOST_ROWS})")
    first = max(start, 1) - 1  # recorded calls begin at 1, some at 0
    page = found[first : first + rows]
    told: dict[str, Any] = {"numberOfRows": len(page), "hasMoreRows": first + len(page) < len(found)}
    if body.find("paging", "calculateTotalNumberOfRows") is True:
        told["totalNumberOfRows"] = len(found)
    return page, told


def identity_of(body: Body) -> dict[str, str]:
    """The ``kspIdentity`` of a caseworker; empty where none was sent.

    Recorded calls send ``racfId`` and read ``novaUserId`` back, which Nova has from its own register.
    """
    inside = body.inside("caseworker", "kspIdentity")
    found = {name: inside.text(name) for name in ("racfId", "fullName")}
    if not found["racfId"]:
        return {}
    given = inside.text("novaUserId")
    return {"novaUserId": given or str(uuid5(NAMESPACE_OID, found["racfId"])), **found}


def unit_of(body: Body, name: str) -> dict[str, Any]:
    """The ``losIdentity`` of a unit.

    Raises:
        Refusal: 400 where it has no administrativeUnitId; every recorded call has one.
    """
    inside = body.inside(name, "losIdentity")
    number = inside.find("administrativeUnitId")
    if type(number) is not int and not (isinstance(number, str) and number):
        raise Refusal(400, "unit", f"{name}.losIdentity.administrativeUnitId is missing")
    return {
        "administrativeUnitId": number,
        "fullName": inside.text("fullName"),
        "userKey": inside.text("userKey"),
    }
