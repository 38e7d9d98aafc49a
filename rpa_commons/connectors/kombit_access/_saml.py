"""How long a SAML assertion lasts, read from the assertion itself."""

import base64
from datetime import UTC, datetime

from rpa_commons.connectors._xml import parse_xml

__all__ = ["lifetime_of"]

_SAML = "{urn:oasis:names:tc:SAML:2.0:assertion}"


def lifetime_of(assertion: str, now: datetime) -> float | None:
    """Seconds for which an assertion may still be used; ``None`` where it does not say so readably.

    The assertion's own ``NotOnOrAfter`` is the truth: what stands around it in the answer is written in
    several ways. Where the local clock is behind, the span from ``IssueInstant`` is the shorter and wins.

    ``NotOnOrAfter`` is the first moment at which it is not valid (OASIS SAML 2.0 core 2.5.1.2).

    Args:
        assertion: A SAML 2.0 assertion in base64.
        now: Aware time of day.
    """
    try:
        return _lifetime(assertion, now)
    except ValueError:  # no base64, no XML, no time: it is passed on as it is, the token service will judge
        return None


def _lifetime(assertion: str, now: datetime) -> float | None:
    root = parse_xml(base64.b64decode(assertion, validate=True))
    node = root if root.tag == f"{_SAML}Assertion" else root.find(f".//{_SAML}Assertion")
    conditions = None if node is None else node.find(f"{_SAML}Conditions")
    if node is None or conditions is None:
        return None
    end = _utc(conditions.get("NotOnOrAfter", ""))
    left = (end - now).total_seconds()
    issued = node.get("IssueInstant")
    return left if issued is None else min(left, (end - _utc(issued)).total_seconds())


def _utc(text: str) -> datetime:
    """An ``xs:dateTime``; SAML 2.0 core 1.3.3 says that it is in UTC, also where no zone is written."""
    time = datetime.fromisoformat(text)
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time
