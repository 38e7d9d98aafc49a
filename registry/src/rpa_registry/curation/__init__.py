"""Curation: what people do with releases and projects, and what they look at before.

Rules this room keeps: every act is judged and done in one transaction; a refusal says why and what to do.

Usage::

    act(registry, identity, "submit", "welcome-letters", "1.0.0")
"""

from ._acts import SIMPLE_ACTS, act
from ._advisories import (
    advisories_of,
    draft_advisory,
    draft_withdrawal,
    next_advisory_id,
    quarantine,
    withdraw_advisory,
)
from ._advisory_document import SEVERITIES, advisory_prefix
from ._events import NOTIFY_NAME, deliver
from ._projects import STATUSES, accept_name, exempt, record_usage, set_status, tier_of, withdraw_exemption
from ._releases import ReleaseView, Signature, view_of
from ._reports import REPORT_KINDS, add_report, draft_report, reports_of
from ._review import Review, review
from ._states import ACTS, BASE_STATES, Act, Situation, after, out_of_order
from ._who import Actor, Capacity, Signed, StandIn, capacity_of

__all__ = [
    "ACTS",
    "BASE_STATES",
    "NOTIFY_NAME",
    "REPORT_KINDS",
    "SEVERITIES",
    "SIMPLE_ACTS",
    "STATUSES",
    "Act",
    "Actor",
    "Capacity",
    "ReleaseView",
    "Review",
    "Signature",
    "Signed",
    "Situation",
    "StandIn",
    "accept_name",
    "act",
    "add_report",
    "advisories_of",
    "advisory_prefix",
    "after",
    "capacity_of",
    "deliver",
    "draft_advisory",
    "draft_report",
    "draft_withdrawal",
    "exempt",
    "next_advisory_id",
    "out_of_order",
    "quarantine",
    "record_usage",
    "reports_of",
    "review",
    "set_status",
    "tier_of",
    "view_of",
    "withdraw_advisory",
    "withdraw_exemption",
]
