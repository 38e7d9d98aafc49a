"""Why something was refused, without repeating what may be personal."""

from collections.abc import Sequence

__all__ = ["InvalidIdentifierError", "UnknownTypeError", "UnusableFileError"]


class InvalidIdentifierError(ValueError):
    """An identifier is not what it claims to be.

    Attributes:
        kind: What was expected, e.g. ``"CPR number"``.
        reason: Why it was refused; never the value itself, which may be personal.
    """

    def __init__(self, kind: str, reason: str) -> None:
        article = "an" if kind[:1] in "AEIOaeio" else "a"
        super().__init__(f"not {article} {kind}: {reason}")
        self.kind = kind
        self.reason = reason

    def __reduce__(self) -> tuple[type["InvalidIdentifierError"], tuple[str, str]]:
        """Pickled by what it was made of, so that it survives the way back from another process."""
        return type(self), (self.kind, self.reason)


class UnknownTypeError(ValueError):
    """No identifier type is called so, or it has no such option.

    Attributes:
        given: What was asked for.
        near: The name that was probably meant; empty when none is near.
        known: Every full name.
    """

    def __init__(self, given: str, near: str, known: Sequence[str], *, problem: str = "") -> None:
        meant = f"; did you mean {near}?" if near else ""
        # Who has changed the places of type and number must not read the number in a message.
        called = "" if any(map(str.isdigit, given)) else f" {given!r}"
        super().__init__(problem or f"there is no identifier type{called}{meant}")
        self.given = given
        self.near = near
        self.known = tuple(known)


class UnusableFileError(ValueError):
    """A delimited file cannot be looked through as a whole.

    Attributes:
        problem: What is wrong; holds no value of the file.
        remedy: What to do.
    """

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.remedy = remedy
