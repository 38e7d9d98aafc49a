"""Measuring in turns: every contestant runs once a round, and the ratios are taken round by round.

A machine's speed drifts; contestants of one round drift together, so the median of per-round ratios holds
where single times do not.
"""

import json
import os
import platform
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

__all__ = ["Figures", "compare", "save", "seconds_of", "table"]

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True)
class Figures:
    """One contestant's figures: the median of ``unit`` over the rounds, its range, and the ratio to ours."""

    name: str
    median: float
    low: float
    high: float
    ratio_of_ours: float
    """Median over the rounds of ours divided by this contestant."""


def seconds_of(command: Sequence[str], *, cwd: Path | None = None) -> float:
    """Wall seconds of a whole process whose output is thrown away.

    Raises:
        subprocess.CalledProcessError: the process failed; a failed run is no measurement.
    """
    start = time.perf_counter()
    subprocess.run(command, check=True, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    return time.perf_counter() - start


def compare(contestants: Mapping[str, Callable[[], float]], *, rounds: int) -> list[Figures]:
    """Run every contestant once a round, after one round that is not counted; ours is the first.

    Args:
        contestants: Name -> a function that runs once and returns its figure (seconds, or items a second).
        rounds: Counted rounds.
    """
    for run in contestants.values():
        run()
    taken: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, run in contestants.items():
            taken[name].append(run())
    ours = next(iter(taken.values()))
    return [
        Figures(
            name=name,
            median=statistics.median(values),
            low=min(values),
            high=max(values),
            ratio_of_ours=statistics.median(a / b for a, b in zip(ours, values, strict=True)),
        )
        for name, values in taken.items()
    ]


def table(figures: Sequence[Figures], unit: str) -> str:
    """The figures as aligned lines for a terminal."""
    width = max(len(one.name) for one in figures)
    lines = [f"{'':{width}}  {'median':>10}  {'min - max':>21}  ours/this   ({unit})"]
    for one in figures:
        low_to_high = f"{one.low:.3f} - {one.high:.3f}"
        lines.append(f"{one.name:{width}}  {one.median:>10.3f}  {low_to_high:>21}  {one.ratio_of_ours:>9.2f}")
    return "\n".join(lines)


def save(name: str, unit: str, figures: Sequence[Figures], note: str) -> dict[str, Any]:
    """Write the result with its date and the kind of machine to ``benchmarks/results/<name>.json``."""
    result = {
        "benchmark": name,
        "unit": unit,
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {
            "system": platform.system(),
            "architecture": platform.machine(),
            "cores": os.cpu_count(),
            "python": platform.python_version(),
        },
        "note": note,
        "figures": [vars(one) for one in figures],
    }
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.json").write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    return result
