"""SF1601 KombiPostAfsend and PostForespoerg: Digital Post through KOMBIT's Serviceplatformen.

Rules this package keeps: the message id is made from the idempotency key, so a repeated call carries the
same one; a transaction id is fresh for each attempt; "same receipt" and "duplicate" both mean that the letter
is there; accepted is not delivered; whether a citizen is registered is only what the service said.

What the real receiver answers to a repeated ``messageUUID`` was not found in public sources. Taken for "it
has this one already" are HTTP 409 whose text names the message id, and a refusal (400, 409, 422) whose text
names the message id (or ``messageUUID``) and a duplicate; all are unverified. Any other 409, and a refusal
of a repeat after an attempt in doubt, leave open whether the letter is there. A municipality that learns
otherwise sets ``repeat = "unsafe"``: then an interrupted call is never repeated by itself.

Usage::

    [DigitalPost]
    connector = "sf1601"
    [DigitalPost.settings]
    url = "https://exttest.serviceplatformen.dk"
    sts_url = "https://adgangsstyring.eksterntest-stoettesystemerne.dk"
    certificate = { file = "secrets/kombit.p12" }
    certificate_password = { env = "RPAC_KOMBIT_P12" }
    sender_label = "Roskilde Kommune"
    physical_outbox = "outbox"          # where letters on paper go, if any do

Sources: https://digitaliseringskataloget.dk/integration/sf1601 and the PostForespoerg service beside it.
"""

from ._connector import SenderError, Sf1601
from ._settings import Sf1601Settings

__all__ = ["SenderError", "Sf1601", "Sf1601Settings"]
