"""The codes of what is wrong with a wheel: stable names that people look up and scripts rely on.

Rules this module keeps: a code never changes its meaning and is never used again; ``A18x`` is a warning,
every other code refuses the wheel; each has a page in ``codes/`` that ``rpac explain CODE`` prints.

Usage::

    CODES["A112"]  # "RECORD and the wheel disagree"
"""

from types import MappingProxyType

__all__ = ["CODES", "is_warning"]

CODES = MappingProxyType(
    {
        "A101": "no wheel that can be read",
        "A102": "file name is not a wheel's",
        "A103": "name or version disagree",
        "A104": "archive that two programs read differently",
        "A105": "member with an unsafe path",
        "A106": "two members at one place",
        "A107": "member that is no plain file",
        "A108": "compression that wheels do not have",
        "A109": "too large, or a bomb",
        "A111": "RECORD missing or unreadable",
        "A112": "RECORD and the wheel disagree",
        "A121": "METADATA is wrong",
        "A122": "WHEEL is wrong",
        "A123": "requirement that no registry resolves",
        "A124": "requirement that nobody here answers for",
        "A125": "licence missing or not known",
        "A131": "code that runs when Python starts",
        "A132": "script or entry point nobody declared",
        "A133": "foreign package",
        "A134": "compiled code without its source",
        "A135": "native code where none belongs",
        "A136": "module that cannot be read",
        "A137": "baseline that is more than files",
        "A138": "entry that is not in the wheel",
        "A139": "archive that hides its contents",
        "A141": "manifest missing or broken",
        "A142": "legal fields incomplete",
        "A143": "settings that are not strict",
        "A144": "setting without description or unit",
        "A145": "connector that no stack could use",
        "A151": "secret",
        "A152": "personal number",
        "A181": "possible secret",
        "A182": "possible personal number",
        "A183": "untidy contents",
        "A184": "licence not stated",
        "A185": "compiled code beside its source",
        "A186": "file that was not looked through",
    }
)
"""Every code with what it stands for."""


def is_warning(code: str) -> bool:
    """Whether a finding with this code lets the wheel through."""
    return code.startswith("A18")
