"""Why a specification was not taken, or is not usable."""

from collections.abc import Sequence

from rpa_commons.capabilities import RpaCommonsError

__all__ = ["DamagedSpecError", "MissingSpecError", "SpecsError", "UnknownSpecError"]


class SpecsError(RpaCommonsError):
    """A specification cannot be added or used."""


class UnknownSpecError(SpecsError):
    """Files are none that are known by checksum.

    Attributes:
        reasons: One sentence for each file or version that came close.
    """

    exit_code = 5

    def __init__(self, place: str, reasons: Sequence[str]) -> None:
        known = "; ".join(reasons) or "no file in it has a known checksum"
        super().__init__(
            f"{place}: refused: {known}",
            remedy="`rpac specs list` names the official files with their SHA-256; a newer release can be "
            'taken with --trust-unknown "REASON"',
        )
        self.reasons = tuple(reasons)


class DamagedSpecError(SpecsError):
    """A kept file is not what it was when it was added.

    Attributes:
        label: Name and version.
        problems: One sentence a file.
    """

    def __init__(self, label: str, problems: Sequence[str]) -> None:
        super().__init__(
            f"{label} is not used: {'; '.join(problems)}",
            remedy="add the official files again with `rpac specs add`",
        )
        self.label = label
        self.problems = tuple(problems)


class MissingSpecError(SpecsError):
    """A specification is not kept here.

    Attributes:
        name: The family.
    """

    def __init__(self, name: str, source: str) -> None:
        where = f" from {source}" if source else ""
        super().__init__(
            f"there is no {name} here",
            remedy=f"download it{where} and add it with `rpac specs add FILE`",
        )
        self.name = name
