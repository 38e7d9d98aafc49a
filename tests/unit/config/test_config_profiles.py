"""Stack profiles: chosen by the municipality, published by the baseline, between the two in strength."""

from typing import TYPE_CHECKING

import pytest

from rpa_commons.config import check_municipality

if TYPE_CHECKING:
    from conftest import Town

STACK = """\
[PopulationRegister]
settings.url = "https://register.example"
settings.password = { env = "REGISTER_PASSWORD" }
"""
PROFILE_STACK = '[PopulationRegister]\nconnector = "sf1520"\nsettings.timeout = 60\n'


@pytest.fixture
def profiled(town: "Town") -> "Town":
    """A municipality that chose the profile kombit, which binds its register."""
    town.write("../baseline/profiles/kombit/stack.toml", PROFILE_STACK)
    town.write("../baseline/profiles/kombit/bots/welcome-letters.toml", '[settings]\nmode = "slow"\n')
    town.write("stack.toml", 'profiles = ["kombit"]\n' + STACK)
    return town


def test_a_profile_binds_and_gives_defaults(profiled: "Town") -> None:
    """The stack and the settings of a chosen profile count, with the profile as their origin."""
    instance = profiled.resolve()

    assert instance.bindings["PopulationRegister"].connector == "sf1520"
    assert instance.settings["mode"] == "slow"
    assert str(instance.origin("mode")) == "../baseline/profiles/kombit/bots/welcome-letters.toml:2"
    assert instance.origin("stack.PopulationRegister.settings.timeout").layer == "profile kombit"


def test_a_profile_is_stronger_than_the_baseline_and_weaker_than_the_municipality(profiled: "Town") -> None:
    """Its layer stands between the two in every explanation."""
    profiled.write("../baseline/bots/welcome-letters.toml", '[settings]\nmode = "fast"\nsender = "Base"\n')
    profiled.settings('mode = "fast"')
    instance = profiled.resolve()
    [explained] = instance.explain("mode")

    assert [one.layer for one in explained.candidates] == [
        "bot default", "baseline", "profile kombit", "municipality"
    ]  # fmt: skip
    assert (instance.settings["mode"], instance.settings["sender"]) == ("fast", "Base")


def test_profiles_are_laid_in_their_order(profiled: "Town") -> None:
    """A later profile is stronger than an earlier one; naming one twice changes nothing."""
    profiled.write("../baseline/profiles/test/stack.toml", "[PopulationRegister]\nsettings.timeout = 5\n")
    profiled.write("stack.toml", 'profiles = ["kombit", "test", "kombit"]\n' + STACK)

    assert profiled.resolve().bindings["PopulationRegister"].settings["timeout"] == 5

    profiled.write("stack.toml", 'profiles = ["test", "kombit"]\n' + STACK)

    assert profiled.resolve().bindings["PopulationRegister"].settings["timeout"] == 60


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("kombitt", "did you mean kombit? DIGIT baseline has kombit"),
        ("zzz", "DIGIT baseline has kombit"),
        ("../..", "DIGIT baseline has kombit"),
        ("", "DIGIT baseline has kombit"),
    ],
)
def test_an_unknown_profile_is_guessed(profiled: "Town", name: str, advice: str) -> None:
    """E606 stands at the item's line with the profiles there are; a name never leads out of the folder."""
    profiled.write("stack.toml", f'profiles = [\n  "kombit",\n  "{name}",\n]\n' + STACK)
    finding = profiled.finding()

    assert (finding.code, finding.key, finding.place) == (
        "E606",
        "stack.profiles[1]",
        "roskilde/stack.toml:3",
    )
    assert finding.message == f'there is no stack profile "{name}"'
    assert finding.line_text == f'  "{name}",'
    assert finding.help == advice


