"""One virtual environment per bot instance, made from a lock: build, install, and what the runtime asks.

The host never imports plugin code: it reads the manifest inside the wheel, and whatever needs the plugin
itself runs in a process of that plugin's environment.

Usage::

    wheel = build_wheel(Path("plugins/welcome-letters"), Path("dist"), progress=print)
    install(municipality, [wheel], progress=print)
    python_of(municipality, "welcome-letters")
"""

from ._build import build_wheel
from ._changed_blocks import ChangedBlock, accept_blocks, block_difference, changed_blocks
from ._errors import (
    BuildRefusedError,
    ForeignPackageError,
    InstallError,
    InstanceFileError,
    LockMismatchError,
    ManifestMismatchError,
    NotInstalledError,
    UvError,
    WheelRefusedError,
)
from ._install import InstalledBot, install, installing_alone
from ._instances import InstanceHead, instance_head
from ._lock import (
    LockedBaseline,
    LockedBlock,
    LockedInstance,
    LockedLeaf,
    LockedPackage,
    LockEntry,
    LockFile,
    read_lock,
    write_lock,
)
from ._records import instance_records, recorded_blocks, value_digest
from ._remove import Removal, carry_out_removal, plan_removal
from ._sources import Origin, WheelSource
from ._store import WheelStore
from ._upgrade import (
    PreparedUpgrade,
    carry_out_baseline_upgrade,
    carry_out_upgrade,
    plan_baseline_upgrade,
    prepare_upgrade,
)
from ._use import LockedBot, locked, locked_bots, python_of
from ._wheels import CheckedWheel, check_wheel

__all__ = [
    "BuildRefusedError",
    "ChangedBlock",
    "CheckedWheel",
    "ForeignPackageError",
    "InstallError",
    "InstalledBot",
    "InstanceFileError",
    "InstanceHead",
    "LockEntry",
    "LockFile",
    "LockMismatchError",
    "LockedBaseline",
    "LockedBlock",
    "LockedBot",
    "LockedInstance",
    "LockedLeaf",
    "LockedPackage",
    "ManifestMismatchError",
    "NotInstalledError",
    "Origin",
    "PreparedUpgrade",
    "Removal",
    "UvError",
    "WheelRefusedError",
    "WheelSource",
    "WheelStore",
    "accept_blocks",
    "block_difference",
    "build_wheel",
    "carry_out_baseline_upgrade",
    "carry_out_removal",
    "carry_out_upgrade",
    "changed_blocks",
    "check_wheel",
    "install",
    "installing_alone",
    "instance_head",
    "instance_records",
    "locked",
    "locked_bots",
    "plan_baseline_upgrade",
    "plan_removal",
    "prepare_upgrade",
    "python_of",
    "read_lock",
    "recorded_blocks",
    "value_digest",
    "write_lock",
]
