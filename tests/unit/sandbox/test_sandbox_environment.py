"""Connecting a municipality folder: what is written, what is left alone."""

import tomllib
from pathlib import Path

import pytest

from rpa_commons.sandbox import Sandbox, SandboxError, UnknownMunicipalityError

STACK = """
[PopulationRegister]
connector = "sf1520"
[PopulationEvents]
connector = "moves-extract"
[DigitalPost]
connector = "sf1601"
"""


def municipality(folder: Path, code: str = "0265", cvr: str = "29189404", more: str = "") -> Path:
    """A municipality folder with as much as the sandbox reads."""
    folder.mkdir(parents=True)
    (folder / "municipality.toml").write_text(f'name = "X"\ncode = "{code}"\ncvr = "{cvr}"\n{more}', "utf-8")
    (folder / "stack.toml").write_text(STACK, "utf-8")
    return folder


def test_writes_what_the_stack_names(box: Sandbox, tmp_path: Path) -> None:
    """Addresses, certificate and agreement for sf1520 and sf1601; nothing for a file connector."""
    path = box.write_environment(municipality(tmp_path / "roskilde"))
    written = tomllib.loads(path.read_text("utf-8"))

    assert path == tmp_path / "roskilde" / "environments" / "sandbox" / "stack.toml"
    assert {"PopulationRegister", "DigitalPost"} == set(written)
    assert {
        "url": box.url,
        "sts_url": box.url,
        "cvr": "29189404",
        "ca_bundle": box.ca_bundle.as_posix(),
        "certificate": {"file": box.client_pkcs12.as_posix()},
        "certificate_password": {"file": box.client_pkcs12_password_file.as_posix()},
        "receipts_folder": (box.folder / "receipts").as_posix(),
    } == written["DigitalPost"]["settings"]
    register = written["PopulationRegister"]["settings"]
    assert register["service_agreement"] == box.agreement().service_agreement
    assert "sts_url" not in register


def test_each_municipality_gets_its_own_certificate(box: Sandbox, tmp_path: Path) -> None:
    """Roskilde's and Hvidovre's files differ where they must."""
    one = box.write_environment(municipality(tmp_path / "one"))
    two = box.write_environment(municipality(tmp_path / "two", "0167", "55606617"))

    assert "client-0265" in one.read_text("utf-8")
    assert "client-0167" in two.read_text("utf-8")


def test_a_baseline_may_name_the_connectors(box: Sandbox, tmp_path: Path) -> None:
    """The cooperation's stack counts where the municipality's says nothing."""
    folder = municipality(tmp_path / "roskilde", more='baseline = "../baseline"\n')
    (folder / "stack.toml").unlink()
    (tmp_path / "baseline").mkdir()
    (tmp_path / "baseline" / "stack.toml").write_text(STACK, "utf-8")

    assert "[DigitalPost.settings]" in box.write_environment(folder).read_text("utf-8")


def test_writes_its_own_file_again(box: Sandbox, tmp_path: Path) -> None:
    """A second connection replaces the first one's addresses."""
    folder = municipality(tmp_path / "roskilde")

    assert box.write_environment(folder) == box.write_environment(folder)


def test_knows_its_own_file_below_a_line_for_editors(box: Sandbox, tmp_path: Path) -> None:
    """An earlier version put a schema's name above the mark: nobody has to delete the file by hand."""
    folder = municipality(tmp_path / "roskilde")
    path = box.write_environment(folder)
    before = path.read_text("utf-8")
    path.write_text(f"#:schema ../../.rpac/schemas/stack.json\n{before}", "utf-8")

    assert before == box.write_environment(folder).read_text("utf-8")


def test_leaves_somebody_elses_file_alone(box: Sandbox, tmp_path: Path) -> None:
    """A file written by hand is not overwritten."""
    folder = municipality(tmp_path / "roskilde")
    path = folder / "environments" / "sandbox" / "stack.toml"
    path.parent.mkdir(parents=True)
    path.write_text("# mine\n", "utf-8")
    with pytest.raises(SandboxError, match="was not written by a sandbox"):
        box.write_environment(folder)

    assert "# mine\n" == path.read_text("utf-8")


@pytest.mark.parametrize(
    ("text", "problem"),
    [("", "must stand there"), ("code = 265", "must stand there"), ("code = ", "is no TOML")],
)
def test_says_what_is_wrong_with_a_municipality(
    box: Sandbox, tmp_path: Path, text: str, problem: str
) -> None:
    """A broken municipality.toml is named with its problem."""
    folder = municipality(tmp_path / "roskilde")
    (folder / "municipality.toml").write_text(text, "utf-8")
    with pytest.raises(SandboxError, match=problem):
        box.write_environment(folder)


