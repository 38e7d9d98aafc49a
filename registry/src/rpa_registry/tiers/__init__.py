"""Quality tiers: rules as data, each done, exempt with a reason, or to do.

Rules this room keeps: it reads and never writes; it knows nothing of pages, so that they can show it.
"""

from ._facts import QUALITY_NAME, Exemption, Facts, TestReport, quality_facts
from ._project import assessed_releases
from ._rules import RULES, TIERS, Assessed, Rule, Verdict, assess

__all__ = [
    "QUALITY_NAME",
    "RULES",
    "TIERS",
    "Assessed",
    "Exemption",
    "Facts",
    "Rule",
    "TestReport",
    "Verdict",
    "assess",
    "assessed_releases",
    "quality_facts",
]
