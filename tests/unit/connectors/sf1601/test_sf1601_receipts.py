"""PKO_PostStatus: what is read of it, from which folder, and what an unreadable one does."""

import base64
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from rpa_commons.capabilities import BusinessError, Delivery, TransientError
from rpa_commons.connectors.sf1601 import PostStatusError, Receipts, Sf1601, keep, read_post_status

ID = "8c2ea15d-61fb-4ba9-9366-42f8b194c114"
OTHER = "8c2ea15d-61fb-4ba9-9366-42f8b194c115"
STATUS = "http://serviceplatformen.dk/xml/print/PKO_PostStatus/1/types"
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)

Connect = Callable[..., Sf1601]


def status(word: str, *, at: str = "2026-11-20T12:00:00.000Z", way: str = "Digital Post", **more: str) -> str:
    """A PKO_PostStatus in the shape of the published examples."""
    values = {
        "TransmissionId": "1ab6eb87-a457-4ad3-8952-ed8f18a1676a",
        "MessageUUID": ID,
        "KanalKode": way,
        "TransaktionsDatoTid": at,
        "TransaktionsStatusKode": word,
        **{name: value for name, value in more.items() if name != "FejlKode"},
    }
    inside = "".join(f"<{name}>{value}</{name}>" for name, value in values.items() if value)
    fault = (
        f"<FejlKode>{more['FejlKode']}</FejlKode><FejlTekst>Mette</FejlTekst>" if "FejlKode" in more else ""
    )
    return f'<PKO_PostStatus xmlns="{STATUS}">{inside}<FejlDetaljer>{fault}</FejlDetaljer></PKO_PostStatus>'


def envelope(content: str, *, pushed: bool = False) -> str:
    """The Beskedfordeler's envelope around a message: as on a queue, or as it is pushed."""
    event = (
        '<k:Haendelsesbesked xmlns:k="urn:oio:besked:kuvert:1.0"><k:Beskeddata>'
        f'<Base64 xmlns="urn:besked:kuvert:1.0">{base64.b64encode(content.encode()).decode()}</Base64>'
        "</k:Beskeddata></k:Haendelsesbesked>"
    )
    return (
        f'<s:ModtagBeskedInput xmlns:s="urn:oio:sts:1.0.0">{event}</s:ModtagBeskedInput>' if pushed else event
    )


@pytest.mark.parametrize(
    ("word", "state", "code"),
    [
        ("Modtaget Digital Post", "accepted", ""),
        ("Afleveret Digital Post", "delivered", ""),
        ("afleveret digital post", "delivered", ""),
        ("Afsendt", "accepted", ""),
        ("Modtaget Fjern-print", "accepted", ""),
        ("Klar", "accepted", ""),
        ("Afleveret til print og kuvertering", "accepted", ""),
        ("Modtaget Post Danmark", "delivered", ""),
        ("Tilbagekaldt", "failed", "tilbagekaldt"),
        ("Fejlet", "failed", "fejlet"),
        ("Opdatering fra Post Danmark", "unknown", "opdatering-fra-post-danmark"),
        ("Noget nyt", "unknown", "unlisted"),
    ],
)
def test_each_word_has_one_meaning(word: str, state: str, code: str) -> None:
    """Received by Digital Post is not delivered; a word that nobody knows is unknown."""
    found = read_post_status(status(word).encode())

    assert ID in found.ids
    assert (state, code, NOON) == (found.delivery.state, found.delivery.code, found.delivery.at)


@pytest.mark.parametrize("wrap", [str, envelope, lambda text: envelope(text, pushed=True)])
def test_the_envelope_does_not_matter(wrap: Callable[[str], str]) -> None:
    """From a queue, pushed, or taken out of its envelope: the same message."""
    found = read_post_status(wrap(status("Fejlet", FejlKode="memo.invalid")).encode())

    expected = Delivery(
        state="failed", channel="digital", at=NOON, source="PKO_PostStatus", code="memo.invalid"
    )
    assert expected == found.delivery


