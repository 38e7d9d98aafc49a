"""The change of one file as people read it, without what may not be shown.

Rules this module keeps: lines are compared as they are and shown with each hidden value as ``…``; a changed
value that is hidden still shows as a changed line.
"""

import difflib
import tomllib
from collections.abc import Callable

from rpa_commons.config.documents import Document
from rpa_commons.config.findings import KeyPath, printable
from rpa_commons.validators import mask_personal_numbers

__all__ = ["redacted_diff"]

_AROUND = 3  # unchanged lines shown on either side

Hidden = Callable[[KeyPath], bool]


def redacted_diff(name: str, before: str, after: str, hidden_before: Hidden, hidden_after: Hidden) -> str:
    """A unified diff; empty when nothing changes.

    Args:
        name: How the file is called.
        before: Its text, empty when there is none yet.
        after: Its text afterwards.
        hidden_before: Whether the value at a path of the old text may not be shown.
        hidden_after: The same for the new text.
    """
    if before == after:
        return ""
    old, old_shown = _lines(before), _shown(before, hidden_before)
    new, new_shown = _lines(after), _shown(after, hidden_after)
    lines = [f"--- {name}" if before else "--- (no file)", f"+++ {name}"]
    for group in difflib.SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(_AROUND):
        first, last = group[0], group[-1]
        lines.append(f"@@ -{_span(first[1], last[2])} +{_span(first[3], last[4])} @@")
        for word, low, high, new_low, new_high in group:
            if word == "equal":
                lines += [f" {line}" for line in new_shown[new_low:new_high]]
                continue
            lines += [f"-{line}" for line in old_shown[low:high]]
            lines += [f"+{line}" for line in new_shown[new_low:new_high]]
    return "\n".join(lines)


def _plain(text: str) -> str:
    return text.removeprefix("\ufeff").replace("\r\n", "\n")


def _lines(text: str) -> list[str]:
    # As TOML counts lines: a text may hold signs at which Python would break one.
    return _plain(text).removesuffix("\n").split("\n") if text else []


def _shown(text: str, hidden: Hidden) -> list[str]:
    from pathlib import Path

    plain = _plain(text)
    document = Document(Path(), "", plain, tomllib.loads(plain))
    numbers = range(1, len(_lines(text)) + 1)
    return [mask_personal_numbers(printable(document.quote(line, hidden))) for line in numbers]


def _span(begin: int, end: int) -> str:
    count = end - begin
    return f"{begin + 1 if count else begin},{count}"
