"""EN 16931 by our checker against a bare saxonche loop, and 10,000 invoices with memory watched.

Both contestants have their stylesheet compiled before anything is timed, from the same official file, and
must find the same number of broken rules in each document. The bare loop parses the text with Saxon, runs the
stylesheet and keeps the answer as a string. Ours refuses what is unsafe, reads the document, hands its own
text of it to Saxon, and turns the answer into findings with place and line. The memory is that of a process
of its own, read at every 1,000 of 10,000 invoices.

The official files are found through ``RPAC_SPECS``.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rpa_commons.specs import SpecsStore, add_known, invoice_checker
from rpa_commons.validators.invoices import InvoiceChecker

from ._measure import Figures, compare

__all__ = ["NOTE", "UNIT", "run"]

UNIT = "invoices a second of processor time"
NOTE = (
    "EN 16931 (UBL), the published examples in turn; one process; limit: bare saxonche with the same "
    "stylesheet; aim: at least 0.9 of it. The last row is memory: resident MB after 1,000 to 10,000 invoices "
    "in one process, its ratio the last of these readings by the first"
)

_RULES = "en16931-ubl"
_STYLESHEET = "EN16931-UBL-validation.xslt"
_TIMES = 8
_WATCHED = 10_000
_EVERY = 1_000


def run() -> list[Figures]:
    """Eleven rounds, then the memory."""
    specs = os.environ.get("RPAC_SPECS")
    if not specs:
        sys.exit("benchmark invoices: RPAC_SPECS does not name the folder with the official files")
    with tempfile.TemporaryDirectory() as name:
        store = SpecsStore(Path(name))
        add_known(store, Path(specs))
        documents = _documents(Path(specs))
        checker = invoice_checker(store)
        bare = _bare(store)
        for document in documents:
            ours, theirs = len(checker.apply(_RULES, document)), bare(document).count("<svrl:failed-assert")
            if ours != theirs:
                raise RuntimeError(f"ours found {ours} broken rules, the bare loop {theirs}")
        figures = compare(
            {
                "ours": lambda: _rate(documents, lambda one: checker.apply(_RULES, one)),
                "bare saxonche": lambda: _rate(documents, bare),
                "ours, with XML Schema and choice of rules": lambda: _rate(documents, checker.check),
            },
            rounds=11,
        )
        return [*figures, _memory(Path(name), Path(specs))]


def _documents(specs: Path) -> list[bytes]:
    folder = specs / "en16931" / "ubl" / "examples"
    # Those by this name; one of the others holds an attachment of 3 MB and would be most of the time.
    found = [path.read_bytes() for path in sorted(folder.glob("ubl-*.xml"))]
    if not found:
        sys.exit(f"benchmark invoices: there are no examples in {folder}")
    return found


def _bare(store: SpecsStore) -> Callable[[bytes], str]:
    import saxonche

    stored = store.versions(_RULES)[-1]
    text = store.load(_RULES, stored.version)[_STYLESHEET].decode()
    processor = saxonche.PySaxonProcessor(license=False)
    executable = processor.new_xslt30_processor().compile_stylesheet(stylesheet_text=text.partition("?>")[2])

    def run_one(document: bytes) -> str:
        node = processor.parse_xml(xml_text=document.decode("utf-8-sig"))
        answer: str = executable.transform_to_string(xdm_node=node)
        return answer

    return run_one


def _rate(documents: list[bytes], check: Callable[[bytes], Any]) -> float:
    # Processor time: both are one process that only computes, and a busy machine is not what is measured.
    start = time.process_time()
    for _ in range(_TIMES):
        for document in documents:
            check(document)
    return _TIMES * len(documents) / (time.process_time() - start)


def _memory(store: Path, specs: Path) -> Figures:
    """Resident megabytes of a process of its own at every thousand of ten thousand invoices."""
    command = [sys.executable, "-m", "benchmarks.invoices", str(store), str(specs)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    readings: list[float] = json.loads(done.stdout)
    return Figures(
        name="ours: memory, resident MB",
        median=statistics.median(readings),
        low=min(readings),
        high=max(readings),
        ratio_of_ours=readings[-1] / readings[0],
    )


def _watch(checker: InvoiceChecker, documents: list[bytes]) -> list[float]:
    readings = []
    for number in range(1, _WATCHED + 1):
        checker.check(documents[number % len(documents)])
        if number % _EVERY == 0:
            readings.append(_resident())
    return readings


def _resident() -> float:
    """Megabytes of this process in memory now; read from /proc, so on Linux alone."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


if __name__ == "__main__":
    watched = invoice_checker(SpecsStore(Path(sys.argv[1])))
    print(json.dumps(_watch(watched, _documents(Path(sys.argv[2])))))