def test_an_errors_text_is_never_passed_on() -> None:
    """It may quote the letter; and a code that is somebody's number is none."""
    with_text = read_post_status(status("Fejlet", FejlKode="memo.invalid").encode())
    number = read_post_status(status("Fejlet", FejlKode="2211771212").encode())

    assert "Mette" not in repr(with_text)
    assert "" == number.delivery.code


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        (b"", "XML"),
        (b"<a/>", "neither"),
        (envelope("<a/>").encode(), "another kind"),
        (envelope("no xml").encode(), ""),
        (
            envelope("").replace("<Base64", "<Base64 x='1'").replace("></Base64>", ">*</Base64>").encode(),
            "base64",
        ),
        (status("").encode(), "TransaktionsStatusKode"),
        (status("Fejlet", at="2026-11-20T12:00:00").encode(), "zone"),
        (status("Fejlet", at="yesterday").encode(), "zone"),
        (status("Fejlet", at="").encode(), "zone"),
        (status("Fejlet", MessageUUID="", TransmissionId="").encode(), "names no letter"),
        (b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", ""),
        (b" " * (1024 * 1024 + 1), ""),
    ],
)
def test_what_is_no_message_is_an_error(document: bytes, problem: str) -> None:
    """Every problem has its words, and none quotes the document."""
    with pytest.raises(PostStatusError) as caught:
        read_post_status(document)

    assert problem in str(caught.value)
    assert "Mette" not in str(caught.value)


