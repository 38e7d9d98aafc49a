"""What becomes of a letter in the sandbox: told on order, after a while, or never."""

import base64
from collections.abc import Callable
from typing import Any

import pytest
from lxml import etree

from rpa_commons.sandbox import Sandbox

KEY = "8c2ea15d-61fb-4ba9-9366-42f8b194c114"
PKO = "{http://serviceplatformen.dk/xml/print/PKO_PostStatus/1/types}"


def told(box: Sandbox) -> list[tuple[str, str]]:
    """Letter and status word of every message, oldest first."""
    found = []
    for path in sorted((box.folder / "receipts").glob("*.xml")):
        content = etree.parse(path).findtext(".//{urn:besked:kuvert:1.0}Base64", "")
        inside = etree.fromstring(base64.b64decode(content))
        name = inside.findtext(f"{PKO}MessageUUID") or inside.findtext(f"{PKO}AfsendelseIdentifikator", "")
        found.append((name, inside.findtext(f"{PKO}TransaktionsStatusKode", "")))
    return found


def receipts(box: Sandbox) -> Any:
    """What tells."""
    service: Any = box.services["sf1601"]
    return service.receipts


def test_nothing_is_told_by_itself(box: Sandbox, caller: Any, good_letter: Callable[..., str]) -> None:
    """A letter that was accepted is accepted, and nobody hears more of it."""
    caller.send(good_letter(KEY))

    assert {KEY: 1} == box.letters()
    assert [] == told(box)


@pytest.mark.parametrize(
    ("end", "word"),
    [
        ("received", "Modtaget Digital Post"),
        ("delivered", "Afleveret Digital Post"),
        ("failed", "Fejlet"),
    ],
)
def test_an_end_is_told_on_order(
    box: Sandbox, caller: Any, good_letter: Callable[..., str], end: str, word: str
) -> None:
    """In the words of PKO_PostStatus, one file a message; the journal of letters stays as it was."""
    caller.send(good_letter(KEY))
    before = box.journal_path.read_bytes()
    receipts(box).tell(KEY, end)

    assert [(KEY, word)] == told(box)
    assert before == box.journal_path.read_bytes()


def test_nobody_is_told_of_a_letter_that_was_never_taken(box: Sandbox) -> None:
    """An order for a letter that is not there is a mistake in a test."""
    with pytest.raises(KeyError):
        receipts(box).tell(KEY, "delivered")
