"""Lists: replaced as a whole, or changed by append and remove."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Town

BASELINE = "../baseline/bots/welcome-letters.toml"


@pytest.fixture
def listed(town: "Town") -> "Town":
    """A municipality whose baseline says hosts = ["a", "b"]."""
    town.write(BASELINE, '[settings]\nhosts = ["a", "b"]\n')
    return town


@pytest.mark.parametrize(
    ("change", "hosts"),
    [
        ('["c"]', ["c"]),
        ('{ append = ["c"] }', ["a", "b", "c"]),
        ('{ append = ["b", "c", "c"] }', ["a", "b", "c"]),
        ('{ remove = ["a"] }', ["b"]),
        ('{ append = ["c"], remove = ["a"] }', ["b", "c"]),
        ("{ append = [] }", ["a", "b"]),
    ],
)
def test_a_list_is_replaced_or_changed(listed: "Town", change: str, hosts: list[str]) -> None:
    """A list replaces; a table of append and remove changes, removing first, adding what is not there."""
    listed.settings(f"hosts = {change}")

    assert listed.resolve().settings["hosts"] == hosts


def test_layers_change_what_the_layers_below_made(listed: "Town") -> None:
    """Each layer's change is laid on the one before: municipality, environment, two --set in turn."""
    listed.settings('hosts.append = ["c"]')
    listed.write("environments/test/bots/welcome-letters.toml", '[settings.hosts]\nremove = ["b"]\n')

    assert listed.resolve('hosts.append=["d"]', 'hosts.remove=["a"]').settings["hosts"] == ["c", "d"]


def test_a_change_begins_at_the_default(town: "Town") -> None:
    """The author's own list is below every layer, also when it is empty."""
    town.settings('hosts = { append = ["x"] }')

    assert town.resolve().settings["hosts"] == ["x"]


def test_explain_shows_what_a_layer_says_and_what_holds(listed: "Town") -> None:
    """The candidate's value is the change, its effective value the list; the winner is the list."""
    listed.settings('hosts = { append = ["c"] }')
    [one] = listed.resolve().explain("hosts")

    assert one.value == ["a", "b", "c"]
    assert [(each.value, each.effective) for each in one.candidates] == [
        ([], None), (["a", "b"], None), ({"append": ["c"]}, ["a", "b", "c"])
    ]  # fmt: skip
    assert "effective" not in one.to_json()["layers"][0]
    assert one.to_json()["layers"][2]["effective"] == ["a", "b", "c"]
    assert str(one.origin) == "bots/welcome-letters.toml:5"


@pytest.mark.parametrize(
    ("line", "key", "message", "advice"),
    [
        (
            'hosts = { apend = ["c"] }', "hosts.apend", "a list is changed by append and remove only",
            "did you mean append?",
        ),
        (
            'hosts = { append = ["c"], zz = 1 }', "hosts.zz", "a list is changed by append and remove only",
            "write the list itself: hosts = [...]",
        ),
        (
            'hosts = { append = "c" }', "hosts.append", "append takes a list, found text",
            "write append = [...], also for one item",
        ),
        (
            'hosts = { append = ["a"], remove = ["a"] }', "hosts.remove[0]",
            "what is appended cannot be removed in the same place", "take it out of one of the two",
        ),
        (
            "hosts = {}", "hosts", "expected a list, found a table without append and remove",
            "write hosts = [...], or hosts = { append = [...] }",
        ),
        (
            "window_days = { append = [1] }", "window_days",
            "append and remove change lists, and window_days is no list: whole number",
            "write the value itself: window_days = ...",
        ),
    ],
)  # fmt: skip
def test_a_wrong_change_is_refused(listed: "Town", line: str, key: str, message: str, advice: str) -> None:
    """E105 at the line, with what to write instead; and no type finding beside it."""
    listed.settings(line)
    finding = listed.finding()

    assert (finding.code, finding.key, finding.line) == ("E105", key, 5)
    assert (finding.message, finding.help) == (message, advice)


def test_a_change_needs_a_list_below(town: "Town") -> None:
    """E105 where no layer below says a list: a required list without default, a list of free keys."""
    schema = {
        "type": "object",
        "properties": {"contact": {}, "lists": {"type": "object", "additionalProperties": {"type": "array"}}},
    }
    town.manifest = town.manifest.model_copy(update={"settings_schema": schema})
    town.settings('lists.x.append = ["a"]')
    finding = town.finding()

    assert (finding.code, finding.key) == ("E105", "lists.x")
    assert finding.help == "write the list itself: x = [...]"


