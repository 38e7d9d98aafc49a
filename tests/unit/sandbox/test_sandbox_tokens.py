"""STS, token service and PostForespoerg: who may call, with what, for how long."""

import base64
from collections.abc import Callable
from typing import Any

import pytest

from rpa_commons.sandbox import Sandbox


def test_the_assertion_says_until_when_it_is_good(caller: Any) -> None:
    """Clients read the end from Lifetime or from the assertion's conditions; both say the same."""
    answer = caller.ask_sts("sf1601").json()
    assertion = base64.b64decode(answer["RequestedSecurityToken"]["Assertion"]).decode()

    assert "11/20/2026 20:00:00" == answer["Lifetime"]
    assert 'NotOnOrAfter="2026-11-20T20:00:00.000Z"' in assertion


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"AnvenderKontekst": {"Cvr": "12345674"}}, 400, "cvr"),
        ({"AnvenderKontekst": None}, 400, "cvr"),
        ({"AnvenderKontekst": {"Cvr": "55606617"}}, 403, "cvr"),
        (
            {"AppliesTo": {"EndpointReference": {"Address": "http://entityid.kombit.dk/other"}}},
            400,
            "entity-id",
        ),
        ({"AppliesTo": "text"}, 400, "entity-id"),
        ({"TokenType": "jwt"}, 400, "ws-trust"),
        ({"KeyType": None}, 400, "ws-trust"),
        ({"UseKey": ""}, 400, "use-key"),
        ({"UseKey": "***"}, 400, "use-key"),
        ({"UseKey": base64.b64encode(b"another certificate").decode()}, 400, "use-key"),
    ],
)
def test_the_sts_refuses(caller: Any, changes: dict[str, Any], status: int, code: str) -> None:
    """An unknown or foreign CVR number, an unknown entity id and a foreign key get no assertion."""
    answer = caller.ask_sts("sf1601", **changes)

    assert (status, code) == (answer.status_code, answer.json()["error"])


def test_the_sts_wants_json(caller: Any) -> None:
    """Another content type, and what is no object, are refused."""
    url = caller.box.url + "/runtime/api/rest/wstrust/v1/issue"
    form = caller.session.post(url, data={"a": "b"})
    broken = caller.session.post(url, data="{", headers={"Content-Type": "application/json"})
    array = caller.session.post(url, json=[])

    assert [415, 400, 400] == [form.status_code, broken.status_code, array.status_code]


def test_the_token_service_refuses_what_the_sts_did_not_issue(caller: Any) -> None:
    """An assertion that was changed, cut or made up is worth nothing."""
    good = base64.b64decode(caller.ask_sts("sf1601").json()["RequestedSecurityToken"]["Assertion"])
    forged = base64.b64encode(good.replace(b"29189404", b"55606617")).decode()

    assert "assertion-unknown" == caller.exchange(forged).json()["error"]
    assert "assertion" == caller.exchange("not base64").json()["error"]
    assert "assertion-unknown" == caller.exchange("").json()["error"]


def test_an_expired_assertion_gives_no_token(caller: Any, clock: Any) -> None:
    """After eight hours the client must ask the STS again."""
    assertion = caller.ask_sts("sf1601").json()["RequestedSecurityToken"]["Assertion"]
    clock.forward(hours=8)
    answer = caller.exchange(assertion)

    assert (401, "assertion-expired") == (answer.status_code, answer.json()["error"])


def test_an_assertion_is_good_for_its_own_certificate_only(box: Sandbox, calling: Any) -> None:
    """Holder of key: another municipality cannot use a stolen assertion."""
    assertion = calling(box).ask_sts("sf1601").json()["RequestedSecurityToken"]["Assertion"]
    answer = calling(box, "0167").exchange(assertion)

    assert (401, "holder-of-key") == (answer.status_code, answer.json()["error"])


def test_a_token_is_good_for_its_own_certificate_only(box: Sandbox, calling: Any) -> None:
    """Holder of key: nor a stolen access token."""
    answer = calling(box, "0167").registered("2211771212", token=calling(box).token("postforespoerg"))

    assert (401, "holder-of-key") == (answer.status_code, answer.json()["error"])


def test_a_token_expires(start: Callable[..., Sandbox], calling: Any, clock: Any) -> None:
    """The lifetime is what the sandbox was started with, told in expires_in."""
    caller = calling(start(token_lifetime=30))
    token = caller.token("postforespoerg")
    clock.forward(seconds=29)
    before = caller.registered("2211771212", token=token)
    clock.forward(seconds=1)
    after = caller.registered("2211771212", token=token)

    assert {"result": True} == before.json()
    assert (401, "token-expired") == (after.status_code, after.json()["error"])
    assert "Holder-of-key" == after.headers["WWW-Authenticate"]


def test_a_token_is_good_for_one_service(caller: Any, good_letter: Callable[..., str]) -> None:
    """A token for the lookup does not send, and the other way round."""
    sending = caller.send(good_letter(), token=caller.token("postforespoerg"))
    asking = caller.registered("2211771212", token=caller.token("sf1601"))

    assert (403, 403) == (sending.status_code, asking.status_code)
    assert b"entity-id" in sending.content
    assert "entity-id" == asking.json()["error"]


def test_a_token_survives_a_restart(start: Callable[..., Sandbox], calling: Any) -> None:
    """The sealing key lies in the folder, so a restart logs nobody out."""
    box = start()
    token = calling(box).token("postforespoerg")
    box.stop()

    assert {"result": True} == calling(start()).registered("2211771212", token=token).json()


@pytest.mark.parametrize(
    "path", ["/service/PostForespoerg_1/digitalpost", "/service/PostForespoerg_1/nemsms"]
)
def test_says_who_is_registered(box: Sandbox, caller: Any, path: str) -> None:
    """Registered, not registered, dead, and a number nobody has."""
    by_case = {person.case: person.cpr for person in box.people if person.home == "0265"}
    asked = ["2211771212", by_case["not registered for Digital Post"], by_case["died after moving in"]]
    answers = [caller.registered(cpr, path=path).json() for cpr in [*asked, "0101505555"]]

    assert [{"result": True}, {"result": False}, {"result": False}, {"result": False}] == answers


@pytest.mark.parametrize("cpr", ["", "12", "3113505555", "abcdefghij"])
def test_asks_for_a_number(caller: Any, cpr: str) -> None:
    """What is no personal number is refused, not answered with no."""
    answer = caller.registered(cpr)

    assert (400, "cpr") == (answer.status_code, answer.json()["error"])
