"""Connector wheels from a file to a run: installed, locked, changed, upgraded, refused."""

import base64
import contextlib
import hashlib
import io
import json
import shutil
import sys
import zipfile
from pathlib import Path
from typing import NamedTuple

import pytest

from rpa_commons.cli import main
from rpa_commons.config import ConfigError
from rpa_commons.environments import (
    ConnectorConflictError,
    ConnectorInUseError,
    ConnectorNotReadyError,
    ManifestMismatchError,
    WheelRefusedError,
    install,
    plan_removal,
    python_of,
    read_lock,
)
from tests.e2e.connectors.connector_town import INSTANCE, PAPER, TALLY, Town, Wheels, quiet

pytestmark = pytest.mark.network


class Said(NamedTuple):
    """How a command ended, and all that it said."""

    exit_code: int
    output: str
    stdout: str


def rpac(town: Town, *words: str) -> Said:
    """A command of a municipality."""
    out, err = io.StringIO(), io.StringIO()
    with (
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr(sys, "argv", ["rpac", "-C", str(town.folder), *words])
        with pytest.raises(SystemExit) as ended:
            main()
    return Said(int(ended.value.code or 0), out.getvalue() + err.getvalue(), out.getvalue())


def test_two_municipalities_run_the_same_bot_wheel_on_different_connectors(
    wheels: Wheels, roskilde: Town, lejre: Town
) -> None:
    """The bot knows neither connector; each municipality's stack decides where its voucher goes."""
    install(roskilde.municipality, [wheels.paper, wheels.bot], progress=quiet)
    install(lejre.municipality, [wheels.tally, wheels.bot], progress=quiet)

    entries = [read_lock(one.folder).entry("book-keeper") for one in (roskilde, lejre)]
    assert entries[0].sha256 == entries[1].sha256
    assert [("connector-paper-ledger",), ("connector-tally-ledger",)] == [one.connectors for one in entries]
    assert 0 == roskilde.go("plan")["exit_code"]
    assert [] == roskilde.lines
    for one in (roskilde, lejre):
        assert (0, 1) == ((last := one.go())["exit_code"], last["done"])
        assert ["voucher-1"] == [line["reference"] for line in one.lines]
    assert ("paper-ledger",) == read_lock(roskilde.folder).instances[0].connectors
    (said,) = json.loads(rpac(roskilde, "status", "--json").stdout)["instances"]
    (used,) = said["last_run"]["connectors"]
    assert ("Ledger", "connector-paper-ledger", "1.0.0") == (
        used["capability"],
        used["wheel"],
        used["version"],
    )


def test_a_connector_of_a_wheel_is_not_reached_from_the_sandbox(wheels: Wheels, roskilde: Town) -> None:
    """No simulator is known for it: nothing runs until the environment says where it shall go instead."""
    install(roskilde.municipality, [wheels.paper, wheels.bot], progress=quiet)
    refused = [rpac(roskilde, word, INSTANCE, "-E", "sandbox") for word in ("plan", "run")]
    place = roskilde.folder / "environments" / "sandbox" / "stack.toml"
    place.parent.mkdir(parents=True)
    place.write_text('[Ledger.settings]\nfile = "out/sandbox.jsonl"\n', encoding="utf-8")
    planned = rpac(roskilde, "plan", INSTANCE, "-E", "sandbox")

    assert [5, 5] == [one.exit_code for one in refused]
    assert all("says nothing of Ledger (paper-ledger)" in one.output for one in refused)
    assert [] == roskilde.lines
    assert 0 == planned.exit_code, planned.output


def test_a_connector_sees_the_secrets_that_its_settings_name_and_no_others(
    wheels: Wheels, roskilde: Town
) -> None:
    """OTHER_PASSWORD is in the host's environment and never reaches the worker."""
    install(roskilde.municipality, [wheels.paper, wheels.bot], progress=quiet)
    roskilde.go()

    assert [["PAPER_PASSWORD"]] == [line["passwords"] for line in roskilde.lines]


def test_the_configuration_knows_the_connector_from_its_manifest(wheels: Wheels, roskilde: Town) -> None:
    """A setting is explained with file and line, checked, set, and in the editor's schema."""
    before = rpac(roskilde, "config", "check")
    assert 1 == before.exit_code
    assert "rpac install paper-ledger" in before.output
    install(roskilde.municipality, [wheels.paper, wheels.bot], progress=quiet)

    explained = rpac(roskilde, "config", "explain", INSTANCE, "stack.Ledger.settings.file")
    assert 0 == explained.exit_code
    assert "stack.toml:5" in explained.output
    assert "The file, relative to the municipality's folder." in explained.output
    assert 0 == rpac(roskilde, "config", "check").exit_code
    wrong = rpac(roskilde, "config", "set", "stack.Ledger.settings.copies", "12")
    assert 0 != wrong.exit_code
    assert "E203" in wrong.output or "at most 9" in wrong.output
    assert 0 == rpac(roskilde, "config", "set", "stack.Ledger.settings.copies", "2").exit_code
    schema = json.loads(rpac(roskilde, "config", "schema", "stack", "--json").stdout)
    assert "paper-ledger" in json.dumps(schema)


def test_a_stack_that_names_another_connector_says_what_to_do(wheels: Wheels, roskilde: Town) -> None:
    """The old environment lacks it: a run is refused with the command that makes it, and then goes on."""
    install(roskilde.municipality, [wheels.paper, wheels.tally, wheels.bot], progress=quiet)
    assert ("connector-paper-ledger",) == read_lock(roskilde.folder).entry("book-keeper").connectors
    roskilde.says(TALLY)

    with pytest.raises(ConnectorNotReadyError, match="tally-ledger") as refused:
        roskilde.go("plan")
    assert "rpac install" in refused.value.remedy
    assert f"not installed yet: {INSTANCE}; `rpac install`" in rpac(roskilde, "config", "check").output
    (moved,) = install(roskilde.municipality, [], progress=quiet)
    assert ("book-keeper", True) == (moved.name, moved.changed)
    assert ("connector-tally-ledger",) == read_lock(roskilde.folder).entry("book-keeper").connectors
    assert 1 == roskilde.go()["done"]


def test_a_stack_of_one_environment_is_locked_too(wheels: Wheels, roskilde: Town) -> None:
    """What only the test environment names is in the lock: trying it out needs no other lock."""
    roskilde.says(TALLY, "environments/test/stack.toml")
    install(roskilde.municipality, [wheels.paper, wheels.tally, wheels.bot], progress=quiet)

    entry = read_lock(roskilde.folder).entry("book-keeper")
    assert ("connector-paper-ledger", "connector-tally-ledger") == entry.connectors


def test_an_upgrade_shows_a_renamed_setting_and_rewrites_the_stack(wheels: Wheels, roskilde: Town) -> None:
    """First the plan with the diff, then the files, the lock and the environment, all together."""
    install(roskilde.municipality, [wheels.paper, wheels.bot], progress=quiet)
    words = ("upgrade", "paper-ledger", "--to", str(wheels.renamed))

    plan = rpac(roskilde, *words, "--plan")
    assert (0, PAPER) == (plan.exit_code, (roskilde.folder / "stack.toml").read_text(encoding="utf-8"))
    assert "connector-paper-ledger 1.0.0 -> 2.0.0" in plan.output
    assert '-file = "out/vouchers.jsonl"' in plan.output
    assert '+path = "out/vouchers.jsonl"' in plan.output
    done = rpac(roskilde, *words, "--yes")
    assert 0 == done.exit_code, done.output
    assert PAPER.replace("file =", "path =") == (roskilde.folder / "stack.toml").read_text(encoding="utf-8")
    assert "2.0.0" == read_lock(roskilde.folder).connectors[0].version
    assert 1 == roskilde.go()["done"]


def test_an_old_stack_under_a_new_connector_is_a_finding(wheels: Wheels, roskilde: Town) -> None:
    """Installed without the upgrade, the old key is named with the command that mends it."""
    install(roskilde.municipality, [wheels.renamed, wheels.bot], progress=quiet)

    with pytest.raises(ConfigError) as wrong:
        roskilde.go("plan")
    (finding,) = wrong.value.findings
    assert ("E501", "stack.Ledger.settings.file", 5) == (finding.code, finding.key, finding.line)
    assert "rpac upgrade connector-paper-ledger" in finding.help
    again = rpac(roskilde, "upgrade", "paper-ledger", "--yes")
    assert 0 == again.exit_code, again.output
    assert 1 == roskilde.go()["done"]


def test_what_does_not_go_together_names_both(wheels: Wheels, roskilde: Town) -> None:
    """A connector that requires another click than rpa-commons is refused; what was there still works."""
    install(roskilde.municipality, [wheels.paper, wheels.bot], progress=quiet)
    before = (roskilde.folder / "rpac.lock").read_bytes()

    with pytest.raises(ConnectorConflictError) as conflict:
        install(roskilde.municipality, [wheels.stubborn], progress=quiet)
    assert "book-keeper 1.0.0 and connector-paper-ledger 1.1.0" in conflict.value.message
    assert before == (roskilde.folder / "rpac.lock").read_bytes()
    assert python_of(roskilde.municipality, INSTANCE).exists()


def test_a_connector_is_removed_when_nothing_names_it(wheels: Wheels, roskilde: Town) -> None:
    """In use it stays, and the refusal says where; unused it goes, with its wheel."""
    install(roskilde.municipality, [wheels.paper, wheels.tally, wheels.bot], progress=quiet)

    with pytest.raises(ConnectorInUseError, match="the stack names paper-ledger for Ledger"):
        plan_removal(roskilde.municipality, "paper-ledger")
    done = rpac(roskilde, "remove", "tally-ledger", "--yes")
    assert (0, ["connector-paper-ledger"]) == (
        done.exit_code,
        [one.name for one in read_lock(roskilde.folder).connectors],
    )
    listed = rpac(roskilde, "list", "--offline").output
    assert "connector-paper-ledger 1.0.0 (connector)" in listed
    assert f"brings paper-ledger; used by {INSTANCE}" in listed


def test_two_wheels_cannot_bring_one_name(wheels: Wheels, roskilde: Town, tmp_path: Path) -> None:
    """A stack must mean one thing."""
    install(roskilde.municipality, [wheels.paper, wheels.bot], progress=quiet)
    twin = changed(wheels.tally, tmp_path, ('"name": "tally-ledger"', '"name": "paper-ledger"'))

    with pytest.raises(WheelRefusedError, match="as connector-paper-ledger does"):
        install(roskilde.municipality, [twin], progress=quiet)


def test_a_manifest_that_its_code_does_not_give_is_refused(
    wheels: Wheels, roskilde: Town, tmp_path: Path
) -> None:
    """Whoever edits the manifest of a connector wheel gets it past nobody."""
    lying = changed(wheels.paper, tmp_path, ("Where the lines go.", "Where no lines go."))

    with pytest.raises(ManifestMismatchError, match="connector-paper-ledger"):
        install(roskilde.municipality, [lying, wheels.bot], progress=quiet)
    assert not (roskilde.folder / "rpac.lock").exists()


def test_a_worker_refuses_an_environment_with_another_wheel(wheels: Wheels, roskilde: Town) -> None:
    """The worker holds the installed manifest against the lock before it calls anything."""
    install(roskilde.municipality, [wheels.paper, wheels.bot], progress=quiet)
    environment = python_of(roskilde.municipality, INSTANCE).parents[1]
    (installed,) = environment.glob("**/connector_paper_ledger-*.dist-info/extra_metadata/rpac.json")
    text = installed.read_text(encoding="utf-8").replace('"post": "probe"', '"post": "keyed"')
    installed.unlink()  # it may be a link into uv's cache
    installed.write_text(text, encoding="utf-8")

    last = roskilde.go()
    assert "refused" == last["event"]
    assert "the environment has another connector-paper-ledger than rpac.lock" in last["message"]
    assert [] == roskilde.lines


def changed(wheel: Path, to: Path, change: tuple[str, str]) -> Path:
    """A copy of a wheel whose manifest says something else, with a RECORD that fits."""
    copy = to / "changed" / wheel.name
    copy.parent.mkdir()
    shutil.copyfile(wheel, copy)
    with zipfile.ZipFile(wheel) as old, zipfile.ZipFile(copy, "w") as new:
        members = {one: old.read(one) for one in old.namelist()}
        manifest = next(one for one in members if one.endswith("rpac.json"))
        record = next(one for one in members if one.endswith("RECORD"))
        before = row(manifest, members[manifest])
        members[manifest] = members[manifest].replace(*(one.encode() for one in change))
        members[record] = members[record].replace(before, row(manifest, members[manifest]))
        for one, content in members.items():
            new.writestr(one, content)
    return copy


def row(member: str, content: bytes) -> bytes:
    """A member's line in RECORD."""
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    return f"{member},sha256={digest},{len(content)}".encode()
