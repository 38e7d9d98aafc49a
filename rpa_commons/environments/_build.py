"""``rpac build``: from a plugin's source folder, or a baseline's, to a wheel that carries its manifest.

Rules this module keeps: the plugin is imported in a build environment of its own, never in this process; the
manifest is written where hatchling's ``extra-metadata`` looks for it; equal sources give equal bytes.
"""

import hashlib
import shutil
import sys
import tempfile
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import platformdirs
from filelock import FileLock
from packaging.utils import canonicalize_name

from rpa_commons.config.documents import replace_file
from rpa_commons.manifest import Manifest

from ._baseline_wheel import build_baseline, is_baseline
from ._errors import BuildRefusedError, disk_error
from ._host import host_package
from ._pack import packed_wheel
from ._uv import Uv
from ._venv import describe_in, interpreter_in
from ._wheels import CheckedWheel, check_wheel

__all__ = ["build_wheel"]

_PACKED_AS = "rpac.json"
_HOW_TO_PACK = """it does not say where the manifest is packed from; add to its pyproject.toml:
      [tool.hatch.build.targets.wheel.extra-metadata]
      "build/rpac.json" = "rpac.json\""""


def build_wheel(
    project: Path,
    out: Path,
    *,
    progress: Callable[[str], None],
    find_links: Sequence[Path] = (),
    offline: bool = False,
) -> Path:
    """Build a plugin's or a baseline's wheel with its manifest, and return where it lies.

    Args:
        project: The plugin's folder, the one with ``pyproject.toml``; or a baseline's (``baseline.toml``).
        out: Where the wheel goes; made when missing.
        progress: Told each thing that takes over a second.
        find_links: Folders with further wheels.
        offline: Use uv's cache alone.

    Raises:
        BuildRefusedError: the plugin is not described completely, or its project file lacks something.
        UvError: a package cannot be fetched, or packing fails.
        InstallError: the disk is full or cannot be written.
        WheelRefusedError: what came out is no wheel that ``rpac install`` would take.
    """
    project, out = project.resolve(), out.resolve()  # uv works in a folder of its own
    uv = Uv(offline=offline, find_links=tuple(find_links))
    if is_baseline(project):
        return build_baseline(project, out, uv, progress=progress)
    name, source = _project(project)
    cache = platformdirs.user_cache_path("rpa-commons") / "builds"
    scratch = cache / hashlib.sha256(str(project).encode()).hexdigest()[:16]
    try:
        scratch.mkdir(parents=True, exist_ok=True)
        with FileLock(scratch / "build.lock"):
            manifest = _describe(project, name, scratch / "env", uv, progress)
            (project / source).parent.mkdir(parents=True, exist_ok=True)
            replace_file(project / source, manifest.to_json())
            progress(f"packing {name} {manifest.version}")
            return _pack(project, out, manifest, uv).path
    except OSError as error:
        raise disk_error("the wheel", error, out, project, scratch) from error


def _project(project: Path) -> tuple[str, str]:
    """Name of the plugin, and the path that the manifest is packed from."""
    path = project / "pyproject.toml"
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BuildRefusedError(
            project, ["it has no pyproject.toml: name the plugin's own folder, or a baseline's"]
        ) from None
    except (OSError, ValueError) as error:
        raise BuildRefusedError(path, [f"cannot be read: {error}"]) from error
    problems = []
    name = _at(document, "project", "name")
    if not isinstance(name, str):
        problems.append("[project] has no name")
    if not _at(document, "project", "entry-points", "rpa_commons"):
        problems.append("it has no entry point in the group rpa_commons: [project.entry-points.rpa_commons]")
    packed = _at(document, "tool", "hatch", "build", "targets", "wheel", "extra-metadata") or {}
    sources = [source for source, target in packed.items() if target == _PACKED_AS]
    if not sources:
        problems.append(_HOW_TO_PACK)
    elif not (project / sources[0]).resolve().is_relative_to(project):
        problems.append(f"the manifest's place {sources[0]} leads out of the plugin's folder")
    if problems:
        raise BuildRefusedError(path, problems)
    return str(canonicalize_name(str(name))), sources[0]


def _at(document: dict[str, Any], *keys: str) -> Any:  # noqa: ANN401 - TOML holds what it holds
    found: Any = document
    for key in keys:
        found = found.get(key) if isinstance(found, dict) else None
    return found


def _describe(project: Path, name: str, folder: Path, uv: Uv, progress: Callable[[str], None]) -> Manifest:
    doing = f"making the build environment of {name}"
    progress(doing)
    host = host_package(uv)
    shutil.rmtree(folder, ignore_errors=True)  # what a killed build left
    try:
        uv.run(doing, ["venv", "--quiet", "--no-project", "--python", sys.executable, str(folder)])
        python = interpreter_in(folder)
        command = ["pip", "install", "--quiet", "--no-sources", "--python", str(python)]
        uv.run(doing, [*command, "--editable", str(project), host.requirement], resolving=True)
        progress(f"describing {name} in its own environment")
        return describe_in(python, name)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _pack(project: Path, out: Path, manifest: Manifest, uv: Uv) -> CheckedWheel:
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out, prefix=".packing-") as scratch:
        built = packed_wheel(project, Path(scratch), uv, doing=f"packing {manifest.name}")
        checked = check_wheel(built)
        if checked.manifest != manifest:
            raise BuildRefusedError(
                project, ["the wheel carries another manifest than the one just generated"]
            )
        final = out / built.name
        shutil.move(built, final)
    return check_wheel(final)
