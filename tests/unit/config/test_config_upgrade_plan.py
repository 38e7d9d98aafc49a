"""What an upgrade means for a municipality, from two manifests and its files; nothing is written."""

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import pytest

from rpa_commons.config import FileNotWrittenError
from rpa_commons.config.instances import awaiting_in, confirm
from rpa_commons.manifest import (
    CallEntry,
    CapabilityEntry,
    Decisions,
    Manifest,
    ProcessingRecord,
    StepEntry,
    TemplateEntry,
)
from rpa_commons.sdk import (
    BotSettings,
    Field,
    Migration,
    at_most,
    remove,
    rename,
    replace,
    requires,
    scale,
)
from rpa_commons.upgrades import (
    CHANGE_KINDS,
    FileChangedError,
    FileMigration,
    UpgradePlan,
    manifest_changes,
    migrate_files,
    plan_upgrade,
    write_migrated,
)

if TYPE_CHECKING:
    from conftest import Town

HEAD = 'bot = "welcome-letters"\nid = "{}"\n'
IDS = ("0b6f0c1e-2c9c-4c0e-9f3d-6d1f1e8f9a10", "0b6f0c1e-2c9c-4c0e-9f3d-6d1f1e8f9a11")


class Old(BotSettings):
    """Version 1."""

    window_days: int = Field(10, ge=1, le=60, description="Look back.", unit="days")
    post: Literal["physical", "digital"] = Field("digital", description="How it is sent.")
    limit: int = Field(100, ge=0, description="Most a month.", unit="letters")
    hours: int = Field(72, ge=24, description="When it is late.", unit="hours")
    legacy: bool = Field(False, description="Old.")
    dropped: str = Field("", description="Dropped without a migration.")
    retries: int = Field(3, description="How often.", unit="tries")


class New(BotSettings):
    """Version 2."""

    migrations: ClassVar[tuple[Migration, ...]] = (
        Migration(
            "2.0.0",
            rename("window_days", "look_back_days"),
            replace("post", {"physical": "paper"}),
            scale("hours", "1/24"),
            rename("hours", "days"),
            remove("legacy", because="nobody used it"),
            before='window_days = 1\npost = "physical"\nhours = 48\nlegacy = true',
            after='look_back_days = 1\npost = "paper"\ndays = 2',
        ),
    )
    rules = (at_most("days", "look_back_days", because="a late case must still be seen"),)

    look_back_days: int = Field(10, ge=1, le=30, description="Look back.", unit="days")
    post: Literal["paper", "digital", "both"] = Field("digital", description="How it is sent.")
    limit: int = Field(50, ge=0, description="Most a month.", unit="letters", sensitive=True)
    days: int = Field(3, ge=1, description="When it is late.", unit="days")
    retries: int = Field(5, description="How often.", unit="tries")
    contact: str = Field(description="Who is asked.")
    copies: int = Field(1, description="How many.", unit="copies")


RECORD = ProcessingRecord(
    kle=("23.05.10",),
    purpose="greeting",
    legal_basis=("GDPR article 6(1)(e)",),
    data_categories=("name",),
    person_categories=("residents",),
    sources=("the register",),
    recipients=("none",),
    retention="90 days",
    decisions=Decisions(kind="none", paragraph=""),
)
REGISTER = CapabilityEntry(
    attribute="population",
    name="PopulationRegister",
    version="1.0",
    calls=(CallEntry(method="person"),),
)
POST = CapabilityEntry(
    attribute="post",
    name="DigitalPost",
    version="1.0",
    calls=(CallEntry(method="status"), CallEntry(method="send", effect="keyed")),
)


def a_bot(version: str, settings: type[BotSettings], **changes: Any) -> Manifest:
    """A manifest of one of the two versions."""
    fields: dict[str, Any] = {
        "kind": "bot",
        "name": "welcome-letters",
        "version": version,
        "summary": "Greets.",
        "sdk_version": "0.1.0",
        "capabilities": (REGISTER,),
        "settings_schema": settings.model_json_schema(),
        "migrations": tuple(one.entry for one in settings.migrations),
        "record": RECORD,
    }
    return Manifest(**(fields | changes))


OLD, NEW = a_bot("1.0.0", Old), a_bot("2.0.0", New)


def texts(old: Manifest, new: Manifest, kind: str) -> dict[str, str]:
    """The changes of one kind, by key."""
    return {one.key: one.text for one in manifest_changes(old, new) if one.kind == kind}


