"""Writes ``reference/codes.md`` from the pages that ``rpac explain`` prints.

A test compares the page with what this script would write. Usage, from anywhere::

    python docs/generate_codes.py
"""  # noqa: INP001 - a script beside the pages, no package

from pathlib import Path

from rpa_commons.config import CODES, page_of

PAGE = Path(__file__).parent / "reference" / "codes.md"

_HEAD = """# Codes of findings

What `rpac config check` and every other command finds has a code that never changes its meaning. **E**
stops a run, **W** does not. `rpac explain E301` prints the same text. Exit codes: 1 when something is
wrong, 4 when only secrets are missing (E402), 5 when only the cooperation's policy or a missing second
person says no (E301, E302, E304); warnings alone give 0.
"""


def page() -> str:
    """The whole page: every code, in order."""
    return "\n".join([_HEAD, *(f"#{page_of(code)}" for code in CODES)])


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
