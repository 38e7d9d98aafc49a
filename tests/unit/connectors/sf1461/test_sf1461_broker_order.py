"""Messages that are under way while the broker is asked whether the queue is empty."""

from collections.abc import Iterator, Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from rpa_commons.connectors.sf1461 import Broker, BrokerPlace, Limits, drain

Given = tuple[Any, Any, Any]
SILENCE: Given = (None, None, None)


def message(tag: int) -> Given:
    """A message as pika gives it."""
    return SimpleNamespace(delivery_tag=tag), None, b"%d" % tag


class Channel:
    """A consumer that is silent once, and what arrives while the broker is asked for one message more."""

    def __init__(self, first: Sequence[int], arrives: Sequence[int], more: int | None) -> None:
        self._pushed = [message(tag) for tag in first]
        self._arrives = [message(tag) for tag in arrives]
        self._more = SILENCE if more is None else message(more)
        self.acknowledged: list[int] = []

    def consume(self) -> Iterator[Given]:
        """What was pushed, and silence where there is nothing."""
        while True:
            yield self._pushed.pop(0) if self._pushed else SILENCE

    def basic_get(self, queue: str, *, auto_ack: bool) -> Given:
        """Once; all that was sent before the answer is there when it is."""
        assert ("q", False) == (queue, auto_ack)
        self._pushed, self._arrives = self._arrives, []
        got, self._more = self._more, SILENCE
        return got

    def get_waiting_message_count(self) -> int:
        """How many the consumer would give without waiting."""
        return len(self._pushed)

    def basic_ack(self, tag: int, *, multiple: bool) -> None:
        """Noted."""
        assert multiple
        self.acknowledged.append(tag)


def broker(channel: Channel) -> Broker:
    """An open connection with this channel."""
    made = object.__new__(Broker)
    made._place = BrokerPlace(broker="amqps://127.0.0.1:1", queue="q")
    made._channel, made._messages, made._ready = channel, channel.consume(), []
    made._pika = SimpleNamespace(
        exceptions=SimpleNamespace(AMQPError=OSError, ChannelError=OSError),
        adapters=SimpleNamespace(
            utils=SimpleNamespace(connection_workflow=SimpleNamespace(AMQPConnectorException=OSError))
        ),
    )
    made._connection = SimpleNamespace(process_data_events=lambda _: None)
    return made


@pytest.mark.parametrize("more", [None, 7])
def test_a_pause_on_the_line_puts_nothing_out_of_order(more: int | None) -> None:
    """What left the queue for us before the broker's answer is kept before that, and nothing is left out."""
    channel = Channel([1, 2], [3, 4, 5, 6], more)
    kept: list[bytes] = []

    def keep(bodies: Sequence[bytes]) -> None:
        assert len(kept) == max(channel.acknowledged, default=0)
        kept.extend(bodies)

    drain(broker(channel), keep, Limits(messages=1000, seconds=60))

    assert [b"%d" % tag for tag in range(1, 8 if more else 7)] == kept
    assert [len(kept)] == channel.acknowledged
