"""Where the broker and a queue of it are, and how much is taken in one go: what all readers of SF1461 set."""

from rpa_commons.connectors._base import ConnectorSettings
from rpa_commons.sdk import Field

__all__ = ["BrokerPlace"]


class BrokerPlace(ConnectorSettings):
    """One queue of the Beskedfordeler."""

    broker: str = Field(
        pattern=r"^amqps://[^/@\s?#]+/?$",
        description="The broker, e.g. amqps://beskedfordeler.stoettesystemerne.dk:5671. A proxy is not used.",
    )
    virtual_host: str = Field("BF", min_length=1, max_length=127, description="The broker's virtual host.")
    queue: str = Field(
        pattern=r"^[A-Za-z0-9._-]{1,127}$",
        description="Id of the dueslag, as the Beskedfordeler's own pages show it.",
    )
    entity_id: str = Field(
        "http://entityid.kombit.dk/service/bfo_modtag/2",
        min_length=1,
        description="Entity id of the service agreement BeskedModtag.",
    )
    most_messages: int = Field(
        20_000, ge=1, le=1_000_000, description="Take at most so many messages in one go.", unit="messages"
    )
    most_seconds: float = Field(
        600.0, gt=0, le=86_400, description="Fetch messages for at most this long in one go.", unit="seconds"
    )
    heartbeat: int = Field(
        30, ge=1, le=600, description="A broker silent for this long is taken for dead.", unit="seconds"
    )
