"""PostForespoerg: can this citizen or company be reached by Digital Post, or by NemSMS?"""

import json
import zlib
from collections.abc import Collection

from rpa_commons.validators import InvalidIdentifierError, dk

from ._http import Request, Response
from ._model import Person, Population, Status
from ._numbers import is_cvr
from ._refusal import Refusal, check_transaction_headers
from ._tokens import Tokens

__all__ = ["Registered", "has_sms"]

_SMS_SHARE = 4  # one in so many of those with Digital Post has no text messages


def has_sms(person: Person) -> bool:
    """Whether somebody has signed up for text messages: three in four of those with Digital Post."""
    return person.digital_post and zlib.crc32(person.cpr.encode()) % _SMS_SHARE != 0


class Registered:
    """``GET /service/PostForespoerg_1/digitalpost?cprNumber=`` (or ``cvrNumber=``) and ``.../nemsms``."""

    def __init__(self, tokens: Tokens, population: Population, companies: Collection[str] = ()) -> None:
        """Nothing is kept; ``companies``: CVR numbers that are registered."""
        self._tokens = tokens
        self._population = population
        self._companies = companies

    def ask(self, request: Request) -> Response:
        """``{"result": true}`` or ``false``; nobody knows a stranger, so a stranger is not registered.

        Raises:
            Refusal: headers, token or number are not as they must be.
        """
        check_transaction_headers(request)
        self._tokens.check(request, "postforespoerg")
        given = [name for name in ("cprNumber", "cvrNumber") if name in request.query]
        if given == ["cvrNumber"]:
            result = self._company(request.query["cvrNumber"])
        else:
            result = self._person(request.query.get("cprNumber", ""), request.path)
        return Response(200, json.dumps({"result": result}).encode(), "application/json")

    def _person(self, number: str, path: str) -> bool:
        try:
            well = dk.Cpr.parse(number) == number
        except InvalidIdentifierError:
            well = False
        if not well:
            raise Refusal(400, "cpr", "cprNumber must be a personal number of ten digits")
        person = self._population.get(number)
        if person is None or person.status is not Status.ACTIVE:
            return False
        return has_sms(person) if path.endswith("/nemsms") else person.digital_post

    def _company(self, number: str) -> bool:
        if not is_cvr(number):
            raise Refusal(400, "cvr", "cvrNumber must be a CVR number of eight digits")
        return number in self._companies
