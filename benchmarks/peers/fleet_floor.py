"""The floor for a whole fleet: each instance's three files through ``tomllib``, a merge and pydantic.

Second argument ``once``: the baseline's file is read once and not for every instance.
"""

import hashlib
import json
import sys
import tomllib
from pathlib import Path
from typing import Any

from config_case import Instance, plain
from config_floor import merge
from config_loop import serve
from fleet_case import instances


def read(path: Path) -> dict[str, Any]:
    """One file."""
    with path.open("rb") as stream:
        return tomllib.load(stream)


def resolve(root: Path, *, once: bool) -> list[Instance]:
    """Every instance."""
    shared = root / "baseline/bots/housing-benefit.toml"
    baseline = read(shared)
    found = []
    for town, name in instances():
        folder = root / "members" / town
        tree = merge(baseline if once else read(shared), read(folder / "bots" / f"{name}.toml"))
        tree = merge(tree, read(folder / "environments/production/bots" / f"{name}.toml"))
        found.append(Instance.model_validate(tree))
    return found


def digest(found: list[Instance]) -> str:
    """One value for all settings."""
    trees = [plain(one.settings.model_dump()) for one in found]
    return hashlib.sha256(json.dumps(trees, sort_keys=True).encode()).hexdigest()


if __name__ == "__main__":
    serve(lambda: resolve(Path(sys.argv[2]), once=sys.argv[1] == "once"), digest)
