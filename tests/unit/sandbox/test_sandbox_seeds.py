"""Invoices and applications of the invented town: the same ones from a seed, with numbers that pass."""

import hashlib
import json
import os
import subprocess
import sys
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner
from lxml import etree

from rpa_commons.cli.sandbox import sandbox
from rpa_commons.sandbox import Sandbox, SandboxError, is_synthetic
from rpa_commons.sandbox.seeds import BROKEN, InvoiceSeed, application_files, invoice_files
from rpa_commons.validators import dk
from rpa_commons.validators.xml import InvalidXmlError, safe_xml

SEED = InvoiceSeed(seed=7, code="0265", cvr="29189404", today=date(2026, 11, 20))
CBC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}"
CAC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2}"
EVERYTHING = """
import hashlib, pathlib, sys
from datetime import date
from rpa_commons.sandbox import Sandbox
folder = pathlib.Path(sys.argv[1])
box = Sandbox(folder / "box", seed=7, today=date(2026, 11, 20), people=80)
box.write_register_extract(folder / "register.csv")
box.write_moves_extract(folder / "moves.csv", "0265", date.min)
box.write_invoices(folder / "invoices", count=30, broken=True)
box.write_applications(folder / "applications", count=30)
files = sorted(path for path in folder.rglob("*") if path.is_file())
everything = b"".join(path.name.encode() + path.read_bytes() for path in files)
print(hashlib.sha256(everything).hexdigest(), len(files))
"""


def good_files() -> dict[str, etree._Element]:
    """Name -> root of the good documents."""
    files = invoice_files(SEED, count=60)
    return {name: etree.fromstring(data) for name, data in files.items() if name.endswith(".xml")}


def test_the_same_seed_gives_the_same_bytes_in_every_process(tmp_path: Path) -> None:
    """People, moves, invoices and applications, whatever the order of hashes is."""
    said = []
    for number, hash_seed in enumerate(("0", "1", "random")):
        environment = os.environ | {"PYTHONHASHSEED": hash_seed}
        command = [sys.executable, "-c", EVERYTHING, str(tmp_path / str(number))]
        said.append(
            subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
        )

    notes = 2  # of which files are the sandbox's

    assert 1 == len(set(said))
    assert int(said[0].split()[1]) == 2 + 30 + len(BROKEN) + 1 + 30 + notes


def test_another_seed_or_municipality_gives_others() -> None:
    """Nothing is the same but the index's name."""

    def digests(seed: InvoiceSeed) -> set[str]:
        return {hashlib.sha256(data).hexdigest() for data in invoice_files(seed).values()}

    other = InvoiceSeed(seed=8, code="0265", cvr="29189404", today=SEED.today)
    elsewhere = InvoiceSeed(seed=7, code="0167", cvr="55606617", today=SEED.today)

    assert not digests(SEED) & digests(other)
    assert not digests(SEED) & digests(elsewhere)


def test_numbers_pass_their_checks() -> None:
    """CVR of both sides, the place of delivery, and the code line of each payment slip."""
    index = json.loads(invoice_files(SEED, count=60)["index.json"])
    lines = [one["fik"] for one in index["files"] if one["fik"]]
    places = {
        root.findtext(f".//{CAC}AccountingCustomerParty//{CBC}EndpointID") for root in good_files().values()
    }

    assert all(dk.Fik.parse(line) == line for line in lines)
    assert all(dk.cvr(one["supplier_cvr"]) for one in index["files"])
    assert [str(dk.Gln.parse(str(place))) for place in places] == [*places]


def test_totals_are_sums() -> None:
    """Lines, VAT and the amount to pay agree to the øre, in either format."""
    for name, root in good_files().items():
        amounts = {
            one.tag.removeprefix(CBC): Decimal(str(one.text)) for one in root.find(f"{CAC}LegalMonetaryTotal")
        }
        lines = [
            Decimal(str(line.findtext(f"{CBC}LineExtensionAmount")))
            for line in root
            if str(line.tag).endswith(("InvoiceLine", "CreditNoteLine"))
        ]
        tax = Decimal(str(root.findtext(f"{CAC}TaxTotal/{CBC}TaxAmount")))

        assert amounts["LineExtensionAmount"] == sum(lines), name
        assert amounts["PayableAmount"] == sum(lines) + tax, name


