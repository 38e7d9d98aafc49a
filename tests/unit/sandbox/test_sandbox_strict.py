"""What is nearly right, and a real system would not take: the sandbox does not take it either."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from lxml import etree

from rpa_commons.sandbox import Sandbox

PDF = b"%PDF-1.7 a letter"
AS_CPR, AS_CVR = (f"</memo:recipientID><memo:idType>{kind}<" for kind in ("CPR", "CVR"))
UNTIL = "<memo:doNotDeliverUntilDate>{}</memo:doNotDeliverUntilDate><memo:Sender>"


def refused_for(answer: Any) -> tuple[int, str]:
    """Status and code of a refusal."""
    return answer.status_code, etree.fromstring(answer.content).findtext(".//FejlId", "")


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("2211771212<", "010150-5123<", "recipient-not-synthetic"),
        (f"2211771212{AS_CPR}", f"29189405{AS_CVR}", "recipient"),
        (f"2211771212{AS_CPR}", f"DK29189404{AS_CVR}", "recipient"),
        (f"2211771212{AS_CPR}", f"2211771212{AS_CVR}", "recipient"),
        ("<memo:Sender>", UNTIL.format("20261120"), "memo-date"),
        ("<memo:Sender>", UNTIL.format("2026-W47-5"), "memo-date"),
    ],
)
def test_numbers_and_dates_are_taken_in_one_form_only(
    box: Sandbox, caller: Any, good_letter: Callable[..., str], old: str, new: str, code: str
) -> None:
    """Digits and nothing else, of the kind that they are said to be; dates as XML Schema writes them."""
    assert (400, code) == refused_for(caller.send(good_letter().replace(old, new)))
    assert 0 == box.letters().total()


def test_a_letter_to_a_company_is_taken(box: Sandbox, caller: Any, good_letter: Callable[..., str]) -> None:
    """A CVR number of eight digits is a recipient."""
    letter = good_letter().replace(f"2211771212{AS_CPR}", f"29189404{AS_CVR}")

    assert 200 == caller.send(letter).status_code
    assert 1 == box.letters().total()


def test_files_of_more_than_digital_post_takes_are_refused(
    caller: Any, good_letter: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """99.5 MB in all, the main document and the others together, counted without base64."""
    letter = good_letter()
    file = re.search("<memo:File>.*?</memo:File>", letter)
    assert file
    more = f"<memo:AdditionalDocument>{file[0]}</memo:AdditionalDocument></memo:MessageBody>"
    monkeypatch.setattr("rpa_commons.sandbox._memo._MOST_BYTES", len(PDF))
    answers = [caller.send(letter), caller.send(letter.replace("</memo:MessageBody>", more))]

    assert 200 == answers[0].status_code
    assert (400, "memo-size") == refused_for(answers[1])


@pytest.mark.parametrize("number", ["221177-1212", " 2211771212", "22117712"])
def test_a_question_about_a_number_in_another_form_is_refused(caller: Any, number: str) -> None:
    """PostForespoerg takes ten digits."""
    assert 400 == caller.registered(number).status_code
