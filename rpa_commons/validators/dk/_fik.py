"""The code line of a Danish payment slip (FIK, giro): ``+71<000000000000018+80000002<``.

Rules this module keeps (Finans Danmark, "Fælles Indbetalingskort"; banks' own descriptions of the code line):

=====  ==================  ==========================  =======================
kind   payment identifier  its check digit             who is paid
=====  ==================  ==========================  =======================
+71    15 digits           modulus 10, the last digit  creditor, 8 digits
+73    none                                            creditor, 8 digits
+75    16 digits           modulus 10, the last digit  creditor, 8 digits
+01    none                                            giro account, 7 or 8
+04    16 digits           modulus 10, the last digit  giro account, 7 or 8
+15    16 digits           modulus 10, the last digit  giro account, 7 or 8
=====  ==================  ==========================  =======================

An identifier that is too short is refused, not filled up: zeros before it are part of the line.
"""

import re
from typing import ClassVar, Self

from rpa_commons.validators._check_digits import mod10
from rpa_commons.validators._identifier import Identifier

__all__ = ["Fik"]

_LINE = re.compile(r"\+?([0-9]{2})<([0-9]*)\+([0-9]+)<?", re.ASCII)
_IDENTIFIER = {"71": 15, "73": 0, "75": 16, "01": 0, "04": 16, "15": 16}
_CREDITOR = frozenset({"71", "73", "75"})
_FORM = "it must be a code line such as +71<payment identifier+creditor<"


class Fik(Identifier):
    """The code line of a Danish payment slip: kind of slip, payment identifier, who is paid."""

    __slots__ = ()

    kind = "FIK code line"
    name = "fik"
    pattern = "^\\+(71|73|75|01|04|15)<([0-9]{15,16})?\\+[0-9]{7,8}<$"
    examples: ClassVar[tuple[str, ...]] = ("+71<000000000000018+80000002<", "+73<+80000002<")
    personal = True  # the identifier often holds the number of a citizen's case or account

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a code line; spaces anywhere, the first ``+`` and the last ``<`` may be missing.

        Raises:
            InvalidIdentifierError: another form, an unknown kind of slip, wrong lengths or check digit.
        """
        line = cls._text(text).replace(" ", "")
        if not line.isascii():
            raise cls._refused("it has characters that no code line has: only 0-9, + and < count")
        match = _LINE.fullmatch(line)
        if not match:
            raise cls._refused(_FORM)
        slip, identifier, payee = match.groups()
        cls._check(slip, identifier, payee)
        return cls._made(f"+{slip}<{identifier}+{payee}<")

    @property
    def slip(self) -> str:
        """The kind of slip (kortart): ``"71"``."""
        return self[1:3]

    @property
    def payment_identifier(self) -> str | None:
        """15 or 16 digits; ``None`` where the kind of slip has none."""
        return self[4:].partition("+")[0] or None

    @property
    def payee(self) -> str:
        """The creditor's number (71, 73, 75), or the giro account."""
        return self[4:].partition("+")[2].rstrip("<")

    @property
    def masked(self) -> str:
        """``+71<•••+80000002<``: who is paid may be shown, for what may not."""
        return f"+{self.slip}<{'•••' if self.payment_identifier else ''}+{self.payee}<"

    @classmethod
    def _check(cls, slip: str, identifier: str, payee: str) -> None:
        length = _IDENTIFIER.get(slip)
        if length is None:
            raise cls._refused(f"there is no such kind of slip; there are {', '.join(_IDENTIFIER)}")
        if len(identifier) != length:
            wanted = f"{length} digits, zeros before it included" if length else "none"
            raise cls._refused(f"the payment identifier of a +{slip} slip must have {wanted}")
        if length and not mod10(identifier):
            raise cls._refused("the check digit of its payment identifier is wrong")
        if slip in _CREDITOR:
            if len(payee) != 8:  # noqa: PLR2004 - the length of a creditor's number
                raise cls._refused("the creditor's number must have 8 digits")
        elif len(payee) not in (7, 8):
            raise cls._refused("the giro account must have 7 or 8 digits")
