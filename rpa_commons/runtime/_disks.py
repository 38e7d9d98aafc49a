"""Whether a folder lies on a disk of this machine.

SQLite in WAL mode needs shared memory and working locks (https://www.sqlite.org/wal.html, "all processes must
be on the same host computer"): a network file system would corrupt the state silently, so it is refused.
"""

import os
import re
import sys
from collections.abc import Iterable
from pathlib import Path

from ._errors import RunRefusedError

__all__ = ["file_system_of", "refuse_network_disk"]

_NETWORK_TYPES = frozenset(
    {
        "9p", "afs", "beegfs", "ceph", "cifs", "coda", "davfs", "fuse.davfs2", "fuse.glusterfs",
        "fuse.rclone", "fuse.s3fs", "fuse.sshfs", "glusterfs", "gpfs", "lustre", "ncpfs", "nfs", "nfs4",
        "smb2", "smb3", "smbfs", "vboxsf", "virtiofs",
    }
)  # fmt: skip
_ESCAPED = re.compile(r"\\([0-7]{3})", re.ASCII)  # a blank is written \040
_DRIVE_REMOTE = 4  # GetDriveTypeW, winbase.h


def refuse_network_disk(folder: Path) -> None:
    """Check that ``folder`` (which need not exist yet) lies on a local disk.

    Raises:
        RunRefusedError: it lies on a network file system.
    """
    kind = file_system_of(folder)
    if kind in _NETWORK_TYPES:
        raise RunRefusedError(
            f"{folder} lies on a network file system ({kind}), where the state cannot be kept safely",
            remedy="set state_dir in municipality.toml to a folder on a disk of this machine",
        )


def file_system_of(folder: Path, mountinfo: Iterable[str] | None = None) -> str:
    """The type of the file system that holds ``folder``; an empty string where it cannot be told.

    Args:
        folder: An absolute path.
        mountinfo: Lines of ``/proc/self/mountinfo`` (see proc(5)); read from there when not given.
    """
    if sys.platform == "win32":
        return _windows_type(folder)
    if mountinfo is None:
        try:
            mountinfo = Path("/proc/self/mountinfo").read_text("utf-8", "replace").splitlines()
        except OSError:  # not Linux: untested, nothing is refused
            return ""
    place = os.path.realpath(folder)
    best, kind = "", ""
    for line in mountinfo:
        left, _, right = line.partition(" - ")
        mount = _ESCAPED.sub(lambda match: chr(int(match[1], 8)), left.split()[4])
        inside = place == mount or place.startswith(mount.rstrip("/") + "/")
        if inside and len(mount) >= len(best):  # of two on one point the later one is on top
            best, kind = mount, right.split()[0]
    return kind


def _windows_type(folder: Path) -> str:  # pragma: no cover - untested on Windows
    import ctypes

    root = str(Path(folder).absolute().anchor)
    remote = root.startswith("\\\\") or ctypes.windll.kernel32.GetDriveTypeW(root) == _DRIVE_REMOTE  # type: ignore[attr-defined,unused-ignore]
    return "smb3" if remote else ""
