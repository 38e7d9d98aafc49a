"""Recalls: believed by signature, held against a silent registry, and what they stop."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from rpa_commons.cli import main
from rpa_commons.config import MunicipalityFolder, open_municipality
from rpa_commons.conformance import public_key_text, sign
from rpa_commons.environments import LockedPackage, LockEntry, LockFile, read_lock, write_lock
from rpa_commons.registry_client import PausedError, guard, known, refresh
from rpa_commons.registry_client import _recalls as module

ID = "0b6f0c1e-0000-4000-8000-000000000001"
KEY = Ed25519PrivateKey.from_private_bytes(b"1" * 32)
OTHER = Ed25519PrivateKey.from_private_bytes(b"2" * 32)


def advisory(key: Ed25519PrivateKey = KEY, *, number: int = 1, **changes: Any) -> dict[str, Any]:
    """A signed advisory about quiet-bot 1.1.0."""
    signed = {
        "id": f"DIGIT-2026-{number:04}",
        "project": "quiet-bot",
        "versions": ["1.1.0"],
        "severity": "high",
        "summary": "greets the dead",
        "remedy": "go back to 1.0.0",
        "issued": "2026-11-22T09:00:00Z",
        "withdrawn": None,
    } | changes
    return {
        "signed": signed,
        "person": "anna",
        "member": "0167",
        "key": public_key_text(key),
        "signature": sign(key, signed),
    }


@pytest.fixture
def town(hvidovre: Path, simulator: Any) -> MunicipalityFolder:
    """Hvidovre with quiet-bot 1.1.0 of the registry locked, and one instance of it."""
    (hvidovre / "bots" / "greet.toml").write_text(f'bot = "quiet-bot"\nid = "{ID}"\n', encoding="utf-8")
    entry = LockEntry(
        name="quiet-bot",
        version="1.1.0",
        wheel="quiet_bot-1.1.0-py3-none-any.whl",
        sha256="a" * 64,
        manifest_sha256="b" * 64,
        python="3.11",
        registry=simulator.url,
        channel="certified",
    )
    write_lock(hvidovre, LockFile(entries=(entry,)))
    return open_municipality(hvidovre)


@pytest.fixture
def rpac(
    town: MunicipalityFolder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Run ``rpac`` for the municipality."""

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["rpac", "-C", str(town.folder), *arguments])
        with pytest.raises(SystemExit) as caught:
            main()
        printed = capsys.readouterr()
        assert isinstance(caught.value.code, int)
        return caught.value.code, printed.out, printed.err

    return run


def with_registry(town: MunicipalityFolder, **changes: Any) -> MunicipalityFolder:
    """The municipality with other words about its registry."""
    return replace(town, registry=replace(town.registry, **changes))


def test_a_recalled_version_pauses_its_instance(simulator: Any, town: MunicipalityFolder) -> None:
    """The error names advisory, summary, and what to do about the version and its cases."""
    simulator.advisories = [advisory()]

    with pytest.raises(PausedError) as caught:
        list(guard(town, "greet"))

    assert caught.value.exit_code == 5
    assert caught.value.message == (
        "greet is paused: quiet-bot 1.1.0 was recalled by DIGIT-2026-0001: greets the dead"
    )
    assert "go back to 1.0.0; `rpac upgrade greet`" in caught.value.remedy
    assert "rpac items list greet --bot-version 1.1.0" in caught.value.remedy


def test_another_version_runs_on(simulator: Any, town: MunicipalityFolder) -> None:
    """An advisory is about the versions it names."""
    simulator.advisories = [advisory(versions=["1.0.0"]), advisory(number=2, project="other-bot")]

    assert [] == list(guard(town, "greet"))


def test_a_recalled_package_beside_the_bot_pauses_it_too(simulator: Any, town: MunicipalityFolder) -> None:
    """What the bot was installed with is what it runs on."""
    entry = read_lock(town.folder).entry("quiet-bot")
    words = LockedPackage(
        name="greeting-words", version="2.0", hashes=("sha256:" + "c" * 64,), registry=simulator.url
    )
    write_lock(town.folder, LockFile(entries=(entry.model_copy(update={"packages": (words,)}),)))
    simulator.advisories = [advisory(project="greeting-words", versions=["2.0"])]

    with pytest.raises(PausedError, match=r"greeting-words 2\.0 was recalled"):
        list(guard(town, "greet"))


def test_on_recall_warn_only_warns(simulator: Any, town: MunicipalityFolder) -> None:
    """The municipality's own policy, said with each run."""
    simulator.advisories = [advisory()]

    (warning,) = guard(with_registry(town, on_recall="warn"), "greet")

    assert warning.startswith("quiet-bot 1.1.0 was recalled by DIGIT-2026-0001: greets the dead; it goes on")


