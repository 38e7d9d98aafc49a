"""Why an identifier was refused, without repeating the identifier."""

__all__ = ["InvalidIdentifierError"]


class InvalidIdentifierError(ValueError):
    """An identifier is not what it claims to be.

    Attributes:
        kind: What was expected, e.g. ``"CPR number"``.
        reason: Why it was refused; never the value itself, which may be personal.
    """

    def __init__(self, kind: str, reason: str) -> None:
        super().__init__(f"not a {kind}: {reason}")
        self.kind = kind
        self.reason = reason
