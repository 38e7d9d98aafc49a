"""An effect of several calls: what a failure between them means for the whole."""

import pytest

from rpa_commons.capabilities import BusinessError, TransientError
from rpa_commons.connectors.http import RequestRefusedError, UnexpectedAnswerError, effect_of_steps
from rpa_commons.connectors.http._errors import UnclearAnswerError


def failing(error: Exception, *, begun: bool) -> None:
    """An effect whose first or second call fails."""
    with effect_of_steps("register") as steps:
        if begun:
            steps.begun()
        raise error


def test_nothing_is_changed_where_nothing_fails() -> None:
    """The effect goes on after its steps."""
    with effect_of_steps("register") as steps:
        steps.begun()

    assert steps.is_begun


@pytest.mark.parametrize("begun", [False, True])
def test_an_answer_that_cannot_be_read_is_no_refusal(begun: bool) -> None:
    """A question's business error would be remembered as a refused effect."""
    with pytest.raises(UnclearAnswerError, match="no list") as caught:
        failing(UnexpectedAnswerError("register", "no list"), begun=begun)

    assert caught.value.sent == "maybe"
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_a_refusal_before_anything_was_done_is_one() -> None:
    """The first call is refused: so is the effect."""
    with pytest.raises(RequestRefusedError):
        failing(RequestRefusedError("register", 400), begun=False)


def test_a_refusal_after_something_may_be_done_is_a_doubt() -> None:
    """The effect may be done, and only looking it up was refused."""
    with pytest.raises(UnclearAnswerError, match="looked up"):
        failing(BusinessError("it may not be read"), begun=True)


@pytest.mark.parametrize(("begun", "sent"), [(False, "no"), (True, "maybe")])
def test_a_failure_says_whether_something_may_be_done(begun: bool, sent: str) -> None:
    """A later call that was never sent does not undo the earlier one."""
    with pytest.raises(TransientError) as caught:
        failing(TransientError("register", "takes no connection", sent="no"), begun=begun)

    assert sent == caught.value.sent


def test_what_is_not_ours_passes() -> None:
    """A bug is a bug."""
    with pytest.raises(KeyError):
        failing(KeyError("x"), begun=True)
