"""Moving a bot to another version: what would change, and files rewritten as its migrations say.

Rules this room keeps: two versions are compared by their manifests, neither is run; nothing migrates
silently.
"""

from ._migrate_check import migration_problems
from ._migrate_text import MigratedText, MigrationNotWrittenError, migrate_text
from ._upgrade import UpgradePlan, plan_upgrade
from ._upgrade_baseline import migrate_baseline
from ._upgrade_changes import manifest_changes
from ._upgrade_connector import Catalogues, plan_connector_upgrade
from ._upgrade_files import FileMigration, migrate_files
from ._upgrade_kinds import KINDS as CHANGE_KINDS
from ._upgrade_kinds import UpgradeChange
from ._upgrade_write import FileChangedError, PartlyMigratedError, put_back, write_migrated

__all__ = [
    "CHANGE_KINDS",
    "Catalogues",
    "FileChangedError",
    "FileMigration",
    "MigratedText",
    "MigrationNotWrittenError",
    "PartlyMigratedError",
    "UpgradeChange",
    "UpgradePlan",
    "manifest_changes",
    "migrate_baseline",
    "migrate_files",
    "migrate_text",
    "migration_problems",
    "plan_connector_upgrade",
    "plan_upgrade",
    "put_back",
    "write_migrated",
]
