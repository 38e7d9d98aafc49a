"""The floor: three files through ``tomllib``, a merge of a few lines, one pydantic model.

It reads every file each time, keeps no origin and finds no more than the first layer of mistakes.
"""

import sys
import tomllib
from pathlib import Path
from typing import Any

from config_case import LAYERS, OVERRIDES, Instance, plain, unfolded
from config_loop import serve


def merge(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """Tables merge, everything else replaces."""
    merged = dict(below)
    for key, value in above.items():
        known = merged.get(key)
        merged[key] = merge(known, value) if isinstance(known, dict) and isinstance(value, dict) else value
    return merged


def resolve(root: Path) -> Instance:
    """All layers, validated."""
    tree: dict[str, Any] = {}
    for _, name in LAYERS:
        with (root / name).open("rb") as stream:
            tree = merge(tree, tomllib.load(stream))
    return Instance.model_validate(merge(tree, {"settings": unfolded(OVERRIDES)}))


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    serve(lambda: resolve(folder), lambda instance: plain(instance.settings.model_dump()))
