"""What connectors over SOAP share: the error for a fault."""

from rpa_commons.capabilities import TransientError

__all__ = ["SoapFaultError"]


class SoapFaultError(TransientError):
    """The service refuses the request and says why (SOAP 1.1, section 4.4).

    Where a service's codes are not public, a fault is not read as a word about this one person: a lapsed
    agreement must not hand every case over. The cases wait, and the run stops early when they all meet the
    same fault.

    Attributes:
        code: The service's own code, or SOAP's ``faultcode`` where there is none.
        text: The service's own text or ``faultstring``, without any number that could be personal.
    """

    def __init__(self, system: str, code: str, text: str, *, remedy: str) -> None:
        super().__init__(system, f"refused with {code or 'no code'}: {text or 'no text'}", remedy=remedy)
        self.code = code
        self.text = text
