"""An effect that takes several calls: what a failure between them means.

Usage::

    with effect_of_steps("kmd-nova") as steps:
        answer = client.request("POST", ..., kind="keyed")
        steps.begun()
        found = client.request("GET", ..., kind="query")   # whatever fails here, the effect may be done
"""

from collections.abc import Iterator
from contextlib import contextmanager

from rpa_commons.capabilities import BusinessError, TransientError

from ._errors import UnclearAnswerError, UnexpectedAnswerError

__all__ = ["Steps", "effect_of_steps"]


class Steps:
    """How far an effect has come."""

    def __init__(self) -> None:
        self.is_begun = False

    def begun(self) -> None:
        """From now on the system may have carried out a part."""
        self.is_begun = True


@contextmanager
def effect_of_steps(system: str) -> Iterator[Steps]:
    """Turn what fails inside into what it means for the whole effect.

    The runtime remembers a business error of an effect as a refusal. So an answer that cannot be read is
    none, and once something may be done, no failure of a later call says that nothing is.

    Args:
        system: The connector's name for the system.

    Raises:
        UnclearAnswerError: for an unexpected answer, and for any business error after :meth:`Steps.begun`.
        TransientError: as raised inside; after :meth:`Steps.begun` with ``sent="maybe"``.
        BusinessError: as raised inside, before :meth:`Steps.begun`.
    """
    steps = Steps()
    try:
        yield steps
    except UnexpectedAnswerError as error:
        problem = error.problem
    except BusinessError:
        if not steps.is_begun:
            raise
        problem = "what became of it could not be looked up"
    except TransientError as error:
        if steps.is_begun:
            error.sent = "maybe"
        raise
    else:
        return
    raise UnclearAnswerError(system, problem) from None
