"""Where the files of a wheel land, and what of it would run without being asked.

Rules this module keeps: a wheel fills one package of its own name; nothing in it runs because Python starts,
and nothing lands on the search path for commands; what runs can be read.

Source: PyPA specification "Binary distribution format"; :mod:`site`; PEP 794; the checks of
``check-wheel-contents`` (https://github.com/jwodder/check-wheel-contents) for how files are laid out.

Usage::

    check_packages(Layout("quiet-bot", "1.2.0", "bot", info, files, is_pure=True), findings)
"""

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from ._members import suffix_of
from ._report import Findings

__all__ = ["Layout", "check_packages"]

_STARTERS = frozenset({"sitecustomize", "usercustomize"})
_NATIVE = frozenset(
    {".so", ".pyd", ".dll", ".dylib", ".exe", ".com", ".msi", ".scr", ".sys", ".node", ".jar"}
)
_SHELL = frozenset({".sh", ".bash", ".bat", ".cmd", ".ps1", ".psm1", ".vbs", ".vbe", ".wsf", ".hta", ".lnk"})
_COMPILED = frozenset({".pyc", ".pyo"})
_CODE = _NATIVE | _SHELL | _COMPILED | {".py", ".pyw", ".pyx", ".pyz", ".whl", ".egg"}
_INSTALLERS = frozenset({"INSTALLER", "REQUESTED", "direct_url.json"})
_RESERVED = frozenset({"rpa_commons", "rpa_registry", *map(str.casefold, sys.stdlib_module_names)})
_SOABI = re.compile(r"\.(?:cpython-|abi3|pypy)[\w.-]*$")
_CHECKS = ("W004", "W006", "W007", "W010")
_BUILD_AGAIN = "build the wheel again with `rpac build`"


@dataclass(frozen=True)
class Layout:
    """The files of a wheel and what they should be.

    Attributes:
        name: Normalised name of the project.
        kind: ``bot``, ``connector`` or ``baseline``.
        info: Its folder of metadata.
        files: Path of every file -> digest and size as RECORD has them.
        declared: Packages that METADATA says the wheel brings (``Import-Name``), each by its first part.
        native: Files that are compiled programs or libraries by their first bytes.
        is_pure: Whether the wheel's top is for pure Python.
        is_portable: Whether its file name says that it is for every platform.
    """

    name: str
    kind: str
    info: str
    files: Mapping[str, tuple[str, str]]
    declared: tuple[str, ...] = ()
    native: frozenset[str] = frozenset()
    is_pure: bool = True
    is_portable: bool = True

    @property
    def package(self) -> str:
        """The package that it should fill."""
        return self.name.replace("-", "_")


def check_packages(layout: Layout, findings: Findings) -> None:
    """Check every file's place and kind (A131 to A137, A183, A185)."""
    tops: dict[str, str] = {}  # what could be imported -> the file or folder that it is
    for path in layout.files:
        top, slash, below = path.partition("/")
        if top == layout.info:
            _check_info(below, path, findings)
        elif top.endswith(".data") and slash:
            _check_data(top, below, findings)
        elif top.endswith((".dist-info", ".egg-info")):
            findings.add("A133", path, "is another project's folder of metadata", _BUILD_AGAIN)
        else:
            tops.setdefault(top if slash else _module_name(top), top)
            _check_file(path, layout, findings)
    _check_tops(layout, tops, findings)
    if layout.kind == "baseline":
        if f"{layout.package}/baseline.toml" not in layout.files:
            message = f"holds no {layout.package}/baseline.toml"
            findings.add("A137", "", message, "build it with `rpac build` from the baseline's folder")
    else:
        _check_tidiness(layout, findings)


def _module_name(file: str) -> str:
    suffix = suffix_of(file)
    is_module = suffix in {".py", ".so", ".pyd", ".pyc"}
    return _SOABI.sub("", file.removesuffix(suffix)) if is_module else file


