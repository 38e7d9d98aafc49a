"""dynaconf: three files with merging on, defaults and bounds as its own validators."""

import sys
from pathlib import Path
from typing import Any

from annotated_types import Ge, Le
from config_case import LAYERS, OVERRIDES, Model, Settings, plain
from config_loop import serve
from dynaconf import Dynaconf, Validator
from pydantic_core import PydanticUndefined

ROOT = Path(sys.argv[1])
_TYPES: dict[Any, type] = {int: int, float: float, bool: bool, str: str}


def validators(model: type[Model], prefix: str = "settings") -> list[Validator]:
    """A validator for each key of a model and of the tables in it: default, type, bounds."""
    found = []
    for name, field in model.model_fields.items():
        key = f"{prefix}.{name}"
        if isinstance(field.annotation, type) and issubclass(field.annotation, Model):
            found += validators(field.annotation, key)
            continue
        rules: dict[str, Any] = {}
        if field.default is not PydanticUndefined:
            rules["default"] = field.default
        else:
            rules["must_exist"] = True
        if field.annotation in _TYPES:
            rules["is_type_of"] = _TYPES[field.annotation]
        for bound in field.metadata:
            rules |= {"gte": bound.ge} if isinstance(bound, Ge) else {}
            rules |= {"lte": bound.le} if isinstance(bound, Le) else {}
        found.append(Validator(key, **rules))
    return found


VALIDATORS = validators(Settings)


def resolve() -> Any:  # noqa: ANN401 - dynaconf's own box
    """All layers, validated."""
    configuration = Dynaconf(
        settings_files=[str(ROOT / name) for _, name in LAYERS],
        merge_enabled=True,
        environments=False,
        load_dotenv=False,
        loaders=[],
    )
    for key, value in OVERRIDES.items():
        configuration.set(f"settings.{key}", value)
    configuration.validators.register(*VALIDATORS)
    configuration.validators.validate_all()
    return configuration.settings


if __name__ == "__main__":
    serve(resolve, lambda box: plain(dict(box)))