def test_a_registry_that_is_gone_stops_nothing_new_and_forgets_nothing_known(
    simulator: Any, town: MunicipalityFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bot runs on with a warning; what was recalled before stays paused."""
    gone = with_registry(town, url="http://127.0.0.1:9")

    (warning,) = guard(gone, "greet")
    simulator.advisories = [advisory()]
    refresh(town, force=True)
    monkeypatch.setattr(module, "_FRESH", 0.0)
    monkeypatch.setattr(module, "_TRIED", 0.0)

    assert warning.startswith("recalls could not be asked for, never heard of yet: http://127.0.0.1:9")
    simulator.spoil("/advisories.json", *[lambda _: simulator.answer("/nothing", "")] * 3)
    with pytest.raises(PausedError):
        list(guard(town, "greet"))


def test_the_registry_is_asked_before_every_run(simulator: Any, town: MunicipalityFolder) -> None:
    """A recall of this minute stops the next run; for a look, ten minutes' old news will do."""
    list(guard(town, "greet"))
    simulator.advisories = [advisory()]
    refresh(town)
    assert simulator.paths().count("/advisories.json") == 1

    with pytest.raises(PausedError):
        list(guard(town, "greet"))

    assert simulator.paths().count("/advisories.json") == 2


def test_a_failed_question_is_not_repeated_at_once(town: MunicipalityFolder) -> None:
    """A dead registry costs one short wait a minute, not one a run."""
    gone = with_registry(town, url="http://127.0.0.1:9")

    assert 1 == len(list(guard(gone, "greet")))
    assert [] == list(guard(gone, "greet"))


def test_a_wrong_signature_is_not_believed(simulator: Any, town: MunicipalityFolder) -> None:
    """Somebody on the way cannot stop a municipality's bots."""
    forged = advisory()
    forged["signed"] = forged["signed"] | {"versions": ["1.1.0", "1.0.0"]}
    simulator.advisories = [forged]

    (warning,) = guard(town, "greet")

    assert "anna's advisory DIGIT-2026-0001 has a wrong signature and is not believed" in warning


def test_the_first_keys_are_pinned_and_a_later_one_is_not_believed(
    simulator: Any, town: MunicipalityFolder
) -> None:
    """Whoever takes over the registry later cannot speak for the coordinators."""
    simulator.advisories = [advisory(project="other-bot")]
    refresh(town, force=True)
    simulator.advisories.append(advisory(OTHER, number=2))

    recalls = refresh(town, force=True)

    kept = json.loads((town.state_dir / "registry-keys.json").read_text(encoding="utf-8"))
    assert kept == {simulator.url: [public_key_text(KEY)]}
    assert ["DIGIT-2026-0001"] == [one.id for one in recalls.advisories]
    assert f'keys = [..., "{public_key_text(OTHER)}"]' in recalls.warnings[0]


def test_keys_of_the_municipality_are_the_only_ones(simulator: Any, town: MunicipalityFolder) -> None:
    """What stands in municipality.toml was checked by a person."""
    simulator.advisories = [advisory(), advisory(OTHER, number=2)]

    recalls = refresh(with_registry(town, keys=(public_key_text(OTHER),)), force=True)

    assert ["DIGIT-2026-0002"] == [one.id for one in recalls.advisories]
    assert not (town.state_dir / "registry-keys.json").exists()


def test_what_the_registry_no_longer_shows_still_holds(simulator: Any, town: MunicipalityFolder) -> None:
    """Taking a recall back takes a coordinator's signature, not a missing line."""
    simulator.advisories = [advisory()]
    refresh(town, force=True)
    simulator.advisories = []

    assert ["DIGIT-2026-0001"] == [one.id for one in refresh(town, force=True).advisories]


def test_a_signed_withdrawal_ends_it_for_good(simulator: Any, town: MunicipalityFolder) -> None:
    """Also when the older document is shown again."""
    simulator.advisories = [advisory()]
    refresh(town, force=True)
    simulator.advisories = [advisory(withdrawn="2026-11-23T09:00:00Z")]
    assert () == refresh(town, force=True).advisories
    simulator.advisories = [advisory()]

    assert () == refresh(town, force=True).advisories


def test_what_was_kept_is_checked_again(simulator: Any, town: MunicipalityFolder) -> None:
    """An edited file in state_dir neither invents nor changes a recall."""
    simulator.advisories = [advisory(project="other-bot")]
    refresh(town, force=True)
    place = town.state_dir / "registry" / "advisories.json"
    place.write_text(place.read_text(encoding="utf-8").replace("other-bot", "quiet-bot"), encoding="utf-8")

    assert () == known(town).advisories


def test_run_and_plan_are_refused_with_5(simulator: Any, rpac: Any) -> None:
    """Before anything else of the instance is looked at."""
    simulator.advisories = [advisory()]

    for command in ("run", "plan"):
        code, out, err = rpac(command, "greet")
        assert (code, out) == (5, "")
        assert "error: greet is paused: quiet-bot 1.1.0 was recalled by DIGIT-2026-0001" in err


def test_status_shows_what_is_paused_without_asking(
    simulator: Any, town: MunicipalityFolder, rpac: Any
) -> None:
    """A reader sees why nothing runs; the registry is not asked."""
    simulator.advisories = [advisory()]
    refresh(town, force=True)
    asked = len(simulator.asked)

    _, out, _ = rpac("status")
    _, document, _ = rpac("status", "--json")

    assert "paused: no run starts: quiet-bot 1.1.0 was recalled by DIGIT-2026-0001: greets the dead" in out
    (row,) = json.loads(document)["instances"]
    assert (True, "DIGIT-2026-0001") == (
        row["recalled"]["paused"],
        row["recalled"]["advisories"][0]["advisory"],
    )
    assert asked == len(simulator.asked)


def test_outdated_names_what_was_recalled(simulator: Any, rpac: Any, make_wheel: Any) -> None:
    """Exit 1, with the version that may be installed instead."""
    simulator.publish(make_wheel(version="1.0.0"))
    simulator.publish(
        make_wheel(version="1.1.0"), state="certified", quarantined={"advisory": "DIGIT-2026-0001"}, file=None
    )
    simulator.advisories = [advisory()]

    code, out, _ = rpac("outdated")

    assert code == 1
    assert "quiet-bot 1.1.0 -> 1.0.0" in out
    assert "recalled by DIGIT-2026-0001" in out
    assert "rpac upgrade greet --to 1.0.0" in out
