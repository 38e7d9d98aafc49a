"""Migrations: values, text, layers, and what the build refuses."""

import tomllib
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import pytest

from rpa_commons.config import BrokenSchemaError, policies_on_old_keys
from rpa_commons.config.migrations import new_name, pending_migrations
from rpa_commons.manifest import Manifest, MigrationEntry
from rpa_commons.sdk import BotSettings, Field, Migration, Operation, remove, rename, replace, scale
from rpa_commons.upgrades import MigrationNotWrittenError, migrate_text, migration_problems

if TYPE_CHECKING:
    from conftest import Town

BEFORE = """\
window_days = 14
post = "physical"
hosts = ["old.example"]
overdue_hours = 48
retry.times = 5
legacy = 1
"""
AFTER = """\
look_back_days = 14
post = "paper"
hosts = ["old.example"]
overdue_days = 2
tries = 5
"""


class Settings(BotSettings):
    """The settings of version 2.0.0."""

    migrations: ClassVar[tuple[Migration, ...]] = (
        Migration(
            "2.0.0",
            rename("window_days", "look_back_days"),
            replace("post", {"physical": "paper"}),
            scale("overdue_hours", "1/24"),
            rename("overdue_hours", "overdue_days"),
            rename("retry.times", "tries"),
            remove("legacy", because="the register says it itself."),
            before=BEFORE,
            after=AFTER,
        ),
    )

    look_back_days: int = Field(10, ge=1, le=60, description="Look back.", unit="days")
    post: Literal["paper", "digital"] = Field("digital", description="How it is sent.")
    hosts: tuple[str, ...] = Field((), description="Where to look.")
    overdue_days: int = Field(3, ge=1, description="When it is late.", unit="days")
    tries: int = Field(3, description="How often.", unit="tries")
    contact: str = Field("", description="Who is asked.", personal=True)


SCHEMA = Settings.model_json_schema()


def a_bot(*entries: MigrationEntry, schema: dict[str, Any] = SCHEMA) -> Manifest:
    """The manifest of version 2.0.0."""
    return Manifest(
        kind="bot",
        name="welcome-letters",
        version="2.0.0",
        summary="Greets.",
        sdk_version="0.1.0",
        settings_schema=schema,
        migrations=entries or tuple(one.entry for one in Settings.migrations),
    )


def with_operations(*operations: Operation) -> Manifest:
    """A manifest that carries these out."""
    return a_bot(Migration("2.0.0", *operations, before="", after="").entry)


def rewritten(text: str, *operations: Operation) -> str:
    """The text below ``[settings]`` after the operations; nothing changes the second time."""
    manifest = with_operations(*operations)
    once = migrate_text(text, manifest).text
    assert migrate_text(once, manifest).text == once
    return once


def problems(*operations: Operation, before: str, after: str, version: str = "2.0.0") -> tuple[str, ...]:
    """What the build says of one migration."""
    entry = Migration(version, *operations, before=before, after=after).entry
    return migration_problems([entry], SCHEMA, "2.0.0")


def test_the_values_become_what_the_example_promises() -> None:
    """Renamed, replaced, scaled, moved between tables and removed, in order."""
    done = pending_migrations(tomllib.loads(BEFORE), a_bot())

    assert tomllib.loads(AFTER) == done.values
    assert pending_migrations(done.values, a_bot()).steps == ()


def test_the_tree_that_was_given_stays_as_it_is() -> None:
    """A migration works on a copy: documents are shared by whoever reads them."""
    values = tomllib.loads(BEFORE)

    pending_migrations(values, a_bot())

    assert tomllib.loads(BEFORE) == values


def test_each_step_says_where_the_key_stood_before() -> None:
    """After two renames the finding still names the key that is in the file."""
    first = Migration("2.0.0", rename("a", "b"), before="", after="").entry
    second = Migration("3.0.0", rename("b", "tries"), before="", after="").entry
    done = pending_migrations({"a": 1}, a_bot(first, second))

    assert {"tries": 1} == done.values
    assert [("a",), ("a",)] == [one.original for one in done.steps]


def test_two_keys_for_one_value_are_not_merged() -> None:
    """Nobody can say which of the two was meant."""
    [step] = pending_migrations({"window_days": 1, "look_back_days": 2}, a_bot()).steps

    wanted = "window_days is called look_back_days since 2.0.0, and look_back_days is set here too"
    assert wanted == step.trouble