def plan(town: "Town", *names: str, old: Manifest = OLD, new: Manifest = NEW) -> UpgradePlan:
    """The plan for the instances."""
    return plan_upgrade(town.open(), names or ("welcome-letters",), old, new, connectors=town.connectors)


def test_the_same_version_changes_nothing() -> None:
    """Comparing a manifest with itself finds nothing."""
    assert manifest_changes(OLD, OLD) == ()


def test_settings_that_are_gone_say_why() -> None:
    """With a migration its reason, without one the bare fact."""
    assert texts(OLD, NEW, "removed") == {"dropped": "gone", "legacy": "gone since 2.0.0: nobody used it"}


def test_names_that_changed_are_no_loss() -> None:
    """A renamed key, value or unit is told as what it is."""
    assert texts(OLD, NEW, "renamed") == {
        "look_back_days": "window_days is called look_back_days",
        "post": '"physical" is called "paper"',
        "days": "hours is called days; it is counted otherwise, times 1/24",
    }


def test_what_is_allowed_no_longer_is_told_from_what_is_allowed_now() -> None:
    """Bounds, words, a second person's confirmation, rules between keys."""
    assert texts(OLD, NEW, "tightened") == {
        "look_back_days": "at most 30 (was at most 60)",
        "limit": "a second person confirms it in production now",
        "days, look_back_days": "a new rule between them, at most: a late case must still be seen",
    }
    assert texts(OLD, NEW, "loosened") == {"post": 'also "both"'}


def test_defaults_are_compared_in_the_same_unit() -> None:
    """72 hours are 3 days; 3 tries are not 5."""
    assert texts(OLD, NEW, "default") == {"limit": "100 -> 50 letters", "retries": "3 -> 5 tries"}


class Late(BotSettings):
    """When a case is late, in version 1."""

    days: int = Field(14, ge=1, le=90, description="Days.", unit="days")
    mode: Literal["a", "b"] = Field("a", description="Mode.")
    rules = (requires("mode", "days", when="a", because="x"),)


class Later(BotSettings):
    """The same in version 2."""

    weeks: int = Field(2, ge=1, le=12, description="Weeks.", unit="weeks")
    mode: Literal["first", "b"] = Field("first", description="Mode.")
    rules = (requires("mode", "weeks", when="first", because="y"),)


class HasLate(BotSettings):
    """Version 1."""

    late: Late = Field(Late(), description="Late.")


class HasLater(BotSettings):
    """Version 2."""

    migrations: ClassVar[tuple[Migration, ...]] = (
        Migration(
            "2.0.0",
            scale("late.days", "1/7"),
            rename("late.days", "late.weeks"),
            replace("late.mode", {"a": "first"}),
            before='late.days = 14\nlate.mode = "a"',
            after='late.weeks = 2\nlate.mode = "first"',
        ),
    )
    late: Later = Field(Later(), description="Late.")


def test_a_rule_whose_keys_or_values_are_only_called_otherwise_is_not_new() -> None:
    """And at most 90 days are at most 12 weeks, which is no change at all."""
    assert {} == texts(a_bot("1", HasLate), a_bot("2", HasLater), "tightened")
    assert {} == texts(a_bot("1", HasLate), a_bot("2", HasLater), "default")


def test_a_new_rule_names_its_keys_with_their_table() -> None:
    """As a person writes them."""
    schema = HasLater.model_json_schema()
    del schema["$defs"]["Later"]["rules"]
    changed = texts(a_bot("1", HasLater, settings_schema=schema), a_bot("2", HasLater), "tightened")

    assert {"late.mode, late.weeks": "a new rule between them, requires: y"} == changed


def test_a_default_that_cannot_be_written_in_the_new_unit_is_shown_with_both() -> None:
    """30 days are no whole number of weeks."""
    schema = HasLate.model_json_schema()
    schema["$defs"]["Late"]["properties"]["days"]["default"] = 30
    changed = texts(a_bot("1", HasLate, settings_schema=schema), a_bot("2", HasLater), "default")

    assert {"late.weeks": "30 days -> 2 weeks"} == changed


