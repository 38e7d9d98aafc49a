"""How much of a wheel is looked at, and what is more than a wheel may be.

Usage::

    examine(path, limits=replace(Limits(), wheel_bytes=10 * 1024 * 1024))
"""

from dataclasses import dataclass

__all__ = ["Limits"]

_MIB = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """The largest wheel that is admitted; every size is in bytes.

    Attributes:
        wheel_bytes: The file itself; it is read into memory whole.
        members: Files in the archive.
        unpacked_bytes: All members together, as the archive claims; checked before anything is unpacked.
        ratio: How many times larger than its packed form a member may be, and the whole; smaller ones than
            ``ratio_from_bytes`` are let through, for a page of blanks packs well too.
        ratio_from_bytes: From which unpacked size on the ratio counts.
        name_bytes: One member's path.
        depth: Folders inside each other.
        kept_bytes: A larger member is hashed and searched piece by piece; a larger document is not opened
            (see A186).
        metadata_bytes: Of METADATA, WHEEL, entry_points.txt and the manifest, each.
        header_bytes: Of the fields of METADATA, without the description.
        record_bytes: Of RECORD.
        module_bytes: Of one Python module; no person reviews more in one file.
        code_bytes: Of all Python modules together; nobody reviews more, and parsing it takes minutes.
        archives: Documents of word processors in the wheel; other archives are refused (see A139).
        requirements: Lines of ``Requires-Dist``.
        findings: Of one code; the rest is counted.
        observations: Kept of one wheel.
        schema_fields: Of the settings.
        schema_depth: Of tables inside each other in the settings.
    """

    wheel_bytes: int = 128 * _MIB
    members: int = 10_000
    unpacked_bytes: int = 256 * _MIB
    ratio: int = 100
    ratio_from_bytes: int = _MIB
    name_bytes: int = 512
    depth: int = 32
    kept_bytes: int = 8 * _MIB
    metadata_bytes: int = 4 * _MIB
    header_bytes: int = 256 * 1024
    record_bytes: int = 4 * _MIB
    module_bytes: int = _MIB
    code_bytes: int = 8 * _MIB
    archives: int = 50
    requirements: int = 200
    findings: int = 20
    observations: int = 500
    schema_fields: int = 2_000
    schema_depth: int = 20
