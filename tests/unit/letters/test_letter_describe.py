"""Templates as the manifest lists them."""

import hashlib
import subprocess
import sys
from typing import Any

import pytest

from rpa_commons.letters import TemplateError, block_digest, describe_templates
from rpa_commons.letters._words import WORDS


def test_templates_and_blocks_are_listed_with_digests(desk: Any) -> None:
    """Every template of the folder is listed with all blocks an override may replace."""
    (entry,) = describe_templates(desk.folders["bot"])

    assert entry.name == "families"
    assert sorted(entry.blocks) == ["greeting", "school", "title"]
    assert entry.blocks["greeting"] == hashlib.sha256(b"\nK\xc3\xa6re {{ person.name }}\n").hexdigest()


def test_a_digest_changes_with_its_block_only(desk: Any) -> None:
    """After an upgrade one sees exactly which block changed underneath an override."""
    (before,) = describe_templates(desk.folders["bot"])
    text = (desk.folders["bot"] / "families.md.j2").read_text(encoding="utf-8")
    desk.write("bot", "families", text.replace("## Skole", "## Skoler"))

    (after,) = describe_templates(desk.folders["bot"])

    changed = {block for block in before.blocks if before.blocks[block] != after.blocks[block]}
    assert changed == {"school"}


def test_inherited_blocks_count_through_super(desk: Any) -> None:
    """A block that calls super() changes when the one below does; one that replaces it does not."""
    base = "{% block title %}x{% endblock %}{% block a %}ONE{% endblock %}{% block b %}ONE{% endblock %}"
    child = (
        '{% extends "base.md.j2" %}{% block a %}{{ super() }}!{% endblock %}{% block b %}own{% endblock %}'
    )
    desk.write("bot", "base", base)
    desk.write("bot", "child", child)
    before = {entry.name: entry.blocks for entry in describe_templates(desk.folders["bot"])}["child"]
    desk.write("bot", "base", base.replace("ONE", "TWO"))

    after = {entry.name: entry.blocks for entry in describe_templates(desk.folders["bot"])}["child"]

    assert {block for block in before if before[block] != after[block]} == {"a"}
    assert sorted(before) == ["a", "b", "title"]


def test_nested_blocks_belong_to_the_outer_one() -> None:
    """The outer block's digest covers what stands in the inner one."""
    source = "{% block a %}x{% block b %}y{% endblock b %}{% endblock a %}"

    assert block_digest(source, "b") == hashlib.sha256(b"y").hexdigest()
    assert block_digest(source, "a") == hashlib.sha256(b"x{% block b %}y{% endblock b %}").hexdigest()


def test_an_unknown_block_has_no_digest() -> None:
    """Asking for a block that is not there is an error."""
    with pytest.raises(KeyError):
        block_digest("x", "a")


def test_a_broken_template_stops_the_description(desk: Any) -> None:
    """A bot with a template outside the language cannot be built."""
    desk.write("bot", "broken", "{% block title %}x{% endblock %}{% set a = 1 %}")

    with pytest.raises(TemplateError):
        describe_templates(desk.folders["bot"])


def test_month_tables_are_complete() -> None:
    """Every language has twelve months."""
    assert {language: len(words.months) for language, words in WORDS.items()} == dict.fromkeys(
        ("da", "nb", "sv", "en"), 12
    )


def test_a_letterhead_is_read_without_the_typesetter() -> None:
    """Whoever only reads configuration loads neither Jinja2, Markdown nor typst."""
    code = (
        "import sys, rpa_commons.letters as letters; letters.Letterhead(name='x'); letters.Letters();"
        "print([name for name in ('jinja2', 'markdown_it', 'typst') if name in sys.modules])"
    )

    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert out.stdout.strip() == "[]"