def test_a_credit_note_names_the_invoice_it_takes_back() -> None:
    """It is of the same supplier and the same amount, and issued later."""
    index = json.loads(invoice_files(SEED, count=60)["index.json"])["files"]
    by_number = {one["number"]: one for one in index}
    notes = [one for one in index if one["kind"] == "credit note"]

    assert 12 == len(notes)
    for note in notes:
        back = by_number[note["credits"]]
        assert (note["supplier_cvr"], note["total"]) == (back["supplier_cvr"], back["total"])
        assert note["issued"] > back["issued"]


def test_every_document_says_that_it_is_invented() -> None:
    """In the file itself and in the index."""
    files = invoice_files(SEED, broken=True)
    good = [data for name, data in files.items() if name.endswith(".xml") and not name.startswith("broken")]

    assert all(b"invented by the rpa-commons sandbox" in data for data in good)
    assert "nothing of it may be paid" in json.loads(files["index.json"])["note"]


def test_broken_ones_are_broken_as_the_index_says() -> None:
    """Unreadable ones cannot be read; the others can, and each is named with what is wrong."""
    files = invoice_files(SEED, broken=True)
    unreadable = set()
    for name in BROKEN:
        try:
            safe_xml(files[name])
        except InvalidXmlError:
            unreadable.add(name.removeprefix("broken-").removesuffix(".xml"))
    listed = {
        one["file"]: one["broken"] for one in json.loads(files["index.json"])["files"] if "broken" in one
    }

    assert {"empty", "truncated", "entity", "encoding", "utf16", "deep"} == unreadable
    assert BROKEN == listed


def test_a_leap_day_is_no_obstacle() -> None:
    """The town can be made for the 29th of February."""
    for back in range(3):
        day = date(2028, 2, 29) + timedelta(days=back)

        assert invoice_files(InvoiceSeed(1, "0265", "29189404", day), broken=True)


def test_applications_are_of_people_who_live_there(tmp_path: Path) -> None:
    """Of full age, by number of the town, marked as ours; some lack what must be asked for."""
    box = Sandbox(tmp_path / "box", seed=7, today=SEED.today)
    files = application_files(box.people, seed=7, code="0265", count=40)
    applications = [json.loads(data) for data in files.values()]
    people = [box.people.get(one["applicant"]["cpr"]) for one in applications]

    assert all(person and person.address and person.address.municipality == "0265" for person in people)
    assert all(person and box.people.age(person) >= 18 and is_synthetic(person.cpr) for person in people)
    assert all("sandbox's own" in one["note"] for one in applications)
    assert {"27.60", "32.24", "32.21"} == {one["kle"][:5] for one in applications}
    assert all(dk.KleNumber.parse(one["kle"]) == one["kle"] for one in applications)
    assert 10 == sum(one["reason"] is None for one in applications)


def test_nobody_to_apply_is_no_error(tmp_path: Path) -> None:
    """A municipality of which nobody lives in the town gets no application."""
    box = Sandbox(tmp_path / "box", seed=7, today=SEED.today)

    assert {} == application_files(box.people, seed=7, code="0999")


@pytest.mark.parametrize("kind", ["people", "moves"])
def test_seed_counts_without_a_place(folder: Path, kind: str) -> None:
    """For people and moves the counts are the answer; nothing is written, not even the folder."""
    result = CliRunner().invoke(
        sandbox, ["seed", kind, "--json", "--seed", "7", "--today", "2026-11-20", "--folder", str(folder)]
    )
    facts = json.loads(result.stdout)

    assert (7, "0265", 60, []) == (facts["seed"], facts["municipality"], facts["people"], facts["files"])
    assert not folder.exists()


def test_seed_writes_what_a_municipality_declares(folder: Path, tmp_path: Path) -> None:
    """The extract in the declared layout, for the town of the sandbox's folder."""
    home = tmp_path / "odsherred"
    home.mkdir()
    letterhead = '[letterhead]\nname = "X"\naddress = ["Vej 1", "4000 By"]\n'
    (home / "municipality.toml").write_text(
        f'name = "X"\ncode = "0306"\ncvr = "29188459"\n{letterhead}', "utf-8"
    )
    (home / "stack.toml").write_text(
        '[PopulationEvents]\nconnector = "moves-extract"\n[PopulationEvents.settings]\n'
        'files = "extracts/moves-*.csv"\ncolumns = {cpr = "cpr", to_municipality = "til"}\n',
        "utf-8",
    )
    at = ["--connect", str(home), "--folder", str(folder), "--today", "2026-11-20"]
    moves = CliRunner().invoke(sandbox, ["seed", "moves", *at])
    people = CliRunner().invoke(sandbox, ["seed", "people", *at])

    assert "cpr;til" == Path(moves.stdout.strip()).read_text("utf-8").splitlines()[0]
    assert "declares no register-extract" in people.stderr