@pytest.mark.parametrize(
    ("given", "factor", "wanted"),
    [(48, "1/24", 2), (3, 24, 72), (0, "1/24", 0)],
)
def test_a_number_is_scaled_exactly(given: int, factor: str | int, wanted: int) -> None:
    """What comes out whole stays a whole number."""
    manifest = with_operations(scale("old", factor), rename("old", "tries"))

    assert {"tries": wanted} == pending_migrations({"old": given}, manifest).values


def test_a_number_with_decimals_is_scaled_without_an_error_of_the_machine() -> None:
    """0.1 seconds are 100 milliseconds and not 100.00000000000001."""
    schema = {"type": "object", "properties": {"pause": {"type": "number"}}}
    entry = Migration("2.0.0", scale("old", "1000"), rename("old", "pause"), before="", after="").entry
    back = Migration("2.0.0", scale("old", "0.001"), rename("old", "pause"), before="", after="").entry

    assert {"pause": 100.0} == pending_migrations({"old": 0.1}, a_bot(entry, schema=schema)).values
    assert {"pause": 0.007} == pending_migrations({"old": 7}, a_bot(back, schema=schema)).values


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (36, "overdue_hours cannot be migrated: times 1/24 it is no whole number"),
        (float("inf"), "overdue_hours cannot be migrated: inf cannot be scaled"),
    ],
)
def test_what_does_not_come_out_whole_is_left_to_a_person(value: float, why: str) -> None:
    """36 hours are no number of whole days, and rounding would change what a bot does."""
    done = pending_migrations({"overdue_hours": value}, a_bot())

    assert why == done.steps[0].trouble
    text = f"[settings]\noverdue_hours = {value}\nwindow_days = 3\n"
    migrated = migrate_text(text, a_bot())

    assert [why] == [one.trouble for one in migrated.left]
    assert text.replace("window_days", "look_back_days") == migrated.text


def test_a_third_cannot_be_written_exactly() -> None:
    """A number that would be rounded is refused, where decimals are allowed too."""
    schema = {"type": "object", "properties": {"pause": {"type": "number"}}}
    entry = Migration("2.0.0", scale("old", "1/3"), rename("old", "pause"), before="", after="").entry

    [step] = pending_migrations({"old": 1}, a_bot(entry, schema=schema)).steps
    assert step.trouble == "old cannot be migrated: times 1/3 it cannot be written exactly"


def test_true_is_not_one() -> None:
    """A replaced value must be of the same type."""
    manifest = with_operations(replace("post", {1: "paper"}))

    assert pending_migrations({"post": True}, manifest).steps == ()


def test_items_are_replaced_also_where_a_list_is_changed() -> None:
    """``append`` and ``remove`` hold items of the same list."""
    text = rewritten(
        '[settings]\nhosts = ["a", "b"] # all\n[settings.more]\nappend = ["a"]\n',
        replace("hosts", {"a": "c"}),
        replace("more", {"a": "c"}),
    )

    assert '[settings]\nhosts = ["c", "b"] # all\n[settings.more]\nappend = ["c"]\n' == text


def test_a_renamed_key_keeps_its_line() -> None:
    """Indentation, comments, spacing and the way the value is written stay."""
    before = "[settings]\n  # two weeks\n  'window_days'   =  1_4 # since May\n"
    after = "[settings]\n  # two weeks\n  look_back_days   =  1_4 # since May\n"

    assert after == rewritten(before, rename("window_days", "look_back_days"))


def test_a_key_that_moves_takes_its_comments_along() -> None:
    """Those directly above and the one behind; what stands apart stays."""
    before = (
        "[settings]\na = 1\n\n[settings.retry]\n# about both\n\n# how often\ntimes = 5 # at night\nwait = 2\n"
    )
    after = (
        "[settings]\na = 1\n# how often\ntries = 5 # at night\n\n[settings.retry]\n# about both\n\nwait = 2\n"
    )

    assert after == rewritten(before, rename("retry.times", "tries"))


def test_a_table_that_is_left_empty_goes() -> None:
    """Its header alone would say nothing; a comment beside it stays."""
    before = "[settings]\na = 1\n[settings.retry] # old\ntimes = 5\n[other]\nb = 1\n"

    assert "[settings]\na = 1\ntries = 5\n# old\n[other]\nb = 1\n" == rewritten(
        before, rename("retry.times", "tries")
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("settings = { a = 1, retry = { times = 5 } } # x", "settings = { a = 1, tries = 5 } # x"),
        ("[settings]\nretry = { times = 5, wait = 1 }\n", "[settings]\nretry = { wait = 1 }\ntries = 5\n"),
        ("[settings]\nretry = { wait = 1, times = 5 }\n", "[settings]\nretry = { wait = 1 }\ntries = 5\n"),
        ("[settings]\nretry.times = 5 # x\n", "[settings]\ntries = 5 # x\n"),
        ("settings.retry.times = 5 # x\n", "settings.tries = 5 # x\n"),
        ("[settings.retry]\ntimes = 5\nwait = 1", "[settings]\ntries = 5\n\n[settings.retry]\nwait = 1"),
    ],
)
def test_every_way_of_writing_a_table_is_understood(before: str, after: str) -> None:
    """Inline tables, dotted keys and headers, with a last line that does not end."""
    assert after == rewritten(before, rename("retry.times", "tries"))