def _check_tops(layout: Layout, tops: Mapping[str, str], findings: Findings) -> None:
    help_ = f"put everything into the package {layout.package}"
    for top, place in sorted(tops.items()):
        lowered = top.casefold()  # Windows and macOS import RPA_COMMONS for rpa_commons
        if lowered in _STARTERS or lowered.endswith(".pth"):
            continue  # A131 says it
        if lowered in _RESERVED:
            message = f"would stand in front of {lowered}, which belongs to Python or to rpa-commons"
            findings.add("A133", place, message, help_)
        elif top != layout.package:
            findings.add("A133", place, f"is no part of {layout.package}", help_)
    for name in sorted({*layout.declared} - {layout.package}):
        message = f"says that the wheel brings {name!r}, which is no part of {layout.package}"
        findings.add("A133", "METADATA", message, help_)


def _check_info(below: str, path: str, findings: Findings) -> None:
    if below in _INSTALLERS:
        findings.add("A122", path, "is written by installers and is no part of a wheel", _BUILD_AGAIN)
    elif suffix_of(below) in _CODE:
        findings.add("A133", path, "is code in the folder of metadata", _BUILD_AGAIN)


def _check_data(top: str, below: str, findings: Findings) -> None:
    where = below.partition("/")[0]
    place = f"{top}/{below}"
    if where == "scripts":
        help_ = "a bot is started by rpa-commons: it needs no command of its own"
        findings.add("A132", place, "would become a command in the environment", help_)
    else:
        help_ = f"put it into the package and read it with importlib.resources, not from {where}"
        findings.add("A132", place, f"would land outside of the package ({where})", help_)


def _check_file(path: str, layout: Layout, findings: Findings) -> None:
    name = path.rpartition("/")[2]
    lowered = name.lower()
    suffix = suffix_of(lowered)
    names = {lowered.partition(".")[0], path.partition("/")[0].lower()}
    if suffix in {".pth", ".egg-link"} or not _STARTERS.isdisjoint(names):
        help_ = "remove it: what a bot does begins when it is run, never when Python starts"
        findings.add("A131", path, "runs whenever Python starts, whatever is to be run", help_)
    elif layout.kind == "baseline" and suffix in _CODE:
        help_ = "a baseline is settings, tables and letters; code is a bot or a connector"
        findings.add("A137", path, "is code in a baseline", help_)
    elif suffix in _COMPILED:
        _check_compiled(path, layout, findings)
    elif suffix in _NATIVE or ".so." in lowered or path in layout.native:
        findings.observe("native-code", path, "a compiled library or program, which nobody can read here")
        if layout.kind == "bot" or layout.is_portable:
            help_ = "leave it out; what must be compiled is a connector, with its platform in the file name"
            what = (
                "is native code in a bot"
                if layout.kind == "bot"
                else "is native code in a wheel for every platform"
            )
            findings.add("A135", path, what, help_)
    elif suffix in _SHELL:
        findings.observe("subprocess", path, "a script for a shell")


def _check_compiled(path: str, layout: Layout, findings: Findings) -> None:
    place = PurePosixPath(path)
    folder = place.parent.parent if place.parent.name == "__pycache__" else place.parent
    source = (folder / f"{place.name.partition('.')[0]}.py").as_posix()
    if source in layout.files:
        help_ = "leave it out: it need not be what the source says, and Python makes it again"
        code = "A134" if place.parent.name != "__pycache__" else "A185"
        findings.add(code, path, "is compiled code beside its source", help_)
    else:
        findings.add("A134", path, "is compiled code without its source", "pack the .py files")


def _check_tidiness(layout: Layout, findings: Findings) -> None:
    """What ``check-wheel-contents`` says of the layout, as far as no rule above says it more clearly."""
    from check_wheel_contents.checker import WheelChecker
    from check_wheel_contents.checks import Check
    from check_wheel_contents.contents import WheelContents
    from check_wheel_contents.errors import WheelValidationError

    contents = WheelContents(
        dist_info_dir=layout.info,
        data_dir=f"{layout.info.removesuffix('.dist-info')}.data",
        root_is_purelib=layout.is_pure,
    )
    try:
        contents.add_record_rows([path, digest, size] for path, (digest, size) in layout.files.items())
        failed = WheelChecker(selected={Check[name] for name in _CHECKS}).check_contents(contents)
    except (WheelValidationError, ValueError, RecursionError):
        return  # such a RECORD has its own findings
    for one in failed:
        findings.add("A183", (one.args or [""])[0], f"{one.check.name}: {one.check.value}", _BUILD_AGAIN)
