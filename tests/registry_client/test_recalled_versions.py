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
    assert "go back to 1.0.0; `rpac outdated` names the version" in caught.value.remedy
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


def test_the_second_coordinator_stops_a_bot_too(simulator: Any, town: MunicipalityFolder) -> None:
    """One coordinator is enough, whoever it is; that the key is new is said once."""
    simulator.advisories = [advisory(project="other-bot")]
    refresh(town, force=True)
    simulator.advisories.append(advisory(OTHER, number=2))

    recalls = refresh(town, force=True)
    again = refresh(town, force=True)

    kept = json.loads((town.state_dir / "registry-keys.json").read_text(encoding="utf-8"))
    assert kept == {simulator.url: [public_key_text(KEY)]}
    assert ["DIGIT-2026-0001", "DIGIT-2026-0002"] == [one.id for one in recalls.advisories]
    assert "was not seen here before, and counts all the same" in recalls.warnings[0]
    assert f'keys = [..., "{public_key_text(OTHER)}"]' in recalls.warnings[0]
    assert (recalls.advisories, ()) == (again.advisories, again.warnings)


def test_a_key_that_was_not_seen_before_ends_nothing(simulator: Any, town: MunicipalityFolder) -> None:
    """Whoever takes over the registry can stop bots, but not let a recalled one run."""
    simulator.advisories = [advisory()]
    refresh(town, force=True)
    simulator.advisories = [advisory(OTHER, withdrawn="2026-11-23T00:00:00Z")]

    recalls = refresh(town, force=True)

    assert ["DIGIT-2026-0001"] == [one.id for one in recalls.advisories]
    assert "is not ended by it" in recalls.warnings[0]


def test_a_withdrawal_ahead_of_its_advisory_takes_nothing_from_it(
    simulator: Any, town: MunicipalityFolder
) -> None:
    """The next number can be guessed; a stranger's word on it must not silence the coordinator's."""
    simulator.advisories = [advisory(project="other-bot", number=9)]
    refresh(town, force=True)
    simulator.advisories = [advisory(OTHER, withdrawn="2026-11-23T00:00:00Z")]
    refresh(town, force=True)
    simulator.advisories = [advisory()]

    assert "DIGIT-2026-0001" in [one.id for one in refresh(town, force=True).advisories]


def test_who_issued_an_advisory_may_end_it(simulator: Any, town: MunicipalityFolder) -> None:
    """Also where the key was new here."""
    simulator.advisories = [advisory(project="other-bot", number=9)]
    refresh(town, force=True)
    simulator.advisories = [advisory(OTHER)]
    refresh(town, force=True)
    simulator.advisories = [advisory(OTHER, withdrawn="2026-11-23T00:00:00Z")]

    assert ["DIGIT-2026-0009"] == [one.id for one in refresh(town, force=True).advisories]


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
    """Exit 1: an older version is looked at before it is taken, and a command lists the cases."""
    simulator.publish(make_wheel(version="1.0.0"))
    simulator.publish(
        make_wheel(version="1.1.0"), state="certified", quarantined={"advisory": "DIGIT-2026-0001"}, file=None
    )
    simulator.advisories = [advisory()]

    code, out, _ = rpac("outdated")

    assert code == 1
    assert "quiet-bot 1.1.0, back to 1.0.0: nothing newer may be installed" in out
    assert "recalled by DIGIT-2026-0001: greets the dead; go back to 1.0.0" in out
    assert "rpac upgrade greet --to 1.0.0 --plan" in out
    assert "rpac items list greet --bot-version 1.1.0" in out


def test_a_newer_version_replaces_a_recalled_one(simulator: Any, rpac: Any, make_wheel: Any) -> None:
    """Then the command is the one that moves on, and nothing is said of going back."""
    simulator.publish(
        make_wheel(version="1.1.0"), state="certified", quarantined={"advisory": "DIGIT-2026-0001"}, file=None
    )
    simulator.publish(make_wheel(version="1.1.1"))
    simulator.advisories = [advisory()]

    code, out, _ = rpac("outdated")

    assert code == 1
    assert "quiet-bot 1.1.0 -> 1.1.1" in out
    assert "  rpac upgrade greet --to 1.1.1\n" in out
    assert "back" not in out.replace("go back to 1.0.0", "")


def test_info_says_what_happened(simulator: Any, rpac: Any, make_wheel: Any) -> None:
    """A refusal sends people there: the advisory with its summary and remedy, not its number alone."""
    simulator.publish(
        make_wheel(version="1.1.0"), state="certified", quarantined={"advisory": "DIGIT-2026-0001"}, file=None
    )
    simulator.advisories = [advisory()]

    code, out, _ = rpac("info", "quiet-bot", "1.1.0")

    assert code == 0
    assert "recalled by DIGIT-2026-0001: greets the dead; go back to 1.0.0" in out
