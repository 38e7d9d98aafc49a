"""A municipality's folder and its cooperation's baseline: what lies there and who they are."""

from ._baseline import REGISTRY_PREFIX, Baseline, BaselineOpening
from ._baseline_files import meant_name, sorted_files
from ._baseline_wheel import BaselineWheelError, baseline_members, unpack_baseline, wheel_name
from ._files import hook_of, letter_folders_of
from ._hook_functions import HookFunction
from ._hooks import HookFile, InstanceHooks, StepChain, hooks_of_instance, read_hook
from ._identity import identity_findings
from ._locked_versions import locked_versions
from ._municipality import MunicipalityFolder, Publish, open_municipality, stems
from ._overridden import OverriddenBlock, overridden_blocks
from ._profiles import KEY, profiles_of, stray_profiles
from ._registry_choice import RegistryChoice
from ._unrun import unrun_checks

__all__ = [
    "KEY",
    "REGISTRY_PREFIX",
    "Baseline",
    "BaselineOpening",
    "BaselineWheelError",
    "HookFile",
    "HookFunction",
    "InstanceHooks",
    "MunicipalityFolder",
    "OverriddenBlock",
    "Publish",
    "RegistryChoice",
    "StepChain",
    "baseline_members",
    "hook_of",
    "hooks_of_instance",
    "identity_findings",
    "letter_folders_of",
    "locked_versions",
    "meant_name",
    "open_municipality",
    "overridden_blocks",
    "profiles_of",
    "read_hook",
    "sorted_files",
    "stems",
    "stray_profiles",
    "unpack_baseline",
    "unrun_checks",
    "wheel_name",
]
