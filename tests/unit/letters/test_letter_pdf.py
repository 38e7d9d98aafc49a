"""The PDF: tagged, in a language, with what was said in it, and the same bytes each time."""

import io
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pypdf
import pytest

from rpa_commons.capabilities import Address, Person
from rpa_commons.letters import Recipient


def _read(pdf: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(pdf))


def _words(pdf: bytes) -> str:
    """The visible text of all pages, white space left out: line breaks are the typesetter's business."""
    return "".join("".join(page.extract_text() for page in _read(pdf).pages).split())


NAMES = [
    'Ole #read("letterhead.typ")',
    "Ole # $ _ * [ ] < @ \\ ~ ` ' \" { } %",
    'Ole #eval("1+1") #{1+1} $x^2$ @ref <label> */ // /* = -',
    "Ole {{ 7*7 }} {% for x in y %} {# note #}",
    "Ole **bold** _under_ [link](https://example.dk) <b>html</b> &amp; &#35;",
    "Åse Ærø Øster åæø ÆØÅ éüöä ðþÐÞ łŁ ğşž ő",
    "Nguyễn Ελένη Жанна Čić",
    "Ole \\u{1F600} \\n ~~~ --- ... \"quoted\" 'single'",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_shown_literally(desk: Any, person: Person, name: str) -> None:
    """No name is source of typst, Markdown, HTML or Jinja2: it stands twice in the letter as it was given."""
    letter = desk.letters().render("families", person=person.model_copy(update={"name": name}))

    assert _words(letter.pdf).count("".join(name.split())) == 2
    assert f"Kære {name}\n" in letter.text


@pytest.mark.parametrize("text", [*NAMES[:2], NAMES[3]])
def test_municipal_text_is_shown_literally(desk: Any, person: Person, text: str) -> None:
    """The letterhead, the sender and a bot's values are no source either."""
    desk.letterhead = desk.letterhead.model_copy(update={"name": text, "address": (text,)})
    desk.write("bot", "x", "{% block title %}{{ municipality.name }}{% endblock %}\n{{ extra }}")

    letter = desk.letters(sender=text, contact=[text]).render("x", person=person, extra=text)

    shown = _words(letter.pdf)
    assert text == letter.title
    assert (
        shown.count("".join(text.split())) == 8
    )  # head, address, title, body, sender, name, contact, footer


def test_template_text_is_no_typst_source(desk: Any, person: Person) -> None:
    """Municipal words in a template are shown as they stand too."""
    words = '#read("letter.typ") $x$ @y ~z = #set text(red)'
    desk.write("bot", "x", f"{{% block title %}}{words}{{% endblock %}}\n\nSe {words}")

    letter = desk.letters().render("x", person=person)

    assert letter.title == words
    assert _words(letter.pdf).count("".join(words.split())) == 2


@pytest.mark.parametrize("language", ["da", "nb", "sv", "en"])
def test_the_pdf_is_tagged_with_language_title_and_author(desk: Any, person: Person, language: str) -> None:
    """What a screen reader asks for is there, and the file says that it is PDF/UA-1."""
    letter = desk.letters(language=language).render("families", person=person)

    reader = _read(letter.pdf)
    root = reader.root_object
    assert root["/MarkInfo"]["/Marked"] == True  # noqa: E712 - a pypdf BooleanObject
    assert "/StructTreeRoot" in root
    assert root["/Lang"] == language
    assert root["/ViewerPreferences"]["/DisplayDocTitle"] == True  # noqa: E712 - a pypdf BooleanObject
    assert reader.metadata is not None
    assert reader.metadata.title == "Velkommen til Roskilde Kommune"
    assert reader.metadata.author == "Roskilde Kommune"
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data()


def _roles(node: Any) -> Iterator[str]:
    node = node.get_object()
    if isinstance(node, list):
        for child in node:
            yield from _roles(child)
    elif isinstance(node, dict):
        if "/S" in node:
            yield str(node["/S"])
        if "/K" in node:
            yield from _roles(node["/K"])


def test_the_structure_is_headings_paragraphs_lists_and_links(desk: Any, person: Person) -> None:
    """The tags follow the letter: title first, then sections, lists and links."""
    pdf = desk.letters().render("families", person=person).pdf

    roles = list(_roles(_read(pdf).root_object["/StructTreeRoot"]))
    assert [role for role in roles if role.startswith("/H")] == ["/H1", "/H2"]
    assert {"/Document", "/P", "/L", "/LI", "/Lbl", "/LBody", "/Link"} <= set(roles)


def test_everything_a_letter_needs_is_on_it(desk: Any, person: Person) -> None:
    """Letterhead, recipient, date, signature and page number are visible."""
    pdf = desk.letters(contact=["Direkte 46 31 30 01"]).render("families", person=person).pdf

    text = _read(pdf).pages[0].extract_text()
    for part in (
        "Rådhusbuen 1",
        "Telefon 46 31 30 00",
        "Algade 31, 2. tv",
        "4000 Roskilde",
        "12. november 2026",
        "Med venlig hilsen",
        "Borgerservice",
        "Direkte 46 31 30 01",
        "Side 1 af 1",
    ):
        assert part in text


def _place_of(pdf: bytes, part: str) -> tuple[float, float]:
    """Position of a text on page one in mm from the top left."""
    found: list[tuple[float, float]] = []

    def visit(text: str, cm: list[float], tm: list[float], font: object, size: float) -> None:
        if part in text:
            x, y = tm[4] * cm[0] + tm[5] * cm[2] + cm[4], tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
            found.append((x / 72 * 25.4, 297 - y / 72 * 25.4))

    _read(pdf).pages[0].extract_text(visitor_text=visit)
    return found[0]


def test_the_recipient_stands_in_the_window(desk: Any, person: Person) -> None:
    """Every line of a long address lies inside the windows of C5, C6/5 and DIN envelopes (45-70 mm down)."""
    address = Address(
        co_name="Sørensen",
        street_line="Aah",
        locality="Gevninge",
        postal_code="4070",
        city="Kirke Hyllinge",
    )
    long = person.model_copy(update={"name": "Anna " + "Margrethe-Louise " * 7, "address": address})

    pdf = desk.letters().render("families", person=long).pdf

    for line in ("Aah", "Gevninge", "4070 Kirke Hyllinge"):
        x, y = _place_of(pdf, line)
        assert 20 <= x <= 24, line
        assert 45 <= y <= 73, line


def test_pages_are_counted(desk: Any, person: Person) -> None:
    """A letter over several pages numbers them, in its language."""
    desk.write("bot", "x", "{% block title %}x{% endblock %}\n\n" + "ord " * 2_000)

    pages = _read(desk.letters(language="sv").render("x", person=person).pdf).pages

    assert len(pages) > 1
    assert f"Sida 2 av {len(pages)}" in pages[1].extract_text()


@pytest.mark.parametrize("mark", ["", "- ", "1. "])
@pytest.mark.parametrize("count", [19, 21, 23, 25, 27])
def test_the_signature_never_stands_alone(desk: Any, person: Person, mark: str, count: int) -> None:
    """Where a letter ends near the end of a page, its last words go along to the next one."""
    between = "\n" if mark else "\n\n"
    body = between.join(f"{mark}Linje {number}" for number in range(count))
    desk.write("bot", "x", f"{{% block title %}}x{{% endblock %}}\n\n{body}")

    pages = _read(desk.letters(contact=["Direkte 46 31 30 01"]).render("x", person=person).pdf).pages

    text = pages[-1].extract_text()
    assert f"Linje {count - 1}\n" in text
    assert "Direkte 46 31 30 01" in text
    assert "Linje 0\n" in pages[0].extract_text()


def test_a_letter_of_a_title_alone_is_signed(desk: Any, person: Person) -> None:
    """Without a body there is still a letter."""
    desk.write("bot", "x", "{% block title %}Hej{% endblock %}")

    assert "Borgerservice" in _words(desk.letters().render("x", person=person).pdf)


@pytest.mark.parametrize(
    ("web", "shown", "url"),
    [
        ("www.example.dk", "www.example.dk", "https://www.example.dk"),
        ("https://example.dk/", "example.dk", "https://example.dk"),
        ("HTTP://example.dk/flyt/ny", "example.dk/flyt/ny", "https://example.dk/flyt/ny"),
    ],
)
def test_the_municipalitys_web_page_is_a_link(
    desk: Any, person: Person, web: str, shown: str, url: str
) -> None:
    """``https://{{ municipality.web }}`` is its page, however the letterhead writes the address."""
    desk.letterhead = desk.letterhead.model_copy(update={"web": web})
    link = "[{{ municipality.web }}](https://{{ municipality.web }})"
    desk.write("bot", "x", f"{{% block title %}}x{{% endblock %}}\nSe {link}.")

    letter = desk.letters().render("x", person=person)

    links = [one.get_object() for one in _read(letter.pdf).pages[0]["/Annots"]]
    assert [url] == [one["/A"]["/URI"] for one in links]
    assert f"Se {shown}.\n" in letter.text


def test_equal_input_gives_equal_bytes(desk: Any, person: Person) -> None:
    """A repeated letter is the same file, from a fresh start and after other letters in between."""
    letters = desk.letters()
    first = letters.render("families", person=person).pdf
    letters.render("families", person=person.model_copy(update={"name": "En Anden"}))

    assert first == letters.render("families", person=person).pdf
    assert first == desk.letters().render("families", person=person).pdf


def test_threads_share_letters(desk: Any, person: Person) -> None:
    """Letters made at the same moment in several threads are those made one after the other."""
    letters = desk.letters()
    people = [person.model_copy(update={"name": f"Nummer {number}"}) for number in range(24)]
    expected = [letters.render("families", person=one).pdf for one in people]
    barrier = threading.Barrier(4)

    def work(part: int) -> list[bytes]:
        barrier.wait()
        return [letters.render("families", person=one).pdf for one in people[part::4]]

    with ThreadPoolExecutor(4) as pool:
        parts = list(pool.map(work, range(4)))

    assert [expected[part::4] for part in range(4)] == parts


@pytest.mark.parametrize(
    ("co_name", "expected"),
    [("Sørensen", "c/o Sørensen"), ("c/o Sørensen", "c/o Sørensen"), ("v/Hansen", "v/Hansen")],
)
def test_recipient_lines(person: Person, co_name: str, expected: str) -> None:
    """The address block is the register's lines, c/o written once, empty lines left out."""
    address = Address(co_name=co_name, street_line="Algade 1", postal_code="4000", city="Roskilde")

    recipient = Recipient.of(person.model_copy(update={"address": address}))

    assert recipient.lines == (expected, "Algade 1", "4000 Roskilde")


def test_a_person_without_address_gets_a_letter_with_the_name(desk: Any, person: Person) -> None:
    """A protected or unknown address leaves the name alone in the block."""
    letter = desk.letters().render("families", person=person.model_copy(update={"address": None}))

    assert "NannaÆrø" in _words(letter.pdf)
    assert Recipient.of(person.model_copy(update={"address": None})).lines == ()


def test_control_and_direction_characters_are_shown_as_replaced(desk: Any, person: Person) -> None:
    """A name cannot turn the text around or break its line."""
    odd = person.model_copy(update={"name": "Ole\r\nBo\u202egro\x00\ue000"})

    letter = desk.letters().render("families", person=odd)

    assert "Kære Ole  Bo\ufffdgro\ufffd\ufffd\n" in letter.text
