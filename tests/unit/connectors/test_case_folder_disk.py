"""The case folder on a disk that is full, read-only or gone: the cases wait, and nothing is half."""

import hashlib
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rpa_commons.capabilities import CaseQuery, NewCase, NewDocument, Party, TransientError
from rpa_commons.connectors import Surroundings
from rpa_commons.connectors.case_folder import CaseFolder, CaseFolderError, CaseFolderSettings
from rpa_commons.sdk import Municipality

PARTY = Party(kind="person", id="2211771212", name="Ole Hemmelig")
CASE = NewCase(title="Ansøgning", kle="27.60.04", parties=(PARTY,))
SIZE = 2 * 1024 * 1024  # bytes of the small disk


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own of two megabytes, mounted as the folder of the cases."""
    folder = tmp_path / "cases"
    folder.mkdir()
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        pytest.skip("only root may mount a small disk")
    said = mount("-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder))
    if said:
        pytest.skip(f"no small disk can be mounted here: {said}")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def mount(*words: str) -> str:
    """Mount; what went wrong, or nothing."""
    done = subprocess.run(["mount", *words], capture_output=True, text=True, check=False)
    return done.stderr.strip() if done.returncode else ""


def fill(folder: Path) -> Path:
    """Take all the room there is; removing the file gives it back."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as stream:
        for size in (65536, 4096):
            try:
                while stream.write(b"\0" * size) == size:
                    pass
            except OSError:
                continue
    return ballast


def connect(folder: Path, **changes: object) -> CaseFolder:
    """A connector to the folder ``cases``."""
    surroundings = Surroundings(
        Municipality("0265", "Roskilde"), "test", folder, lambda _: "", state=folder / "state"
    )
    return CaseFolder(CaseFolderSettings.model_validate({"folder": "cases", **changes}), surroundings)


def failure(call: Callable[[], object]) -> TransientError:
    """The error a call ends in."""
    with pytest.raises(TransientError) as caught:
        call()
    for text in (str(caught.value), repr(caught.value), caught.value.remedy):
        assert "2211771212" not in text
        assert "Hemmelig" not in text
    return caught.value


def key(name: str) -> str:
    """An idempotency key."""
    return hashlib.sha256(name.encode()).hexdigest()


def test_a_full_disk_keeps_the_cases_waiting(disk: Path, tmp_path: Path) -> None:
    """A document that does not fit is refused whole, read on all the while; with room it is filed once."""
    store = connect(tmp_path)
    case = store.open_case(CASE, key=key("case"))
    large = NewDocument(title="Bilag", file_name="bilag.pdf", content=b"x" * 500_000)
    ballast = fill(disk)

    errors = [
        failure(lambda: store.add_document(case.id, large, key=key("document"))),
        failure(lambda: store.open_case(CASE, key=key("another"))),
    ]
    found = store.find_cases(CaseQuery(party=PARTY))
    listed = store.documents(case.id)
    ballast.unlink()
    receipt = store.add_document(case.id, large, key=key("document"))
    store.open_case(CASE, key=key("another"))

    assert ["free space on the disk"] * 2 == [error.remedy for error in errors]
    assert [case.id] == [one.id for one in found]
    assert () == listed
    assert large.content == store.document_file(case.id, receipt.id).content
    assert [(receipt.id,)] == [(one.id,) for one in store.documents(case.id)]
    assert not store.problems
    assert 2 == len(store.find_cases(CaseQuery(party=PARTY)))


def test_a_folder_that_became_read_only_is_still_read(disk: Path, tmp_path: Path) -> None:
    """Effects wait with a remedy, questions are answered; writable again, the same key does it once."""
    store = connect(tmp_path)
    case = store.open_case(CASE, key=key("case"))
    document = NewDocument(title="Bilag", file_name="bilag.pdf", content=b"%PDF")
    assert not mount("-o", "remount,ro", str(disk))

    error = failure(lambda: store.add_document(case.id, document, key=key("document")))
    found = store.find_cases(CaseQuery(party=PARTY))
    mount("-o", "remount,rw", str(disk))
    store.add_document(case.id, document, key=key("document"))

    assert "no" == error.sent
    assert error.remedy
    assert [case.id] == [one.id for one in found]
    assert 1 == len(store.documents(case.id))


def test_an_unmounted_share_is_never_a_new_store(tmp_path: Path) -> None:
    """An empty mount point is refused, in the words of an admin, and nothing is written beneath it."""
    cases = tmp_path / "cases"
    cases.mkdir()
    connect(tmp_path).open_case(CASE, key=key("case"))
    away = cases.rename(tmp_path / "away")
    cases.mkdir()

    errors = [
        failure(lambda: connect(tmp_path).find_cases(CaseQuery(party=PARTY))),
        failure(lambda: connect(tmp_path).open_case(CASE, key=key("another"))),
    ]
    left = list(cases.iterdir())
    cases.rmdir()
    away.rename(cases)

    assert all(
        "mount the share" in error.remedy and str(tmp_path / "state") in error.remedy for error in errors
    )
    assert [] == left
    assert 1 == len(connect(tmp_path).find_cases(CaseQuery(party=PARTY)))


def test_a_database_beside_it_knows_its_folder(tmp_path: Path) -> None:
    """A local database and an empty mount point are not put together, also where nothing is remembered."""
    cases = tmp_path / "cases"
    cases.mkdir()
    store = connect(tmp_path, database="local.sqlite")
    case = store.open_case(CASE, key=key("case"))
    (tmp_path / "state" / "case-folder").rename(tmp_path / "forgotten")
    cases.rename(tmp_path / "away")
    cases.mkdir()

    error = failure(lambda: store.case(case.id))

    assert isinstance(error, CaseFolderError)
    assert "mount the share" in error.remedy
    assert [] == list(cases.iterdir())


def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    """Nothing is created where the admin has created nothing."""
    store = connect(tmp_path)

    error = failure(lambda: store.open_case(CASE, key=key("case")))

    assert "create the folder, or mount the share it is on" == error.remedy
    assert [] == list(tmp_path.iterdir())
    (tmp_path / "cases").write_text("a file")
    assert "name a folder" == failure(lambda: store.find_cases(CaseQuery(party=PARTY))).remedy


def test_a_plan_and_a_question_create_nothing(tmp_path: Path) -> None:
    """Constructing, checking and asking leave an empty folder empty."""
    (tmp_path / "cases").mkdir()
    store = connect(tmp_path)

    store.check_open_case(CASE)
    found = store.find_cases(CaseQuery(party=PARTY))
    store.close()

    assert () == found
    assert [] == list((tmp_path / "cases").iterdir())
    assert not (tmp_path / "state").exists()