class TestFolder:
    def test_the_latest_message_counts(self, tmp_path: Path) -> None:
        """Whatever order the files are read in; a message of another letter does not."""
        receipts = Receipts("sf1601", tmp_path)
        (tmp_path / "b.xml").write_text(status("Modtaget Digital Post", at="2026-11-20T11:00:00Z"))
        (tmp_path / "a.xml").write_text(status("Afleveret Digital Post"))
        (tmp_path / "c.xml").write_text(status("Fejlet", at="2026-11-21T11:00:00Z", MessageUUID=OTHER))

        assert ["delivered", "failed"] == [receipts.of(one).state for one in (ID.upper(), OTHER)]

    def test_of_two_messages_of_one_moment_the_graver_counts(self, tmp_path: Path) -> None:
        """Two ends at once: a person looks at a failed one, nobody at a delivered one."""
        (tmp_path / "a.xml").write_text(status("Fejlet"))
        (tmp_path / "b.xml").write_text(status("Afleveret Digital Post"))

        assert "failed" == Receipts("sf1601", tmp_path).of(ID).state

    def test_new_files_are_seen_and_old_ones_not_read_again(self, tmp_path: Path) -> None:
        """The folder is looked at with each question; a file is read once."""
        receipts = Receipts("sf1601", tmp_path)
        before = receipts.of(ID)
        (tmp_path / "a.xml").write_text(status("Modtaget Digital Post"))
        received = receipts.of(ID)
        (tmp_path / "a.xml").write_text("it is cleared away later; its name is known")
        (tmp_path / "b.xml").write_text(envelope(status("Afleveret Digital Post", at="2026-11-20T13:00:00Z")))

        assert ["unknown", "accepted", "delivered"] == [before.state, received.state, receipts.of(ID).state]
        assert [] == receipts.problems

    def test_a_file_that_cannot_be_read_hides_no_other(self, tmp_path: Path) -> None:
        """It is a line to look at, without a number in it; half-written files have other names."""
        (tmp_path / "2211771212.xml").write_text("<half")
        (tmp_path / ".part.xml").write_text("<half")
        (tmp_path / "note.txt").write_text("no message")
        (tmp_path / "b.xml").write_text(status("Afleveret Digital Post"))
        receipts = Receipts("sf1601", tmp_path)

        assert "delivered" == receipts.of(ID).state
        assert 1 == len(receipts.problems)
        assert "2211771212" not in receipts.problems[0]

    def test_a_file_that_is_not_ours_to_read_hides_no_other(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It is one line however often it is met; once it may be read it is, and is no problem any more."""
        for name, word in (("a.xml", "Fejlet"), ("b.xml", "Afleveret Digital Post")):
            (tmp_path / name).write_text(status(word))
        receipts = Receipts("sf1601", tmp_path)
        opened = Path.open

        def locked(path: Path, *args: Any, **kwargs: Any) -> Any:
            if path.name == "a.xml":
                raise PermissionError(13, "Permission denied")
            return opened(path, *args, **kwargs)

        with monkeypatch.context() as patched:
            patched.setattr(Path, "open", locked)
            before = [receipts.of(ID).state for _ in range(2)]
        told = list(receipts.problems)

        assert ["delivered", "delivered"] == before
        assert ["a.xml: this user may not read it"] == told
        assert "failed" == receipts.of(ID).state
        assert [] == receipts.problems

    def test_a_receiver_may_leave_a_message_twice(self, tmp_path: Path) -> None:
        """Kept whole under one name, and no other kind of document is."""
        document = envelope(status("Afleveret Digital Post")).encode()
        paths = {keep(tmp_path, document) for _ in range(2)}
        with pytest.raises(PostStatusError):
            keep(tmp_path, b"<a/>")

        assert paths == set(tmp_path.iterdir())
        assert "delivered" == Receipts("sf1601", tmp_path).of(ID).state

    def test_paper_is_known_by_its_shipment(self, tmp_path: Path) -> None:
        """A message about a letter on paper names the shipment, and the way."""
        text = status("Modtaget Post Danmark", way="Fysisk Post", MessageUUID="", AfsendelseIdentifikator=ID)
        (tmp_path / "a.xml").write_text(text)
        found = Receipts("sf1601", tmp_path).of(ID)

        assert ("delivered", "physical") == (found.state, found.channel)

    def test_a_folder_that_is_away_is_no_answer(self, tmp_path: Path) -> None:
        """The case waits; nothing is called unknown that only could not be looked up."""
        with pytest.raises(TransientError) as caught:
            Receipts("sf1601", tmp_path / "away").of(ID)

        assert ("no", True) == (caught.value.sent, "receipts_folder" in caught.value.remedy)


class TestConnector:
    def test_without_a_folder_nobody_knows(self, connect: Connect) -> None:
        """The setting is named; a bot that asks hands its case over."""
        with pytest.raises(BusinessError) as caught:
            connect().delivery(ID)

        assert "receipts_folder" in caught.value.remedy

    def test_problems_are_the_runs_findings(self, connect: Connect, folder: Path) -> None:
        """A receipt that cannot be read is shown after the run."""
        (folder / "receipts").mkdir()
        (folder / "receipts" / "a.xml").write_text("<half")
        post: Any = connect(receipts_folder="receipts")

        assert "unknown" == post.delivery(ID).state
        assert 1 == len(post.problems)
        assert post.problems[0].startswith("a.xml: ")

    def test_the_lanes_of_a_run_read_a_file_once(self, connect: Connect, folder: Path) -> None:
        """Each lane has a connector of its own; what one has read, the others know."""
        (folder / "receipts").mkdir()
        (folder / "receipts" / "a.xml").write_text(status("Afleveret Digital Post"))
        first: Any = connect(receipts_folder="receipts")
        before = first.delivery(ID)
        first.close()
        (folder / "receipts" / "a.xml").write_text("it is cleared away later; its name is known")
        second: Any = connect(receipts_folder="receipts")

        assert ("delivered", before) == (before.state, second.delivery(ID))
        assert () == second.problems

    def test_an_outbox_knows_its_own_letters(self, connect: Connect, folder: Path) -> None:
        """A letter on paper that went into the outbox is accepted, and never more."""
        (folder / "outbox").mkdir()
        (folder / "receipts").mkdir()
        post: Any = connect(physical_outbox="outbox", receipts_folder="receipts")

        assert "unknown" == post.delivery(ID).state
