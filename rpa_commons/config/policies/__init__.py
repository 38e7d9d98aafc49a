"""What a cooperation locks and bounds, the exceptions it grants, and what follows for a section."""

from ._policies import Policies, policies_of
from ._policing import policy_findings
from ._waivers import local_today, policy_set, waivers_of

__all__ = [
    "Policies",
    "local_today",
    "policies_of",
    "policy_findings",
    "policy_set",
    "waivers_of",
]