@pytest.mark.parametrize(
    ("items", "advice"),
    [
        ('["ab"]', 'did you mean "abc"?'),
        ('["zzz"]', "take it out of remove"),
        ("[7]", "take it out of remove"),
    ],
)
def test_removing_what_is_not_there_is_a_warning(town: "Town", items: str, advice: str) -> None:
    """W201 guesses at what was meant and hinders nothing."""
    town.write(BASELINE, '[settings]\nhosts = ["abc"]\n')
    town.settings(f"hosts = {{ remove = {items} }}")
    examination = town.examine()
    [finding] = examination.findings

    assert (finding.code, finding.key, finding.line) == ("W201", "hosts.remove[0]", 5)
    assert finding.help == advice
    assert examination.instance is not None
    assert examination.instance.warnings == (finding,)


def test_an_items_mistake_is_placed_in_the_layer_that_says_it(listed: "Town") -> None:
    """E201 points into the append of the layer, not at a position of the whole list."""
    listed.settings('hosts = { append = [\n  "c",\n  7,\n] }')
    listed.write("environments/test/bots/welcome-letters.toml", '[settings]\nhosts.append = ["d"]\n')
    finding = listed.finding()

    assert (finding.code, finding.key) == ("E201", "hosts.append[1]")
    assert finding.place == "roskilde/bots/welcome-letters.toml:7"
    assert finding.line_text == "  7,"


def test_a_weaker_layers_item_is_placed_there(town: "Town") -> None:
    """An item of the baseline's list stays the baseline's mistake under the municipality's change."""
    town.write(BASELINE, '[settings]\nhosts = ["a", 7]\n')
    town.settings('hosts = { append = ["c"], remove = ["a"] }')
    finding = town.finding()

    assert (finding.key, finding.place) == ("hosts[1]", "baseline/bots/welcome-letters.toml:2")


def test_items_of_different_types_are_different(town: "Town") -> None:
    """1, 1.0 and true are three items; a date is the text that a default holds."""
    schema = {
        "type": "object",
        "properties": {
            "contact": {},
            "any": {"type": "array", "default": [1, True, "2026-01-01"], "items": {}},
        },
    }
    town.manifest = town.manifest.model_copy(update={"settings_schema": schema})
    town.settings("any = { remove = [true, 2026-01-01], append = [1.0, 1] }")

    assert repr(town.resolve().settings["any"]) == "[1, 1.0]"


def test_an_inner_key_of_an_appended_table_is_found(town: "Town") -> None:
    """E101 and E102 inside a table that a layer appends point into that layer."""
    row = {"type": "object", "additionalProperties": False, "required": ["a"], "properties": {"a": {}}}
    schema = {
        "type": "object",
        "properties": {"contact": {}, "rows": {"type": "array", "items": row, "default": [{"a": 1}]}},
    }
    town.manifest = town.manifest.model_copy(update={"settings_schema": schema})
    town.settings("rows.append = [{ a = 2 }, { b = 3 }]")

    assert [(one.code, one.key, one.line) for one in town.findings()] == [
        ("E101", "rows.append[1].b", 5), ("E102", "rows.append[1].a", 5)
    ]  # fmt: skip


def test_a_personal_lists_items_stay_hidden(town: "Town") -> None:
    """What is appended to or removed from a personal list is … in findings and quoted lines."""
    schema = {
        "type": "object",
        "properties": {
            "contact": {},
            "names": {"type": "array", "items": {"type": "string"}, "default": ["Ole"], "personal": True},
        },
    }
    town.manifest = town.manifest.model_copy(update={"settings_schema": schema})
    town.settings('names = { remove = ["Sigurd"], append = [4711] }')
    texts = "".join(one.render() for one in town.findings())

    assert "Sigurd" not in texts
    assert "4711" not in texts
    assert "Ole" not in texts


def test_a_table_in_place_of_a_value_is_placed_in_its_layer(town: "Town") -> None:
    """E201 for a table where a number stands points at the layer that says it, not at the strongest one."""
    town.write(BASELINE, "[settings]\nwindow_days = { a = 1 }\n")
    town.write("environments/test/bots/welcome-letters.toml", '[settings]\nmode = "slow"\n')
    finding = town.finding()

    assert (finding.code, finding.place) == ("E201", "baseline/bots/welcome-letters.toml:2")


def test_huge_lists_end(town: "Town") -> None:
    """Thousands of items changed by thousands are laid in one pass each."""
    items = ", ".join(f'"{number}"' for number in range(40_000))
    town.write(BASELINE, f"[settings]\nhosts = [{items}]\n")
    more = ", ".join(f'"x{number}"' for number in range(40_000))
    town.settings(f"hosts = {{ append = [{more}], remove = [{items}] }}")
    hosts = town.resolve().settings["hosts"]

    assert (hosts[0], len(hosts)) == ("x0", 40_000)
