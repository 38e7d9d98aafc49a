"""Layers of TOML files -> one resolved configuration, each leaf with its origin; never fetches.

Layers, weakest first: bot default, cooperation baseline, municipality, environment, ``--set``. Tables merge,
lists and values replace. Secrets are references (:class:`SecretRef`), resolved late by whoever uses them.
Everything that is wrong is found at once and raised as one :class:`ConfigError`.

Usage::

    municipality = open_municipality(Path("roskilde"))
    instance = resolve_instance(municipality, "welcome-letters", manifest_of, connectors=catalogue())
    instance.settings["window_days"], str(instance.origin("window_days"))  # 14, "bots/welcome-letters.toml:7"
"""

from ._baseline import Baseline
from ._baseline_check import CheckedBaseline, check_baseline
from ._baseline_wheel import BaselineWheelError, baseline_members, unpack_baseline, wheel_name
from ._candidates import CandidateFile, candidate_files
from ._check import Checked, check_municipality, secret_findings
from ._codes import CODES
from ._confirm import (
    Awaiting,
    NobodyError,
    SamePersonError,
    awaiting_in,
    confirm,
    the_person,
    unconfirmed,
)
from ._connector_entry import ConnectorEntry
from ._declared_stack import declared_stack
from ._diff import DiffSide, NoSuchInstanceError, diff_baseline, diff_locked, diff_sides
from ._diff_report import ConfigDiff, DiffEntry, DiffValue, InstanceDiff
from ._edit import Change, NotSetError, SecretTypedError, edit
from ._edit import Request as EditRequest
from ._edit import Tools as EditTools
from ._edit_target import KeyRefusedError
from ._editor import UnknownSchemaError, baseline_editor_schemas, editor_schemas
from ._editor_write import is_baseline_folder, write_baseline_schemas, write_editor_schemas
from ._explain import ExplainedCandidate, ExplainedPolicy, ExplainedValue, ExplainedWaiver
from ._files import letter_folders_of
from ._findings import (
    ConfigError,
    Finding,
    PolicyRefusedError,
    SecretsUnresolvedError,
    config_error,
    in_order,
)
from ._fleet import fleet_check
from ._fleet_report import FleetInstance, FleetMember, FleetReport
from ._hooks import HookFile, HookFunction, InstanceHooks, StepChain, hooks_of_instance, read_hook
from ._init import AlreadyThereError, Draft, draft_instance, write_drafts
from ._init_municipality import draft_municipality
from ._keys import show as format_value
from ._layers import Origin
from ._members import (
    Member,
    Members,
    NoMembersError,
    NoSuchMemberError,
    find_member,
    open_member,
    open_members,
)
from ._migrate import (
    migrated_layer,
    migration_findings,
    new_name,
    pending_migrations,
    policies_on_old_keys,
)
from ._migrate_check import migration_problems
from ._migrate_text import MigratedText, MigrationNotWrittenError, migrate_text
from ._municipality import MunicipalityFolder, Publish, open_municipality
from ._overrides import OverrideError
from ._pages import UnknownCodeError, page_of
from ._placed import hidden_texts, place_problem
from ._policies import Policies, Policy, policies_of
from ._publish import Published, PublishError, publish, write_published
from ._published import NotWrittenError, PublishedInfo, PublishedInstance, is_published
from ._resolve import Examination, examine_instance, resolve_instance
from ._resolved import ResolvedInstance, UnknownKeyError, explain_sections
from ._rules import validators_of
from ._secret_stores import BUILT_IN as BUILT_IN_STORES
from ._secret_stores import SecretStore
from ._secrets import (
    SecretMissingError,
    SecretRef,
    resolve_secret,
    resolve_secret_bytes,
    secret_problem,
)
from ._stack import Binding
from ._table_rows import value_without_places
from ._table_views import (
    ShownRow,
    ShownTable,
    TableTest,
    show_table,
    table_names,
    table_template,
    table_tests,
)
from ._tables import stray_table_folders, table_findings, table_layers
from ._toml_values import EditRefusedError
from ._unrun import unrun_checks
from ._upgrade import UpgradePlan, plan_upgrade
from ._upgrade_changes import manifest_changes
from ._upgrade_files import FileMigration, migrate_files
from ._upgrade_kinds import KINDS as CHANGE_KINDS
from ._upgrade_kinds import UpgradeChange
from ._upgrade_write import FileChangedError, write_migrated
from ._validate import BrokenSchemaError
from ._waivers import Waiver, local_today, waivers_of
from ._wheel_record import record_problems
from ._write import FileNotWrittenError, replace_text

