"""PostForespoerg: can this citizen be reached by Digital Post, or by NemSMS?"""

import json

from rpa_commons.validators import InvalidIdentifierError, dk

from ._http import Request, Response
from ._model import Population, Status
from ._refusal import Refusal, check_transaction_headers
from ._tokens import Tokens

__all__ = ["Registered"]


class Registered:
    """``GET /service/PostForespoerg_1/digitalpost?cprNumber=`` and ``.../nemsms``."""

    def __init__(self, tokens: Tokens, population: Population) -> None:
        self._tokens = tokens
        self._population = population

    def ask(self, request: Request) -> Response:
        """``{"result": true}`` or ``false``; nobody knows a stranger, so a stranger is not registered.

        Raises:
            Refusal: headers, token or number are not as they must be.
        """
        check_transaction_headers(request)
        self._tokens.check(request, "postforespoerg")
        number = request.query.get("cprNumber", "")
        try:
            number = dk.Cpr.parse(number)
        except InvalidIdentifierError:
            raise Refusal(400, "cpr", "cprNumber must be a personal number of ten digits") from None
        person = self._population.get(number)
        result = person is not None and person.digital_post and person.status is Status.ACTIVE
        return Response(200, json.dumps({"result": result}).encode(), "application/json")
