"""METADATA: what a wheel says of itself to every installer.

Rules this module keeps: fields and description are parted here, so that no parser of mails finds parts inside
parts; a line that is no field, a field twice and a control character are refused, for programs read them
differently; what no index could resolve (a requirement at a URL, a local version) is named.

Source: PyPA specification "Core metadata" 2.1 to 2.5, PEP 440, PEP 508, PEP 639, PEP 794.

Usage::

    metadata = read_metadata(content, Limits(), findings)
    metadata.requires_dist  # ("rpa-commons>=0.1,<0.2",)
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name

from ._licence import licence_of
from ._limits import Limits
from ._report import Findings

__all__ = ["Metadata", "check_metadata", "check_requirements", "read_metadata"]

_FIELD = re.compile(r"([A-Za-z][A-Za-z0-9-]*):[ \t]*(.*)")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x85\u2028\u2029]")
_VERSIONS = frozenset({"2.1", "2.2", "2.3", "2.4", "2.5"})
_MANY = frozenset(
    {
        "classifier", "dynamic", "import-name", "import-namespace", "license-file", "obsoletes",
        "obsoletes-dist", "platform", "project-url", "provides", "provides-dist", "provides-extra",
        "requires", "requires-dist", "requires-external", "supported-platform",
    }
)  # fmt: skip
_ONE = frozenset(
    {
        "author", "author-email", "description", "description-content-type", "download-url", "home-page",
        "keywords", "license", "license-expression", "maintainer", "maintainer-email", "metadata-version",
        "name", "requires-python", "summary", "version",
    }
)  # fmt: skip
_CONTENT_TYPES = frozenset({"text/plain", "text/x-rst", "text/markdown"})
_LONGEST_SUMMARY = 512
_PLACE = "METADATA"
_LOCAL = "name a version that an index has: local versions (1.0+here) exist on one machine only"


@dataclass(frozen=True)
class Metadata:
    """What METADATA says, as far as it can be read.

    Attributes:
        fields: Name in small letters -> its values.
        description: The text below the fields, or the field of that name.
        content: The file's bytes.
    """

    fields: dict[str, tuple[str, ...]]
    description: str
    content: bytes

    def one(self, name: str) -> str:
        """The value of a field, or an empty text."""
        return self.fields.get(name, ("",))[0]

    @property
    def requires_dist(self) -> tuple[str, ...]:
        """The requirements as they are written."""
        return self.fields.get("requires-dist", ())


def read_metadata(content: bytes, limits: Limits, findings: Findings) -> Metadata:
    """Part METADATA into fields and description; what cannot be read is a finding (A121)."""
    head, description = _parted(content)
    if len(head) > limits.header_bytes:
        findings.add(
            "A121", _PLACE, f"has {len(head)} bytes of fields", "move long texts into the description"
        )
        return Metadata({}, "", content)
    try:
        text, below = head.decode(), description.decode()
    except UnicodeDecodeError:
        findings.add("A121", _PLACE, "is not UTF-8", "save the README and pyproject.toml as UTF-8")
        return Metadata({}, "", content)
    if _CONTROL.search(text):
        findings.add("A121", _PLACE, "has a control character in its fields", "remove it from pyproject.toml")
        return Metadata({}, below, content)
    fields = _fields(text, findings)
    if not below.strip() and "description" in fields:
        below = fields["description"][0]
    return Metadata(fields, below, content)


def _parted(content: bytes) -> tuple[bytes, bytes]:
    head, _, below = content.partition(b"\n\n")
    other, _, text = content.partition(b"\r\n\r\n")
    if len(other) < len(head):
        head, below = other, text
    return head.replace(b"\r\n", b"\n"), below


def _fields(text: str, findings: Findings) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    last: list[str] = []
    for line in text.removesuffix("\n").split("\n"):
        if line[:1] in {" ", "\t"} and last:
            last[-1] += "\n" + line
            continue
        match = _FIELD.fullmatch(line)
        if match is None:
            help_ = "a field is `Name: value`; the description follows an empty line"
            findings.add("A121", _PLACE, f"has a line that is no field: {line[:60]!r}", help_)
            continue
        name = match[1].lower()
        if name in found and name in _ONE:
            findings.add(
                "A121", _PLACE, f"has the field {match[1]} twice", "programs differ in which they read"
            )
        elif name not in _ONE and name not in _MANY:
            help_ = "build the wheel with a current build backend"
            findings.add(
                "A121", _PLACE, f"has the field {match[1]}, which core metadata does not know", help_
            )
        last = found.setdefault(name, [])
        last.append(match[2].strip())
    return {name: tuple(values) for name, values in found.items()}


def check_metadata(metadata: Metadata, kind: str, findings: Findings) -> str:
    """Check the fields that say what a wheel is for; gives the licence as SPDX expression, or nothing.

    Args:
        metadata: As read.
        kind: ``bot``, ``connector`` or ``baseline``.
        findings: Takes A121, A125 and A184.
    """
    version = metadata.one("metadata-version")
    if version not in _VERSIONS:
        message = f"Metadata-Version is {version!r}, none of {', '.join(sorted(_VERSIONS))}"
        findings.add("A121", _PLACE, message, "build the wheel with a current build backend")
    summary = metadata.one("summary")
    if not summary or "\n" in summary or len(summary) > _LONGEST_SUMMARY:
        message = "needs a Summary: one line of text" if not summary else "has a Summary that is no one line"
        findings.add("A121", _PLACE, message, 'description = "..." in pyproject.toml')
    _check_requires_python(metadata.one("requires-python"), findings)
    kept = metadata.one("description-content-type").partition(";")[0].strip().lower()
    if kept and kept not in _CONTENT_TYPES:
        findings.add("A121", _PLACE, f"has a description of type {kept!r}", 'readme = "README.md"')
    if kind != "baseline" and not metadata.description.strip():
        help_ = 'say what it does and never does: readme = "README.md" in pyproject.toml'
        findings.add("A121", _PLACE, "has no description", help_)
    return licence_of(metadata.fields, kind, findings)


def _check_requires_python(text: str, findings: Findings) -> None:
    help_ = 'requires-python = ">=3.11,<3.14" in pyproject.toml'
    if not text:
        findings.add("A121", _PLACE, "does not say which Python it needs (Requires-Python)", help_)
        return
    try:
        SpecifierSet(text)
    except InvalidSpecifier:
        findings.add("A121", _PLACE, f"has a Requires-Python that is none: {text!r}", help_)


def check_requirements(
    metadata: Metadata, limits: Limits, owned: Callable[[str], bool] | None, findings: Findings
) -> None:
    """Check what a wheel asks an index for (A123, A124).

    Args:
        metadata: As read.
        limits: How many there may be.
        owned: Whether somebody answers for a project of this normalised name; not asked when ``None``.
        findings: Takes what is wrong.
    """
    lines = metadata.requires_dist
    if len(lines) > limits.requirements:
        message = f"has {len(lines)} requirements; a wheel may have {limits.requirements}"
        findings.add("A123", _PLACE, message, "require what the code imports, not what that requires")
    for line in lines[: limits.requirements]:
        try:
            requirement = Requirement(line)
        except (InvalidRequirement, RecursionError):
            findings.add("A123", _PLACE, f"has a requirement that is none: {line!r}", "see PEP 508")
            continue
        if requirement.url is not None:
            help_ = "publish it as a release and require its name: what lies at a URL changes unseen"
            findings.add("A123", _PLACE, f"requires {requirement.name} from a URL", help_)
        for one in requirement.specifier:
            if "+" in one.version:
                findings.add("A123", _PLACE, f"requires a local version: {line!r}", _LOCAL)
            elif one.operator == "===":
                help_ = "use == with a version: === compares letters, and installers differ"
                findings.add("A123", _PLACE, f"requires a version letter by letter: {line!r}", help_)
        name = canonicalize_name(requirement.name)
        if owned is not None and not owned(name):
            message = f"requires {name}, which nobody in this cooperation publishes or has approved"
            help_ = "correct the name, or ask a coordinator to approve it: a stranger may own it elsewhere"
            findings.add("A124", _PLACE, message, help_)