def test_seed_writes_the_town_of_the_sandbox(folder: Path, tmp_path: Path) -> None:
    """An extract for the second of two municipalities holds the people that the sandbox of both knows."""
    home = tmp_path / "hvidovre"
    home.mkdir()
    letterhead = '[letterhead]\nname = "X"\naddress = ["Vej 1", "4000 By"]\n'
    (home / "municipality.toml").write_text(
        f'name = "X"\ncode = "0167"\ncvr = "55606617"\n{letterhead}', "utf-8"
    )
    (home / "stack.toml").write_text(
        '[PopulationRegister]\nconnector = "register-extract"\n[PopulationRegister.settings]\n'
        'file = "extracts/register.csv"\ncolumns = {cpr = "cpr"}\n',
        "utf-8",
    )
    both = {"0265": "29189404", "0167": "55606617"}
    with Sandbox(folder, municipality=both, only=("sf1520",), today=SEED.today) as box:
        known = [person.cpr for person in box.people]
    result = CliRunner().invoke(sandbox, ["seed", "people", "--connect", str(home), "--folder", str(folder)])
    written = Path(result.stdout.strip()).read_text("utf-8").splitlines()

    assert ["cpr", *known] == written


def test_seed_writes_files(folder: Path, tmp_path: Path) -> None:
    """Each kind writes where it is told, and says what it wrote."""
    counts = {}
    for kind in ("people", "moves", "invoices", "applications"):
        arguments = ["seed", kind, "--out", str(tmp_path / kind), "--count", "3", "--folder", str(folder)]
        result = CliRunner().invoke(sandbox, arguments)
        counts[kind] = len(result.stdout.splitlines()), len([*(tmp_path / kind).glob("[!.]*")])

    assert {"people": (1, 1), "moves": (1, 1), "invoices": (4, 4), "applications": (3, 3)} == counts


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["invoices"], "--out FOLDER"),
        (["applications"], "--out FOLDER"),
        (["people", "--broken"], "--broken is for invoices"),
        (["invoices", "--out", "x", "--connect", "."], "--connect is for people and moves"),
    ],
)
def test_seed_refuses_what_makes_no_sense(folder: Path, arguments: list[str], reason: str) -> None:
    """Exit code 2, and nothing is written."""
    result = CliRunner().invoke(sandbox, ["seed", *arguments, "--folder", str(folder)])

    assert 2 == result.exit_code
    assert reason in result.output


def test_seed_for_a_municipality_that_is_not_served(folder: Path, tmp_path: Path) -> None:
    """An expected error that names those that are."""
    arguments = ["seed", "invoices", "--out", str(tmp_path / "x"), "--municipality", "0101"]
    error = CliRunner().invoke(sandbox, [*arguments, "--folder", str(folder)]).exception

    assert "serves no municipality 0101" in str(error)


def test_fewer_files_leave_none_of_the_earlier_ones(box: Sandbox, tmp_path: Path) -> None:
    """The index tells of every file there; somebody else's file is not mixed with them."""
    box.write_invoices(tmp_path / "inbox", count=9)
    written = box.write_invoices(tmp_path / "inbox", count=4)
    there = {path for path in (tmp_path / "inbox").iterdir() if not path.name.startswith(".")}
    (tmp_path / "inbox" / "real.xml").write_text("<real/>", "utf-8")
    with pytest.raises(SandboxError, match=r"real\.xml was not written by a sandbox"):
        box.write_invoices(tmp_path / "inbox", count=4)

    assert set(written) == there
    assert (tmp_path / "inbox" / "real.xml").exists()


def test_seeds_in_a_municipalitys_folder_are_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without --connect and --municipality: whose folder this is."""
    (tmp_path / "municipality.toml").write_text('code = "0167"\ncvr = "55606617"\n', "utf-8")
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(sandbox, ["seed", "moves"])

    assert "moves into 0167" in result.output
    assert ["municipality.toml"] == [path.name for path in tmp_path.iterdir()]
