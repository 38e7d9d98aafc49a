"""The wire: kept answers, faults with a place and a remedy, downloads that go on where they broke off."""

import hashlib
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from rpa_commons.environments import WheelStore
from rpa_commons.registry_client import (
    BrokenAnswerError,
    DownloadError,
    FileEntry,
    NoRegistryError,
    Registry,
    RegistryAddressError,
    ReleaseRefusedError,
    Timeouts,
    UnreachableError,
    Wish,
    choice_of,
    fetch_chosen,
)
from rpa_commons.registry_client._http import RegistryHttp, checked_address, reason_of
from rpa_commons.registry_client._install import Wanted


def entry_of(release: dict[str, Any]) -> FileEntry:
    """The file of a release."""
    return FileEntry.model_validate(release["file"])


@pytest.mark.parametrize(
    "url",
    [
        "http://registry.digit.dk",
        "ftp://registry.digit.dk",
        "https://user:secret@registry.digit.dk",
        "https://registry.digit.dk?x=1",
        "registry.digit.dk",
        "https://registry.digit.dk:port",
    ],
)
def test_an_address_is_https_and_nothing_else(url: str) -> None:
    """Plain http is for this machine; a password belongs in no address."""
    with pytest.raises(RegistryAddressError):
        checked_address(url)


def test_an_address_loses_its_last_slash() -> None:
    """So that one registry has one name in locks."""
    assert checked_address("https://registry.digit.dk/x/") == "https://registry.digit.dk/x"


def test_no_address_is_a_usage_error(tmp_path: Path) -> None:
    """With the line to write."""
    with pytest.raises(NoRegistryError) as caught:
        Registry.at(" ", tmp_path)

    assert "municipality.toml" in caught.value.remedy


def test_an_unchanged_document_is_not_sent_again(simulator: Any, registry: Registry, make_wheel: Any) -> None:
    """The second question carries the ETag, and a 304 is answered from what was kept."""
    simulator.publish(make_wheel())

    first, second = registry.index(), registry.index()

    assert first == second
    assert "if-none-match" not in simulator.asked[0][2]
    assert simulator.asked[1][2]["if-none-match"]


def test_a_changed_document_replaces_the_kept_one(
    simulator: Any, registry: Registry, make_wheel: Any
) -> None:
    """What is kept is never newer or older than what the registry says."""
    simulator.publish(make_wheel("quiet-bot"))
    registry.index()
    simulator.publish(make_wheel("other-bot"))

    assert {"quiet-bot", "other-bot"} == {one.name for one in registry.index()}


def test_a_kept_answer_of_another_registry_is_not_used(tmp_path: Path) -> None:
    """Two registries never share what was kept."""
    one, two = (RegistryHttp(f"https://{name}.dk", tmp_path) for name in ("one", "two"))
    one._keep("/names.json", '"e"', {"names": []})

    assert one.kept("/names.json") == {"names": []}
    assert two.kept("/names.json") is None


def test_a_busy_registry_is_asked_again(simulator: Any, registry: Registry, fault_kinds: Any) -> None:
    """503 is a moment's matter."""
    simulator.spoil("/names.json", fault_kinds.status(503))

    assert registry.owned() == frozenset()


def test_an_error_of_the_registry_names_place_and_reason(
    simulator: Any, registry: Registry, fault_kinds: Any
) -> None:
    """Status and the registry's own words, with what to check."""
    simulator.spoil(
        "/names.json", fault_kinds.status(500, b'{"error": "the disk is full", "help": "make room"}')
    )

    with pytest.raises(UnreachableError, match="answers 500 the disk is full; make room") as caught:
        registry.owned()

    assert simulator.url in caught.value.message
    assert "HTTPS_PROXY" in caught.value.remedy


def test_nobody_there_is_said_in_words(tmp_path: Path) -> None:
    """No traceback and no object names of a library."""
    registry = Registry.at("http://127.0.0.1:9", tmp_path, timeouts=Timeouts(connect=1, read=1, attempts=1))

    with pytest.raises(UnreachableError, match="nobody answers there"):
        registry.index()


def test_a_slow_answer_ends_in_time(simulator: Any, registry: Registry, fault_kinds: Any) -> None:
    """A time-out is an error with a place."""
    quick = replace(registry, http=replace(registry.http, timeouts=Timeouts(connect=1, read=0.2, attempts=1)))
    simulator.spoil("/names.json", fault_kinds.slow(0.6))

    with pytest.raises(UnreachableError, match="no answer in time"):
        quick.owned()


