"""Layers laid on each other below one schema: sections, with what is wrong and who decided each leaf."""

from ._connector_entry import ConnectorEntry
from ._explain import (
    ExplainedCandidate,
    ExplainedPolicy,
    ExplainedValue,
    ExplainedWaiver,
    explain_section,
    redact,
)
from ._kept import copied, kept_section
from ._layers import NOTHING, Candidate, Layer, Origin, merge
from ._origins import Origins
from ._overrides import Override, OverrideError, parse_overrides, parse_value
from ._policy import AppliedPolicy, Policy, PolicySet, Waiver, is_date, is_number, quote
from ._rules import rules_findings, validators_of
from ._section import Section, add_defaults
from ._shapes import ENVIRONMENTS, baseline_schema, binding_schema, instance_schema, municipality_schema
from ._table_rows import is_table, value_without_places

__all__ = [
    "ENVIRONMENTS",
    "NOTHING",
    "AppliedPolicy",
    "Candidate",
    "ConnectorEntry",
    "ExplainedCandidate",
    "ExplainedPolicy",
    "ExplainedValue",
    "ExplainedWaiver",
    "Layer",
    "Origin",
    "Origins",
    "Override",
    "OverrideError",
    "Policy",
    "PolicySet",
    "Section",
    "Waiver",
    "add_defaults",
    "baseline_schema",
    "binding_schema",
    "copied",
    "explain_section",
    "instance_schema",
    "is_date",
    "is_number",
    "is_table",
    "kept_section",
    "merge",
    "municipality_schema",
    "parse_overrides",
    "parse_value",
    "quote",
    "redact",
    "rules_findings",
    "validators_of",
    "value_without_places",
]
