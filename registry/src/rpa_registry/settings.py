"""``registry.toml``: what one registry is called, where its data lies, and its limits.

Rules this module keeps: a relative path is relative to the file; an unknown key is an error that names the
file; no secret stands in the file (a PostgreSQL password comes from the environment or ``~/.pgpass``).

Usage::

    settings = load_settings(Path("/srv/registry"))
    settings.database_url
"""

import json
import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from .errors import SettingsError

__all__ = ["SETTINGS_NAME", "Limits", "Settings", "load_settings", "settings_text"]

SETTINGS_NAME = "registry.toml"


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Limits(_Model):
    """What one token may send."""

    largest_wheel: int = Field(default=64 * 1024 * 1024, ge=1024, description="Bytes of one upload.")
    uploads_per_minute: int = Field(default=30, ge=1, description="Uploads of one token in a minute.")
    acts_per_minute: int = Field(default=120, ge=1, description="Other writes of one token in a minute.")
    token_days: int = Field(default=365, ge=1, le=1096, description="Longest life of a token, days.")
    stand_in_days: int = Field(default=42, ge=1, le=92, description="Longest time of a stand-in, days.")


class Settings(_Model):
    """One registry.

    Attributes:
        folder: Where ``registry.toml`` lies.
    """

    folder: Path = Field(exclude=True)
    cooperation: str = Field(min_length=1, description="The cooperation's name, as members say it.")
    country: Literal["dk", "no", "se"] = Field(default="dk", description="Where its members are: dk, no, se.")
    languages: tuple[Literal["da", "nb", "sv", "en"], ...] = Field(
        default=("da", "en"), min_length=1, description="Of the pages, the first by default: da, nb, sv, en."
    )
    data: str = Field(default="data", description="Folder of the database and the files.")
    database: str = Field(
        default="", description="SQLAlchemy URL; empty: SQLite in the data folder. No password in it."
    )
    public_url: str = Field(default="", description="As members reach it, for Atom and for the docs.")
    contact: str = Field(default="", description="Whom to write to; shown on every page.")
    page_max_age: int = Field(default=60, ge=0, le=86400, description="Seconds a page may be kept.")
    advisories_file: str = Field(default="", description="Offline file of known vulnerabilities (OSV JSON).")
    members_folder: str = Field(
        default="", description="Folder with the members' published configurations, for `fleet check`."
    )
    baseline: str = Field(
        default="", description="Folder or wheel of the baseline that those configurations lie on."
    )
    limits: Limits = Limits()

    @property
    def data_dir(self) -> Path:
        """Absolute folder of database and files."""
        return (self.folder / self.data).absolute()

    @property
    def database_url(self) -> str:
        """SQLAlchemy URL of the database."""
        return self.database or f"sqlite:///{self.data_dir / 'registry.sqlite3'}"


def load_settings(folder: Path, *, text: str | None = None) -> Settings:
    """Read ``registry.toml`` of a registry's folder.

    Args:
        folder: Where it lies.
        text: What will stand in it, where it is not written yet.

    Raises:
        SettingsError: there is none, it is no TOML, or a value cannot be; all of them are named.
    """
    path = folder / SETTINGS_NAME
    try:
        values: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8") if text is None else text)
    except FileNotFoundError:
        raise SettingsError(f"{path}: there is no registry here", remedy=_INIT) from None
    except (OSError, ValueError) as error:
        raise SettingsError(f"{path}: cannot be read: {error}", remedy="put the file right") from error
    try:
        if "languages" in values and isinstance(values["languages"], list):
            values["languages"] = tuple(values["languages"])
        return Settings.model_validate({**values, "folder": folder.absolute()})
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        raise SettingsError(
            f"{path}: {problems}", remedy="docs/reference/registry.md lists the keys"
        ) from None


_INIT = "make one with `rpac-registry init FOLDER`, or name its folder with `rpac-registry -C FOLDER`"


_LANGUAGES = {"dk": ["da", "en"], "no": ["nb", "en"], "se": ["sv", "en"]}
"""Of the pages, where nobody chose others yet."""


def settings_text(*, cooperation: str, country: str, database: str = "") -> str:
    """A first ``registry.toml``: every key with its meaning, those at their default as comments."""
    said: dict[str, Any] = {"cooperation": cooperation, "country": country}
    languages = _LANGUAGES.get(country)
    if languages and languages != list(Settings.model_fields["languages"].get_default()):
        said["languages"] = languages
    if database:
        said["database"] = database
    lines = [
        "# One registry. Restart the server after a change. Keys that are comments are at their default."
    ]
    for name, field in Settings.model_fields.items():
        if name in ("folder", "limits"):
            continue
        if field.description:
            lines += ["", f"# {field.description}"]
        value = json.dumps(said.get(name, field.get_default()), ensure_ascii=False)
        lines.append(f"{'' if name in said else '# '}{name} = {value}")
    lines += ["", "[limits]"]
    for name, field in Limits.model_fields.items():
        lines += [f"# {field.description}", f"# {name} = {json.dumps(field.get_default())}"]
    return "\n".join(lines) + "\n"