__all__ = [
    "BUILT_IN_STORES",
    "CHANGE_KINDS",
    "CODES",
    "AlreadyThereError",
    "Awaiting",
    "Baseline",
    "BaselineWheelError",
    "Binding",
    "BrokenSchemaError",
    "CandidateFile",
    "Change",
    "Checked",
    "CheckedBaseline",
    "ConfigDiff",
    "ConfigError",
    "ConnectorEntry",
    "DiffEntry",
    "DiffSide",
    "DiffValue",
    "Draft",
    "EditRefusedError",
    "EditRequest",
    "EditTools",
    "Examination",
    "ExplainedCandidate",
    "ExplainedPolicy",
    "ExplainedValue",
    "ExplainedWaiver",
    "FileChangedError",
    "FileMigration",
    "FileNotWrittenError",
    "Finding",
    "FleetInstance",
    "FleetMember",
    "FleetReport",
    "HookFile",
    "HookFunction",
    "InstanceDiff",
    "InstanceHooks",
    "KeyRefusedError",
    "Member",
    "Members",
    "MigratedText",
    "MigrationNotWrittenError",
    "MunicipalityFolder",
    "NoMembersError",
    "NoSuchInstanceError",
    "NoSuchMemberError",
    "NobodyError",
    "NotSetError",
    "NotWrittenError",
    "Origin",
    "OverrideError",
    "Policies",
    "Policy",
    "PolicyRefusedError",
    "Publish",
    "PublishError",
    "Published",
    "PublishedInfo",
    "PublishedInstance",
    "ResolvedInstance",
    "SamePersonError",
    "SecretMissingError",
    "SecretRef",
    "SecretStore",
    "SecretTypedError",
    "SecretsUnresolvedError",
    "ShownRow",
    "ShownTable",
    "StepChain",
    "TableTest",
    "UnknownCodeError",
    "UnknownKeyError",
    "UnknownSchemaError",
    "UpgradeChange",
    "UpgradePlan",
    "Waiver",
    "awaiting_in",
    "baseline_editor_schemas",
    "baseline_members",
    "candidate_files",
    "check_baseline",
    "check_municipality",
    "config_error",
    "confirm",
    "declared_stack",
    "diff_baseline",
    "diff_locked",
    "diff_sides",
    "draft_instance",
    "draft_municipality",
    "edit",
    "editor_schemas",
    "examine_instance",
    "explain_sections",
    "find_member",
    "fleet_check",
    "format_value",
    "hidden_texts",
    "hooks_of_instance",
    "in_order",
    "is_baseline_folder",
    "is_published",
    "letter_folders_of",
    "local_today",
    "manifest_changes",
    "migrate_files",
    "migrate_text",
    "migrated_layer",
    "migration_findings",
    "migration_problems",
    "new_name",
    "open_member",
    "open_members",
    "open_municipality",
    "page_of",
    "pending_migrations",
    "place_problem",
    "plan_upgrade",
    "policies_of",
    "policies_on_old_keys",
    "publish",
    "read_hook",
    "record_problems",
    "replace_text",
    "resolve_instance",
    "resolve_secret",
    "resolve_secret_bytes",
    "secret_findings",
    "secret_problem",
    "show_table",
    "stray_table_folders",
    "table_findings",
    "table_layers",
    "table_names",
    "table_template",
    "table_tests",
    "the_person",
    "unconfirmed",
    "unpack_baseline",
    "unrun_checks",
    "validators_of",
    "value_without_places",
    "waivers_of",
    "wheel_name",
    "write_baseline_schemas",
    "write_drafts",
    "write_editor_schemas",
    "write_migrated",
    "write_published",
]
