"""The errors that connectors raise: attributes, messages, exit codes."""

from rpa_commons.capabilities import BusinessError, PersonNotFoundError, RpaCommonsError, TransientError


def test_every_error_has_message_remedy_and_exit_code() -> None:
    """What the command line needs stands on the error."""
    error = BusinessError("the row is broken", remedy="correct the row")

    assert ("the row is broken", "correct the row", 1) == (error.message, error.remedy, error.exit_code)
    assert "the row is broken" == str(error)


def test_a_transient_error_says_whether_it_was_sent() -> None:
    """Without a word it may have been: the careful answer is the default."""
    unknown = TransientError("sf1601", "no answer")
    refused = TransientError("sf1601", "no connection", sent="no")

    assert ("sf1601: no answer", "sf1601", "maybe") == (str(unknown), unknown.system, unknown.sent)
    assert "no" == refused.sent


def test_an_unknown_person_is_a_business_error() -> None:
    """Nobody by the number is handed over unless the bot decides otherwise; it names the register only."""
    error = PersonNotFoundError("sf1520")

    assert isinstance(error, BusinessError)
    assert ("sf1520", "sf1520 knows nobody by this number") == (error.register, str(error))


def test_the_two_that_matter_are_apart() -> None:
    """What is handed over is never what is tried again."""
    assert issubclass(BusinessError, RpaCommonsError)
    assert issubclass(TransientError, RpaCommonsError)
    assert not issubclass(TransientError, BusinessError)