def test_a_table_that_is_another_shows_its_rows() -> None:
    """Those that differ, in full; where a row stands in a file is no difference."""
    rows = [{"when": {"case": "=", "place": one}, "then": {"fee": 10}, "row": one} for one in ("x", "y")]
    other = [rows[0] | {"row": "elsewhere"}, rows[1] | {"then": {"fee": 12}}]
    schemas = [
        {"type": "object", "properties": {"fees": {"type": "array", "default": one, "table": {"inputs": []}}}}
        for one in (rows, other)
    ]
    old, new = (a_bot("1", Old, settings_schema=one) for one in schemas)
    [text] = texts(old, new, "default").values()

    assert ("place x" in text, "fee 10" in text, "fee 12" in text) == (False, True, True)


def test_new_settings_are_told_by_whether_somebody_must_say() -> None:
    """A required one stops the bot, one with a default does not."""
    assert texts(OLD, NEW, "required") == {"contact": "new, and every municipality must say: text"}
    assert texts(OLD, NEW, "new") == {"copies": "new: whole number, 1 unless set"}


@pytest.mark.parametrize(
    ("old", "new", "less", "more"),
    [
        ({"type": "string"}, {"type": "integer"}, "whole number (was text)", None),
        (
            {"type": "integer"},
            {"anyOf": [{"type": "integer"}, {"type": "string"}]},
            None,
            "whole number or text (was whole number)",
        ),
        ({"type": "string"}, {"enum": ["a"]}, 'one of "a" (was text)', None),
        ({"enum": ["a"]}, {"type": "string"}, None, 'text (was one of "a")'),
        ({"enum": ["a", "b"]}, {"enum": ["a", "c"]}, 'no longer "b"', 'also "c"'),
        ({"minimum": 1}, {"minimum": 2}, "at least 2 (was at least 1)", None),
        ({"minimum": 1}, {}, None, "no longer at least 1"),
        ({}, {"maxLength": 5}, "at most 5 characters", None),
        ({"maxItems": 5}, {"maxItems": 6}, None, "at most 6 items (was at most 5 items)"),
        ({}, {"pattern": "^a"}, "of one form", None),
        ({"pattern": "^b"}, {"pattern": "^a"}, "of another form", None),
        ({"pattern": "^a"}, {}, None, "no longer of one form"),
        ({"multipleOf": 2}, {}, None, "no longer a multiple of 2"),
        (
            {"type": "array", "items": {"enum": ["a"]}},
            {"type": "array", "items": {"enum": ["b"]}},
            'no longer "a"',
            'also "b"',
        ),
    ],
)
def test_each_kind_of_limit_is_compared(
    old: dict[str, Any], new: dict[str, Any], less: str | None, more: str | None
) -> None:
    """Types, words, bounds, lengths, forms, and the items of lists."""
    manifests = [
        a_bot("1", Old, settings_schema={"type": "object", "properties": {"x": one}}) for one in (old, new)
    ]

    assert ({"x": less} if less else {}) == texts(*manifests, "tightened")
    assert ({"x": more} if more else {}) == texts(*manifests, "loosened")


def test_what_it_may_do_comes_first_and_effects_before_queries() -> None:
    """A new capability is a new permission."""
    new = NEW.model_copy(update={"capabilities": (REGISTER, POST)})
    first = manifest_changes(OLD, new)[0]

    assert (first.kind, first.key) == ("permission", "DigitalPost")
    assert first.text == "new: it may now use DigitalPost (send: effect, keyed, status: query)"


def test_a_call_that_becomes_more_is_a_permission_too() -> None:
    """A query that now acts, a call that decides, a call that is new, and another version."""
    stronger = REGISTER.model_copy(
        update={
            "version": "2.0",
            "calls": (CallEntry(method="person", effect="unsafe", decisive=True), CallEntry(method="seek")),
        }
    )
    found = texts(OLD, OLD.model_copy(update={"capabilities": (stronger,)}), "permission")

    assert found == {
        "PopulationRegister.person": "was person: query; now person: effect, unsafe, decides about a citizen",
        "PopulationRegister.seek": "new: seek: query",
        "PopulationRegister": "it asks for version 2.0 (was 1.0); the connector must have it",
    }
    assert texts(OLD, OLD.model_copy(update={"capabilities": ()}), "permission") == {
        "PopulationRegister": "it no longer uses PopulationRegister"
    }


