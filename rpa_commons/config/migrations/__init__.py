"""What became of a setting in a newer version, read as data from the manifest."""

from ._connector_migrations import manifest_of_connector, migrated_binding
from ._migrate import (
    migrated_layer,
    migration_findings,
    moved_path,
    new_name,
    pending_migrations,
    policies_on_old_keys,
)
from ._operations import (
    Migrated,
    Operation,
    OperationError,
    Path,
    Step,
    final_path,
    has,
    migrate,
    operations_of,
    parse_operations,
    same,
)
from ._policy_migrations import migrated_policies

__all__ = [
    "Migrated",
    "Operation",
    "OperationError",
    "Path",
    "Step",
    "final_path",
    "has",
    "manifest_of_connector",
    "migrate",
    "migrated_binding",
    "migrated_layer",
    "migrated_policies",
    "migration_findings",
    "moved_path",
    "new_name",
    "operations_of",
    "parse_operations",
    "pending_migrations",
    "policies_on_old_keys",
    "same",
]
