"""What is kept: whole, verified at each use, never half written."""

import json
import os
import shutil
from pathlib import Path

import pytest

from rpa_commons.specs import (
    DamagedSpecError,
    MissingSpecError,
    SpecsStore,
    Trust,
    invoice_checker,
    listing,
    rule_sets,
    specs_folder,
)
from tests.unit.specs.conftest import COMMON, MAIN, RULES_1, RULES_2

TRUST = Trust(reason="read by two of us", by="mette", at="2026-11-02T10:00:00+00:00")


@pytest.fixture
def filled(store: SpecsStore) -> SpecsStore:
    """A store with a known version of two families, and a trusted one."""
    files = {"maindoc/Main.xsd": MAIN.encode(), "common/Common.xsd": COMMON.encode()}
    store.put("schema", "2.1", files, valid_from=None, trust=None)
    store.put("rules", "1.1", {"R.xslt": RULES_2.encode()}, valid_from=None, trust=None)
    store.put("rules", "1.2", {"R.xslt": b"<rules>3</rules>"}, valid_from=None, trust=TRUST)
    return store


def states(store: SpecsStore) -> dict[str, str]:
    """What verifying says, by name and version."""
    return {f"{one.name} {one.version}": one.state for one in store.verify()}


def test_an_empty_store_has_nothing(store: SpecsStore) -> None:
    """Its folder need not exist."""
    assert ([], {}) == (store.stored(), states(store))
    with pytest.raises(MissingSpecError, match=r"there is no rules 1\.1 here") as caught:
        store.load("rules", "1.1")
    assert "rpac specs add" in caught.value.remedy


def test_what_is_kept_is_given_back(filled: SpecsStore) -> None:
    """The bytes that were verified, by their paths."""
    assert {"maindoc/Main.xsd": MAIN.encode(), "common/Common.xsd": COMMON.encode()} == filled.load(
        "schema", "2.1"
    )
    assert {"rules 1.1": "ok", "rules 1.2": "trusted", "schema 2.1": "ok"} == states(filled)


@pytest.mark.parametrize(("name", "version"), [("rules", "1.1"), ("rules", "1.2")])
def test_a_changed_file_is_not_used(name: str, version: str, filled: SpecsStore) -> None:
    """Neither a known nor a trusted one."""
    (filled.folder / name / version / "R.xslt").write_bytes(RULES_1.encode())

    with pytest.raises(DamagedSpecError, match=r"R\.xslt has another SHA-256") as caught:
        filled.load(name, version)

    assert f"{name} {version}" == caught.value.label
    assert "damaged" == states(filled)[f"{name} {version}"]


def test_a_record_cannot_vouch_for_a_changed_known_file(filled: SpecsStore) -> None:
    """The checksum of a known version is the table's, whatever stands beside the file."""
    place = filled.folder / "rules" / "1.1"
    filled.put("rules", "1.1", {"R.xslt": b"<evil/>"}, valid_from=None, trust=TRUST)

    with pytest.raises(DamagedSpecError):
        filled.load("rules", "1.1")
    assert "<evil/>" == (place / "R.xslt").read_text("utf-8")


def test_a_missing_file_is_said(filled: SpecsStore) -> None:
    """With its path."""
    (filled.folder / "schema" / "2.1" / "common" / "Common.xsd").unlink()

    with pytest.raises(DamagedSpecError, match=r"common/Common\.xsd cannot be read"):
        filled.load("schema", "2.1")


def test_a_file_that_does_not_belong_there_is_said(filled: SpecsStore) -> None:
    """It is never used, but somebody put it there."""
    (filled.folder / "rules" / "1.1" / "extra.xslt").write_text("<x/>", encoding="utf-8")

    assert RULES_2.encode() == filled.load("rules", "1.1")["R.xslt"]
    assert "damaged" == states(filled)["rules 1.1"]


@pytest.mark.parametrize(
    "change",
    [
        {"files": {"../../R.xslt": "0" * 64}},
        {"files": {"/etc/passwd": "0" * 64}},
        {"files": {"c:\\x": "0" * 64}},
        {"files": ["R.xslt"]},
        {"version": "9"},
        {"trust": None},
        {"trust": {"why": "x"}},
        {"valid_from": "yesterday"},
    ],
)
def test_a_record_that_is_not_ours_is_no_version(change: dict[str, object], filled: SpecsStore) -> None:
    """It leads nowhere outside its folder, and verifying says that it is damaged."""
    path = filled.folder / "rules" / "1.2" / "spec.json"
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | change), encoding="utf-8")

    assert ["rules 1.1", "schema 2.1"] == [one.label for one in filled.stored()]
    assert "damaged" == states(filled)["rules 1.2"]
    with pytest.raises(MissingSpecError):
        filled.load("rules", "1.2")


def test_a_record_that_is_no_json_is_no_version(filled: SpecsStore) -> None:
    """As a disk that was full leaves it."""
    (filled.folder / "rules" / "1.2" / "spec.json").write_text("{", encoding="utf-8")

    assert "damaged" == states(filled)["rules 1.2"]


