"""`rpac specs`, `rpac validate invoice` and `rpac validate xml` as a person types them."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from rpa_commons.cli import main
from rpa_commons.specs import Family, SpecsStore
from tests.unit.specs.conftest import COMMON, MAIN, RULES_2
from tests.unit.validators.invoices.invoice_packs import SVRL, invoice

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(store: SpecsStore, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run `rpac` with the store of the test; gives exit code, output and talk."""
    monkeypatch.setenv("RPAC_SPECS_FOLDER", str(store.folder))

    def call(*arguments: str | Path) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["rpac", *map(str, arguments)])
        with pytest.raises(SystemExit) as caught:
            main()
        out, err = capsys.readouterr()
        assert isinstance(caught.value.code, int)
        return caught.value.code, out, err

    return call


@pytest.fixture
def rules(store: SpecsStore, run: Run, download: Callable[..., Path]) -> None:
    """Rules that are trusted here, and the XML Schema missing."""
    place = download({"R.xslt": SVRL}, "trusted") / "R.xslt"
    code, out, _ = run(
        "specs", "add", place, "--trust-unknown", "written by ourselves", "--name", "rules", "--version", "9"
    )

    assert (0, "kept: rules 9\n") == (code, out)


def test_the_list_says_where_what_is_missing_is(run: Run) -> None:
    """The newest of each, with address and checksum."""
    code, out, err = run("specs", "list")

    assert 0 == code
    assert "    1.1: not here, for invoices from 2026-01-01 (mandatory)\n" in out
    assert "        from https://example.org/2.xslt\n" in out
    assert "1.0" not in out
    assert "kept in " in err
    assert "1.0: not here" in run("specs", "list", "--all")[1]


def test_adding_listing_and_verifying(run: Run, store: SpecsStore, download: Callable[..., Path]) -> None:
    """The whole way, and what a damaged file does."""
    folder = download({"a.xslt": RULES_2, "m.xsd": MAIN, "c.xsd": COMMON})

    assert (0, "kept: schema 2.1\nkept: rules 1.1\n") == run("specs", "add", folder)[:2]
    assert "    1.1: kept, for invoices" in run("specs", "list")[1]
    assert (0, "rules 1.1: ok\nschema 2.1: ok\n") == run("specs", "verify")[:2]
    (store.folder / "rules" / "1.1" / "R.xslt").write_text("x", encoding="utf-8")
    code, out, _ = run("specs", "verify", "--json")

    assert 1 == code
    assert ["damaged", "ok"] == [one["state"] for one in json.loads(out)]


def test_what_is_not_known_is_refused_by_policy(run: Run, download: Callable[..., Path]) -> None:
    """Exit code 5, with the next thing to do."""
    code, out, err = run("specs", "add", download({"R.xslt": "<evil/>"}))

    assert (5, "") == (code, out)
    assert "which is not known" in err
    assert "--trust-unknown" in err


def test_an_empty_store_verifies_to_a_hint(run: Run) -> None:
    """Nothing is wrong, nothing is there."""
    assert (0, "", "nothing is kept yet: rpac specs list\n") == run("specs", "verify")


@pytest.mark.parametrize(
    "arguments",
    [
        ("--name", "rules"),
        ("--trust-unknown", "written by ourselves"),
        ("--trust-unknown", "written by ourselves", "--name", "rules"),
        (
            "--trust-unknown",
            "written by ourselves",
            "--name",
            "rules",
            "--version",
            "9",
            "--valid-from",
            "May",
        ),
    ],
)
def test_trust_is_asked_for_in_full(
    arguments: tuple[str, ...], run: Run, download: Callable[..., Path]
) -> None:
    """A usage error, before anything is read."""
    assert 2 == run("specs", "add", download({"R.xslt": "<r/>"}), *arguments)[0]


def test_the_json_list_has_every_checksum(run: Run, rules: None) -> None:
    """And who trusts what, why."""
    rows = json.loads(run("specs", "list", "--json")[1])["specs"]

    assert ["2.1", "1.0", "1.1", "9", "1.3.4"] == [row["version"] for row in rows]
    assert {"maindoc/Main.xsd", "common/Common.xsd"} == set(rows[0]["files"])
    assert "written by ourselves" == rows[3]["trust"]["reason"]
    assert "trusted by" in run("specs", "list")[1]


def test_an_invoice_is_checked(run: Run, rules: None, tmp_path: Path) -> None:
    """Each finding with file and line; what was not checked is said, so the exit code is 1."""
    path = tmp_path / "i.xml"
    path.write_bytes(invoice(number=None))

    code, out, _ = run("validate", "invoice", path)

    assert 1 == code
    assert f"{path}:1: T-01 fatal: An invoice has a number. (/Invoice)\n" in out
    assert f"{path}: not checked: schema: it is not at hand\n" in out
    assert out.endswith(f"{path}: refused (checked by rules 9)\n")