def test_the_record_of_processing_is_compared_field_by_field() -> None:
    """What a data protection officer asks about: data, recipients, basis, decisions."""
    record = RECORD.model_copy(
        update={
            "data_categories": ("name", "address"),
            "recipients": ("the printer",),
            "retention": "30 days",
            "decisions": Decisions(kind="rule-bound", paragraph="§ 1"),
        }
    )
    found = texts(OLD, OLD.model_copy(update={"record": record}), "record")

    assert found == {
        "data_categories": "new: address",
        "recipients": "new: the printer; gone: none",
        "retention": "90 days -> 30 days",
        "decisions": "kind: none -> rule-bound; paragraph:  -> § 1",
    }
    assert texts(OLD, OLD.model_copy(update={"record": None}), "record") == {"record": "it is gone"}


def test_steps_letters_and_languages_are_compared() -> None:
    """What a municipality may have wrapped or overridden."""
    old = OLD.model_copy(
        update={
            "steps": (StepEntry(name="compose", arguments=("a",), description="x"),
                      StepEntry(name="gone", arguments=(), description="x")),
            "templates": (TemplateEntry(name="adults", blocks={"greeting": "1", "end": "2"}),),
            "languages": ("da", "en"),
        }
    )  # fmt: skip
    new = OLD.model_copy(
        update={
            "steps": (StepEntry(name="compose", arguments=("a", "b"), description="x"),
                      StepEntry(name="fresh", arguments=(), description="Does it.")),
            "templates": (TemplateEntry(name="adults", blocks={"greeting": "3", "body": "4"}),
                          TemplateEntry(name="families", blocks={})),
            "languages": ("da", "sv"),
        }
    )  # fmt: skip

    assert texts(old, new, "step") == {
        "compose": "its arguments are others: a -> a, b",
        "fresh": "new: Does it.",
        "gone": "gone: a hook that wraps it keeps the bot from starting",
    }
    assert texts(old, new, "letter") == {
        "adults: body": "the block is new",
        "adults: end": "the block is gone",
        "adults: greeting": "the block changed",
        "families": "new",
    }
    assert texts(old, new, "language") == {"en": "gone", "sv": "new"}


def test_every_kind_has_a_heading() -> None:
    """What has none would not be shown."""
    assert {one.kind for one in manifest_changes(OLD, NEW)} <= set(CHANGE_KINDS)


def test_a_plan_names_who_is_touched_and_by_which_line(town: "Town") -> None:
    """Where each old key is set, in every layer and environment, and what is missing afterwards."""
    town.write("../baseline/bots/welcome-letters.toml", "[settings]\nlegacy = true\n")
    town.write("bots/welcome-letters.toml", HEAD.format(IDS[0]) + "[settings]\nwindow_days = 45\nlimit = 7\n")
    town.write("environments/production/bots/welcome-letters.toml", "[settings]\nlegacy = false\n")
    made = plan(town)
    affects = {(one.kind, one.key): one.affects for one in made.changes}

    assert affects["renamed", "look_back_days"] == ("bots/welcome-letters.toml:4",)
    assert affects["removed", "legacy"] == (
        "../baseline/bots/welcome-letters.toml:2",
        "environments/production/bots/welcome-letters.toml:2",
    )
    assert affects["tightened", "look_back_days"] == ("roskilde/bots/welcome-letters.toml:4",)
    assert affects["required", "contact"] == ("roskilde/bots/welcome-letters.toml:3",)
    assert affects["default", "retries"] == ("welcome-letters",)
    assert ("default", "limit") not in affects  # overridden, so nothing changes here
    assert {"E202", "E102", "W502"} == {one.code for one in made.findings}
    assert {"E202", "E102"} == {one.code for one in made.errors}


def test_a_plan_shows_each_file_as_it_will_be(town: "Town") -> None:
    """As a diff; nothing on disk changes, and what is right afterwards is no finding."""
    text = HEAD.format(IDS[0]) + '[settings]\nwindow_days = 7 # a week\ncontact = "x"\ndays = 3\n'
    path = town.write("bots/welcome-letters.toml", text)
    made = plan(town)

    [file] = made.files
    assert file.name == "bots/welcome-letters.toml"
    assert "\n-window_days = 7 # a week\n+look_back_days = 7 # a week\n" in file.diff
    assert made.findings == ()
    assert text == path.read_text(encoding="utf-8")


