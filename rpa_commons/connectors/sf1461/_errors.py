"""What goes wrong here and nowhere else; none of it carries a message's content."""

from rpa_commons.capabilities import RpaCommonsError

__all__ = [
    "SYSTEM",
    "MessageError",
    "MissingClientError",
    "StateMissingError",
]

SYSTEM = "sf1461"


class MissingClientError(RpaCommonsError):
    """The AMQP client is not installed where the connector runs."""

    exit_code: int = 2

    def __init__(self) -> None:
        super().__init__(
            f"{SYSTEM} needs pika, which is not installed here",
            remedy="pip install 'rpa-commons[amqp]'; an instance's own environment gets it when the bot is "
            "installed again after its stack names sf1461, or receipts_queue of sf1601",
        )


class StateMissingError(RpaCommonsError):
    """There is nowhere to keep what the queue gives up once it is acknowledged."""

    def __init__(self) -> None:
        super().__init__(
            f"{SYSTEM} has no state folder and no key, so it takes no message out of the queue",
            remedy="use the connector through a bot instance (rpac run, rpac plan)",
        )


class MessageError(ValueError):
    """One message cannot be read as what it should be; it is kept aside.

    Attributes:
        problem: Why; never a value of the message.
        remedy: The next thing to do.
    """

    def __init__(self, problem: str, *, remedy: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.remedy = remedy

    @property
    def said(self) -> str:
        """Problem and remedy in one line."""
        return f"{self.problem}; {self.remedy}" if self.remedy else self.problem
