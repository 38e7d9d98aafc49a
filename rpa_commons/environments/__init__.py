"""One virtual environment per bot instance, made from a lock: build, install, and what the runtime asks.

The host never imports plugin code: it reads the manifest inside the wheel, and whatever needs the plugin
itself runs in a process of that plugin's environment.

Usage::

    wheel = build_wheel(Path("plugins/welcome-letters"), Path("dist"), progress=print)
    install(municipality, [wheel], progress=print)
    python_of(municipality, "welcome-letters")
"""

from ._alone import installing_alone
from ._build import build_wheel
from ._changed_blocks import ChangedBlock, accept_blocks, block_difference, changed_blocks
from ._connector_access import ConnectorAccess, NoSuchAccessError, access_of
from ._connector_wheels import connectors_of, connectors_of_wheels, refuse_unready
from ._errors import (
    BuildRefusedError,
    ConnectorConflictError,
    ConnectorInUseError,
    ConnectorNotReadyError,
    ForeignPackageError,
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
from ._lock import (
    LockedBaseline,
    LockedBlock,
    LockedConnector,
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
from ._upgrade_connector import locked_connector, prepare_connector_upgrade, users_of
from ._use import LockedBot, locked, locked_bots, python_of
from ._wheels import CheckedWheel, check_wheel

__all__ = [
    "BuildRefusedError",
    "ChangedBlock",
    "CheckedWheel",
    "ConnectorAccess",
    "ConnectorConflictError",
    "ConnectorInUseError",
    "ConnectorNotReadyError",
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
    "LockedConnector",
    "LockedInstance",
    "LockedLeaf",
    "LockedPackage",
    "ManifestMismatchError",
    "NoSuchAccessError",
    "NotInstalledError",
    "Origin",
    "PreparedUpgrade",
    "Removal",
    "UvError",
    "WheelRefusedError",
    "WheelSource",
    "WheelStore",
    "accept_blocks",
    "access_of",
    "block_difference",
    "build_wheel",
    "carry_out_baseline_upgrade",
    "carry_out_removal",
    "carry_out_upgrade",
    "changed_blocks",
    "check_wheel",
    "connectors_of",
    "connectors_of_wheels",
    "install",
    "installing_alone",
    "instance_head",
    "instance_records",
    "locked",
    "locked_bots",
    "locked_connector",
    "plan_baseline_upgrade",
    "plan_removal",
    "prepare_connector_upgrade",
    "prepare_upgrade",
    "python_of",
    "read_lock",
    "recorded_blocks",
    "refuse_unready",
    "users_of",
    "value_digest",
    "write_lock",
]