def test_refuses_a_folder_that_is_no_municipality(box: Sandbox, tmp_path: Path) -> None:
    """And one whose municipality is not served."""
    with pytest.raises(SandboxError, match="No such file"):
        box.write_environment(tmp_path)
    with pytest.raises(UnknownMunicipalityError):
        box.write_environment(municipality(tmp_path / "odense", "0461", "35209115"))


FILES = """
[CaseSystem]
connector = "case-folder"
[CaseSystem.settings]
folder = "real/cases"
database = "real/cases.sqlite"
[InvoiceInbox]
connector = "invoice-folder"
[InvoiceInbox.settings]
folder = "real/inbox"
[Ledger]
connector = "posting-file"
[Ledger.settings]
folder = "real/postings"
"""


def test_cases_invoices_and_postings_stay_in_the_sandbox(box: Sandbox, tmp_path: Path) -> None:
    """Nobody's real invoices move, no real case is opened, and the ledger's import fetches nothing."""
    folder = municipality(tmp_path / "roskilde")
    (folder / "stack.toml").write_text(FILES, "utf-8")
    made = box.write_files(folder)
    written = tomllib.loads(box.write_environment(folder, files=True).read_text("utf-8"))
    home = folder / "environments" / "sandbox"

    assert [home / name for name in ("cases", "invoices", "postings")] == list(made)
    assert all(path.is_dir() for path in made)
    assert {
        "CaseSystem": {
            "folder": "environments/sandbox/cases",
            "database": "environments/sandbox/cases.sqlite",
        },
        "InvoiceInbox": {"folder": "environments/sandbox/invoices"},
        "Ledger": {"folder": "environments/sandbox/postings"},
    } == {name: table["settings"] for name, table in written.items()}
    assert 20 == len(list((home / "invoices").glob("*.xml")))
    assert not (folder / "real").exists()


def test_a_handled_invoice_does_not_come_back(box: Sandbox, tmp_path: Path) -> None:
    """Connecting again fills up what is missing, not what a bot took out; a changed one stays."""
    folder = municipality(tmp_path / "roskilde")
    (folder / "stack.toml").write_text(FILES, "utf-8")
    box.write_files(folder)
    inbox = folder / "environments" / "sandbox" / "invoices"
    first, second, third, *_ = sorted(inbox.glob("*.xml"))
    (inbox / "done").mkdir()
    first.rename(inbox / "done" / first.name)
    second.unlink()
    box.write_files(folder)
    third.write_text("mine", "utf-8")
    with pytest.raises(SandboxError, match="was not written by a sandbox"):
        box.write_files(folder)

    assert not first.exists()
    assert second.exists()
    assert "mine" == third.read_text("utf-8")


def test_without_files_the_municipality_keeps_its_folders_and_the_file_says_so(
    box: Sandbox, tmp_path: Path
) -> None:
    """Who gave --no-files meant it; a connector that only reads is not mentioned."""
    folder = municipality(tmp_path / "roskilde")
    (folder / "stack.toml").write_text(FILES + '[PopulationEvents]\nconnector = "moves-extract"\n', "utf-8")
    written = tomllib.loads(box.write_environment(folder).read_text("utf-8"))

    assert {"CaseSystem", "InvoiceInbox", "Ledger"} == set(written)
    assert {"folder": "real/postings"} == written["Ledger"]["settings"]


def test_what_stands_at_the_end_of_its_file_stays(box: Sandbox, tmp_path: Path) -> None:
    """A table for a connector that the sandbox does not know, or one that somebody wants otherwise."""
    folder = municipality(tmp_path / "roskilde")
    path = box.write_environment(folder)
    own = '[Ledger.settings]\nurl = "https://127.0.0.1:9/"\n[DigitalPost.settings]\nurl = "https://127.0.0.1:8"\n'
    path.write_text(path.read_text("utf-8") + own, "utf-8")
    text = box.write_environment(folder).read_text("utf-8")
    written = tomllib.loads(text)

    assert text.endswith(own)
    assert {"PopulationRegister", "DigitalPost", "Ledger"} == set(written)
    assert {"url": "https://127.0.0.1:8"} == written["DigitalPost"]["settings"]