def test_a_key_may_go_into_a_table_that_is_there() -> None:
    """It is written where that table's other keys are."""
    before = "[settings]\n# how often\ntimes = 5 # night\n[settings.retry]\nwait = 1 # s\n"
    inline = "[settings]\nretry = { wait = 1 } # s\n# how often\ntimes = 5 # night\n"

    assert "[settings]\n[settings.retry]\nwait = 1 # s\n# how often\ntimes = 5 # night\n" == rewritten(
        before, rename("times", "retry.times")
    )
    assert "[settings]\n# how often\n# night\nretry = { wait = 1, times = 5 } # s\n" == rewritten(
        inline, rename("times", "retry.times")
    )


def test_a_whole_table_may_be_called_otherwise() -> None:
    """Every header and dotted key that leads through it changes, and nothing below."""
    before = "[settings.retry] # a\nb = 1\n[settings.retry.'in ner']\nx = 1\n[[settings.retry.list]]\ny = 1\n"

    assert before.replace("retry", "again") == rewritten(before, rename("retry", "again"))


def test_a_key_that_is_gone_takes_its_own_comments_along() -> None:
    """Those directly above, behind and inside: left behind, they would speak about the next key."""
    before = (
        "[settings]\n# about all of them\n\n# from the DPO\nlegacy = [ # first\n  1, # one\n] # last\n"
        "# about b\nb = 1\n"
    )
    after = "[settings]\n# about all of them\n\n# about b\nb = 1\n"

    assert after == rewritten(before, remove("legacy", because="x"))


def test_line_ends_and_byte_order_mark_stay() -> None:
    """A file of a Windows editor comes out as one."""
    before = "\ufeff[settings]\r\n# why\r\nold = 1\r\n[settings.t]\r\nq = 1\r\n"

    after = "\ufeff[settings]\r\n[settings.t]\r\nq = 1\r\n# why\r\nnew = 1\r\n"

    assert after == rewritten(before, rename("old", "t.new"))


def test_a_replaced_text_is_written_whole_and_quoted() -> None:
    """However long it is, and whatever signs it holds."""
    long = 'a "long" text\n' * 20
    text = rewritten('[settings]\npost = "x"\n', replace("post", {"x": long}))

    assert long == tomllib.loads(text)["settings"]["post"]


def test_what_has_no_rule_is_left_to_a_person() -> None:
    """An array of tables cannot be moved into an inline table: the file stays as it is."""
    text = "[settings]\nc = { e = 1 }\n[[settings.a]]\nx = 1\n"

    with pytest.raises(MigrationNotWrittenError, match="changed by hand"):
        migrate_text(text, with_operations(rename("a", "c.b")))


def test_a_file_without_settings_is_left_alone() -> None:
    """Also one whose settings are no table."""
    for text in ("bot = 'x'\n", "settings = 3\n", ""):
        assert text == migrate_text(text, a_bot()).text


def test_an_honest_migration_has_no_problems() -> None:
    """The example of the settings above builds."""
    entries = [one.entry for one in Settings.migrations]

    assert migration_problems(entries, SCHEMA, "2.0.0") == ()


