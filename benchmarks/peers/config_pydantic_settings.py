"""pydantic-settings: one TOML source a file, merged by its own deep update, validated by the same model."""

import sys
from pathlib import Path

from config_case import LAYERS, OVERRIDES, Instance, Settings, plain, unfolded
from config_loop import serve
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

ROOT = Path(sys.argv[1])


class Configuration(BaseSettings):  # type: ignore[misc]
    """A whole instance file."""

    model_config = SettingsConfigDict(strict=True, extra="forbid")

    bot: str
    id: str
    owner: str = ""
    start_from: Instance.model_fields["start_from"].annotation = None  # type: ignore[valid-type]
    settings: Settings

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the library's signature
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the library's signature
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the library's signature
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What is given for this run, then the files, strongest first."""
        files = [TomlConfigSettingsSource(settings_cls, ROOT / name) for _, name in reversed(LAYERS)]
        return init_settings, *files


if __name__ == "__main__":
    serve(
        lambda: Configuration(settings=unfolded(OVERRIDES)),
        lambda instance: plain(instance.settings.model_dump()),
    )