def test_a_diff_shows_no_value_that_must_not_be_shown(town: "Town") -> None:
    """Personal and unknown ones, before and after, also in lines that stay; the file keeps them."""

    class Private(New):
        """As version 2, with a personal name."""

        migrations = (
            *New.migrations,
            Migration("2.1.0", rename("boss", "contact"), before='boss = "x"', after='contact = "x"'),
        )
        contact: str = Field(description="Who is asked.", personal=True)

    lines = 'boss = "Sigrun" # asks\nextra = { a = "hunter2" }\nlegacy = true\nwindow_days = 7\n'
    town.write("bots/welcome-letters.toml", HEAD.format(IDS[0]) + "[settings]\n" + lines)
    [file] = plan(town, new=a_bot("2.1.0", Private)).files

    assert "-boss = … # asks\n" in file.diff
    assert "+contact = … # asks\n" in file.diff
    assert "extra = …\n" in file.diff
    assert "-legacy = true\n" in file.diff  # the version of today knows that it may be shown
    assert "Sigrun" not in file.diff
    assert "hunter2" not in file.diff
    assert 'contact = "Sigrun" # asks\n' in file.after


def test_what_is_wrong_today_is_marked(town: "Town") -> None:
    """It stops the bot before the upgrade and after it; the upgrade is not to blame."""
    text = HEAD.format(IDS[0]) + '[settings]\nlimit = -1\ncontact = "x"\n'
    town.write("bots/welcome-letters.toml", text)
    made = plan(town)

    assert ["limit"] == [one.key for one in made.left]


def test_all_instances_of_the_bot_move_together(town: "Town") -> None:
    """Each one's files are rewritten, each one's findings are shown."""
    for name, number in (("welcome-letters", 0), ("others", 1)):
        town.write(f"bots/{name}.toml", HEAD.format(IDS[number]) + "[settings]\nhours = 48\n")
    made = plan(town, "others", "welcome-letters")

    assert ["bots/others.toml", "bots/welcome-letters.toml"] == [one.name for one in made.files]
    assert 2 == len([one for one in made.errors if one.key == "contact"])


def test_what_a_person_must_migrate_is_said_once_and_the_rest_is_migrated(town: "Town") -> None:
    """36 hours are no whole days: that line is theirs, with its number in the file as it is; no other."""
    lines = 'legacy = true\nwindow_days = 7\nhours = 36\npost = "physical"\ncontact = "x"\n'
    town.write("bots/welcome-letters.toml", HEAD.format(IDS[0]) + "[settings]\n" + lines)
    made = plan(town)

    [finding], [file] = made.findings, made.files
    assert (finding.code, finding.key, finding.line) == ("E501", "hours", 6)
    assert finding.message == "hours cannot be migrated: times 1/24 it is no whole number"
    assert "by hand" in finding.help
    assert 'look_back_days = 7\nhours = 36\npost = "paper"\n' in file.after


def test_a_required_key_that_an_old_one_would_give_is_not_called_missing(town: "Town") -> None:
    """The one thing to do is said by the old key's line."""

    class Strict(New):
        """As version 2; days must be said."""

        days: int = Field(ge=1, description="When it is late.", unit="days")

    town.write("bots/welcome-letters.toml", HEAD.format(IDS[0]) + '[settings]\nhours = 36\ncontact = "x"\n')
    made = plan(town, new=a_bot("2.0.0", Strict))

    assert [("E501", "hours")] == [(one.code, one.key) for one in made.findings]


def test_findings_name_the_lines_of_the_file_as_it_is(town: "Town") -> None:
    """Not as it would be: a removed key above moves every line."""
    lines = '# old\nlegacy = true\nwindow_days = 45\ncontact = "x"\n'
    town.write("bots/welcome-letters.toml", HEAD.format(IDS[0]) + "[settings]\n" + lines)
    [finding] = plan(town).findings

    assert ("E202", "look_back_days", 6) == (finding.code, finding.key, finding.line)


class Fees(BotSettings):
    """Version 1, with money."""

    fee: int = Field(10, description="Fee.", unit="kr", sensitive=True)
    hours: int = Field(72, description="When it is late.", unit="hours", sensitive=True)
    free: int = Field(1, description="Copies without a fee.", unit="copies")


class NewFees(BotSettings):
    """Version 2, with other names."""

    migrations: ClassVar[tuple[Migration, ...]] = (
        Migration(
            "2.0.0",
            rename("fee", "fee_kr"),
            scale("hours", "1/24"),
            rename("hours", "days"),
            before="fee = 1\nhours = 48",
            after="fee_kr = 1\ndays = 2",
        ),
    )
    fee_kr: int = Field(10, description="Fee.", unit="kr", sensitive=True)
    days: int = Field(3, description="When it is late.", unit="days", sensitive=True)
    free: int = Field(1, description="Copies without a fee.", unit="copies", sensitive=True)


