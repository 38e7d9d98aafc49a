"""The demo's tables, as plain text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ._proof import Proof

__all__ = ["Column", "compare", "proof_text"]

_STATES = ("done", "skipped", "handed_over", "waiting", "in_doubt", "failed")


@dataclass(frozen=True)
class Column:
    """One municipality in the side-by-side table.

    Attributes:
        title: The municipality's name.
        wheel: SHA-256 of the wheel in its ``rpac.lock``.
        values: What differs by configuration: key -> (value, origin).
        own_files: Letter overrides and hooks, relative to its folder.
        run: The run's summary, as ``rpac run --json`` prints it.
        status: The instance's totals, as ``rpac status --json`` prints them.
    """

    title: str
    wheel: str
    values: Mapping[str, tuple[object, str]]
    own_files: Sequence[str]
    run: Mapping[str, Any]
    status: Mapping[str, Any]


def compare(columns: Sequence[Column]) -> str:
    """What is the same, what differs by configuration and where that is said, and what came of it."""
    lines = [f"one wheel: sha256 {', '.join(sorted({column.wheel[:16] for column in columns}))}", ""]
    for key in columns[0].values:
        lines.append(key.removeprefix("stack."))
        rows = [(column.title, [str(part) for part in column.values[key]]) for column in columns]
        lines += [_aligned(rows), ""]
    lines.append("files of their own beside the TOML")
    lines += [_aligned([(column.title, [", ".join(column.own_files) or "none"]) for column in columns]), ""]
    return "\n".join([*lines, _aligned(_counts(columns))])


def _counts(columns: Sequence[Column]) -> list[tuple[str, list[str]]]:
    rows = [
        ("", [column.title for column in columns]),
        ("cases found now", [str(column.run["found"]) for column in columns]),
        ("new ones", [str(column.run["new"]) for column in columns]),
        ("letters sent now", [str(sum(column.run["effects"].values())) for column in columns]),
    ]
    for state in _STATES:
        counts = [column.status["counts"].get(state, 0) for column in columns]
        if any(counts):
            rows.append((f"{state.replace('_', ' ')}, ever", [str(count) for count in counts]))
    rows.append(("minutes freed now", [f"{column.run['minutes']:g}" for column in columns]))
    return rows


def _aligned(rows: Sequence[tuple[str, Sequence[str]]]) -> str:
    first = max(len(name) for name, _ in rows)
    widths = [max(len(cells[column]) for _, cells in rows) for column in range(len(rows[0][1]))]
    return "\n".join(
        f"  {name:{first}}  "
        + "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()
        for name, cells in rows
    )


def proof_text(proof: Proof) -> str:
    """What the folders share with the bot's code, and the only Python in them."""
    lines = [
        "",
        f"copied code: {len(proof.copied)} of the bot's {proof.bot_lines} lines stand in any of the folders",
        *(f"  {place}" for place in proof.copied),
        *(
            f"the only Python there: {file}, {count} lines around one named step"
            for file, count in proof.hooks.items()
        ),
        *(f"Python that is no hook: {file}" for file in proof.other_python),
    ]
    return "\n".join(lines)
