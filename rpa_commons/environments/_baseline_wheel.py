"""``rpac build`` for a cooperation's baseline: from its folder to a wheel of kind ``baseline``.

Rules this module keeps: nothing is packed while anything is wrong with a file; only files that a municipality
reads go in; the folder itself is not written to; equal sources give equal bytes; what came out is opened as a
municipality would open it before it is handed over.

Usage::

    wheel = build_baseline(Path("baseline"), Path("dist"), Uv(), progress=print)
"""

import json
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from packaging.version import InvalidVersion, Version

from rpa_commons import __version__
from rpa_commons.config import (
    Baseline,
    BaselineWheelError,
    CheckedBaseline,
    Finding,
    baseline_members,
    check_baseline,
    wheel_name,
)
from rpa_commons.manifest import Manifest

from ._connector_wheels import connectors_of_wheels
from ._errors import BuildRefusedError, disk_error
from ._pack import packed_wheel
from ._uv import Uv
from ._wheels import check_wheel

__all__ = ["build_baseline", "is_baseline"]

_MANIFEST = "rpac.json"
_PROJECT = """\
[build-system]
requires = ["hatchling>=1.27"]
build-backend = "hatchling.build"

[project]
name = {name}
version = {version}
description = {summary}
requires-python = ">=3"

[tool.hatch.build]
ignore-vcs = true

[tool.hatch.build.targets.wheel]
packages = [{package}]

[tool.hatch.build.targets.wheel.extra-metadata]
"rpac.json" = "rpac.json"
"""


def is_baseline(folder: Path) -> bool:
    """Whether a folder is a baseline's and not a plugin's."""
    return (folder / "baseline.toml").is_file() and not (folder / "pyproject.toml").exists()


def build_baseline(folder: Path, out: Path, uv: Uv, *, progress: Callable[[str], None]) -> Path:
    """Build a baseline's wheel, and return where it lies.

    Args:
        folder: The one with ``baseline.toml``.
        out: Where the wheel goes; made when missing.
        uv: How to call it.
        progress: Told each thing that takes over a second.

    Raises:
        BuildRefusedError: something is wrong with a file; every problem is named.
        UvError: the packing tool cannot be fetched, or fails.
        InstallError: the disk is full or cannot be written.
    """
    folder, out = folder.resolve(), out.resolve()
    checked, baseline = _checked(folder, uv)
    manifest = Manifest(
        kind="baseline",
        name=wheel_name(baseline.name),
        version=baseline.version,
        summary=" ".join(baseline.name.split()),
        sdk_version=__version__,
    )
    for warning in checked.findings:  # what is wrong was refused
        progress(f"warning: {_sentence(warning, folder)}")
    if checked.left_out:
        progress(f"left out: {', '.join(checked.left_out)}")
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="rpac-baseline-") as scratch:
            project = Path(scratch) / "project"
            _lay_out(project, folder, checked, manifest)
            progress(f"packing {manifest.name} {manifest.version}")
            built = packed_wheel(project, Path(scratch) / "dist", uv, doing="packing the baseline")
            _prove(built, manifest, project)
            return _place(built, out)
    except OSError as error:
        raise disk_error("the wheel", error, out) from error


def _checked(folder: Path, uv: Uv) -> tuple[CheckedBaseline, Baseline]:
    wheels = (wheel for place in uv.find_links for wheel in sorted(place.glob("*.whl")))
    checked = check_baseline(folder, connectors=connectors_of_wheels(wheels))
    problems = [_sentence(one, folder) for one in checked.findings if not one.is_warning]
    if checked.baseline is not None:
        problems += _name_problems(checked.baseline)
    if problems or checked.baseline is None:
        raise BuildRefusedError(folder, problems)
    return checked, checked.baseline


def _sentence(finding: Finding, folder: Path) -> str:
    place = "baseline"
    if finding.file is not None:
        below = finding.file.is_relative_to(folder) and finding.file != folder
        place = finding.file.relative_to(folder).as_posix() if below else finding.place
        place += f":{finding.line}" if finding.line is not None and below else ""
    subject = f"{finding.code} {finding.key}".strip()
    return f"{place}: {subject}: {finding.message}" + (f" ({finding.help})" if finding.help else "")


def _name_problems(baseline: Baseline) -> list[str]:
    problems = []
    if not wheel_name(baseline.name):
        problems.append("baseline.toml: name has no letter or digit that a wheel's name could begin with")
    try:
        normal = str(Version(baseline.version))
    except InvalidVersion:
        problems.append(f'baseline.toml: {baseline.version!r} is no version: write it as "2026.1"')
    else:
        if normal != baseline.version:
            problems.append(f'baseline.toml: a wheel writes this version differently: version = "{normal}"')
    return problems


def _lay_out(project: Path, folder: Path, checked: CheckedBaseline, manifest: Manifest) -> None:
    """The files as a project that packs them and nothing else."""
    package = manifest.name.replace("-", "_")
    for name in checked.files:
        target = project / package / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(folder / name, target)
    texts = {
        "name": manifest.name,
        "version": manifest.version,
        "summary": manifest.summary,
        "package": package,
    }
    project_file = _PROJECT.format(**{key: _quoted(text) for key, text in texts.items()})
    (project / "pyproject.toml").write_text(project_file, encoding="utf-8", newline="\n")
    (project / _MANIFEST).write_text(manifest.to_json(), encoding="utf-8", newline="\n")


def _quoted(text: str) -> str:
    """A text as a TOML basic string, which JSON's strings are."""
    return json.dumps(text, ensure_ascii=True)


def _prove(built: Path, manifest: Manifest, project: Path) -> None:
    """Refuse to hand over a wheel that no municipality could open, or that holds anything else."""
    check_wheel(built)
    try:
        packed, members = baseline_members(built)
    except BaselineWheelError as error:
        raise BuildRefusedError(built.name, [error.problem]) from None
    top = project / manifest.name.replace("-", "_")
    wanted = {
        path.relative_to(top).as_posix(): path.read_bytes() for path in top.rglob("*") if path.is_file()
    }
    if packed != manifest or members != wanted:
        raise BuildRefusedError(built.name, ["the wheel does not hold what was to be packed"])


def _place(built: Path, out: Path) -> Path:
    """Move the wheel into its folder so that nobody sees half of it."""
    part = out / f".{built.name}.{os.getpid()}.part"
    final = out / built.name
    try:
        shutil.copyfile(built, part)
        part.replace(final)
    finally:
        part.unlink(missing_ok=True)
    return final
