r"""READMEs as HTML that cannot do anything: no script, no form, nothing fetched from anywhere.

Rules this module keeps: raw HTML in a README is text, not markup (CommonMark without HTML); what comes out
is cleaned once more against a short list of elements; a picture becomes its alternative text, because a page
of the registry calls no other server; a link leaves without credentials and lends no reputation
(``nofollow noopener noreferrer``); headings move down so that the page keeps one outline; relative links have
nowhere to go and become text.

Usage::

    readme_html("# welcome-letters\n\nGreets **each** new resident.")
"""

import functools
from collections.abc import Sequence

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

__all__ = ["readme_html"]

_LARGEST = 200_000  # characters; a README is read by people
_TAGS = frozenset(
    {
        *("a", "blockquote", "br", "code", "del", "div", "em", "h3", "h4", "h5", "h6", "hr", "li", "ol"),
        *("p", "pre", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul"),
    }
)
_ATTRIBUTES = {"a": {"href"}, "ol": {"start"}, "th": {"scope"}, "div": {"class", "tabindex"}}
_SCHEMES = frozenset({"http", "https", "mailto"})
_DOWN = 2  # the page's own headings are h1 and h2


def readme_html(text: str) -> str:
    """The README as safe HTML.

    Args:
        text: Markdown of a stranger; its first heading is left out when it opens the text, for the page
            has a title of its own.
    """
    tokens = _parser().parse(text[:_LARGEST])
    if tokens and tokens[0].type == "heading_open" and tokens[0].tag == "h1":
        tokens = tokens[3:]
    _move_headings(tokens)
    html = _parser().renderer.render(tokens, _parser().options, {})
    return nh3.clean(
        html,
        tags=set(_TAGS),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        url_schemes=set(_SCHEMES),
        link_rel="nofollow noopener noreferrer",
    )


@functools.cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    for name, rule in (
        ("image", _image),
        ("link_open", _link_open),
        ("link_close", _link_close),
        ("table_open", lambda *_: '<div class="scroll" tabindex="0"><table>\n'),
        ("table_close", lambda *_: "</table></div>\n"),
    ):
        parser.add_render_rule(name, lambda _self, *rest, rule=rule: rule(*rest))
    return parser


def _move_headings(tokens: Sequence[Token]) -> None:
    """One step below the page's h2, and never a gap: a reader of headings must not miss a level."""
    last = _DOWN
    for token in tokens:
        if token.type == "heading_open":
            last = min(int(token.tag[1]) - 1 + _DOWN, last + 1, 6)
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{max(last, _DOWN + 1)}"


def _image(tokens: Sequence[Token], index: int, _options: OptionsDict, env: EnvType) -> str:
    plain = RendererHTML().renderInlineAsText(tokens[index].children, _parser().options, env)
    return f"[{nh3.clean_text(plain)}]" if plain else ""


def _is_outside(token: Token) -> bool:
    return str(token.attrGet("href") or "").lower().startswith(("http://", "https://", "mailto:"))


def _link_open(tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType) -> str:
    return RendererHTML().renderToken(tokens, index, options, env) if _is_outside(tokens[index]) else ""


def _link_close(tokens: Sequence[Token], index: int, _options: OptionsDict, _env: EnvType) -> str:
    depth = 0
    for token in reversed(tokens[:index]):
        if token.type == "link_close":
            depth += 1
        elif token.type == "link_open":
            if depth == 0:
                return "</a>" if _is_outside(token) else ""
            depth -= 1
    return "</a>"
