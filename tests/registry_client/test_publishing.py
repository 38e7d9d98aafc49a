"""``rpac publish`` and the word of what runs here: what goes over the wire, and what never does."""

import json
from collections.abc import Callable
from email.parser import BytesParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from rpa_commons.config import MunicipalityFolder, open_municipality
from rpa_commons.registry_client import (
    Registry,
    TokenMissingError,
    UploadRefusedError,
    publish,
    registry_token,
    release,
    tell_usage,
)


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wheels pass the registry's rules: those have tests of their own."""

    def examine(wheel: Path, **_: Any) -> Any:
        name, version, *_ = wheel.name.split("-")
        return SimpleNamespace(refused=False, name=name.replace("_", "-"), version=version, findings=())

    monkeypatch.setattr("rpa_commons.conformance.examine", examine, raising=False)


def fields(body: bytes, kind: str) -> dict[str, bytes]:
    """The parts of a form."""
    message = BytesParser().parsebytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + body)
    found: dict[str, bytes] = {}
    for part in message.get_payload():
        assert not isinstance(part, str)
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        found[str(name)] = content
    return found


@pytest.mark.usefixtures("judged")
def test_the_upload_is_the_one_that_twine_makes(simulator: Any, registry: Registry, make_wheel: Any) -> None:
    """Form fields of the legacy API, the token as password of __token__, then the state."""
    wheel = make_wheel()
    simulator.publish(wheel, "staged")

    done = publish(registry, wheel, "rpac_x")

    ((path, body),) = simulator.posted
    headers = next(one for method, _, one in simulator.asked if method == "POST")
    form = fields(body, headers["content-type"])
    assert path == "/legacy/"
    assert headers["authorization"].startswith("Basic ")
    assert b"file_upload" == form[":action"]
    assert (b"quiet-bot", b"1.0.0", b"py3") == (form["name"], form["version"], form["pyversion"])
    assert wheel.read_bytes() == form["content"]
    assert done.sha256.encode() == form["sha256_digest"]
    assert done.state == "staged"
    assert f"`rpac publish {wheel} --submit --registry {simulator.url}` hands it in" in done.following[1]


@pytest.mark.usefixtures("judged")
def test_submit_hands_it_in_afterwards(simulator: Any, registry: Registry, make_wheel: Any) -> None:
    """Two requests, in this order."""
    publish(registry, make_wheel(), "rpac_x", submit=True)

    assert ["/legacy/", "/api/v1/releases/quiet-bot/1.0.0/submit"] == [path for path, _ in simulator.posted]


@pytest.mark.usefixtures("judged")
@pytest.mark.parametrize(("status", "code"), [(401, 4), (403, 4), (409, 1), (429, 1)])
def test_a_refusal_is_the_registrys_own_words(
    simulator: Any, registry: Registry, make_wheel: Any, fault_kinds: Any, status: int, code: int
) -> None:
    """With the next thing to do; a wrong token ends with 4."""
    simulator.post_answer = fault_kinds.status(status, b'{"error": "other bytes are there"}')(None)

    with pytest.raises(UploadRefusedError, match="the registry refuses it: other bytes are there") as caught:
        publish(registry, make_wheel(), "rpac_x")

    assert (code, True) == (caught.value.exit_code, bool(caught.value.remedy))
    assert "rpac_x" not in str(caught.value)