def test_many_invoices_as_json(run: Run, rules: None, tmp_path: Path) -> None:
    """An unreadable one among them stops nothing."""
    good, bad = tmp_path / "good.xml", tmp_path / "bad.xml"
    good.write_bytes(invoice())
    bad.write_bytes(b"<a")

    code, out, _ = run("validate", "invoice", "--json", good, bad)

    assert (1, ["unchecked", "refused"]) == (code, [one["verdict"] for one in json.loads(out)])


def test_rules_that_do_not_compile_are_an_error_of_the_rules(
    run: Run, tmp_path: Path, download: Callable[..., Path]
) -> None:
    """With the pack's name and the next thing to do."""
    place = download({"R.xslt": "<a/>"})
    run("specs", "add", place, "--trust-unknown", "written by ourselves", "--name", "rules", "--version", "9")
    path = tmp_path / "i.xml"
    path.write_bytes(invoice())

    code, _, err = run("validate", "invoice", path)

    assert 1 == code
    assert "rules 9: " in err
    assert "rpac specs verify" in err


def test_without_saxonche_the_extra_is_named(
    run: Run, rules: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is no part of the base."""
    from rpa_commons.validators.invoices import MissingEngineError, _stylesheets

    def missing() -> None:
        raise MissingEngineError

    monkeypatch.setattr(_stylesheets, "engine", missing)
    path = tmp_path / "i.xml"
    path.write_bytes(invoice())

    code, _, err = run("validate", "invoice", path)

    assert 1 == code
    assert "pip install 'rpa-commons[invoices]'" in err


def test_a_document_against_a_schema(run: Run, tmp_path: Path, download: Callable[..., Path]) -> None:
    """Valid and not valid, and a SOAP message by what its body holds."""
    xs = 'xmlns:xs="http://www.w3.org/2001/XMLSchema"'
    place = download(
        {"maindoc/Main.xsd": f'<xs:schema {xs}><xs:element name="Invoice" type="xs:date"/></xs:schema>'}
        | {"common/Common.xsd": f"<xs:schema {xs}/>"}
    )
    trust = ("--trust-unknown", "written by ourselves", "--name", "schema", "--version", "9")
    assert 0 == run("specs", "add", place, *trust)[0]
    files = {
        "good.xml": "<Invoice>2026-11-02</Invoice>",
        "soap.xml": '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
        "<Invoice>2026-11-02</Invoice></s:Body></s:Envelope>",
        "bad.xml": "<Invoice>0706614818</Invoice>",
        "other.xml": "<other/>",
        "broken.xml": "<other",
    }
    folder = download(files, "documents")

    results = {name: run("validate", "xml", "--against", "schema", folder / name) for name in files}

    assert {"good.xml": 0, "soap.xml": 0, "bad.xml": 1, "other.xml": 1, "broken.xml": 1} == {
        name: code for name, (code, _, _) in results.items()
    }
    assert "0706614818" not in results["bad.xml"][1]
    assert "the root is other, not Invoice" in results["other.xml"][1]
    assert results["good.xml"][1].endswith("good.xml: valid by schema 9\n")
    rows = json.loads(run("validate", "xml", "--json", "--against", "schema", folder / "bad.xml")[1])
    assert ("CVC_DATATYPE_VALID_1_2_1", 1) == (rows[0]["problems"][0]["rule"], rows[0]["problems"][0]["line"])


@pytest.mark.parametrize(
    ("name", "message"), [("other", "there is no schema 'other'"), ("schema", "there is no schema here")]
)
def test_a_schema_that_is_not_here(name: str, message: str, run: Run, tmp_path: Path) -> None:
    """Unknown, or known and not kept: then its source is named."""
    path = tmp_path / "a.xml"
    path.write_text("<a/>", encoding="utf-8")

    code, _, err = run("validate", "xml", "--against", name, path)

    assert 1 == code
    assert message in err


def test_a_family_without_entries_is_no_schema_for_documents(
    run: Run, tmp_path: Path, known: tuple[Family, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its files are for a simulator, and the ones to take are named without it."""
    path = tmp_path / "a.xml"
    path.write_text("<a/>", encoding="utf-8")
    contract = replace(known[0], name="contract", entries={})
    monkeypatch.setattr("rpa_commons.specs._known.families", lambda: (*known, contract))
    monkeypatch.setattr("rpa_commons.specs._schemas.families", lambda: (*known, contract))

    code, _, err = run("validate", "xml", "--against", "contract", path)

    assert 1 == code
    assert "there is no schema 'contract'" in err
    assert "one of schema\n" in err