@pytest.mark.parametrize(
    "body", [b"<html>login</html>", b"[", b'{"api": 2}', b'{"names": 5}', b"[" * 100_000]
)
def test_what_is_no_document_is_refused(
    simulator: Any, registry: Registry, fault_kinds: Any, body: bytes
) -> None:
    """A portal on the way, or a registry of another time, is no list of names."""
    simulator.spoil("/names.json", fault_kinds.status(200, body))

    with pytest.raises(BrokenAnswerError):
        registry.owned()


def test_a_redirect_is_not_followed(simulator: Any, registry: Registry, fault_kinds: Any) -> None:
    """What is asked of the registry is answered by the registry."""
    simulator.spoil("/names.json", fault_kinds.status(302))

    with pytest.raises(UnreachableError, match="302"):
        registry.owned()


def test_a_redirect_without_an_end_is_not_read(
    simulator: Any, registry: Registry, fault_kinds: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its body counts against the limit of a document; what comes after that is not waited for."""
    monkeypatch.setattr("rpa_commons.registry_client._http._LARGEST_DOCUMENT", 1000)
    quick = replace(registry, http=replace(registry.http, timeouts=Timeouts(connect=2, read=1, attempts=1)))
    endless, said = fault_kinds.status(302, bytes(200_000), Location="/"), Event()
    simulator.spoil("/names.json", lambda answer: fault_kinds.halted(100_000, said)(endless(answer)))

    with pytest.raises(BrokenAnswerError, match="over 1000 bytes"):
        quick.owned()
    said.set()


def test_a_page_is_no_reason() -> None:
    """A proxy's HTML says nothing to whoever reads an error."""
    assert reason_of(b"<html><body>Forbidden</body></html>") == ""
    assert reason_of(b"line one\nline\x1b[2J two") == "line one line [2J two"


def test_a_cut_download_goes_on_where_it_broke_off(
    simulator: Any, registry: Registry, make_wheel: Any, fault_kinds: Any
) -> None:
    """The second request asks for the rest only."""
    wheel = make_wheel()
    release = simulator.publish(wheel)
    simulator.spoil("/files/", fault_kinds.cut(100))

    fetched = registry.download(entry_of(release))

    assert fetched.read_bytes() == wheel.read_bytes()
    ranges = [headers.get("range") for _, path, headers in simulator.asked if path.startswith("/files/")]
    assert ranges == [None, "bytes=100-"]


def test_a_kept_part_is_used_by_the_next_command(simulator: Any, registry: Registry, make_wheel: Any) -> None:
    """Also when the first one was ended in the middle."""
    wheel = make_wheel()
    release = simulator.publish(wheel)
    file = entry_of(release)
    part = registry.folder / "files" / file.sha256[:16] / f"{file.filename}.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(wheel.read_bytes()[:50])

    assert registry.download(file).read_bytes() == wheel.read_bytes()
    assert simulator.asked[-1][2]["range"] == "bytes=50-"
    assert not part.exists()


def test_a_foreign_part_is_thrown_away_and_fetched_anew(
    simulator: Any, registry: Registry, make_wheel: Any
) -> None:
    """What was kept may be of other bytes: the hash decides, and the whole is fetched once more."""
    wheel = make_wheel()
    release = simulator.publish(wheel)
    file = entry_of(release)
    part = registry.folder / "files" / file.sha256[:16] / f"{file.filename}.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(b"x" * 50)

    assert registry.download(file).read_bytes() == wheel.read_bytes()


def test_a_file_with_another_hash_is_never_kept(
    simulator: Any, registry: Registry, make_wheel: Any, fault_kinds: Any
) -> None:
    """Changed bytes of the right length are an error that says whom to tell."""
    release = simulator.publish(make_wheel())
    simulator.spoil("/files/", fault_kinds.changed, fault_kinds.changed)

    with pytest.raises(DownloadError, match="is not the one the registry lists") as caught:
        registry.download(entry_of(release))

    assert "coordinator" in caught.value.remedy
    assert not list(registry.folder.rglob("*.whl"))
    assert not list(registry.folder.rglob("*.part"))


def test_a_file_that_is_longer_than_listed_is_refused(
    simulator: Any, registry: Registry, make_wheel: Any
) -> None:
    """Nobody fills the disk with what was never promised."""
    release = simulator.publish(make_wheel())
    simulator.files[f"/{release['file']['path']}"] += b"more"

    with pytest.raises(DownloadError, match="longer than"):
        registry.download(entry_of(release))


@pytest.mark.parametrize("number", [403, 404, 410])
def test_a_withheld_file_is_a_refusal(
    simulator: Any, registry: Registry, make_wheel: Any, fault_kinds: Any, number: int
) -> None:
    """What was recalled is not to be had, and the registry's reason is shown."""
    release = simulator.publish(make_wheel())
    simulator.spoil("/files/", fault_kinds.status(number, b"recalled by DIGIT-2026-0001"))

    with pytest.raises(
        ReleaseRefusedError, match="withheld by the registry: recalled by DIGIT-2026-0001"
    ) as caught:
        registry.download(entry_of(release))

    assert caught.value.exit_code == 5


def test_a_file_is_found_by_its_hash_alone(simulator: Any, registry: Registry, make_wheel: Any) -> None:
    """A lock is enough: no catalogue is asked."""
    wheel = make_wheel()
    simulator.publish(wheel)
    sha256 = hashlib.sha256(wheel.read_bytes()).hexdigest()

    fetched = registry.fetch(simulator.url, wheel.name, sha256)

    assert fetched.read_bytes() == wheel.read_bytes()
    assert all(path.startswith("/files/") for path in simulator.paths())


def test_search_falls_back_to_the_list_of_all(simulator: Any, registry: Registry, make_wheel: Any) -> None:
    """Where plain files are served there is no search: filters work all the same."""
    simulator.publish(make_wheel("letter-bot", capabilities=("DigitalPost",)))
    simulator.publish(make_wheel("quiet-bot"))

    assert ["letter-bot"] == [one.name for one in registry.search("", {"capability": "digitalpost"})]
    assert ["letter-bot"] == [one.name for one in registry.search("LETTER", {"kle": "32"})]
    assert () == registry.search("letter", {"tier": "gold"})


def test_search_is_asked_where_there_is_one(simulator: Any, registry: Registry, make_wheel: Any) -> None:
    """The registry knows other words for the same thing."""
    simulator.has_search = True
    simulator.publish(make_wheel())

    assert ["quiet-bot"] == [one.name for one in registry.search("flytning", {"kle": ""})]
    assert simulator.paths() == ["/api/v1/search?q=flytning"]


def test_https_to_a_plain_server_is_no_matter_of_certificates(simulator: Any, tmp_path: Path) -> None:
    """The address is wrong, and nobody looks for a certificate; no file is named that was not read."""
    url = simulator.url.replace("http://", "https://")
    registry = Registry.at(url, tmp_path, timeouts=Timeouts(connect=2, read=2, attempts=1))

    with pytest.raises(UnreachableError, match="it speaks plain http, not https") as caught:
        registry.index()

    assert "municipality.toml" not in caught.value.remedy


def test_a_path_too_many_is_said(simulator: Any, tmp_path: Path) -> None:
    """The address that pip is given has one more."""
    registry = Registry.at(f"{simulator.url}/certified/simple/", tmp_path)

    with pytest.raises(UnreachableError, match="is this a registry") as caught:
        registry.project("quiet-bot")

    assert f"leave the path /certified/simple out: {simulator.url}" == caught.value.remedy


def test_a_wheel_that_is_here_is_not_fetched(
    simulator: Any, registry: Registry, make_wheel: Any, tmp_path: Path
) -> None:
    """By its hash; one that was changed on this disk is fetched anew."""
    wheel = make_wheel()
    simulator.publish(wheel)
    store = WheelStore(tmp_path / "state")
    place = store.keep(wheel, hashlib.sha256(wheel.read_bytes()).hexdigest())
    project, choice = choice_of(registry, Wanted("quiet-bot"), Wish())

    here = fetch_chosen(registry, project, choice, store)
    asked = [one for one in simulator.paths() if one.startswith("/files/")]
    place.write_bytes(b"x")
    fetched = fetch_chosen(registry, project, choice, store)

    assert place == here
    assert [] == asked
    assert fetched.read_bytes() == wheel.read_bytes()
