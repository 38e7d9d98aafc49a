"""``pylock.<bot>.toml`` beside ``rpac.lock``: the same packages for whoever installs with another tool.

Rules this module keeps: it says what ``rpac.lock`` says, in the standard's words, and nothing else: the same
versions, and of each package's wheels those alone whose hash is locked; no path of a machine (a wheel that
came as a file is expected in ``wheels/`` beside it); equal locks give equal bytes; it is written after
``rpac.lock`` and made again when it is missing, so a crash between the two is mended by the next time a
wheel is installed.

Source: PEP 751, "A file format to record Python dependencies for installation reproducibility".

Usage::

    text = pylock_text(entry, store, uv)
    write_pylock(folder, entry, text)
"""

import json
import tempfile
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name

from rpa_commons.config.documents import replace_file

from ._errors import UvError
from ._lock import LockedPackage, LockEntry, LockFile
from ._store import WheelStore
from ._uv import Uv

__all__ = ["forget_pylocks", "has_pylock", "pylock_name", "pylock_text", "write_pylock"]

_BESIDE = "wheels"
_HEADER = "# Written by `rpac install` from rpac.lock, which is what rpac itself goes by; do not edit.\n"
_MARK = "rpac-entry"


def pylock_name(bot: str) -> str:
    """``pylock.welcome-letters.toml``."""
    return f"pylock.{bot}.toml"


def has_pylock(folder: Path, entry: LockEntry) -> bool:
    """Whether the file is there and was made from this very entry."""
    try:
        document = tomllib.loads((folder / pylock_name(entry.name)).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return False
    tool = document.get("tool")
    own = tool.get("rpa-commons") if isinstance(tool, Mapping) else None
    return isinstance(own, Mapping) and own.get(_MARK) == entry.digest


def write_pylock(folder: Path, entry: LockEntry, text: str) -> None:
    """Put the file beside ``rpac.lock`` in one step.

    Raises:
        OSError: the folder cannot be written.
    """
    replace_file(folder / pylock_name(entry.name), text)


def forget_pylocks(folder: Path, lock: LockFile, bots: Iterable[str]) -> None:
    """Remove the files of bots that the lock no longer has."""
    for bot in bots:
        if lock.find(bot) is None:
            (folder / pylock_name(bot)).unlink(missing_ok=True)


def pylock_text(entry: LockEntry, store: WheelStore, uv: Uv) -> str:
    """The whole file.

    Raises:
        UvError: the index cannot be asked where its files are, or no longer has one of them.
        LockMismatchError: a kept wheel is gone or changed.
    """
    doing = f"writing {pylock_name(entry.name)}"
    options = [
        "--no-deps",
        "--universal",
        "--no-header",
        "--no-build",
        "--no-sources",
        "--format",
        "pylock.toml",
    ]
    with tempfile.TemporaryDirectory(prefix="rpac-pylock-") as folder:
        output = Path(folder) / "pylock.out.toml"
        command = ["pip", "compile", "-", "--python-version", entry.python, *options]
        requirements = store.requirements(entry)
        uv.run(doing, [*command, "--output-file", str(output)], resolving=True, stdin=requirements)
        found = tomllib.loads(output.read_text(encoding="utf-8"))
    by_name: dict[str, Any] = {str(canonicalize_name(one["name"])): one for one in found["packages"]}
    packages = [
        _package(package, by_name.get(package.name, {}), doing)
        for package in sorted((_own(entry), *entry.packages), key=lambda one: one.name)
    ]
    head = {"lock-version": "1.0", "created-by": "rpa-commons", "requires-python": f">={entry.python}"}
    parts = [_HEADER + "\n".join(_lines(head)), *map(_table, packages)]
    parts.append("\n".join(["[tool.rpa-commons]", *_lines({_MARK: entry.digest})]))
    return "\n\n".join(parts) + "\n"


def _table(package: Mapping[str, Any]) -> str:
    """A package; one wheel a line. Several thousand values are written: a TOML library takes seconds."""
    own = {key: value for key, value in package.items() if key != "wheels"}
    wheels = [f"    {_value(one)}," for one in package["wheels"]]
    return "\n".join(["[[packages]]", *_lines(own), "wheels = [", *wheels, "]"])


def _lines(values: Mapping[str, Any]) -> Iterator[str]:
    return (f"{key} = {_value(value)}" for key, value in values.items())


def _value(value: Any) -> str:  # noqa: ANN401 - a string, a number, or a table of them
    if isinstance(value, Mapping):
        return f"{{ {', '.join(_lines(value))} }}"
    return json.dumps(value, ensure_ascii=False)  # what JSON escapes, TOML reads


def _own(entry: LockEntry) -> LockedPackage:
    """The bot's own wheel as one more package."""
    return LockedPackage(
        name=entry.name,
        version=entry.version,
        file=entry.wheel,
        hashes=(f"sha256:{entry.sha256}",),
        registry=entry.registry,
    )


def _package(package: LockedPackage, found: Mapping[str, Any], doing: str) -> dict[str, Any]:
    written: dict[str, Any] = {"name": package.name, "version": package.version}
    if package.marker:
        written["marker"] = package.marker
    wheels = [_file(package)] if package.file else list(_from_index(package, found))
    if not wheels:
        raise UvError(doing, f"the index has no file of {package.name} {package.version} with a locked hash")
    return written | {"wheels": wheels}


def _file(package: LockedPackage) -> dict[str, Any]:
    """A wheel that is known by its content: at its registry's address, or beside the file."""
    sha256 = package.hashes[0].removeprefix("sha256:")
    hashes = {"hashes": {"sha256": sha256}}
    if package.registry:
        place = f"{package.registry}/files/{sha256[:2]}/{sha256}/{package.file}"
        return {"name": package.file, "url": place, **hashes}
    return {"name": package.file, "path": f"{_BESIDE}/{package.file}", **hashes}


def _from_index(package: LockedPackage, found: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    locked = {one.removeprefix("sha256:") for one in package.hashes}
    if found.get("version") != package.version:
        return
    for wheel in found.get("wheels", ()):
        sha256 = wheel.get("hashes", {}).get("sha256", "")
        if sha256 not in locked or "url" not in wheel:
            continue
        name = wheel.get("name") or str(wheel["url"]).rpartition("/")[2]
        size = {"size": wheel["size"]} if "size" in wheel else {}
        yield {"name": name, "url": wheel["url"], **size, "hashes": {"sha256": sha256}}
