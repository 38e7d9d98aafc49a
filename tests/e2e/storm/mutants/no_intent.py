"""A worker that writes no intent before an effect."""

import sys
from typing import Any

from rpa_commons.runtime import _clock, _journal, worker


def main() -> int:
    """A worker, mutated."""

    def intend(_self: Any, item: Any, intent: Any, _asked: Any) -> Any:
        return _journal.EffectRow(intent, "open", item.phase, _clock.now(), None)

    _journal.Journal.intend = intend  # type: ignore[method-assign] - the mutation
    return worker.main()


if __name__ == "__main__":
    sys.exit(main())
