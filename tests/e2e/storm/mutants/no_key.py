"""A worker whose keys belong to the attempt and not to the item, as a workflow id would."""

import dataclasses
import secrets
import sys
from typing import Any

from rpa_commons.runtime import _journal, _keys, worker


def main() -> int:
    """A worker, mutated."""
    original = _journal.Journal._effect

    def effect(self: Any, item: Any, row: Any) -> Any:
        found = original(self, item, row)
        found.intent = dataclasses.replace(found.intent, key=secrets.token_hex(32))
        return found

    _keys.ItemScope.key = lambda *_: secrets.token_hex(32)  # type: ignore[method-assign] - the mutation
    _journal.Journal._effect = effect  # type: ignore[method-assign] - the mutation
    return worker.main()


if __name__ == "__main__":
    sys.exit(main())
