"""One virtual environment per bot instance, made from a lock: build, install, and what the runtime asks.

The host never imports plugin code: it reads the manifest inside the wheel, and whatever needs the plugin
itself runs in a process of that plugin's environment.

Usage::

    wheel = build_wheel(Path("plugins/welcome-letters"), Path("dist"), progress=print)
    install(municipality, [wheel], progress=print)
    python_of(municipality, "welcome-letters")
"""

from ._build import build_wheel
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
from ._use import LockedBot, locked, locked_bots, python_of
from ._wheels import CheckedWheel, check_wheel

__all__ = [
    "BuildRefusedError",
    "CheckedWheel",
    "InstallError",
    "InstalledBot",
    "InstanceFileError",
    "InstanceHead",
    "LockMismatchError",
    "LockedBot",
    "ManifestMismatchError",
    "NotInstalledError",
    "UvError",
    "WheelRefusedError",
    "build_wheel",
    "check_wheel",
    "install",
    "instance_head",
    "locked",
    "locked_bots",
    "python_of",
]
