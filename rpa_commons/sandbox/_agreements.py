"""Which service agreement a municipality has in the sandbox: the same UUIDs every time."""

import hashlib

from ._cpr import Agreement

__all__ = ["agreement_for"]


def agreement_for(code: str, cvr: str) -> Agreement:
    """The four UUIDs, made from code and CVR number; the service's own is everybody's."""
    return Agreement(
        service_agreement=_uuid(f"agreement:{code}:{cvr}"),
        user_system=_uuid(f"system:{code}:{cvr}"),
        user=_uuid(f"user:{code}:{cvr}"),
        service=_uuid("service:PersonBaseDataExtended"),
    )


def _uuid(words: str) -> str:
    text = hashlib.sha256(f"rpa-commons sandbox:{words}".encode()).hexdigest()
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:32]}"
