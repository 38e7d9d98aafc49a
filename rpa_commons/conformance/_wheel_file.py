"""The file name and the file WHEEL: for which Pythons and machines a wheel is.

Rules this module keeps: both must say the same; a wheel that installs into two places at once, or is written
for an installer that does not exist yet, is refused.

Source: PyPA specification "Binary distribution format".

Usage::

    named = read_filename("welcome_letters-1.0.0-py3-none-any.whl", findings)
    read_wheel_file(content, named, findings)
"""

from dataclasses import dataclass

from packaging.tags import Tag, parse_tag
from packaging.utils import InvalidWheelFilename, parse_wheel_filename

from ._report import Findings

__all__ = ["WheelName", "check_wheel_file", "read_filename"]

_LONGEST_NAME = 255  # bytes; what every file system can hold
_LONGEST_TAG = 100
_MOST_TAGS = 100
_KNOWN = frozenset({"wheel-version", "generator", "root-is-purelib", "tag", "build"})
_PLACE = "WHEEL"
_BUILD_AGAIN = "build the wheel again with a current build backend"


@dataclass(frozen=True)
class WheelName:
    """What a file name says.

    Attributes:
        name: Normalised.
        version: Normalised.
        build: Build number and text; empty when there is none.
        tags: Python, interface and platform; every combination.
    """

    name: str
    version: str
    build: str
    tags: frozenset[Tag]

    @property
    def is_pure(self) -> bool:
        """Whether it is for every platform."""
        return all(tag.platform == "any" for tag in self.tags)


def read_filename(filename: str, findings: Findings) -> WheelName | None:
    """What a file name says; ``None`` and A102 when it is not a wheel's."""
    help_ = "a wheel is called name-1.0.0-py3-none-any.whl; other kinds of files are not published"
    if len(filename) > _LONGEST_NAME or not filename.isascii():
        findings.add("A102", filename, "its file name is too long, or has letters that are not ASCII", help_)
        return None
    try:
        name, version, build, tags = parse_wheel_filename(filename)
    except InvalidWheelFilename:
        findings.add("A102", filename, "its file name is not that of a wheel", help_)
        return None
    if version.local:
        help_ = "a version with a local part (+...) is for one machine: publish a plain one"
        findings.add("A102", filename, f"has a local version: {version}", help_)
    return WheelName(str(name), str(version), "".join(map(str, build)), frozenset(tags))


def check_wheel_file(content: bytes, named: WheelName, findings: Findings) -> bool:
    """Compare WHEEL with the file name (A122); gives whether the wheel's top is for pure Python."""
    fields: dict[str, list[str]] = {}
    for line in content.decode("utf-8", "replace").splitlines():
        name, colon, value = line.partition(":")
        if line.strip() and (not colon or name.strip().lower() not in _KNOWN):
            findings.add("A122", _PLACE, f"has a line that is no known field: {line[:60]!r}", _BUILD_AGAIN)
        fields.setdefault(name.strip().lower(), []).append(value.strip())
    for name in ("wheel-version", "root-is-purelib", "build"):
        if len(fields.get(name, ())) > 1:
            findings.add("A122", _PLACE, f"has the field {name} twice", _BUILD_AGAIN)
    version = fields.get("wheel-version", [""])[0]
    if version.partition(".")[0] != "1":
        findings.add("A122", _PLACE, f"has Wheel-Version {version!r}, not 1.x", _BUILD_AGAIN)
    pure = fields.get("root-is-purelib", [""])[0].lower()
    if pure not in {"true", "false"}:
        findings.add("A122", _PLACE, "says nothing of Root-Is-Purelib", _BUILD_AGAIN)
    _check_tags(fields.get("tag", []), named, findings)
    if "".join(fields.get("build", [""])[0].split()) != named.build:
        findings.add("A122", _PLACE, "has another Build than the file name", "do not rename wheels")
    return pure != "false"


def _check_tags(lines: list[str], named: WheelName, findings: Findings) -> None:
    tags: set[Tag] = set()
    for line in lines[:_MOST_TAGS]:
        if line.count("-") != 2 or len(line) > _LONGEST_TAG:  # noqa: PLR2004 - python-abi-platform
            findings.add("A122", _PLACE, f"has a Tag that is none: {line[:60]!r}", _BUILD_AGAIN)
        else:
            tags |= parse_tag(line)
    if tags != named.tags or len(lines) > _MOST_TAGS:
        said = ", ".join(sorted(map(str, tags))[:5]) or "none"
        message = f"is tagged for {said}, its file name says otherwise"
        findings.add("A122", _PLACE, message, "do not rename wheels: build one for each platform")
