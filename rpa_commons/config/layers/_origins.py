"""Where the values of sections come from, by key.

Rules this module keeps: the layer of every leaf is known from the merge; its line is looked for when somebody
asks, in the text that was read then, never in the file as it is now.

Usage::

    origins = Origins(section)
    origins.layers()["window_days"], str(origins["window_days"])  # "municipality", "bots/newcomers.toml:7"
"""

from collections.abc import Iterator, Mapping
from functools import cached_property

from rpa_commons.config.findings import KeyPath

from ._layers import Layer, Origin
from ._section import Section

__all__ = ["Origins"]


class Origins(Mapping[str, Origin]):
    """The origin of each leaf, by key; the line of one is found when it is asked for.

    Args:
        sections: Their keys must differ.
    """

    def __init__(self, *sections: Section) -> None:
        self._sections = sections

    def __getitem__(self, key: str) -> Origin:
        layer, path = self._deciding[key]
        return layer.origin(path)

    def __iter__(self) -> Iterator[str]:
        return iter(self._deciding)

    def __len__(self) -> int:
        return len(self._deciding)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(self)})"

    def layers(self) -> dict[str, str]:
        """The name of the layer that decides each leaf."""
        return {key: layer.name for key, (layer, _) in self._deciding.items()}

    @cached_property
    def _deciding(self) -> dict[str, tuple[Layer, KeyPath]]:
        return {
            section.name_of(path): (layer, path)
            for section in self._sections
            for path, layer in section.merged.deciding()
        }
