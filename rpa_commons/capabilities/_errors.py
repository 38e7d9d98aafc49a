"""Errors grouped by what the caller does about them: hand over, try again, or stop.

A connector raises them, the runtime acts on them, a bot may catch the two that are its business. None of
them ever carries a personal number or a letter's text: messages end up in logs and on screens.
"""

from typing import Literal

__all__ = ["BusinessError", "PersonNotFoundError", "RpaCommonsError", "TransientError"]

Sent = Literal["no", "maybe"]


class RpaCommonsError(Exception):
    """The root of every error this library raises on purpose.

    Attributes:
        message: What happened, in one sentence without personal data.
        remedy: The next thing to do, or an empty string.
        exit_code: What the command line ends with: 1 findings or a failed run, 2 usage, 4 a secret is
            missing, 5 refused by policy.
    """

    exit_code: int = 1

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


class BusinessError(RpaCommonsError):
    """The case cannot be handled by this bot: never retried, handed over to a person."""


class PersonNotFoundError(BusinessError):
    """The population register does not know the number it was asked for."""

    def __init__(self, register: str) -> None:
        super().__init__(
            f"{register} knows nobody by this number",
            remedy="check the number in the source of the work item",
        )
        self.register = register


class TransientError(RpaCommonsError):
    """A system could not answer now: tried again with backoff, the item stays in the queue.

    Attributes:
        system: The connector's name for the system that did not answer.
        sent: ``"no"`` when the request certainly never reached the receiver (connection refused), ``"maybe"``
            when it could have (time-out while waiting for the answer). It decides what may be repeated.
        retry_after: Seconds after which the system wants to be asked again; ``None`` when it says nothing.
    """

    def __init__(
        self,
        system: str,
        problem: str,
        *,
        sent: Sent = "maybe",
        remedy: str = "",
        retry_after: float | None = None,
    ) -> None:
        super().__init__(f"{system}: {problem}", remedy=remedy)
        self.system = system
        self.sent: Sent = sent
        self.retry_after = retry_after
