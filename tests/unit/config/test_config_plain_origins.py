"""Origins of plain documents are found by table; what may not be found so is looked for in full."""

import os
from pathlib import Path
from typing import Any

import pytest

from rpa_commons.config.documents._document import Document, Reader, parse_document
from rpa_commons.config.findings import ConfigError
from rpa_commons.config.layers._layers import Layer, merge
from rpa_commons.config.schema._quick import compile_check


def _origins(*texts: str) -> dict[Any, str]:
    layers = []
    for number, text in enumerate(texts):
        document = parse_document(Path(f"{number}.toml"), f"{number}.toml", text.encode())
        layers.append(Layer(str(number), document.values, document))
    return {path: str(origin) for path, origin in merge(layers).origins()}


def test_each_leaf_of_plain_documents_has_its_own_line() -> None:
    """Keys at the top, below a header, below a deeper one and in a table in braces."""
    weak = "a = 1\n\n[t]\nb = 2 # x\n[t.u]\nc = [1,\n]\n"
    strong = "# h\n[t]\nb = 3\n[v]\nw = { x = 1 }\n"

    assert {
        ("a",): "0.toml:1",
        ("t", "b"): "1.toml:3",
        ("t", "u", "c"): "0.toml:6",
        ("v", "w", "x"): "1.toml:5",
    } == _origins(weak, strong)


def test_a_key_with_a_dot_is_not_taken_for_two_tables() -> None:
    """A document that quotes a key is scanned, so ``"t.u".c`` never gets the line of ``t.u.c``."""
    plain, quoted = "[t.u]\nc = 1\n", '\n\n["t.u"]\nc = 2\n'

    assert {("t", "u", "c"): "0.toml:2", ("t.u", "c"): "1.toml:4"} == _origins(plain, quoted)


def test_a_default_says_whose_setting_it_is() -> None:
    """A layer without a file gives its text, a default one also the key."""
    layers = [
        Layer("bot default", {"settings": {"a": 1, "b": 1}}, text="x 1.0 Settings"),
        Layer("--set", {"settings": {"b": 2}}, text="--set"),
    ]
    merged = merge(layers)

    assert ["x 1.0 Settings.a", "--set"] == [str(origin) for _, origin in merged.origins()]
    assert [(path, one[-1].origin(path)) for path, one in merged.leaves.items()] == list(merged.origins())


def test_a_layer_below_a_prefix_has_the_lines_of_the_whole_file() -> None:
    """A capability's table is one part of stack.toml."""
    document = parse_document(Path("s.toml"), "s.toml", b"[A]\nx = 1\n[B]\nx = 2\n")
    merged = merge([Layer("m", document.values["B"], document, prefix=("B",))])

    assert ["s.toml:4"] == [str(origin) for _, origin in merged.origins()]


def test_a_document_is_equal_and_frozen_as_any_other_record() -> None:
    """The constructor is written by hand, and makes the same object."""
    one, same = Document(Path("a"), "a"), Document(Path("a"), "a", "", {})

    assert one == same
    assert "Document(path=PosixPath('a'), name='a', text='', values={})" in repr(one).replace(
        "Windows", "Posix"
    )
    with pytest.raises(AttributeError):
        one.name = "b"  # type: ignore[misc]


@pytest.mark.skipif(os.name == "nt", reason="links need a right of their own on Windows")
def test_a_snapshot_refuses_a_folder_that_leads_outside_for_each_file(tmp_path: Path) -> None:
    """A folder that was found to be none is remembered, a link never is."""
    root, outside = tmp_path / "town", tmp_path / "outside"
    (root / "bots").mkdir(parents=True)
    outside.mkdir()
    for folder in (root / "bots", outside):
        for name in ("a.toml", "b.toml"):
            (folder / name).write_text("x = 1\n", encoding="utf-8")
    (root / "environments").symlink_to(outside)
    (root / "bots" / "c.toml").symlink_to(outside / "a.toml")
    reader = Reader(is_snapshot=True)

    for name in ("a.toml", "b.toml"):
        assert reader.document(root / "bots" / name, root=root, name=name).values == {"x": 1}
        with pytest.raises(ConfigError, match="leads out of its folder"):
            reader.document(root / "environments" / name, root=root, name=name)
    with pytest.raises(ConfigError, match="leads out of its folder"):
        reader.document(root / "bots" / "c.toml", root=root, name="c.toml")


@pytest.mark.parametrize(
    ("schema", "right", "wrong"),
    [
        ({"type": "integer", "minimum": 1, "maximum": 3}, [1, 3], [0, 4, 2.0, True, "2"]),
        ({"type": "number", "minimum": 0}, [0, 0.5, 10**400], [-1, float("nan"), float("inf"), False]),
        ({"type": "number", "maximum": 5, "exclusiveMinimum": 0}, [5, 0.1], [0, 5.1, float("-inf")]),
        ({"type": "string", "minLength": 1, "maxLength": 2}, ["a", "ab"], ["", "abc", ["a"], 1]),
        ({"type": "string", "enum": ["a", "b"]}, ["a"], ["c", 1, None, ["a"]]),
        ({"type": ["string", "null"], "minLength": 1}, ["a", None], ["", 1]),
        ({"type": "object", "properties": {"a": {"type": "integer"}}}, [{}, {"a": 1}], [1, [], {"a": "x"}]),
        ({"properties": {"a": {"type": "integer"}}}, [{}, 1, []], [{"a": "x"}]),
        ({"type": "object", "patternProperties": {"^a": {"type": "integer"}}}, [{"a": 1}], [1, {"ab": "x"}]),
        ({"type": "array", "items": {"type": "string"}, "minItems": 1}, [["a"]], [[], [1], "a", {}]),
        ({"items": {"type": "string"}}, [["a"], 1, {}], [[1]]),
        ({"type": "any"}, [], [1, "a"]),
        ({"type": []}, [], [1, "a"]),
    ],
)
def test_a_type_is_asked_together_with_its_bounds(
    schema: dict[str, Any], right: list[Any], wrong: list[Any]
) -> None:
    """What is asked in one call is what the schema's words ask one by one."""
    check = compile_check(schema)

    assert [True] * len(right) == list(map(check, right))
    assert [False] * len(wrong) == list(map(check, wrong))
