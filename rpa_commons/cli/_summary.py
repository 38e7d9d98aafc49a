"""What ``run``, ``plan`` and ``status`` say in words about how cases ended.

Rules this module keeps: a line of a table fits the terminal, the reference gives way before the reason, and
a reason that is cut there stands in full below it; nothing is cut for a file or a pipe; "everybody found has
been handled" is said only when it is true.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

__all__ = ["plan_text", "reason_lines", "run_text"]

COLUMNS = 100
_COUNTS = (
    ("found", "found"),
    ("new", "new"),
    ("done", "done"),
    ("skipped", "skipped"),
    ("handed_over", "handed over"),
    ("proposed", "proposed"),
    ("waiting", "waiting"),
    ("in_doubt", "in doubt"),
    ("failed", "failed"),
    ("postponed", "put back"),
    ("before_start", "before the start date"),
    ("elsewhere", "handled by another instance"),
)
_WORKED = ("done", "skipped", "handed_over", "proposed", "waiting", "in_doubt", "failed", "postponed")
_ALWAYS = ("found", "new", "done")
_HANDLED = ("done", "skipped", "handed_over", "cancelled")
_OPEN = (
    ("waiting", "waiting"),
    ("proposed", "proposed to a person"),
    ("in_doubt", "in doubt"),
    ("failed", "failed earlier"),
    ("new", "queued"),
    ("running", "queued"),
)
_WIDEST_REFERENCE = 16
_WIDEST_WHAT = 24
_MOST_REASONS = 25
_WORDS = {"postponed": "put back"}


def run_text(title: str, summary: Mapping[str, Any]) -> str:
    """The summary of a run."""
    counts = [f"{summary[name]} {word}" for name, word in _COUNTS if name in _ALWAYS or summary[name]]
    lines = [title, f"  {', '.join(counts)}"]
    if summary.get("overrides"):
        lines.append(f"  for this run alone: {', '.join(summary['overrides'])}")
    if summary["effects"]:
        effects = ", ".join(f"{name} {count}" for name, count in summary["effects"].items())
        lines.append(f"  carried out: {effects}")
    if summary["minutes"]:
        lines.append(f"  minutes freed: {summary['minutes']:g}")
    if summary["stopped"]:
        lines.append(f"  stopped early: {summary['stopped']}")
    if summary["queued"] > 0:
        lines.append(
            f"  {summary['queued']} cases remain queued; nothing is lost, the next run takes them up"
        )
    lines.extend(f"  {line}" for line in reason_lines(summary["reasons"]))
    lines.extend(f"  finding: {finding}" for finding in summary["findings"])
    if not any(summary[name] for name in (*_WORKED, "new")) and not summary["stopped"]:
        lines.append(f"  nothing new: {_why_nothing(summary)}")
    return "\n".join(lines)


def reason_lines(reasons: Sequence[Mapping[str, Any]]) -> list[str]:
    """Why cases ended as they did: a line per reason, its remedy below."""
    lines = []
    for one in reasons[:_MOST_REASONS]:
        state = _WORDS.get(one["state"], one["state"].replace("_", " "))
        lines.append(f"{one['count']} {state}: {one['reason'] or 'no reason was given'}")
        if one["remedy"]:
            lines.append(f"    help: {one['remedy']}")
    if len(reasons) > _MOST_REASONS:
        lines.append(f"{len(reasons) - _MOST_REASONS} more reasons: --json shows them")
    return lines


def plan_text(
    title: str,
    cases: Sequence[Mapping[str, Any]],
    summary: Mapping[str, Any],
    *,
    verbose: bool,
    columns: int | None = COLUMNS,
) -> str:
    """A line per case, then counts; with ``verbose`` uncut and with the rules.

    Args:
        title: The first line.
        cases: What was planned.
        summary: Its counts.
        verbose: Each case in full.
        columns: How wide the reader's terminal is; ``None``: nothing is cut.
    """
    lines = [title, *(_wide(cases) if verbose else _table(cases, columns))]
    lines.append(f"  {_found(summary)}; would be: {_counted(summary['states']) or 'nothing'}")
    if summary["due"] > summary["planned"]:
        lines.append(f"  {summary['due'] - summary['planned']} more cases were not planned")
    lines.extend(f"  {line}" for line in reason_lines(summary["reasons"]))
    lines.extend(f"  finding: {finding}" for finding in summary["findings"])
    if not summary["due"] and not summary["findings"]:
        lines.append(f"  nothing new: {_why_nothing({**summary, 'open': summary['known_states']})}")
    return "\n".join(lines)


def _why_nothing(summary: Mapping[str, Any]) -> str:
    because = [f"{summary['open'][state]} {word}" for state, word in _OPEN if summary["open"].get(state)]
    if summary["before_start"]:
        because.append(f"{summary['before_start']} from before the start date")
    if summary["elsewhere"]:
        because.append(f"{summary['elsewhere']} handled by another instance")
    if because:
        return ", ".join(because)
    if summary["findings"]:
        return "see the findings"
    return "everybody found has been handled" if summary["found"] else "no cases were found"


def _found(summary: Mapping[str, Any]) -> str:
    known = summary["known_states"]
    handled = sum(known.get(state, 0) for state in _HANDLED)
    parts = [f"{summary['found']} found", f"{handled} handled already"]
    parts.extend(f"{known[state]} {word}" for state, word in _OPEN if known.get(state))
    if summary["elsewhere"]:
        parts.append(f"{summary['elsewhere']} handled by another instance")
    if summary["before_start"]:
        parts.append(f"{summary['before_start']} before the start date")
    return ", ".join(parts)


def _counted(states: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {state.replace('_', ' ')}" for state, count in states.items())


def _table(cases: Sequence[Mapping[str, Any]], columns: int | None) -> list[str]:
    if not cases:
        return []
    rows = [("reference", "would be", "what", "reason")]
    for case in cases:
        what = "; ".join(_short(effect) for effect in case["effects"]) or "-"
        rows.append((case["reference"], _state(case), what, case["reason"] or "-"))
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    if columns is not None:
        widths[0] = min(widths[0], max(_WIDEST_REFERENCE, _telling([row[0] for row in rows]) + 1))
        widths[2] = min(widths[2], _WIDEST_WHAT)
    lines = []
    for row in rows:
        cells = [_cut(cell, width).ljust(width) for cell, width in zip(row[:3], widths, strict=True)]
        line = "  " + "  ".join([*cells, row[3]])
        lines.append(line if columns is None else _cut(line, columns))
    return lines


def _telling(references: Sequence[str]) -> int:
    """How many characters tell the references apart."""
    apart = sorted(set(references))
    return max((_shared(*pair) for pair in pairwise(apart)), default=0) + 1


def _shared(one: str, other: str) -> int:
    return next((at for at, pair in enumerate(zip(one, other, strict=False)) if len(set(pair)) > 1), len(one))


def _wide(cases: Sequence[Mapping[str, Any]]) -> list[str]:
    lines = []
    for case in cases:
        reason = f": {case['reason']}" if case["reason"] else ""
        lines.append(f"  {case['reference']}: {_state(case)}{reason}")
        lines.extend(f"      effect: {_full(effect)}" for effect in case["effects"])
        lines.extend(f"      rule: {rule['paragraph']}: {rule['result']}" for rule in case["rules"])
        if case["remedy"]:
            lines.append(f"      help: {case['remedy']}")
    return lines


def _state(case: Mapping[str, Any]) -> str:
    return str(case["state"]).replace("_", " ") + (" (assumed)" if case["assumed"] else "")


def _short(effect: Mapping[str, Any]) -> str:
    """The call with the words of a closed list that it was given; fields of a model only in full."""
    words = ", ".join(str(value) for name, value in effect["shown"].items() if "." not in name)
    return f"{effect['call']}({words})"


def _full(effect: Mapping[str, Any]) -> str:
    shown = ", ".join(f"{name}={value}" for name, value in effect["shown"].items())
    return f"{effect['call']}({shown})" + (" assumed" if effect["assumed"] else "")


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"
