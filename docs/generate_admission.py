"""Writes ``reference/admission.md`` from the pages that ``rpac explain`` prints.

A test compares the page with what this script would write. Usage, from anywhere::

    python docs/generate_admission.py
"""  # noqa: INP001 - a script beside the pages, no package

import dataclasses
from pathlib import Path

from rpa_commons.conformance import ACCEPTED_LICENCES, CODES, Limits, page_of

PAGE = Path(__file__).parent / "reference" / "admission.md"

_HEAD = """# Admission: what a wheel must be

A registry takes a wheel when `rpac check` finds nothing that is an error; both run the same rules, and
neither runs anything of the wheel. Codes never change their meaning. **A18x** is a warning, every other
code refuses the wheel. `rpac explain A112` prints the same text.
"""


def page() -> str:
    """The whole page: limits, licences, every code in order."""
    limits = "\n".join(f"| `{one.name}` | {one.default} |" for one in dataclasses.fields(Limits))
    licences = ", ".join(sorted(ACCEPTED_LICENCES, key=str.lower))
    parts = [
        _HEAD,
        "## Limits\n\nSizes are in bytes.\n\n| limit | default |\n| --- | --- |\n" + limits + "\n",
        f"## Licences\n\nAccepted, alone or joined by AND, OR and WITH: {licences}.\n",
        *(f"#{page_of(code)}" for code in CODES),
    ]
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
