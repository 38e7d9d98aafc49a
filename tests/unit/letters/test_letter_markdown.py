"""Markdown to a tree of plain data, values kept apart."""

import pytest

from rpa_commons.letters import TemplateError
from rpa_commons.letters._markdown import marker, parse, plain_text


def _text(text: str) -> dict[str, str]:
    return {"kind": "text", "text": text}


def test_every_kind_of_block_and_inline() -> None:
    """The restricted Markdown gives exactly the kinds the typst template knows."""
    tree = parse(
        "# En\n\nab *c* **d** [e](https://f.dk/g?h=i#j)\\\nk\nl\n\n- m\n- n\n\n3. o\n4. p\n",
        (),
        "bot:x.md.j2",
    )

    assert tree == [
        {"kind": "heading", "level": 2, "content": [_text("En")]},
        {
            "kind": "paragraph",
            "content": [
                _text("ab "),
                {"kind": "emphasis", "content": [_text("c")]},
                _text(" "),
                {"kind": "strong", "content": [_text("d")]},
                _text(" "),
                {"kind": "link", "url": "https://f.dk/g?h=i#j", "content": [_text("e")]},
                {"kind": "break"},
                _text("k l"),
            ],
        },
        {
            "kind": "list",
            "ordered": False,
            "start": 1,
            "items": [[{"kind": "paragraph", "content": [_text(one)]}] for one in "mn"],
        },
        {
            "kind": "list",
            "ordered": True,
            "start": 3,
            "items": [[{"kind": "paragraph", "content": [_text(one)]}] for one in "op"],
        },
    ]


@pytest.mark.parametrize(
    "source",
    [
        "<b>x</b>",
        "`x`",
        "a | b\n- | -",
        "> x",
        "```\nx\n```",
        "    x",
        "x\n===",
        "<https://x.dk>",
        "***",
        "~~x~~",
    ],
)
def test_other_markdown_stands_as_typed(source: str) -> None:
    """HTML, code, quotes, tables and rules are text, never structure."""
    kinds = {block["kind"] for block in parse(source, (), "bot:x.md.j2")}

    assert kinds <= {"paragraph", "list"}
    assert "".join(source.split()).lstrip("-") in "".join(plain_text(parse(source, (), "x")).split())


def test_heading_levels_leave_no_gap() -> None:
    """PDF/UA forbids skipped levels, so a template's ### after nothing becomes the next level."""
    tree = parse("### a\n\n# b\n\n###### c\n\n- ##### d\n", (), "bot:x.md.j2")

    levels = [block["level"] for block in tree if block["kind"] == "heading"]
    assert levels == [2, 2, 3]
    assert tree[-1]["items"][0][0]["level"] == 4


@pytest.mark.parametrize("mark", ["#", "##", "###"])
def test_equal_headings_have_equal_levels(mark: str) -> None:
    """Whichever mark a template uses for its sections, they stand below the title at one level."""
    tree = parse(f"{mark} a\n\nx\n\n{mark} b\n\n{mark}# c\n\n{mark} d", (), "bot:x.md.j2")

    assert [block["level"] for block in tree if block["kind"] == "heading"] == [2, 2, 3, 2]


@pytest.mark.parametrize("address", ["http://x.dk", "javascript:x", "file:///x", "/x", "x.dk", "data:x", ""])
def test_other_links_are_refused(address: str) -> None:
    """A link leads to https or mailto; the scheme stands in the template."""
    with pytest.raises(TemplateError, match="a link in the letter"):
        parse(f"[x]({address})", (), "bot:x.md.j2")


def test_a_value_cannot_be_the_scheme() -> None:
    """A link whose beginning is a value is refused, whatever the value is."""
    with pytest.raises(TemplateError):
        parse(f"[x]({marker(0)})", ("https://x.dk",), "bot:x.md.j2")


def test_a_value_in_an_address_is_encoded() -> None:
    """A value adds no path, query or second address to a link."""
    tree = parse(
        f"[a](https://x.dk/{marker(0)}) [b](mailto:{marker(1)})", ("a/b?c#d) e", "æ@x.dk?cc=y"), "bot:x.md.j2"
    )

    urls = [one["url"] for one in tree[0]["content"] if one["kind"] == "link"]
    assert urls == ["https://x.dk/a%2Fb%3Fc%23d%29%20e", "mailto:%C3%A6@x.dk%3Fcc%3Dy"]


def test_a_value_in_every_position_is_text() -> None:
    """A value at the start of a line, in a heading, a list, emphasis and a link's text is only text."""
    name = "# a\n- b *c* `d` [e](https://f) <b> | 1. ~ \\ _g_"
    value = marker(0)
    source = f"{value}\n\n# {value}\n\n- {value}\n\n*{value}* **{value}** [{value}](https://x.dk)"

    tree = parse(source, (name,), "bot:x.md.j2")

    first, heading, items, last = tree
    assert first == {"kind": "paragraph", "content": [_text(name)]}
    assert heading == {"kind": "heading", "level": 2, "content": [_text(name)]}
    assert items["items"] == [[{"kind": "paragraph", "content": [_text(name)]}]]
    assert [one["content"] for one in last["content"] if "content" in one] == [[_text(name)]] * 3


def test_empty_blocks_are_left_out() -> None:
    """A value that is empty leaves no empty paragraph or heading behind."""
    assert parse(f"# {marker(0)}\n\n{marker(0)}\n\nx", ("",), "x") == [
        {"kind": "paragraph", "content": [_text("x")]}
    ]


def test_plain_text_indents_nested_lists() -> None:
    """The text form keeps the letter's shape."""
    tree = parse("1. a\n   - b\n   - c\n2. d [e@f.dk](mailto:e@f.dk)", (), "x")

    assert plain_text(tree) == "1. a\n\n   - b\n   - c\n2. d e@f.dk"
