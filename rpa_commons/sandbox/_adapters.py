"""The five services of KOMBIT's that the sandbox began with, as :class:`Service`."""

from dataclasses import replace
from pathlib import Path

from lxml import etree

from ._cpr import PersonLookup
from ._cpr_schema import contract_schema
from ._http import Request, Response
from ._kombi import KombiPost, refusal_xml
from ._memo_schema import MemoSchema
from ._post_status import PostStatuses
from ._refusal import Refusal, refusal_json
from ._registered import Registered
from ._service import Route, Service, World
from ._shipment_schema import shipment_schema
from ._spoil import spoil_json, spoil_xml

__all__ = ["make_postforespoerg", "make_sf1520", "make_sf1601", "make_sts", "make_token"]

_NO_SCHEMA = "no schema of it was found in public sources"


class _JsonService(Service):
    """What the services that speak JSON share; the shape of their errors is ours."""

    mutual_tls = True
    takes_effects = False
    unvalidated = _NO_SCHEMA

    def refuse(self, refusal: Refusal) -> Response:
        return refusal_json(refusal)

    def spoil(self, answer: Response) -> Response:
        return spoil_json(answer)


class _Sts(_JsonService):
    name = "sts"
    summary = "an assertion for one service, by client certificate"
    routes = (Route("POST", "/runtime/api/rest/wstrust/v1/issue"),)

    def __init__(self, world: World) -> None:
        self._tokens = world.tokens

    def serve(self, request: Request) -> Response:
        return self._tokens.issue(request)


class _Token(_JsonService):
    name = "token"
    summary = "an access token for an assertion"
    routes = (Route("POST", "/service/AccessTokenService_1/token"),)
    needs = ("sts",)

    def __init__(self, world: World) -> None:
        self._tokens = world.tokens

    def serve(self, request: Request) -> Response:
        return self._tokens.exchange(request)


class _PostForespoerg(_JsonService):
    name = "postforespoerg"
    summary = "is this citizen registered for Digital Post or NemSMS?"
    routes = (
        Route("GET", "/service/PostForespoerg_1/digitalpost"),
        Route("GET", "/service/PostForespoerg_1/nemsms"),
    )
    needs = ("sts", "token")

    def __init__(self, world: World) -> None:
        self._registered = Registered(world.tokens, world.people, world.municipalities.values())

    def serve(self, request: Request) -> Response:
        return self._registered.ask(request)


class _Sf1601(Service):
    name = "sf1601"
    summary = "takes letters (KombiPostAfsend, MeMo 1.2)"
    routes = (
        Route("POST", "/service/KombiPostAfsend_1/memos"),
        Route("POST", "/service/KombiPostAfsend_1/kombi"),
    )
    mutual_tls = True
    takes_effects = True
    needs = ("sts", "token", "postforespoerg")  # a sender asks first who is registered

    def __init__(self, world: World) -> None:
        schema, lacking = _memo_schema(world.schemas)
        printing, no_printing = shipment_schema(world.schemas)
        if world.schemas is not None and no_printing:
            lacking = "; ".join(filter(None, (lacking, f"letters on paper are not: {no_printing}")))
        self.unvalidated = "; ".join(filter(None, (lacking, "of its answers no schema was found")))
        by = {"letters by MeMo_core.xsd": schema, "letters on paper by ForsendelseI.xsd": printing}
        self.validated = " and ".join(what for what, found in by.items() if found)
        self._kombi = KombiPost(
            world.journal, world.tokens, world.people, world.clock, world.repeated, schema, printing
        )
        self.receipts = PostStatuses(world.journal.path.parent, world.clock)
        """What becomes of the letters that were taken: told on order."""
        self.receipts.folder.mkdir(exist_ok=True)

    def serve(self, request: Request) -> Response:
        return self._kombi.send(request)

    def serve_duplicate(self, request: Request) -> Response:
        return self._kombi.send(request, pretend_duplicate=True)

    def refuse(self, refusal: Refusal) -> Response:
        return refusal_xml(refusal)

    def spoil(self, answer: Response) -> Response:
        return spoil_xml(answer)

    def note_fault(self, request: Request, kind: str) -> None:
        self._kombi.note(request, f"fault:{kind}")


def _memo_schema(schemas: Path | None) -> tuple[MemoSchema | None, str]:
    """The official schema, and what is not validated by it."""
    ours = "its rules are written down in the sandbox, after MeMo 1.2"
    if schemas is None:
        return None, ours
    try:
        schema = MemoSchema(schemas)
    except FileNotFoundError:
        return None, ours
    except etree.LxmlError:
        return None, f"MeMo_core.xsd of the folder given is no whole schema; {ours}"
    missing = ", ".join(schema.missing)
    return schema, f"MeMo_core.xsd without {missing}, which it imports" if missing else ""


class _Sf1520(Service):
    name = "sf1520"
    summary = "looks one person up (PersonBaseDataExtended 4, the context variant)"
    routes = (Route("POST", "/service/CPR/PersonBaseDataExtended/4"),)
    mutual_tls = True
    takes_effects = False

    def __init__(self, world: World) -> None:
        schema, self.unvalidated = contract_schema(world.schemas)
        self._lookup = PersonLookup(world.people, world.municipalities, world.agreements, world.clock, schema)

    def serve(self, request: Request) -> Response:
        return self._lookup.look_up(request)

    def refuse(self, refusal: Refusal) -> Response:
        return self._lookup.refuse(refusal)

    def spoil(self, answer: Response) -> Response:
        return replace(spoil_xml(answer), status=answer.status)


def make_sts(world: World) -> Service:
    """KOMBIT's security token service."""
    return _Sts(world)


def make_token(world: World) -> Service:
    """KOMBIT's access token service."""
    return _Token(world)


def make_postforespoerg(world: World) -> Service:
    """PostForespoerg."""
    return _PostForespoerg(world)


def make_sf1601(world: World) -> Service:
    """SF1601 KombiPostAfsend."""
    return _Sf1601(world)


def make_sf1520(world: World) -> Service:
    """SF1520, the CPR lookup."""
    return _Sf1520(world)
