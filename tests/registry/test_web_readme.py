"""READMEs of strangers, made safe."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rpa_registry.web._markdown import readme_html


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](data:text/html,<script>)",
        "[x](vbscript:x)",
        "![x](https://elsewhere.example/track.png)",
        "![](x.svg)",
        "<iframe src=https://elsewhere.example></iframe>",
        "<a href='https://x.example' onclick='x'>x</a>",
        "<style>body{display:none}</style>",
        "<form action=/upload/><input></form>",
        '[x](https://x.example "\\" onclick=\\"x")',
        "```html\n<script>\n```",
        "[x]: javascript:alert(1)\n\n[x]",
        "<https://x.example/<script>>",
    ],
)
def test_nothing_in_it_acts_or_loads(text: str) -> None:
    """No element, attribute or address that a browser would act on."""
    html = readme_html(text)

    for bad in (
        "<script",
        "<img",
        "<iframe",
        "<style",
        "<form",
        "<input",
        ' onclick="',
        'href="javascript',
        'href="data',
    ):
        assert bad not in html


@given(st.text(max_size=400))
def test_any_text_becomes_only_what_is_allowed(text: str) -> None:
    """Whatever is written."""
    html = readme_html(text).lower()

    for bad in ("<script", "<img", "<svg", "<iframe", "<object", "<style", "<form"):
        assert bad not in html


def test_links_go_out_without_a_trace() -> None:
    """Nothing about the visitor, no reputation, no handle on our window."""
    html = readme_html("[KL](https://www.kl.dk)")

    assert html.strip() == '<p><a href="https://www.kl.dk" rel="nofollow noopener noreferrer">KL</a></p>'


def test_relative_links_become_text() -> None:
    """They pointed into a repository that is not here."""
    assert readme_html("See [the docs](../docs/x.md).").strip() == "<p>See the docs.</p>"


def test_a_link_in_a_picture_in_a_link() -> None:
    """Nested parts close what they open."""
    html = readme_html("[![build](https://x.example/b.svg)](https://x.example) and [a](b.md)")

    assert (
        html.strip()
        == '<p><a href="https://x.example" rel="nofollow noopener noreferrer">[build]</a> and a</p>'
    )


def test_headings_stand_below_the_pages_own_without_gaps() -> None:
    """The first title goes, for the page has one; ``######`` after ``##`` is the next level."""
    html = readme_html("# Title\n\n## A\n\n###### B\n\n# C\n")

    assert html.split() == ["<h3>A</h3>", "<h4>B</h4>", "<h3>C</h3>"]


def test_tables_can_be_scrolled_by_keyboard() -> None:
    """A wide one must not widen the page."""
    html = readme_html("| a | b |\n| --- | --- |\n| 1 | 2 |\n")

    assert '<div class="scroll" tabindex="0"><table>' in html
    assert "</table></div>" in html


def test_a_long_one_is_cut() -> None:
    """A README is read by people."""
    assert len(readme_html("x" * 1_000_000)) < 250_000
