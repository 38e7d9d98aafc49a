"""The control page: readable, escaped, deaf to other sites."""

from collections.abc import Callable
from typing import Any

import pytest
import requests
from lxml import html

from rpa_commons.sandbox import Sandbox

HOSTILE = "Bo <script>alert('hej')</script> & Søn"


def hostile_number(box: Sandbox) -> str:
    """The number of the resident whose name is a script."""
    return next(person.cpr for person in box.people if person.name == HOSTILE)


def test_shows_what_was_sent(
    box: Sandbox, caller: Any, page: requests.Session, good_letter: Callable[..., str]
) -> None:
    """Time, service, outcome, business key, masked recipient and a link to the letter."""
    key = "8c2ea15d-61fb-4ba9-9366-42f8b194c114"
    caller.send(good_letter(key))
    answer = page.get(box.page_url)
    link = html.fromstring(answer.content).xpath("//a[starts-with(@href, '/letters/')]/@href")[0]
    document = page.get(box.page_url.rstrip("/") + link)

    assert key in answer.text
    assert "221177-…" in answer.text
    assert "2211771212" not in answer.text
    assert "application/pdf" == document.headers["Content-Type"]
    assert document.content.startswith(b"%PDF")


def test_escapes_names_and_titles(
    box: Sandbox, caller: Any, page: requests.Session, good_letter: Callable[..., str]
) -> None:
    """A name or a title that is markup is shown as text on every page."""
    caller.send(good_letter(recipient=hostile_number(box), label="&lt;img src=x onerror=alert(1)&gt;"))
    pages = [page.get(box.page_url).text, page.get(box.page_url + "people").text]
    trees = [html.fromstring(text) for text in pages]

    assert [[], []] == [tree.xpath("//script | //img") for tree in trees]
    assert all(HOSTILE in tree.text_content() for tree in trees)
    assert "<img src=x onerror=alert(1)>" in trees[0].text_content()


def test_loads_nothing_from_elsewhere(box: Sandbox, page: requests.Session) -> None:
    """Inline style only, and a policy that forbids the rest."""
    answer = page.get(box.page_url)
    tree = html.fromstring(answer.content)

    assert [] == tree.xpath("//@src | //link | //script")
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_is_readable_with_a_screen_reader(box: Sandbox, page: requests.Session) -> None:
    """A language, a title, headed columns, and a label for each field."""
    tree = html.fromstring(page.get(box.page_url).content)
    fields = set(tree.xpath("//select/@id | //input[@type != 'hidden']/@id"))

    assert "en" == tree.get("lang")
    assert "What was sent - sandbox" == tree.findtext(".//title")
    assert set(tree.xpath("//label/@for")) == fields
    assert {"col"} == set(tree.xpath("//th/@scope"))


def test_the_journal_as_json(
    box: Sandbox, caller: Any, page: requests.Session, good_letter: Callable[..., str]
) -> None:
    """The same entries as in Python."""
    caller.send(good_letter())

    assert page.get(box.page_url + "journal.json").json() == box.journal()
    assert page.get(box.page_url + "calls.json").json() == box.calls()


def test_health_says_where_everything_is(box: Sandbox, page: requests.Session) -> None:
    """A script can wait for it."""
    health = page.get(box.page_url + "health").json()

    assert (health["status"], health["services"]) == ("ok", box.url)


def test_the_people_list_masks_numbers(box: Sandbox, page: requests.Session) -> None:
    """Everybody is there, nobody's whole number is."""
    people = page.get(box.page_url + "people.json").json()

    assert len(people) == len(box.people)
    assert all(person["number"].endswith("-…") for person in people)


def test_orders_faults_by_form_and_json(box: Sandbox, page: requests.Session) -> None:
    """The form comes back to the page; JSON gets the standing orders."""
    form = {"service": "sf1601", "kind": "500", "times": "2", "milliseconds": ""}
    by_form = page.post(box.page_url + "faults", data=form, allow_redirects=False)
    by_json = page.post(box.page_url + "faults", json={"service": "sts", "kind": "slow", "probability": 0.5})
    shown = page.get(box.page_url).text
    cleared = page.post(box.page_url + "faults", data={"clear": "yes"})

    assert 303 == by_form.status_code
    assert ["sf1601", "sts"] == [fault["service"] for fault in by_json.json()]
    assert "<td>500</td>" in shown
    assert 200 == cleared.status_code
    assert [] == page.get(box.page_url + "faults").json()


@pytest.mark.parametrize(
    "order",
    [
        {"service": "fax", "kind": "500"},
        {"service": "sf1601"},
        {"service": "sf1601", "kind": "500", "x": 1},
        [],
    ],
)
def test_an_impossible_fault_is_answered_with_400(box: Sandbox, page: requests.Session, order: Any) -> None:
    """Unknown words, missing and superfluous ones."""
    assert 400 == page.post(box.page_url + "faults", json=order).status_code


@pytest.mark.parametrize(
    "headers", [{"Host": "attacker.example"}, {"Origin": "https://attacker.example"}, {"Origin": "null"}]
)
def test_other_sites_cannot_reach_it(box: Sandbox, page: requests.Session, headers: dict[str, str]) -> None:
    """Neither a rebound name nor a form on another site orders anything."""
    order = {"service": "sf1601", "kind": "500"}
    answer = page.post(box.page_url + "faults", data=order, headers=headers)

    assert 403 == answer.status_code
    assert [] == box.faults.standing()


@pytest.mark.parametrize(
    "path", ["letters/../seal.key", "letters/%2e%2e/seal.key", "letters/000009.pdf", "nowhere"]
)
def test_shows_nothing_but_letters_of_the_journal(box: Sandbox, page: requests.Session, path: str) -> None:
    """A path cannot climb out of the folder of letters."""
    request = requests.Request("GET", box.page_url).prepare()
    request.url = box.page_url + path

    assert 404 == page.send(request).status_code


def test_refuses_other_methods(box: Sandbox, page: requests.Session) -> None:
    """Only orders are posted."""
    assert 405 == page.post(box.page_url).status_code


def test_a_body_needs_a_length(box: Sandbox, page: requests.Session) -> None:
    """A chunked body is refused rather than half understood."""
    assert 411 == page.post(box.page_url + "faults", data=iter([b"{}"])).status_code
