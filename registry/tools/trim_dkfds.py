"""Shorten the design system's style sheet to the rules that the registry's templates use.

DKFDS styles some four hundred components; the pages use a few. A rule stays when one of its selectors names
only elements and classes that stand in a template. Run it after a change of the templates that needs another
component, or for a newer DKFDS::

    npm pack dkfds && tar xzf dkfds-*.tgz
    python registry/tools/trim_dkfds.py package/dist/css/dkfds.min.css
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

WEB = Path(__file__).parents[1] / "src" / "rpa_registry" / "web"
TARGET = WEB / "static" / "dkfds" / "css" / "dkfds.css"
_FROM_CODE = frozenset({"icon-svg", "alert-error", "alert-warning", "alert-info", "alert-success"})
_STATES = frozenset({"badge-success", "badge-info", "badge-warning", "badge-error"})
_NEVER = re.compile(r"\.js-|:disabled|\.disabled|::-ms|@font-face")


def main() -> None:
    """Write the shortened sheet and say how long it became."""
    css = Path(sys.argv[1]).read_text(encoding="utf-8")
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL).replace("\ufeff", "")
    css = css.removeprefix('@charset "UTF-8";')
    classes = used_classes() | _FROM_CODE | _STATES
    kept = "".join(keep(css, classes))
    head = "/* DKFDS, shortened by registry/tools/trim_dkfds.py; licences: ../LICENSE.md */\n"
    TARGET.write_text(head + kept + "\n", encoding="utf-8", newline="\n")
    sys.stdout.write(f"{len(css)} -> {len(kept)} characters\n")


def used_classes() -> frozenset[str]:
    """Every class that stands in a template."""
    found: set[str] = set()
    for path in (WEB / "templates").glob("*.j2"):
        plain = re.sub(r"\{[{%].*?[%}]\}", " ", path.read_text(encoding="utf-8"))
        for value in re.findall(r'class="([^"]*)"', plain):
            found.update(value.split())
    return frozenset(found)


def keep(css: str, classes: frozenset[str]) -> Iterator[str]:
    """The rules that can apply, with media queries that still hold any."""
    for head, body in blocks(css):
        if head.startswith("@media"):
            inner = "".join(keep(body, classes))
            if inner:
                yield f"{head}{{{inner}}}\n"
        elif not head.startswith("@"):
            selectors = [one for one in split(head) if applies(one, classes)]
            if selectors:
                yield f"{','.join(selectors)}{{{body}}}"


def blocks(css: str) -> Iterator[tuple[str, str]]:
    """``head { body }`` at the outermost level."""
    start = depth = opened = 0
    for index, sign in enumerate(css):
        if sign == "{":
            opened = index if depth == 0 else opened
            depth += 1
        elif sign == "}":
            depth -= 1
            if depth == 0:
                yield css[start:opened].strip(), css[opened + 1 : index]
                start = index + 1


def split(selectors: str) -> Iterator[str]:
    """At the commas outside brackets."""
    yield from re.split(r",(?![^(\[]*[)\]])", selectors)


def applies(selector: str, classes: frozenset[str]) -> bool:
    """Whether a template can meet it."""
    plain = re.sub(r":not\([^)]*\)", "", selector)
    return not _NEVER.search(plain) and set(re.findall(r"\.([A-Za-z_][\w-]*)", plain)) <= classes


if __name__ == "__main__":
    main()