def confirm_all(town: "Town", manifest: Manifest) -> None:
    """Two people stand behind every value that the manifest marks."""
    production = town.open("production")
    for person in ("anna", "bo"):
        found = awaiting_in(production, lambda _: manifest, connectors=town.connectors)
        confirm(production, found, person=person, now=datetime(2026, 5, 1, tzinfo=UTC))


def test_a_confirmation_follows_a_key_that_is_only_called_otherwise(town: "Town") -> None:
    """The same value keeps its two people; any other needs two people again, and the plan says so."""
    old, new = a_bot("1.0.0", Fees), a_bot("2.0.0", NewFees)
    text = HEAD.format(IDS[0]) + "[settings]\nfee = 40\nhours = 48\nfree = 2\n"
    town.write("bots/welcome-letters.toml", text)
    confirm_all(town, old)
    made = plan(town, old=old, new=new)
    needed = {one.key: one.text for one in made.changes if one.kind == "confirm"}

    assert needed == {
        "days": "2 in welcome-letters: 48 was confirmed, as hours",
        "free": "2 in welcome-letters: nobody has confirmed it yet",
    }
    assert ["bots/welcome-letters.toml", "confirmations.toml"] == [one.name for one in made.files]
    assert '-key = "fee"\n+key = "fee_kr"\n' in made.files[1].diff
    assert "value = 40" not in made.files[1].diff
    write_migrated(made.files)
    left = awaiting_in(town.open("production"), lambda _: new, connectors=town.connectors)
    assert {"days", "free"} == {one.key for one in left}


def test_a_crash_before_the_confirmations_loses_none(town: "Town") -> None:
    """The instance's file is new already, the record old: the same command goes on from there."""
    old, new = a_bot("1.0.0", Fees), a_bot("2.0.0", NewFees)
    town.write("bots/welcome-letters.toml", HEAD.format(IDS[0]) + "[settings]\nfee = 40\n")
    confirm_all(town, old)
    write_migrated(plan(town, old=old, new=new).files[:1])
    again = plan(town, old=old, new=new)

    assert ["confirmations.toml"] == [one.name for one in again.files]
    assert [] == [one for one in again.changes if one.kind == "confirm"]


def test_a_hook_around_a_step_that_is_gone_is_found(town: "Town") -> None:
    """The bot would not start with it."""
    step = StepEntry(name="compose", arguments=("a",), description="x")
    town.write("bots/welcome-letters.toml", HEAD.format(IDS[0]) + '[settings]\ncontact = "x"\n')
    wrapper = "@hookimpl(wrapper=True)\ndef rpac_step_compose(step):\n    return (yield)\n"
    hook = f"from rpa_commons.sdk import hookimpl\n\n{wrapper}"
    town.write("hooks/welcome_letters.py", hook)
    made = plan(town, old=OLD.model_copy(update={"steps": (step,)}))

    [change] = [one for one in made.changes if one.kind == "step"]
    assert change.affects == ("roskilde/hooks/welcome_letters.py:4",)
    assert ["rpac_step_compose"] == [one.key for one in made.errors]


def test_a_block_that_changes_under_an_override_is_named(town: "Town") -> None:
    """The file that overrides it is where somebody must look."""
    town.write("bots/welcome-letters.toml", HEAD.format(IDS[0]) + '[settings]\ncontact = "x"\n')
    override = '{% extends "bot:adults.md.j2" %}\n{% block greeting %}Hej{% endblock %}\n'
    town.write("letters/welcome-letters/adults.md.j2", override)
    letters = [TemplateEntry(name="adults", blocks={"greeting": one, "end": one}) for one in ("1", "2")]
    old, new = (
        one.model_copy(update={"templates": (letter,)})
        for one, letter in zip((OLD, NEW), letters, strict=True)
    )
    affects = {one.key: one.affects for one in plan(town, old=old, new=new).changes if one.kind == "letter"}

    assert affects == {
        "adults: end": (),
        "adults: greeting": ("roskilde/letters/welcome-letters/adults.md.j2",),
    }


