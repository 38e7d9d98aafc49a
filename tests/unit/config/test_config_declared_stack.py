"""The stack without its environment: what a sandbox connects a folder by."""

from typing import TYPE_CHECKING

from rpa_commons.config import declared_stack

if TYPE_CHECKING:
    from conftest import Town

PROFILE = '[DigitalPost]\nconnector = "sf1601"\n[DigitalPost.settings]\nurl = "https://a.example"\n'


def test_profiles_and_the_municipality_are_laid_on_each_other(town: "Town") -> None:
    """A profile gives the connector and an address, the municipality adds a setting of its own."""
    town.write("../baseline/profiles/kombit/stack.toml", PROFILE)
    own = 'profiles = ["kombit"]\n[DigitalPost.settings]\nsender_label = "Roskilde"\n'
    town.write("stack.toml", own)

    connector, settings = declared_stack(town.open())["DigitalPost"]

    assert connector == "sf1601"
    assert dict(settings) == {"url": "https://a.example", "sender_label": "Roskilde"}


def test_settings_for_another_connector_are_set_aside(town: "Town") -> None:
    """Who names another connector does not inherit what the profile set for its own."""
    town.write("../baseline/profiles/kombit/stack.toml", PROFILE)
    own = 'profiles = ["kombit"]\n[DigitalPost]\nconnector = "pdf-outbox"\nsettings = { folder = "out" }\n'
    town.write("stack.toml", own)

    assert declared_stack(town.open())["DigitalPost"] == ("pdf-outbox", {"folder": "out"})


def test_the_environment_says_nothing_here(town: "Town") -> None:
    """What a sandbox wrote last time does not count when it writes again."""
    town.write("stack.toml", '[DigitalPost]\nconnector = "pdf-outbox"\n')
    town.write("environments/test/stack.toml", '[DigitalPost]\nconnector = "sf1601"\n')

    assert declared_stack(town.open(environment="test"))["DigitalPost"][0] == "pdf-outbox"


def test_what_is_wrong_is_left_out(town: "Town") -> None:
    """A capability without a connector and a key that is no table are a check's business."""
    town.write("stack.toml", 'nonsense = 3\n[DigitalPost.settings]\nfolder = "out"\n')

    assert "DigitalPost" not in declared_stack(town.open())
    assert "nonsense" not in declared_stack(town.open())
