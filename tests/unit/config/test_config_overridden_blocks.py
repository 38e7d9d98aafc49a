"""Which blocks of a bot's letters are overridden, by whom, and where."""

import sys
from typing import TYPE_CHECKING

import pytest

from rpa_commons.config.municipality import OverriddenBlock, overridden_blocks
from rpa_commons.letters import block_digest
from rpa_commons.manifest import TemplateEntry

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Town

FILE = "letters/welcome-letters/adults.md.j2"
HEAD = '{% extends "bot:adults.md.j2" %}\n'
GREETING = "{% block greeting %}Hej{% endblock %}\n"
OTHER = "{%- block  greeting -%}Goddag{% endblock %}\n"
A_DIGEST, B_DIGEST = "a" * 64, "b" * 64


@pytest.fixture(autouse=True)
def _letters(town: "Town") -> None:
    """The bot has one letter with two blocks."""
    entry = TemplateEntry(name="adults", blocks={"greeting": A_DIGEST, "end": B_DIGEST})
    town.manifest = town.manifest.model_copy(update={"templates": (entry,)})


def _found(town: "Town", *, shared: bool = False, name: str = "welcome-letters") -> list[OverriddenBlock]:
    return list(overridden_blocks(town.open(), name, town.manifest, shared=shared))


def test_a_block_is_told_with_its_place_and_both_digests(town: "Town") -> None:
    """Blocks that the bot does not have, and those in comments, are none."""
    comment = "{# {% block end %}no{% endblock %}\n#}\n"
    path = town.write(FILE, HEAD + comment + GREETING + "{% block new %}x{% endblock %}\n")
    digest = block_digest(GREETING, "greeting")

    assert [OverriddenBlock("adults", "greeting", A_DIGEST, (digest,), path, 4)] == _found(town)


def test_blocks_come_by_name_whatever_their_order_in_the_file(town: "Town") -> None:
    """So that two municipalities can be compared."""
    town.write(FILE, HEAD + GREETING + "{% block end %}Hilsen{% endblock %}\n")

    assert [("end", 3), ("greeting", 2)] == [(one.block, one.line) for one in _found(town)]


def test_the_instances_own_folder_is_stronger_than_the_bots(town: "Town") -> None:
    """Its place is told; both say the block."""
    town.write("bots/moving.toml", 'bot = "welcome-letters"\nid = "2b6f0c1e-2c9c-4c0e-9f3d-6d1f1e8f9a10"\n')
    town.write(FILE, HEAD + GREETING)
    own = town.write("letters/moving/adults.md.j2", HEAD + OTHER)
    [found] = _found(town, name="moving")

    assert own == found.file
    assert (block_digest(OTHER, "greeting"), block_digest(GREETING, "greeting")) == found.overrides


def test_the_baselines_letters_count_where_they_are_asked_for(town: "Town") -> None:
    """They are the cooperation's to publish, but a letter is made with them."""
    path = town.write(f"../baseline/{FILE}", HEAD + GREETING)

    assert [] == _found(town)
    assert [path.resolve()] == [one.file.resolve() for one in _found(town, shared=True)]


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights on Windows")
def test_a_link_out_of_the_folder_is_followed_only_when_a_letter_is_made(
    town: "Town", tmp_path: "Path"
) -> None:
    """What is published comes from the municipality's own files."""
    elsewhere = tmp_path / "elsewhere.md.j2"
    elsewhere.write_text(HEAD + GREETING, encoding="utf-8")
    link = town.folder / FILE
    link.parent.mkdir(parents=True)
    link.symlink_to(elsewhere)

    assert [] == _found(town)
    assert [link] == [one.file for one in _found(town, shared=True)]


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xfe",
        HEAD + "{% block greeting %}",
        HEAD + "{% block greeting %}{{ }",
        b"x" * 2_000_000,
    ],
)
def test_what_is_no_template_overrides_nothing(town: "Town", content: str | bytes) -> None:
    """The check of letters says what is wrong with it."""
    town.write(FILE, content)

    assert [] == _found(town, shared=True)