@pytest.mark.parametrize(
    ("before", "after", "direction"),
    [
        ("1.0.0", "2.0.0", "upgrade"),
        ("2.0.0", "1.10.0", "downgrade"),
        ("2.0", "2.0.0", "same version"),
        ("x", "1", "upgrade"),
    ],
)
def test_the_direction_is_told_by_the_versions(before: str, after: str, direction: str) -> None:
    """As Python versions compare, not as text."""
    assert direction == UpgradePlan("b", before, after, (), (), (), ()).direction


def test_a_plan_is_json(town: "Town") -> None:
    """A script sees what a person sees; a value that must not be shown is in neither."""
    text = HEAD.format(IDS[0]) + '[settings]\nhours = 48\nunknown = "secret"\n'
    town.write("bots/welcome-letters.toml", text)
    document = plan(town).to_json()

    assert document["direction"] == "upgrade"
    assert document["files"][0]["file"] == "bots/welcome-letters.toml"
    assert {"E101", "E102"} == {one["code"] for one in document["findings"]}
    assert all(one["new"] is (one["code"] == "E102") for one in document["findings"])
    assert "secret" not in str(document["findings"])


def two_files(folder: Path) -> tuple[FileMigration, ...]:
    """Two files and their migration."""
    for name in ("a", "b"):
        (folder / f"{name}.toml").write_text("[settings]\nwindow_days = 1\n", encoding="utf-8")
    return migrate_files(folder, ["a.toml", "none.toml", "b.toml"], NEW)[0]


def test_every_file_is_written(tmp_path: Path) -> None:
    """And nothing is left beside them."""
    write_migrated(two_files(tmp_path))

    assert {"a.toml", "b.toml"} == {path.name for path in tmp_path.iterdir()}
    for path in tmp_path.iterdir():
        assert "[settings]\nlook_back_days = 1\n" == path.read_text(encoding="utf-8")


def test_a_file_that_changed_since_the_plan_is_not_overwritten(tmp_path: Path) -> None:
    """Somebody edits while somebody else upgrades: neither loses a word."""
    files = two_files(tmp_path)
    (tmp_path / "b.toml").write_text("[settings]\nwindow_days = 2\n", encoding="utf-8")

    with pytest.raises(FileChangedError):
        write_migrated(files)

    assert "window_days = 1" in (tmp_path / "a.toml").read_text(encoding="utf-8")


def test_when_the_second_file_cannot_be_replaced_the_first_is_put_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All or none, as far as a file system allows."""
    files = two_files(tmp_path)
    real = Path.replace

    def fails(part: Path, target: Path) -> Path:
        if target.name == "b.toml":
            raise OSError(28, "No space left on device")
        return real(part, target)

    monkeypatch.setattr(Path, "replace", fails)
    with pytest.raises(FileNotWrittenError, match="No space left"):
        write_migrated(files)

    assert {"a.toml", "b.toml"} == {path.name for path in tmp_path.iterdir()}
    assert "window_days = 1" in (tmp_path / "a.toml").read_text(encoding="utf-8")


@pytest.mark.skipif(os.name != "posix", reason="Windows has no SIGKILL")
def test_a_kill_between_two_files_is_mended_by_doing_it_again(tmp_path: Path) -> None:
    """Each file is whole, old or new; the second time only what is left is migrated."""
    two_files(tmp_path)
    (tmp_path / "rpac.json").write_text(NEW.to_json(), encoding="utf-8")
    program = f"""
import os, pathlib, signal
from rpa_commons.upgrades import migrate_files, write_migrated
from rpa_commons.manifest import parse_manifest
folder = pathlib.Path({str(tmp_path)!r})
files, _ = migrate_files(folder, ["a.toml", "b.toml"], parse_manifest((folder / "rpac.json").read_bytes()))
real = pathlib.Path.replace
def replace(part, target):
    real(part, target)
    os.kill(os.getpid(), signal.SIGKILL)
pathlib.Path.replace = replace
write_migrated(files)
"""
    done = subprocess.run([sys.executable, "-c", program], check=False)

    assert done.returncode == -signal.SIGKILL
    contents = [(tmp_path / f"{name}.toml").read_text(encoding="utf-8") for name in ("a", "b")]
    assert ["[settings]\nlook_back_days = 1\n", "[settings]\nwindow_days = 1\n"] == contents
    again, _ = migrate_files(tmp_path, ["a.toml", "b.toml"], NEW)
    assert ["b.toml"] == [one.name for one in again]
    write_migrated(again)
    assert {"a.toml", "b.toml", "rpac.json"} == {path.name for path in tmp_path.iterdir()}
