"""Layers of TOML files -> one resolved configuration, each leaf with its origin; never fetches.

Layers, weakest first: bot default, cooperation baseline, municipality, environment, ``--set``. Tables merge,
lists and values replace. Secrets are references (:class:`SecretRef`), resolved late by whoever uses them.
Everything that is wrong is found at once and raised as one :class:`ConfigError`.

Usage::

    municipality = open_municipality(Path("roskilde"))
    instance = resolve_instance(municipality, "welcome-letters", manifest_of, connectors=catalogue())
    instance.settings["window_days"], str(instance.origin("window_days"))  # 14, "bots/welcome-letters.toml:7"
"""

from .documents import FileNotWrittenError, replace_text
from .findings import (
    CODES,
    ConfigError,
    Finding,
    PolicyRefusedError,
    SecretsUnresolvedError,
    UnknownCodeError,
    config_error,
    in_order,
    page_of,
)
from .findings import (
    show as format_value,
)
from .instances import (
    Awaiting,
    CandidateFile,
    Checked,
    CheckedBaseline,
    Examination,
    NobodyError,
    ResolvedInstance,
    SamePersonError,
    ShownTable,
    TableTest,
    UnknownKeyError,
    awaiting_in,
    candidate_files,
    check_baseline,
    check_municipality,
    confirm,
    examine_instance,
    explain_sections,
    hidden_texts,
    is_baseline_folder,
    place_problem,
    resolve_instance,
    secret_findings,
    show_table,
    table_names,
    table_template,
    table_tests,
    the_person,
    unconfirmed,
    unfinished_upgrades,
    waiting_for_production,
    waivers_of_baseline,
)
from .layers import (
    ConnectorEntry,
    ExplainedPolicy,
    ExplainedValue,
    OverrideError,
    Waiver,
    value_without_places,
)
from .migrations import (
    policies_on_old_keys,
)
from .municipality import (
    Baseline,
    BaselineWheelError,
    HookFunction,
    InstanceHooks,
    MunicipalityFolder,
    StepChain,
    baseline_members,
    hooks_of_instance,
    letter_folders_of,
    open_municipality,
    unrun_checks,
    wheel_name,
)
from .policies import local_today, waivers_of
from .schema import BrokenSchemaError
from .secrets import (
    BUILT_IN as BUILT_IN_STORES,
)
from .secrets import (
    SecretMissingError,
    SecretRef,
    SecretStore,
    resolve_secret,
    resolve_secret_bytes,
)
from .stack import declared_stack, named_connectors

__all__ = [
    "BUILT_IN_STORES",
    "CODES",
    "Awaiting",
    "Baseline",
    "BaselineWheelError",
    "BrokenSchemaError",
    "CandidateFile",
    "Checked",
    "CheckedBaseline",
    "ConfigError",
    "ConnectorEntry",
    "Examination",
    "ExplainedPolicy",
    "ExplainedValue",
    "FileNotWrittenError",
    "Finding",
    "HookFunction",
    "InstanceHooks",
    "MunicipalityFolder",
    "NobodyError",
    "OverrideError",
    "PolicyRefusedError",
    "ResolvedInstance",
    "SamePersonError",
    "SecretMissingError",
    "SecretRef",
    "SecretStore",
    "SecretsUnresolvedError",
    "ShownTable",
    "StepChain",
    "TableTest",
    "UnknownCodeError",
    "UnknownKeyError",
    "Waiver",
    "awaiting_in",
    "baseline_members",
    "candidate_files",
    "check_baseline",
    "check_municipality",
    "config_error",
    "confirm",
    "declared_stack",
    "examine_instance",
    "explain_sections",
    "format_value",
    "hidden_texts",
    "hooks_of_instance",
    "in_order",
    "is_baseline_folder",
    "letter_folders_of",
    "local_today",
    "named_connectors",
    "open_municipality",
    "page_of",
    "place_problem",
    "policies_on_old_keys",
    "replace_text",
    "resolve_instance",
    "resolve_secret",
    "resolve_secret_bytes",
    "secret_findings",
    "show_table",
    "table_names",
    "table_template",
    "table_tests",
    "the_person",
    "unconfirmed",
    "unfinished_upgrades",
    "unrun_checks",
    "value_without_places",
    "waiting_for_production",
    "waivers_of",
    "waivers_of_baseline",
    "wheel_name",
]
