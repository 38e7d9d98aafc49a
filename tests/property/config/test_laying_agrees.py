"""What is worked out quickly of layers is what all layers' words together give."""

from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from rpa_commons.config.documents._document import Document
from rpa_commons.config.findings._keys import KeyPath, format_key
from rpa_commons.config.layers._layers import Layer, merge
from rpa_commons.config.layers._lists import combining
from rpa_commons.config.layers._section import Section
from rpa_commons.config.schema._schema import SchemaView
from rpa_commons.config.schema._validate import as_json

_NAMES = st.sampled_from(["a", "b", "list", "day", "append", "one"])
_VALUES = st.recursive(
    st.integers(0, 3) | st.booleans() | st.sampled_from(["x", "y"]) | st.dates() | st.times(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=3),
    max_leaves=6,
)
_LAYERS = st.lists(st.dictionaries(_NAMES, _VALUES, max_size=4), max_size=5)
_SCHEMA = SchemaView(
    {
        "type": "object",
        "properties": {
            "list": {"type": "array", "items": {}},
            "day": {"type": "string", "format": "date"},
            "one": {"type": "string"},
            "b": {"type": "object", "properties": {"list": {"type": "array"}, "day": {"type": "string"}}},
        },
    }
)


def _tree(leaves: dict[KeyPath, Any]) -> dict[Any, Any]:
    tree: dict[Any, Any] = {}
    for path, value in leaves.items():
        node = tree
        for part in path[:-1]:
            node = node.setdefault(part, {})
        node[path[-1]] = value
    return tree


@settings(max_examples=1500, deadline=None)
@given(_LAYERS)
def test_winners_and_values_follow_from_what_every_layer_says(given_layers: list[dict[str, Any]]) -> None:
    """Winners, values, JSON values and origins are those of the last candidates, over random layers."""
    layers = tuple(
        Layer(str(number), values, Document(Path(f"{number}.toml"), f"{number}.toml", "", values))
        for number, values in enumerate(given_layers)
    )
    merged = merge(layers, is_single=_SCHEMA.is_single, combine=combining(_SCHEMA))
    section = Section(_SCHEMA, layers, format_key)

    assert repr(_tree({path: one[-1].effective for path, one in merged.leaves.items()})) == repr(
        merged.values
    )
    assert as_json(merged.values, _SCHEMA) == section.values
    assert [(path, one[-1].origin(path)) for path, one in merged.leaves.items()] == list(merged.origins())
    for path, candidates in merged.leaves.items():
        assert candidates[-1] == merged.winner(path)
    for path, candidates in merged.leaves.items():
        assert path in merged.tables or not any(isinstance(one.value, dict) for one in candidates)
