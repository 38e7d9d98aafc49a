"""SF1461, the Beskedfordeler's side that is read from: two dueslag for each municipality.

In one lie the moves into it, in the other the receipts for its letters that the sandbox was asked to tell.

The broker speaks AMQP 0-9-1 over TLS and lets in who shows an assertion of the sandbox's STS, issued for
BeskedModtag to the certificate that the connection is made with. A dueslag holds the messages that nobody
has acknowledged; what was acknowledged is remembered in the sandbox's folder, so that a restart does not send
it again.

Rules this package keeps: it knows the public specification only; messages about moves are checked against the
official ``Beskedkuvert.xsd`` where the folder of schemas has it; of what is not checked it says so.
"""

from ._broker import Broker, Letting
from ._dueslag import Dueslag, Message
from ._messages import CPR_EVENT, FIELDS, MOVED, ORIGINS, OTHER_EVENT, message, messages_of, stable_id
from ._service import ENTITY_ID, Beskedfordeler, dueslag_of, make, receipts_dueslag_of

__all__ = [
    "CPR_EVENT",
    "ENTITY_ID",
    "FIELDS",
    "MOVED",
    "ORIGINS",
    "OTHER_EVENT",
    "Beskedfordeler",
    "Broker",
    "Dueslag",
    "Letting",
    "Message",
    "dueslag_of",
    "make",
    "message",
    "messages_of",
    "receipts_dueslag_of",
    "stable_id",
]
