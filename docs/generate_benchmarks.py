"""Writes the tables of ``adr/0009-registry-files.md`` from the results that the benchmarks saved.

A test compares the page with what this script would write. Usage, from anywhere::

    python -m benchmarks index upload search
    python docs/generate_benchmarks.py
"""  # noqa: INP001 - a script beside the pages, no package

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
PAGE = FOLDER / "adr" / "0009-registry-files.md"
RESULTS = FOLDER.parent / "benchmarks" / "results"
_PEERS = ("simple-repository-server", "devpi-server", "pypiserver")


def result(name: str) -> dict[str, Any]:
    """What a benchmark saved last."""
    found: dict[str, Any] = json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))
    return found


def page(text: str) -> str:
    """The page with the tables of these results."""
    for name in ("index", "upload", "search"):
        begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
        if (text.count(begin), text.count(end)) != (1, 1):
            raise ValueError(f"{PAGE}: {begin!r} and {end!r} do not stand there once each")
        before, _, rest = text.partition(begin)
        text = f"{before}{begin}\n\n{_block(result(name))}\n\n{end}{rest.partition(end)[2]}"
    return text


def _block(found: dict[str, Any]) -> str:
    figures = found["figures"]
    has_cpu = "cpu_ms" in figures[0]
    head = f"| | {found['unit']}, median | min to max | ours/this, per round |"
    lines = [f"{head} processor ms |" if has_cpu else head, "| --- " * (5 if has_cpu else 4) + "|"]
    for one in figures:
        name = f"**{one['name']}**" if one is figures[0] else one["name"]
        cells = [name, _short(one["median"]), f"{_short(one['low'])} to {_short(one['high'])}"]
        cells.append("1" if one is figures[0] else _short(one["ratio_of_ours"]))
        if has_cpu:
            cells.append(_short(one["cpu_ms"]))
        lines.append(f"| {' | '.join(cells)} |")
    lines += [
        "",
        f"Measured {found['measured_at'][:10]}, {found['machine']['cores']} cores. {_sentence(found)}",
    ]
    return "\n".join(lines)


def _sentence(found: dict[str, Any]) -> str:
    ratios = {one["name"]: one["ratio_of_ours"] for one in found["figures"]}
    if found["benchmark"] == "index":
        best = min(ratios[name] for name in _PEERS)
        exported = {one["name"]: one["cpu_ms"] for one in found["figures"]}
        export, plain = exported["nginx with our export"], exported["nginx with plain files"]
        return (
            f"Ours is {_short(best)} times the best of the three (aim: 10); a page of the export costs nginx "
            f"{_short(export)} ms of processor time, a plain file {_short(plain)} ms."
        )
    limit, aim = list(ratios)[1], {"upload": "0.3", "search": "0.5"}[found["benchmark"]]
    return f"Ours is {_short(ratios[limit])} of “{limit}” (aim: {aim})."


def _short(value: float) -> str:
    """Two digits that count below ten, else whole numbers."""
    if value >= 10:  # noqa: PLR2004 - see above
        return f"{value:,.0f}"
    return f"{value:.2g}"


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
