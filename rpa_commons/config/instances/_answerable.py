"""Who answers for a bot instance in production: an owner and a deputy, not the same one twice.

Rules this module keeps: in test and sandbox nobody need be named; whoever stands in another layer counts as
well as in the instance's own file.
"""

from collections.abc import Iterator

from rpa_commons.config.findings import Finding
from rpa_commons.config.municipality import MunicipalityFolder

from ._resolve import Examination

__all__ = ["answerable_findings"]

_PRODUCTION = "production"


def answerable_findings(
    municipality: MunicipalityFolder, name: str, examination: Examination
) -> Iterator[Finding]:
    """W601 where a production instance lacks an owner or a deputy, or both are the same."""
    if municipality.environment != _PRODUCTION or not examination.sections:
        return
    values = examination.sections[0].values
    owner, deputy = (" ".join(str(values.get(key) or "").split()) for key in ("owner", "deputy"))
    missing = [key for key, value in (("owner", owner), ("deputy", deputy)) if not value]
    file = municipality.folder / "bots" / f"{name}.toml"
    if missing:
        lines = " and ".join(f'{key} = "…"' for key in missing)
        message = f"the bot instance runs in production and names no {' and no '.join(missing)}"
        advice = f"add {lines} at the top of the file: who is called when something is wrong"
        yield Finding("W601", f"instance.{missing[0]}", message, file, help=advice)
    elif owner.casefold() == deputy.casefold():
        advice = "name somebody else: the deputy is called when the owner cannot be reached"
        message = "owner and deputy are the same"
        yield Finding("W601", "instance.deputy", message, file, help=advice)
