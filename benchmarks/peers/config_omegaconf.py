"""OmegaConf: ``tomllib`` reads, OmegaConf merges; it has no bounds and no dates, so those go unchecked."""

import sys
import tomllib
from pathlib import Path
from typing import Any

from config_case import LAYERS, OVERRIDES, Model, Settings, plain
from config_loop import serve
from omegaconf import OmegaConf
from pydantic_core import PydanticUndefined

ROOT = Path(sys.argv[1])


def defaults(model: type[Model]) -> dict[str, Any]:
    """The author's defaults as a tree."""
    tree: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, Model):
            tree[name] = defaults(field.annotation)
        elif field.default is not PydanticUndefined:
            tree[name] = field.default
    return tree


DEFAULTS = {"settings": defaults(Settings)}
_FLAGS = {"allow_objects": True}  # or else it refuses dates


def resolve() -> Any:  # noqa: ANN401 - OmegaConf's own tree
    """All layers."""
    layers = [OmegaConf.create(DEFAULTS, flags=_FLAGS)]
    for _, name in LAYERS:
        with (ROOT / name).open("rb") as stream:
            layers.append(OmegaConf.create(tomllib.load(stream), flags=_FLAGS))
    given = [f"settings.{key}={value}" for key, value in OVERRIDES.items()]
    return OmegaConf.merge(*layers, OmegaConf.from_dotlist(given)).settings


if __name__ == "__main__":
    serve(resolve, lambda tree: plain(OmegaConf.to_container(tree)))
