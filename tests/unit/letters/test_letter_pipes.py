"""A pipe in the place of a template: reading it would wait for ever."""

import os
from pathlib import Path

import pytest

from rpa_commons.letters import Letterhead, LetterSource, check_letters, template_source

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")


def test_a_pipe_is_a_finding_and_is_not_waited_for(tmp_path: Path) -> None:
    """As is a folder of that name."""
    bot, own = tmp_path / "bot", tmp_path / "letters"
    bot.mkdir()
    own.mkdir()
    (bot / "families.md.j2").write_text("# Hej\n\nVelkommen.\n", encoding="utf-8")
    os.mkfifo(own / "families.md.j2")
    letterhead = Letterhead(name="Roskilde Kommune")
    source = LetterSource(bot, letterhead, lambda: pytest.fail("no date is needed"), (own,))

    found = [(one.template, one.problem) for one in check_letters(source)]

    assert ("municipality:families.md.j2", "cannot be read: it is no regular file") in found


def test_the_text_of_a_template_has_plain_line_ends(tmp_path: Path) -> None:
    """And no byte order mark."""
    file = tmp_path / "families.md.j2"
    file.write_bytes("\ufeffHej\r\ndu\r".encode())

    assert template_source(file) == "Hej\ndu\n"


@pytest.mark.parametrize("content", [b"x" * 70_000, None])
def test_what_is_no_template_is_an_error(tmp_path: Path, content: bytes | None) -> None:
    """Too large, or a pipe."""
    file = tmp_path / "families.md.j2"
    if content is None:
        os.mkfifo(file)
    else:
        file.write_bytes(content)

    with pytest.raises(OSError, match=r"larger than 64 KiB|no regular file"):
        template_source(file)