@pytest.mark.parametrize(
    ("operation", "before", "after", "problem"),
    [
        (rename("tries", "look_back_days"), "tries = 1", "look_back_days = 1", "the settings still have it"),
        (remove("tries", because="x"), "tries = 1", "", "the settings still have it"),
        (rename("old", "older"), "old = 1", "older = 1", "the settings have no older"),
        (scale("tries", 2), "tries = 1", "tries = 2", "rename it too, below the scale"),
        (replace("hosts", {"a": "b"}), 'hosts = ["a"]', 'hosts = ["b"]', '"a" is still allowed'),
        (replace("post", {"x": "y"}), 'post = "x"', 'post = "y"', '"y" is not allowed'),
        (replace("gone", {"x": "y"}), 'gone = "x"', 'gone = "y"', "the settings have no gone"),
        (rename("old", "tries"), "older = 1", "older = 1", "before shows nothing that rename old changes"),
        (
            rename("old", "tries"),
            "old = 1",
            "tries = 2",
            "something else than after: tries is 1, and should be 2",
        ),
        (rename("old", "tries"), "old = 'x'", "tries = 'x'", "after: tries: expected whole number"),
        (rename("old", "tries"), "old = ", "", "settings as TOML"),
        (rename("old", "old.new"), "old = 1", "", "one lies inside the other"),
        (remove("old", because=" "), "old = 1", "", "say why"),
        (rename("ol d", "tries"), "old = 1", "", '"ol d" is no key'),
        ({"op": "drop", "key": "old"}, "old = 1", "", '"drop" is no operation'),
        ({"op": "rename", "key": "old"}, "old = 1", "", "rename takes key and to"),
        ({"op": "scale", "key": "old", "by": "x"}, "old = 1", "", "that is no number"),
        ({"op": "scale", "key": "old", "by": "-1"}, "old = 1", "", "more than nothing"),
        ({"op": "replace", "key": "old", "values": []}, "old = 1", "", "names no value"),
        ({"op": "replace", "key": "old", "values": [[1, []]]}, "old = 1", "", "single values"),
    ],
)
def test_the_build_refuses_a_migration_that_would_do_harm(
    operation: Operation, before: str, after: str, problem: str
) -> None:
    """Above all one that would find its old key or value again in a file that is migrated already."""
    found = problems(operation, before=before, after=after)

    assert problem in "\n".join(found)


def test_an_example_that_fails_names_the_keys_that_differ_alone() -> None:
    """Among twenty settings nobody would find the one."""
    found = problems(
        rename("old", "tries"), before="old = 1\nhosts = ['a']", after="hosts = ['a']\nmode = 'x'"
    )

    [said] = [one for one in found if "something else than after" in one]
    assert said.endswith(': tries is 1, and should not be there; mode is missing, and should be "x"')


@pytest.mark.parametrize(
    ("versions", "problem"),
    [
        (("3.0.0",), "3.0.0 is newer than the wheel, which is 2.0.0"),
        (("two",), '"two" is no version'),
        (("2.0.0", "1.0.0"), "1.0.0 stands after 2.0.0"),
        (("2.0.0", "2.0.0"), "2.0.0 stands after 2.0.0"),
    ],
)
def test_migrations_stand_in_the_order_of_their_versions(versions: tuple[str, ...], problem: str) -> None:
    """Each is carried out on what the ones before it left."""
    entries = [
        Migration(one, rename(f"old{number}", "tries"), before=f"old{number} = 1", after="tries = 1").entry
        for number, one in enumerate(versions)
    ]

    assert problem in "\n".join(migration_problems(entries, SCHEMA, "2.0.0"))


def test_an_earlier_example_is_carried_on_by_later_migrations() -> None:
    """What 1.5.0 left is not what 2.0.0 knows, and need not be."""
    entries = [
        Migration("1.5.0", rename("a", "b"), before="a = 1", after="b = 1").entry,
        Migration("2.0.0", rename("b", "tries"), before="b = 1", after="tries = 1").entry,
    ]

    assert migration_problems(entries, SCHEMA, "2.0.0") == ()


def test_a_factor_is_more_than_nothing() -> None:
    """A bot's author learns it where it is written."""
    with pytest.raises(ValueError, match="a number above zero"):
        scale("hours", 0)


def test_a_municipalitys_old_key_is_named_and_stops_the_run(town: "Town") -> None:
    """Once, as what it is: neither as unknown, nor is the new key called missing."""
    town.manifest = a_bot()
    town.write("bots/welcome-letters.toml", HEAD + "[settings]\nwindow_days = 14 # two weeks\n")
    finding = town.finding()

    assert (finding.code, finding.key, finding.line) == ("E501", "window_days", 4)
    assert finding.message == "window_days is called look_back_days since 2.0.0"
    assert finding.line_text == "window_days = 14 # two weeks"
    assert finding.help.startswith("`rpac upgrade welcome-letters --to WHEEL --plan`")


def test_an_old_value_is_named(town: "Town") -> None:
    """It is no longer allowed, and the finding says what it is called now."""
    town.manifest = a_bot()
    town.write("bots/welcome-letters.toml", HEAD + '[settings]\npost = "physical"\n')

    assert town.finding().message == '"physical" is called "paper" since 2.0.0'


