"""The Beskedfordeler as one service of the sandbox."""

import base64
import hashlib
import threading
from collections.abc import Callable
from datetime import date

from rpa_commons.sandbox._files import read_json, write_json
from rpa_commons.sandbox._http import Request, Response, tls_context
from rpa_commons.sandbox._refusal import Refusal, refusal_json
from rpa_commons.sandbox._service import Service, World

from ._broker import Broker
from ._dueslag import Dueslag
from ._messages import messages_of, stable_id
from ._receipts import ReceiptsDueslag
from ._schema import RECEIPTS_UNVALIDATED, UNVALIDATED, envelope_schema, problems_of

__all__ = ["ENTITY_ID", "Beskedfordeler", "dueslag_of", "make", "receipts_dueslag_of"]

ENTITY_ID = "http://entityid.kombit.dk/service/bfo_modtag/2"
"""Of service BeskedModtag 2.0, as public clients have it."""


def dueslag_of(code: str) -> str:
    """The id of a municipality's dueslag in the sandbox."""
    return stable_id("dueslag", code)


def receipts_dueslag_of(code: str) -> str:
    """The id of the dueslag in which a municipality's receipts for letters lie."""
    return stable_id("dueslag-receipts", code)


class Beskedfordeler(Service):
    """Every municipality has two: in one lie the moves into it, in the other the receipts for its letters."""

    name = "sf1461"
    summary = "gives moves and receipts for letters to who reads a dueslag (AMQP 0-9-1 over TLS)"
    routes = ()
    mutual_tls = True
    takes_effects = False
    needs = ("sts",)

    def __init__(self, world: World) -> None:
        self._world = world
        self._schema = envelope_schema(world.schemas)
        self.unvalidated = RECEIPTS_UNVALIDATED if self._schema else UNVALIDATED
        self.validated = "messages about moves by Beskedkuvert.xsd" if self._schema else ""
        self.lacks = {
            "429": "AMQP knows no such answer to a reader; the token service in front can show it (sts)"
        }
        self._memory = world.folder / "sf1461-taken.json"
        self._lock = threading.Lock()
        self._taken: set[str] = set(read_json(self._memory).get("taken", []))
        self.dueslag = {
            dueslag_of(code): self._filled(code, cvr) for code, cvr in world.municipalities.items()
        }
        self.dueslag |= {
            receipts_dueslag_of(code): self._receipts(cvr) for code, cvr in world.municipalities.items()
        }
        self._broker: Broker | None = None

    def listen(self, pem: str, bundle: str, fault: Callable[[], str | None]) -> None:
        """Open the broker's port; a connection needs a client certificate of the sandbox's authority."""
        context = tls_context(pem, bundle, mutual=True)
        self._broker = Broker(context, self.dueslag, self._lets, fault)
        self.address = f"amqps://127.0.0.1:{self._broker.port}"

    def close(self) -> None:
        """Close the port."""
        if self._broker:
            self._broker.close()
            self._broker, self.address = None, ""

    def serve(self, request: Request) -> Response:
        """Nothing of it speaks HTTP."""
        raise Refusal(404, "path", f"{request.path} is nothing that the Beskedfordeler answers over HTTP")

    def refuse(self, refusal: Refusal) -> Response:
        """Never asked for; the shape is ours."""
        return refusal_json(refusal)

    def spoil(self, answer: Response) -> Response:
        """Never asked for: the broker has its own way to be no broker."""
        return answer

    def _filled(self, code: str, cvr: str) -> Dueslag:
        queue = Dueslag(self._note)
        moves = self._world.people.moves_into(code, date.min)
        for body in messages_of(moves, cvr):
            if self._schema and (wrong := problems_of(self._schema, body)):
                raise AssertionError(f"our own message breaks the schema: {wrong[0]}")
            if _mark(body) not in self._taken:
                queue.put([body])
        return queue

    def _receipts(self, cvr: str) -> Dueslag:
        folder = self._world.journal.path.parent / "receipts"
        return ReceiptsDueslag(folder, cvr, lambda body: _mark(body) in self._taken, self._note)

    def _note(self, bodies: list[bytes]) -> None:
        """Remember what was acknowledged, over a restart, too."""
        with self._lock:
            self._taken |= {_mark(body) for body in bodies}
            self._memory.parent.mkdir(parents=True, exist_ok=True)
            write_json(self._memory, {"taken": sorted(self._taken)})

    def _lets(self, assertion: bytes, certificate: bytes, dueslag: str) -> bool:
        try:
            cvr = self._world.tokens.bearer(base64.b64encode(assertion).decode(), certificate, ENTITY_ID)
        except Refusal:
            return False
        owners = {
            name(code): owner
            for name in (dueslag_of, receipts_dueslag_of)
            for code, owner in self._world.municipalities.items()
        }
        return not dueslag or owners.get(dueslag) == cvr


def make(world: World) -> Service:
    """The service."""
    return Beskedfordeler(world)


def _mark(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:32]
