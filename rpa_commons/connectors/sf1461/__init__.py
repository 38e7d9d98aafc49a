"""``sf1461``: moves from KOMBIT's Beskedfordeler, fetched over AMQP 0-9-1 (SF1461, "BeskedHent").

Rules this package keeps: a message is committed to the municipality's own store and only then acknowledged;
a ``BeskedId`` counts once; what cannot be read is kept and told, never dropped; what is personal is sealed
before it is written; what KOMBIT has not published (which events are moves, where a message says from where)
is declared in ``stack.toml`` and never guessed.

Usage, in ``stack.toml``::

    [PopulationEvents]
    connector = "sf1461"
    [PopulationEvents.settings]
    broker = "amqps://beskedfordeler.stoettesystemerne.dk:5671"
    sts_url = "https://adgangsstyring.stoettesystemerne.dk"
    queue = "42e4601f-9fe0-411e-b7a9-1e4581474e18"     # the dueslag
    certificate = { file = "secrets/kombit.p12" }
    certificate_password = { env = "RPAC_KOMBIT_P12" }
    move_events = ["urn:oio:cpr:personhaendelse:000"]  # as KOMBIT's catalogue of message types says
    [PopulationEvents.settings.fields]                 # elements of the message, as the catalogue says
    moved_on = "tilflytningsdato"
    to_municipality = "kommunekode"
    from_municipality = "fraflytningskommunekode"
"""

from rpa_commons.connectors._message_file import StoreError, StoreTooNewError

from ._broker import Broker, broker_address
from ._connector import Sf1461
from ._errors import MessageError, MissingClientError, StateMissingError
from ._message import besked_id_in, read_envelope
from ._place import BrokerPlace
from ._queue import Drained, Limits, Queue, drain
from ._settings import MessageFields, Sf1461Settings

__all__ = [
    "Broker",
    "BrokerPlace",
    "Drained",
    "Limits",
    "MessageError",
    "MessageFields",
    "MissingClientError",
    "Queue",
    "Sf1461",
    "Sf1461Settings",
    "StateMissingError",
    "StoreError",
    "StoreTooNewError",
    "besked_id_in",
    "broker_address",
    "drain",
    "read_envelope",
]
