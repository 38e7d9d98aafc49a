"""The two lines of an instance file that an environment depends on: which bot, and the id."""

import contextlib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rpa_commons.config import ConfigError

from ._errors import InstanceFileError

if TYPE_CHECKING:
    from rpa_commons.config import MunicipalityFolder

__all__ = ["InstanceHead", "heads_of", "instance_head"]


@dataclass(frozen=True)
class InstanceHead:
    """Who an instance is.

    Attributes:
        name: File stem.
        id: Canonical UUID, written once, independent of the file name.
        bot: The bot it configures.
    """

    name: str
    id: str
    bot: str


def instance_head(municipality: "MunicipalityFolder", name: str) -> InstanceHead:
    """Read who an instance is, from ``bots/<name>.toml`` alone.

    Raises:
        InstanceFileError: there is no such file, it is no TOML, or one of the two lines is missing or wrong.
    """
    path = municipality.folder / "bots" / f"{name}.toml"
    known = ", ".join(municipality.instances()) or "none"
    if name not in municipality.instances():
        raise InstanceFileError(path, "there is no such bot instance", remedy=f"instances here: {known}")
    try:
        document = municipality.reader.optional(path, root=municipality.folder, name=f"bots/{name}.toml")
    except ConfigError as error:
        first = error.findings[0]
        place = f"line {first.line}: " if first.line else ""
        remedy = first.help or "correct the file"
        raise InstanceFileError(path, f"cannot be read: {place}{first.message}", remedy=remedy) from None
    values = document.values if document is not None else {}
    return InstanceHead(name, _id(path, values.get("id")), _bot(path, values.get("bot")))


def heads_of(municipality: "MunicipalityFolder") -> Iterator[InstanceHead]:
    """Every instance whose file says who it is; the check of the others speaks about them."""
    for name in municipality.instances():
        with contextlib.suppress(InstanceFileError):
            yield instance_head(municipality, name)


def _bot(path: Path, value: object) -> str:
    if not isinstance(value, str) or not value:
        raise InstanceFileError(
            path, "it does not say which bot it configures", remedy='write `bot = "welcome-letters"`'
        )
    return value


def _id(path: Path, value: object) -> str:
    try:
        return str(uuid.UUID(str(value)))
    except ValueError:
        raise InstanceFileError(
            path,
            "it has no id, or one that is no UUID",
            remedy=f'write `id = "{uuid.uuid4()}"` once and never change it',
        ) from None
