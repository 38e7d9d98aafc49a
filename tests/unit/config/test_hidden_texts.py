"""Which values of a configuration are looked for in somebody else's words, to be hidden there."""

from types import SimpleNamespace
from typing import Any

import pytest

from rpa_commons.config import hidden_texts


@pytest.mark.parametrize(
    ("value", "texts"),
    [
        ("Niels Ebbesen", ("Niels Ebbesen",)),
        (["Niels Ebbesen", ["Anna"], "Bo"], ("Niels Ebbesen", "Anna")),
        (20261122, ("20261122",)),
        (True, ()),
        (None, ()),
        ("abc", ()),
    ],
)
def test_each_text_of_a_hidden_value_is_looked_for(value: Any, texts: tuple[str, ...]) -> None:
    """Longest first; yes, no and what stands in every other word are left alone."""
    merged = SimpleNamespace(leaves={("settings", "who"): [SimpleNamespace(effective=value)]})
    instance: Any = SimpleNamespace(sections=[SimpleNamespace(merged=merged, is_hidden=lambda _: True)])

    assert hidden_texts(instance) == texts
