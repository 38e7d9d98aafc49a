"""Ours for a whole fleet: :func:`fleet_check`, with opening every member, every check and every finding."""

import hashlib
import json
import sys
from pathlib import Path

from config_loop import serve
from config_ours import manifest
from fleet_case import instances

from rpa_commons.config import open_municipality, resolve_instance
from rpa_commons.sharing import fleet_check, open_members

BOT = manifest()


def check(root: Path) -> int:
    """How many instances would be fine."""
    with open_members(root / "members") as members:
        report = fleet_check(BOT, members, connectors={})
    found = [one for member in report.members for one in member.instances]
    broken = [one for one in found if one.findings]
    if broken:
        raise ValueError(f"{len(broken)} instances are wrong: {broken[0].findings}")
    return len(found)


def digest(root: Path, checked: int) -> str:
    """One value for all settings, as the same resolution gives them."""
    towns = {town: open_municipality(root / "members" / town) for town, _ in instances()}
    trees = [
        resolve_instance(towns[town], name, lambda _: BOT, connectors={}).settings
        for town, name in instances()
    ]
    if checked != len(trees):
        raise ValueError(f"{checked} of {len(trees)} were checked")
    return hashlib.sha256(json.dumps(trees, sort_keys=True).encode()).hexdigest()


if __name__ == "__main__":
    folder = Path(sys.argv[1]).resolve()
    serve(lambda: check(folder), lambda checked: digest(folder, checked))
