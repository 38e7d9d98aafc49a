"""One inbox, several threads."""

from pathlib import Path
from typing import Any

from rpa_commons.connectors.invoice_folder._files import Files


class Forgotten(dict[Any, str]):
    """What another thread forgets at once."""

    def __setitem__(self, known: Any, id_: str) -> None:
        """Gone as soon as it is there."""


def test_a_file_that_another_thread_forgets_meanwhile_is_listed_all_the_same(tmp_path: Path) -> None:
    """A thread that finds a file exchanged forgets what it knew of it; whoever lists it goes on."""
    (tmp_path / "bill.xml").write_bytes(b"<Invoice/>")
    files = Files(tmp_path, settle=0, largest=1024**2)
    files._known = Forgotten()

    assert ["bill.xml"] == [found.path.name for found in files.waiting()]
