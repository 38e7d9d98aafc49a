"""Layers of TOML files -> one resolved configuration, each leaf with its origin; never fetches.

Layers, weakest first: bot default, cooperation baseline, municipality, environment, ``--set``. Tables merge,
lists and values replace. Secrets are references (:class:`SecretRef`), resolved late by whoever uses them.
Everything that is wrong is found at once and raised as one :class:`ConfigError`.

Usage::

    municipality = open_municipality(Path("roskilde"))
    instance = resolve_instance(municipality, "welcome-letters", manifest_of, connectors=catalogue())
    instance.settings["window_days"], str(instance.origin("window_days"))  # 14, "bots/welcome-letters.toml:7"
"""

from ._check import Checked, check_municipality, secret_findings
from ._codes import CODES
from ._connector_entry import ConnectorEntry
from ._explain import ExplainedCandidate, ExplainedValue
from ._files import letter_folders_of
from ._findings import ConfigError, Finding, PolicyRefusedError, SecretsUnresolvedError, config_error
from ._keys import show as format_value
from ._layers import Origin
from ._municipality import Baseline, MunicipalityFolder, open_municipality
from ._overrides import OverrideError
from ._pages import UnknownCodeError, page_of
from ._resolve import Examination, examine_instance, resolve_instance
from ._resolved import ResolvedInstance, UnknownKeyError, explain_sections
from ._secrets import SecretMissingError, SecretRef, resolve_secret, resolve_secret_bytes
from ._stack import Binding
from ._validate import BrokenSchemaError

__all__ = [
    "CODES",
    "Baseline",
    "Binding",
    "BrokenSchemaError",
    "Checked",
    "ConfigError",
    "ConnectorEntry",
    "Examination",
    "ExplainedCandidate",
    "ExplainedValue",
    "Finding",
    "MunicipalityFolder",
    "Origin",
    "OverrideError",
    "PolicyRefusedError",
    "ResolvedInstance",
    "SecretMissingError",
    "SecretRef",
    "SecretsUnresolvedError",
    "UnknownCodeError",
    "UnknownKeyError",
    "check_municipality",
    "config_error",
    "examine_instance",
    "explain_sections",
    "format_value",
    "letter_folders_of",
    "open_municipality",
    "page_of",
    "resolve_instance",
    "resolve_secret",
    "resolve_secret_bytes",
    "secret_findings",
]
