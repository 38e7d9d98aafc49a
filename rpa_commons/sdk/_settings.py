"""The settings a bot declares and a municipality fills in."""

from typing import Any

import pydantic
from pydantic import BaseModel, ConfigDict, JsonValue

__all__ = ["BotSettings", "Field"]


class BotSettings(BaseModel):
    """Base of a bot's settings: strict types, no unknown keys, frozen.

    Every field needs a description; a number also needs a unit. The build refuses a bot without them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, use_attribute_docstrings=True)


def Field(  # noqa: N802 - it stands where pydantic's Field stands
    default: Any = ...,  # noqa: ANN401 - as pydantic's own
    *,
    description: str,
    unit: str = "",
    personal: bool = False,
    sensitive: bool = False,
    **constraints: Any,  # noqa: ANN401 - ge, le, min_length … passed through
) -> Any:  # noqa: ANN401 - as pydantic's own
    """A settings field: pydantic's ``Field`` plus what people need to know about the value.

    Args:
        default: The bot's default; ``...`` when every municipality must say.
        description: One sentence for the local admin.
        unit: Unit of a number, e.g. ``"days"``.
        personal: The value is personal data: shown as ``…`` everywhere.
        sensitive: Money or law stands behind the value.
        **constraints: Whatever pydantic's ``Field`` takes besides.
    """
    extra: dict[str, JsonValue] = {"unit": unit, "personal": personal, "sensitive": sensitive}
    schema: dict[str, JsonValue] = {name: value for name, value in extra.items() if value}
    return pydantic.Field(default, description=description, json_schema_extra=schema, **constraints)