def test_an_environments_and_a_runs_old_keys_are_named_too(town: "Town") -> None:
    """Each in its own place; for ``--set`` the remedy is what to write instead."""
    town.manifest = a_bot()
    town.write("bots/welcome-letters.toml", HEAD)
    town.write("environments/test/bots/welcome-letters.toml", "[settings]\nlegacy = 1\n")
    found = {one.key: one for one in town.findings("window_days=3")}

    assert {"legacy", "window_days"} == set(found)
    assert found["legacy"].message == "legacy is gone since 2.0.0: the register says it itself"
    assert found["legacy"].line_text == "legacy = …"
    assert (found["window_days"].place, found["window_days"].help) == (
        "--set",
        "write --set look_back_days=…",
    )


def test_the_baselines_old_keys_are_read_as_migrated(town: "Town") -> None:
    """The cooperation may be behind: a warning with the line, and the value counts."""
    town.manifest = a_bot()
    text = "[settings]\n\nwindow_days = 9\nretry = { times = 7 }\n"
    town.write("../baseline/bots/welcome-letters.toml", text)
    town.write("bots/welcome-letters.toml", HEAD)
    resolved = town.resolve()

    assert (9, 7) == (resolved.settings["look_back_days"], resolved.settings["tries"])
    assert str(resolved.origin("look_back_days")) == "../baseline/bots/welcome-letters.toml:3"
    assert str(resolved.origin("tries")) == "../baseline/bots/welcome-letters.toml:4"
    assert [("W502", "window_days", 3), ("W502", "retry.times", 4)] == [
        (one.code, one.key, one.line) for one in resolved.warnings
    ]


def test_a_baseline_that_cannot_be_read_as_migrated_stops_the_run(town: "Town") -> None:
    """36 hours are no days, whoever says it."""
    town.manifest = a_bot()
    town.write("../baseline/bots/welcome-letters.toml", "[settings]\noverdue_hours = 36\n")
    town.write("bots/welcome-letters.toml", HEAD)

    assert ("E501", "overdue_hours") == (town.finding().code, town.finding().key)


def test_a_personal_value_is_not_shown(town: "Town") -> None:
    """Neither in the quoted line nor in the words, when the key it becomes is personal."""
    migration = Migration("2.0.0", replace("who", {"x": "y"}), rename("who", "contact"), before="", after="")
    town.manifest = a_bot(migration.entry)
    town.write("bots/welcome-letters.toml", HEAD + '[settings]\nwho = "x"\n')
    text = town.finding().render()

    assert "who = …" in text
    assert '"x"' not in text
    assert '"y"' not in text


def test_a_manifest_with_an_unknown_operation_is_the_wheels_fault(town: "Town") -> None:
    """A host that is older than the wheel does not guess what it meant."""
    town.manifest = a_bot(MigrationEntry(version="2.0.0", operations=({"op": "drop"},), before="", after=""))

    with pytest.raises(BrokenSchemaError, match='"drop" is no operation'):
        town.examine()
    with pytest.raises(BrokenSchemaError, match='"drop" is no operation'):
        migrate_text("[settings]\n", town.manifest)


def test_a_policys_old_key_is_named(town: "Town") -> None:
    """It binds nothing any more; what it should say is for its owner, not for a program."""
    policies = '[[policy]]\nkey = "{}"\nlocked = true\nwhy = "x"\nowner = "y"\n'
    keys = ("window_days", "retry", "legacy", "retry.times", "tries", "no key")
    town.write("../baseline/policies.toml", "".join(map(policies.format, keys)))
    found = list(policies_on_old_keys(town.folder.parent / "baseline", a_bot()))

    assert [
        (2, "window_days is called look_back_days since 2.0.0"),
        (12, "legacy is gone since 2.0.0"),
        (17, "retry.times is called tries since 2.0.0"),
    ] == [(one.line, one.message) for one in found]


def test_a_name_is_followed_through_every_version() -> None:
    """Renamed twice, or renamed and then removed."""
    entries = (
        Migration("2.0.0", rename("a", "b"), before="", after="").entry,
        Migration("3.0.0", rename("b", "tries"), before="", after="").entry,
        Migration("4.0.0", rename("x", "y"), remove("y", because="x"), before="", after="").entry,
    )

    assert (("tries",), "3.0.0") == new_name(("a",), a_bot(*entries))
    assert (None, "4.0.0") == new_name(("x",), a_bot(*entries))
    assert new_name(("tries",), a_bot(*entries)) is None


HEAD = 'bot = "welcome-letters"\nid = "0b6f0c1e-2c9c-4c0e-9f3d-6d1f1e8f9a10"\n'
