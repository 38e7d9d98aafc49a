"""What a cooperation locks and bounds, the exceptions it grants, and what follows for a section."""

from ._bounds import is_within, json_value
from ._policies import Policies, key_of, policies_of
from ._policing import policy_findings
from ._policy_conflicts import conflict_findings
from ._waivers import for_members, granted, local_today, policy_set, waivers_of

__all__ = [
    "Policies",
    "conflict_findings",
    "for_members",
    "granted",
    "is_within",
    "json_value",
    "key_of",
    "local_today",
    "policies_of",
    "policy_findings",
    "policy_set",
    "waivers_of",
]
