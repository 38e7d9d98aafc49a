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
    InstallError,
    InstanceFileError,
    LockMismatchError,
    ManifestMismatchError,
    NotInstalledError,
    UvError,
    WheelRefusedError,
)
from ._install import InstalledBot, install
from ._instances import InstanceHead, instance_head
from ._lock import LockedBlock, LockedInstance, LockedLeaf, LockFile, read_lock
from ._records import instance_records, overridden_blocks, recorded_blocks, value_digest
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
    "InstallError",
    "InstalledBot",
    "InstanceFileError",
    "InstanceHead",
    "LockFile",
    "LockMismatchError",
    "LockedBlock",
    "LockedBot",
    "LockedInstance",
    "LockedLeaf",
    "ManifestMismatchError",
    "NotInstalledError",
    "PreparedUpgrade",
    "UvError",
    "WheelRefusedError",
    "accept_blocks",
    "block_difference",
    "build_wheel",
    "carry_out_baseline_upgrade",
    "carry_out_upgrade",
    "changed_blocks",
    "check_wheel",
    "install",
    "instance_head",
    "instance_records",
    "locked",
    "locked_bots",
    "overridden_blocks",
    "plan_baseline_upgrade",
    "prepare_upgrade",
    "python_of",
    "read_lock",
    "recorded_blocks",
    "value_digest",
]
