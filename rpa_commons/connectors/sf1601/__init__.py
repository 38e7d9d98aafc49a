"""SF1601 KombiPostAfsend and PostForespoerg: Digital Post through KOMBIT's Serviceplatformen.

Letters go as Digital Post, on paper (the service's printer, or an outbox folder) or by the service's own
choice between the two; text messages go as NemSMS.

Rules this package keeps: the message id is made from the idempotency key, so a repeated call carries the
same one; a transaction id is fresh for each attempt; "same receipt" and "duplicate" both mean that the letter
is there; accepted is not delivered, the Beskedfordeler's messages say what became of a letter; whether a
citizen is registered is only what the service said.

What the real receiver answers to a repeated ``messageUUID`` was not found in public sources. Taken for "it
has this one already" are HTTP 409 whose text names the message id, and a refusal (400, 409, 422) whose text
names the message id (or ``messageUUID``) and a duplicate; all are unverified. Any other 409, a refusal
of a repeat after an attempt in doubt, and an answer that is no ``kombi_response`` leave open whether the
letter is there. A municipality that learns otherwise sets ``repeat = "unsafe"``: then an interrupted call is
never repeated by itself.

Usage::

    [DigitalPost]
    connector = "sf1601"
    [DigitalPost.settings]
    url = "https://exttest.serviceplatformen.dk"
    sts_url = "https://adgangsstyring.eksterntest-stoettesystemerne.dk"
    certificate = { file = "secrets/kombit.p12" }
    certificate_password = { env = "RPAC_KOMBIT_P12" }
    sender_label = "Roskilde Kommune"
    shipment_type = 1234                # the printer's number; or physical_outbox = "outbox"
    [DigitalPost.settings.receipts_queue]   # PKO_PostStatus messages of the Beskedfordeler
    broker = "amqps://beskedfordeler.stoettesystemerne.dk:5671"
    queue = "42e4601f-9fe0-411e-b7a9-1e4581474e18"

Sources: https://digitaliseringskataloget.dk/integration/sf1601 and the PostForespoerg service beside it; each
module names its own.
"""

from ._answer import LetterRefusedError
from ._connector import SenderError, Sf1601
from ._receipts import PostStatus, PostStatusError, Receipts, keep, read_post_status
from ._settings import ReceiptsQueue, Sf1601Settings

__all__ = [
    "LetterRefusedError",
    "PostStatus",
    "PostStatusError",
    "Receipts",
    "ReceiptsQueue",
    "SenderError",
    "Sf1601",
    "Sf1601Settings",
    "keep",
    "read_post_status",
]
