"""``python -m benchmarks [NAME ...] [--json]``: run the comparisons and keep their results."""

import argparse
import importlib
import json

from ._measure import save, table

_NAMES = ("config", "cpr", "fleet", "help", "index", "invoices", "letters", "lookups", "search", "upload")


def main() -> None:
    """Run the named benchmarks, or all."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=main.__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"one of {', '.join(_NAMES)}; all when none is given"
    )
    parser.add_argument("--json", action="store_true", help="print the results as JSON")
    arguments = parser.parse_args()
    for name in arguments.names:
        if name not in _NAMES:
            parser.error(f"no benchmark {name!r}; there are {', '.join(_NAMES)}")
    results = []
    for name in arguments.names or _NAMES:
        module = importlib.import_module(f"benchmarks.{name}")
        figures = module.run()
        results.append(save(name, module.UNIT, figures, module.NOTE))
        if not arguments.json:
            print(f"\n{name}: {module.NOTE}\n{table(figures, module.UNIT)}")
    if arguments.json:
        print(json.dumps(results, indent=2))


if __name__ == "__main__":
    main()