def test_adding_again_replaces_and_leaves_nothing_behind(filled: SpecsStore) -> None:
    """A damaged version is mended by adding it again."""
    (filled.folder / "rules" / "1.1" / "R.xslt").write_bytes(b"broken")
    (filled.folder / "rules" / "1.1" / "extra.xslt").write_bytes(b"x")

    filled.put("rules", "1.1", {"R.xslt": RULES_2.encode()}, valid_from=None, trust=None)

    assert "ok" == states(filled)["rules 1.1"]
    assert ["rules", "schema"] == sorted(path.name for path in filled.folder.iterdir())


def test_what_broke_off_is_not_there(filled: SpecsStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """A version appears whole or not at all, and what was kept before stays."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("rpa_commons.specs._store._write", full)

    for version in ("1.0", "1.1"):
        with pytest.raises(OSError, match="No space left"):
            filled.put("rules", version, {"R.xslt": b"x"}, valid_from=None, trust=None)

    assert {"rules 1.1": "ok", "rules 1.2": "trusted", "schema 2.1": "ok"} == states(filled)
    assert ["rules", "schema"] == sorted(path.name for path in filled.folder.iterdir())


def test_the_rule_sets_of_a_store(filled: SpecsStore) -> None:
    """Every family for invoices, in order, with what is kept; a compiler is none."""
    sets = rule_sets(filled)

    assert [("schema", ["2.1"]), ("rules", ["1.1", "1.2"])] == [
        (one.name, [pack.version for pack in one.packs]) for one in sets
    ]
    assert sets[1].packs[0].valid_from is not None


def test_a_damaged_pack_stops_the_check_that_needs_it(filled: SpecsStore) -> None:
    """Files are read at their first use; an invoice is never checked by other rules than it says."""
    (filled.folder / "schema" / "2.1" / "common" / "Common.xsd").write_text("<x/>", encoding="utf-8")
    checker = invoice_checker(filled)
    document = b'<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"><a/></Invoice>'
    claimed = document.replace(
        b"<a/>",
        b'<c:CustomizationID xmlns:c="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">'
        b"urn:test</c:CustomizationID>",
    )

    with pytest.raises(DamagedSpecError, match=r"schema 2\.1 is not used"):
        checker.check(claimed)


def test_the_listing_has_known_and_trusted_versions(filled: SpecsStore) -> None:
    """Known ones with their source, trusted ones with their reason."""
    rows = {f"{row.family.name} {row.version}": row for row in listing(filled)}

    assert ["schema 2.1", "rules 1.0", "rules 1.1", "rules 1.2", "compiler 1.3.4"] == list(rows)
    assert [True, False, True, True, False] == [row.kept for row in rows.values()]
    assert TRUST == rows["rules 1.2"].trust
    assert "https://example.org/1.xslt" == rows["rules 1.0"].source
    assert "2025-01-01" == rows["rules 1.0"].to_json()["valid_from"]


def test_the_newest_known_version_is_used_before_one_that_is_trusted(filled: SpecsStore) -> None:
    """Of a family that nothing is kept of there is none."""
    newest = {name: filled.newest(name) for name in ("rules", "schema", "compiler")}

    assert {"rules": "1.1", "schema": "2.1", "compiler": None} == {
        name: one and one.version for name, one in newest.items()
    }


def test_where_the_folder_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is said wins over the variable, and that over the user's data folder."""
    monkeypatch.setattr("platformdirs.user_data_path", lambda *_, **__: tmp_path / "data")

    assert tmp_path / "said" == specs_folder(
        tmp_path / "said", environment={"RPAC_SPECS_FOLDER": str(tmp_path / "named")}
    )
    assert tmp_path / "named" == specs_folder(environment={"RPAC_SPECS_FOLDER": str(tmp_path / "named")})
    assert tmp_path / "data" / "specs" == specs_folder(environment={})


@pytest.mark.skipif(os.name == "nt", reason="permissions are inherited there")
def test_another_account_may_read_what_an_administrator_added(filled: SpecsStore) -> None:
    """The folder of a version is made like any other of its user."""
    plain = filled.folder.parent / "plain"
    plain.mkdir()

    modes = {
        path.stat().st_mode for path in (plain, filled.folder / "rules", filled.folder / "rules" / "1.1")
    }

    assert 1 == len(modes)


def test_what_a_killed_addition_left_is_no_version(filled: SpecsStore) -> None:
    """Neither listed nor called damaged."""
    shutil.copytree(filled.folder / "rules" / "1.1", filled.folder / ".new-0" / "old")

    assert ["rules 1.1", "rules 1.2", "schema 2.1"] == [one.label for one in filled.stored()]
    assert {"rules 1.1": "ok", "rules 1.2": "trusted", "schema 2.1": "ok"} == states(filled)
