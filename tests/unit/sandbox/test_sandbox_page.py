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
        {"service": "sf1601", "kind": "500", "times": 1.5},
        {"service": "sf1601", "kind": "500", "times": "3"},
        {"service": "sf1601", "kind": "slow", "milliseconds": 1e13},
        {"service": "sf1601", "kind": "slow", "milliseconds": 10**13},
        [],
    ],
)
def test_an_impossible_fault_is_answered_with_400(box: Sandbox, page: requests.Session, order: Any) -> None:
    """Unknown words, missing and superfluous ones."""
    assert 400 == page.post(box.page_url + "faults", json=order).status_code


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "attacker.example"},
        {"Host": "["},
        {"Origin": "https://attacker.example"},
        {"Origin": "null"},
        {"Origin": "https://["},
    ],
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


def test_shows_every_service_and_whether_it_validates(box: Sandbox, page: requests.Session) -> None:
    """Name, address, calls, effects, and the reason why it does not validate."""
    text = html.fromstring(page.get(box.page_url).content).text_content()
    listed = {one["name"]: one for one in page.get(box.page_url + "services.json").json()}

    assert set(box.services) == set(listed)
    assert all(name in text and box.url_of(name) in text for name in box.services)
    assert all(service.unvalidated in text for service in box.services.values())
    assert (False, "no folder of official schemas was given") == (
        listed["sf1520"]["validates"],
        listed["sf1520"]["why_not"],
    )


def test_counts_queries_and_effects(
    box: Sandbox, caller: Any, page: requests.Session, good_letter: Callable[..., str]
) -> None:
    """A query is counted and is no effect; a letter is both."""
    caller.look_up(caller.soap("2211771212"))
    caller.send(good_letter())
    listed = {one["name"]: one for one in page.get(box.page_url + "services.json").json()}

    assert (1, 0) == (listed["sf1520"]["calls"], listed["sf1520"]["accepted"])
    assert (1, 1) == (listed["sf1601"]["calls"], listed["sf1601"]["accepted"])


def test_shows_effects_of_every_service_escaped(box: Sandbox, page: requests.Session) -> None:
    """Whatever a service writes into its entry is text on the page."""
    evil = "<img src=x onerror=alert(1)>\u202e"
    more = {"reason": evil, "label": evil, "action": evil, "channel": evil, "cvr": evil, "document": evil}
    journal = box._running.journal
    moment = "2026-11-20T12:00:00.000000Z"
    journal.append({"service": evil, "outcome": evil, "key": evil, "received_at": moment, **more})
    tree = html.fromstring(page.get(box.page_url).content)

    assert [] == tree.xpath("//img | //script | //*[@onerror]")
    assert tree.text_content().count(evil) >= 5


def test_a_wrong_order_by_form_comes_back_to_the_page(box: Sandbox, page: requests.Session) -> None:
    """With the reason, escaped, as an alert; nothing is ordered."""
    answer = page.post(box.page_url + "faults", data={"service": "<b>fax</b>", "kind": "500"})
    tree = html.fromstring(answer.content)
    alerts = tree.xpath("//*[@role='alert']")

    assert 400 == answer.status_code
    assert isinstance(alerts, list)
    assert ["<b>fax</b>" in str(alert.text_content()) for alert in alerts] == [True]
    assert [] == box.faults.standing()


def test_each_service_can_be_cleared(box: Sandbox, page: requests.Session) -> None:
    """A button for each service with standing faults, and one for all."""
    box.fault("sf1601", "429", times=9)
    box.fault("sts", "503", times=9)
    shown = html.fromstring(page.get(box.page_url).content).text_content()
    page.post(box.page_url + "faults", data={"clear": "yes", "service": "sf1601"})

    assert all(f"Clear {name}" in shown for name in ("sf1601", "sts", "all"))
    assert ["sts"] == [fault["service"] for fault in box.faults.standing()]


def test_narrow_windows_and_keyboards(box: Sandbox, page: requests.Session) -> None:
    """The viewport is the device's, wide tables scroll in regions that the keyboard reaches, a link skips."""
    box.fault("sf1601", "429")
    tree = html.fromstring(page.get(box.page_url).content)
    tables, regions = (
        tree.xpath("//table"),
        tree.xpath("//div[@role='region'][@tabindex='0'][@aria-label]/table"),
    )

    assert ["width=device-width, initial-scale=1"] == tree.xpath("//meta[@name='viewport']/@content")
    assert tables == regions
    assert ["main"] == tree.xpath("//main/@id")
    assert ["#main"] == tree.xpath("//a[@class='skip']/@href")
