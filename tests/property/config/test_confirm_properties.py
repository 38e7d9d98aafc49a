"""Properties of confirmations, diffs and schemas: what is written is read, and what is hidden stays so."""

import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rpa_commons.config import MunicipalityFolder, check_baseline
from rpa_commons.config.documents._document import Reader
from rpa_commons.config.documents._toml_values import toml_text
from rpa_commons.config.instances._confirmations import (
    Confirmation,
    Confirmations,
    digest_of,
    read_confirmations,
)
from rpa_commons.editing._edit_diff import redacted_diff
from rpa_commons.editing._editor_write import with_schema_line
from rpa_commons.editing._policy_shapes import policies_schema
from rpa_commons.editing._toml_edit import MUST_BE_FILLED_IN, with_value
from rpa_commons.letters import Letterhead, check_template
from rpa_commons.tables import sheet_problems

_TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=12)
_COMMENT = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=20)
_NAME = _TEXT.filter(str.strip)
_JSON = st.recursive(
    st.booleans() | st.integers(-(2**60), 2**60) | st.floats(allow_nan=False, allow_infinity=False) | _TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3),
    max_leaves=6,
)
_ID = "0b6f0c1e-2c9c-4c0e-9f3d-6d1f1e8f9a10"
_WHEN = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)


def _municipality(folder: Path) -> MunicipalityFolder:
    return MunicipalityFolder(
        folder=folder,
        name="R",
        code="0265",
        cvr="29189404",
        cooperation="",
        environment="production",
        languages=("da",),
        state_dir=folder / "state",
        letterhead=Letterhead(name="R"),
        baseline_info=None,
        reader=Reader(),
    )


@settings(max_examples=150, deadline=None)
@given(key=_NAME, value=_JSON, people=st.tuples(_NAME, _NAME))
def test_what_is_put_on_record_is_read_again(
    tmp_path_factory: Any, key: str, value: Any, people: tuple[str, str]
) -> None:
    """Whatever value, key and names: the file is never in doubt about what we wrote ourselves."""
    folder = tmp_path_factory.mktemp("town")
    first = Confirmation("letters", _ID, key, digest_of(_ID, key, value), people[0], _WHEN, value)
    record = Confirmations((), (), folder / "confirmations.toml").replaced_by(first)
    record.write()
    read = read_confirmations(_municipality(folder))

    assert () == read.findings
    [one] = read.entries
    assert (key, first.digest, people[0]) == (one.key, one.digest, one.changed_by)
    assert None is read.confirmed(_ID, key)


def _is_x(path: tuple[object, ...]) -> bool:
    return path == ("a", "x")


@settings(max_examples=200, deadline=None)
@given(words=_TEXT, tail=_TEXT, newline=st.sampled_from(["\n", "\r\n"]))
def test_a_hidden_value_is_in_no_diff(words: str, tail: str, newline: str) -> None:
    """Nor what stands beside it, however many lines it has; neither before nor after."""
    secret = f"Zebra{words}Zebra"
    before = newline.join(["[a]", f"x = {toml_text(secret)}", "y = 1", ""])
    after = newline.join(["[a]", f"x = {toml_text(secret + tail)}", "y = 2", ""])
    shown = redacted_diff("f", before, after, _is_x, _is_x)

    assert "Zebra" not in shown
    assert {"-y = 1", "+y = 2"} <= set(shown.split("\n"))


@settings(max_examples=200, deadline=None)
@given(
    comment=st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=20), value=_JSON
)
def test_what_asks_for_a_value_is_all_that_goes(comment: str, value: Any) -> None:
    """Comments of other people stay, wherever they stand and whatever they say."""
    assume(MUST_BE_FILLED_IN not in comment)
    asking = f"# b = 0 {MUST_BE_FILLED_IN}"
    text = f"# {comment}\n[a]\n#   {comment}\n{asking}\n# b = 1 # {comment}\nc = 2 # {comment}\n"
    after = with_value(text, ("a", "b"), value)
    kept = [line for line in text.split("\n") if MUST_BE_FILLED_IN not in line]

    remaining = iter(after.split("\n"))
    assert all(line in remaining for line in kept)
    assert MUST_BE_FILLED_IN not in after
    assert 2 == tomllib.loads(after)["a"]["c"]


@settings(max_examples=300, deadline=None)
@given(text=st.text(max_size=60) | st.from_regex(r"\A([a-c]{0,2}[,;\t\"\n# ]){0,12}\Z"))
def test_any_text_is_a_sheet_or_has_a_line(text: str) -> None:
    """Nothing that a spreadsheet writes makes the build of a baseline fail in another way."""
    assert all(one.line >= 1 and one.message for one in sheet_problems(text))


_PIECES = (
    "{% extends 'bot:a.md.j2' %}",
    "{% block a %}",
    "{% endblock %}",
    "{{ x }}",
    "{{",
    "}}",
    "{%",
    "%}",
)


@settings(max_examples=300, deadline=None)
@given(text=st.lists(st.sampled_from(_PIECES) | st.text(max_size=6), max_size=8).map("\n".join))
def test_any_text_is_a_letter_or_has_a_problem(text: str) -> None:
    """Nothing that somebody types makes the build of a baseline fail in another way."""
    assert all(one.problem and one.template == "x.md.j2" for one in check_template(text, "x.md.j2"))


@settings(max_examples=200, deadline=None)
@given(
    text=_TEXT.map(lambda text: f"# {text!a}\na = 1\n"),
    mark=st.sampled_from(["", "\ufeff"]),
    twice=st.booleans(),
)
def test_a_schema_line_changes_the_first_line_only(text: str, mark: str, twice: bool) -> None:
    """Written twice it stands there once, and what was the first line is the second."""
    after = with_schema_line(mark + text, "./s.json")
    after = with_schema_line(after, "./t.json") if twice else after

    assert f"{mark}#:schema ./{'t' if twice else 's'}.json\n{text}" == after


_ENTRY_VALUE = st.sampled_from(
    ["true", "false", "1", "1.5", "2027-01-01", '"window_days"', '" "', '""', "[]", "[1]", "{}", "07:30:00"]
)


@settings(max_examples=250, deadline=None)
@given(
    entry=st.dictionaries(
        st.sampled_from(["bot", "key", "why", "owner", "locked", "one_of", "max", "other"]),
        _ENTRY_VALUE,
    )
)
def test_an_editor_and_the_reader_judge_a_policy_alike(tmp_path_factory: Any, entry: dict[str, str]) -> None:
    """What one of them marks, the other one refuses, for any form of one entry."""
    assume(entry.get("key") not in {'"instance"', '"stack"'})
    folder = tmp_path_factory.mktemp("baseline")
    text = "\n".join(["[[policy]]", *(f"{key} = {value}" for key, value in entry.items()), ""])
    (folder / "baseline.toml").write_text('name = "B"\nversion = "1"\n')
    (folder / "policies.toml").write_text(text)
    values = tomllib.loads(text)
    for key, value in values["policy"][0].items():
        if hasattr(value, "isoformat"):
            values["policy"][0][key] = value.isoformat()

    by_reader = not check_baseline(folder, connectors={}).findings
    assert by_reader == jsonschema.Draft202012Validator(policies_schema()).is_valid(values), text