def test_a_baseline_without_profiles_says_so(town: "Town") -> None:
    """E606 where the baseline publishes none, and where there is no baseline at all."""
    town.write("stack.toml", 'profiles = ["kombit"]\n' + (town.folder / "stack.toml").read_text())

    assert town.finding().help == "DIGIT baseline has no stack profile: take this out"

    file = town.folder / "municipality.toml"
    file.write_text(file.read_text().replace('baseline = "../baseline"\n', ""))

    assert town.finding().help.startswith("profiles are the baseline's: name a baseline")


@pytest.mark.parametrize(
    ("value", "key", "message"),
    [
        ('"kombit"', "stack.profiles", "expected list of text, found text"),
        ("{ kombit = true }", "stack.profiles", "expected list of text, found table"),
        ("[1]", "stack.profiles[0]", "expected text, found whole number"),
    ],
)
def test_profiles_must_be_a_list_of_text(profiled: "Town", value: str, key: str, message: str) -> None:
    """E201 shows the form to write."""
    profiled.write("stack.toml", f"profiles = {value}\n" + PROFILE_STACK + STACK.split("\n", 1)[1])
    finding = profiled.finding()

    assert (finding.code, finding.key, finding.message) == ("E201", key, message)
    assert finding.help == 'write profiles = ["NAME"], above the first [table]'


@pytest.mark.parametrize(
    ("file", "layer"),
    [
        ("../baseline/stack.toml", "baseline"),
        ("../baseline/profiles/kombit/stack.toml", "profile kombit"),
        ("environments/test/stack.toml", "environment test"),
    ],
)
def test_only_the_municipality_chooses(profiled: "Town", file: str, layer: str) -> None:
    """E101 in every other stack file, with where the key belongs."""
    path = profiled.folder / file
    profiled.write(file, 'profiles = ["kombit"]\n' + (path.read_text() if path.exists() else ""))
    finding = profiled.finding()

    assert (finding.code, finding.key, finding.line) == ("E101", "stack.profiles", 1)
    assert finding.message == f"the {layer} cannot choose stack profiles"
    assert finding.help == "profiles belongs at the top of the municipality's own stack.toml"


def test_profiles_are_no_capability(profiled: "Town") -> None:
    """The key is never taken for a table of the stack: not by a check, not as a guess, not by --set."""
    checked = check_municipality(profiled.open(), profiled.manifest_of, connectors=profiled.connectors)

    assert {one.code for one in checked.findings} == {"E402"}

    [finding] = profiled.findings("stack.profile.connector=x")

    assert "profiles" not in finding.help


def test_a_check_without_instances_looks_at_the_profiles(town: "Town") -> None:
    """E606 is found once, also when no bot instance asks for the stack."""
    town.write("stack.toml", 'profiles = ["x"]\n' + (town.folder / "stack.toml").read_text())
    checked = check_municipality(town.open(), town.manifest_of, connectors=town.connectors)

    assert [one.code for one in checked.findings].count("E606") == 1


def test_a_profile_may_not_say_who_an_instance_is(profiled: "Town") -> None:
    """E101 for id and owner in a profile's file: they are the municipality's own."""
    profiled.write("../baseline/profiles/kombit/bots/welcome-letters.toml", 'owner = "x"\nid = "y"\n')

    assert [(one.code, one.key) for one in profiled.findings()] == [
        ("E101", "instance.owner"), ("E101", "instance.id")
    ]  # fmt: skip


def test_an_unreadable_profile_file_is_said(profiled: "Town") -> None:
    """E104 in a profile's file, and no capability is called unbound beside it."""
    profiled.write("../baseline/profiles/kombit/stack.toml", "x = \n")
    finding = profiled.finding()

    assert (finding.code, finding.place) == ("E104", "baseline/profiles/kombit/stack.toml:1")


def test_an_unreadable_stack_is_said_once(profiled: "Town") -> None:
    """The file is read for the profiles and for the bindings, and wrong only once."""
    profiled.write("stack.toml", "profiles = \n")

    assert [one.code for one in profiled.findings()] == ["E104"]