def test_the_token_comes_from_the_variable_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pipeline has no key store."""
    monkeypatch.setenv("RPAC_REGISTRY_TOKEN", " rpac_x\n")

    assert registry_token("https://registry.digit.dk") == "rpac_x"


def test_without_a_token_the_error_names_both_places(monkeypatch: pytest.MonkeyPatch) -> None:
    """Variable and key store."""
    monkeypatch.delenv("RPAC_REGISTRY_TOKEN", raising=False)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")

    with pytest.raises(TokenMissingError) as caught:
        registry_token("https://registry.digit.dk")

    assert caught.value.exit_code == 4
    assert "RPAC_REGISTRY_TOKEN" in caught.value.remedy
    assert "rpac:registry.digit.dk" in caught.value.remedy


@pytest.fixture
def sharing(
    hvidovre: Path, simulator: Any, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], MunicipalityFolder]:
    """Hvidovre, with a word on whether it shares what it runs."""
    monkeypatch.setenv("RPAC_REGISTRY_TOKEN", "rpac_x")

    def opened(share: str) -> MunicipalityFolder:
        path = hvidovre / "municipality.toml"
        text = path.read_text(encoding="utf-8")
        table = f'[registry]\nurl = "{simulator.url}"\nshare_usage = {share}\n'
        path.write_text(text.replace(f'registry = "{simulator.url}"\n', "") + table, encoding="utf-8")
        return open_municipality(hvidovre)

    return opened


def test_what_runs_here_is_told_only_by_those_who_said_so(
    simulator: Any, registry: Registry, sharing: Callable[[str], MunicipalityFolder]
) -> None:
    """Code, project and version, and nothing else."""
    tell_usage(sharing("true"), registry, "quiet-bot", "1.0.0")

    ((path, body),) = simulator.posted
    assert path == "/api/v1/usage"
    assert {"municipality": "0167", "project": "quiet-bot", "version": "1.0.0"} == json.loads(body)


def test_without_a_word_nothing_is_told(
    simulator: Any, registry: Registry, sharing: Callable[[str], MunicipalityFolder]
) -> None:
    """The default is silence."""
    tell_usage(sharing("false"), registry, "quiet-bot", "1.0.0")

    assert [] == simulator.posted


def test_that_it_cannot_be_told_is_a_note(
    simulator: Any, registry: Registry, sharing: Callable[[str], MunicipalityFolder], fault_kinds: Any
) -> None:
    """What was installed stays installed."""
    from dataclasses import replace

    said: list[str] = []
    simulator.post_answer = fault_kinds.status(500, b"no")(None)

    tell_usage(sharing("true"), replace(registry, progress=said.append), "quiet-bot", "1.0.0")

    assert ["note: the registry was not told: no (status 500)"] == said


@pytest.mark.usefixtures("judged")
def test_a_new_name_is_staged_though_no_page_shows_it(
    simulator: Any, registry: Registry, make_wheel: Any, fault_kinds: Any
) -> None:
    """The registry's own answer says so; nobody is sent to a page that is not there."""
    simulator.post_answer = fault_kinds.status(200, b"quiet-bot 1.0.0 is staged. SHA-256 0\n")(None)

    done = publish(registry, make_wheel(), "rpac_x")

    assert done.state == "staged"
    assert "the name is new" in done.following[0]
    assert "--submit" in done.following[-1]
    assert not [one for one in done.following if "rpac info" in one]


def test_what_was_reviewed_is_released_by_its_owner(simulator: Any, registry: Registry) -> None:
    """One act; no wheel is needed."""
    done = release(registry, "quiet-bot", "1.0.0", "rpac_x")

    assert ["/api/v1/releases/quiet-bot/1.0.0/publish"] == [path for path, _ in simulator.posted]
    assert done.sha256 == ""


def test_a_second_release_is_no_error_and_an_early_one_is(
    simulator: Any, registry: Registry, make_wheel: Any, fault_kinds: Any
) -> None:
    """The page tells which of the two a conflict is."""
    simulator.post_answer = fault_kinds.status(409, b'{"error": "it is staged", "help": "submit it"}')(None)
    simulator.publish(make_wheel(version="1.0.0"), "published")
    simulator.publish(make_wheel(version="1.1.0"), "staged")

    again = release(registry, "quiet-bot", "1.0.0", "rpac_x")
    with pytest.raises(UploadRefusedError, match="it is staged; submit it") as caught:
        release(registry, "quiet-bot", "1.1.0", "rpac_x")

    assert again.state == "published"
    assert caught.value.remedy == "do first what it names; then run the command again"
