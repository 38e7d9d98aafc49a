"""The example municipalities: they are right, they differ as they say, and they hold no bot code."""

import dataclasses
import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pluggy
import pytest

from rpa_commons.config import PolicyRefusedError, ResolvedInstance, open_municipality, resolve_instance
from rpa_commons.connectors import catalogue
from rpa_commons.environments._describe import describe
from rpa_commons.letters import Letterhead, Letters, LetterSource
from rpa_commons.sdk import steps_of
from rpa_commons.sdk.hookspecs import PROJECT, step_hookspecs
from welcome_letters import Settings, WelcomeLetters

DIGIT = Path(__file__).parents[3] / "examples" / "digit"
MUNICIPALITIES = ("roskilde", "hvidovre", "lejre")


def _resolve(name: str, *overrides: str) -> ResolvedInstance:
    municipality = open_municipality(DIGIT / name, environment="production")
    manifest = describe("welcome-letters")
    return resolve_instance(
        municipality, "welcome-letters", lambda _: manifest, connectors=catalogue(), overrides=overrides
    )


@pytest.fixture(scope="module")
def resolved() -> dict[str, ResolvedInstance]:
    """All instances, resolved for production."""
    return {name: _resolve(name) for name in MUNICIPALITIES}


@pytest.mark.parametrize("name", MUNICIPALITIES)
def test_each_municipality_resolves_without_a_finding(resolved: dict[str, Any], name: str) -> None:
    """The folder is complete and right, and its settings are ones that the bot takes."""
    settings = Settings.model_validate_json(json.dumps(resolved[name].settings))

    assert settings.protected == "person"


def test_they_differ_in_what_the_table_says(resolved: dict[str, Any]) -> None:
    """Window, sender, connectors, letter block, decision table and hook: each in one place."""
    windows = {name: one.settings["window_days"] for name, one in resolved.items()}
    stacks = {
        name: [binding.connector for _, binding in sorted(one.bindings.items())]
        for name, one in resolved.items()
    }

    assert windows == {"roskilde": 14, "hvidovre": 45, "lejre": 10}
    assert stacks == {
        "roskilde": ["sf1601", "moves-extract", "sf1520"],
        "hvidovre": ["pdf-outbox", "moves-extract", "register-extract"],
        "lejre": ["sf1601", "moves-extract", "register-extract"],
    }
    assert len({one.settings["letters"]["sender"] for one in resolved.values()}) == 3
    assert [len(one.settings["desks"]) for one in resolved.values()] == [4, 0, 0]
    assert [name for name, one in resolved.items() if one.hook] == ["hvidovre"]
    assert [name for name, one in resolved.items() if one.letter_folders] == ["roskilde"]


def test_values_come_from_the_layer_that_the_table_names(resolved: dict[str, Any]) -> None:
    """A municipality's own, the cooperation's, a profile's, a table's, the bot's."""
    window = {name: str(one.origin("window_days")) for name, one in resolved.items()}

    assert window["roskilde"].startswith("bots/welcome-letters.toml:")
    assert window["lejre"].startswith("../baseline/bots/welcome-letters.toml:")
    assert str(resolved["lejre"].origin("stack.DigitalPost.connector")).startswith(
        "../baseline/profiles/sf1601/stack.toml:"
    )
    assert str(resolved["roskilde"].origin("desks")).startswith("tables/welcome-letters/desks.csv")
    assert "welcome-letters" in str(resolved["hvidovre"].origin("household"))


def test_the_cooperation_bounds_the_window_and_says_why(resolved: dict[str, Any]) -> None:
    """Roskilde may not look back 45 days, Hvidovre may: it has a waiver."""
    with pytest.raises(PolicyRefusedError) as caught:
        _resolve("roskilde", "window_days=45")
    [finding] = caught.value.findings
    [explained] = resolved["hvidovre"].explain("window_days")

    assert (finding.code, caught.value.exit_code) == ("E302", 5)
    assert "policies.toml:" in finding.because
    assert explained.policies[0].waiver is not None


def test_nobody_may_show_whole_personal_numbers() -> None:
    """The masking of personal numbers is locked for everybody."""
    with pytest.raises(PolicyRefusedError) as caught:
        _resolve("lejre", "instance.mask_personal_numbers=false")

    assert [finding.code for finding in caught.value.findings] == ["E301"]


def test_every_instance_has_an_id_of_its_own(resolved: dict[str, Any]) -> None:
    """Nobody has copied an instance file with its id."""
    assert len({one.id for one in resolved.values()}) == len(resolved)


def test_the_only_code_is_one_short_hook() -> None:
    """In all folders together there is one Python file, with a handful of statements."""
    code = sorted(path.relative_to(DIGIT).as_posix() for path in DIGIT.rglob("*.py"))
    lines = (DIGIT / "hvidovre/hooks/welcome_letters.py").read_text("utf-8").splitlines()

    assert code == ["hvidovre/hooks/welcome_letters.py"]
    assert len([line for line in lines if line.strip()]) <= 15


def _hook() -> ModuleType:
    path = DIGIT / "hvidovre/hooks/welcome_letters.py"
    spec = importlib.util.spec_from_file_location("hvidovre_hook", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_hook_wraps_a_step_that_there_is() -> None:
    """The hook's name is one of the bot's steps; pluggy would refuse another."""
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(step_hookspecs(sorted(steps_of(WelcomeLetters))))
    manager.register(_hook())

    manager.check_pending()


def test_the_hook_speaks_to_movers_from_abroad_only(town: Any) -> None:
    """Who moves in from abroad gets one more sentence, others do not."""
    town.wrappers.append({"rpac_step_compose": _hook().rpac_step_compose})
    town.move(town.resident(), origin="abroad")
    town.move(town.resident())

    town.run()

    assert ["ny i Danmark" in one.letter.text for one in town.post.sent] == [True, False]


def test_roskildes_letter_is_one_block(town: Any, resolved: dict[str, Any]) -> None:
    """Roskilde's family letter says its own word on schools and everything else as the bot does."""
    own, theirs = Letters(), Letters()
    source = LetterSource(
        templates=DIGIT.parents[1] / "plugins/welcome-letters/src/welcome_letters/letters",
        letterhead=Letterhead(name="Roskilde Kommune"),
        date=town.today,
    )
    own.bind(source)
    theirs.bind(dataclasses.replace(source, overrides=resolved["roskilde"].letter_folders))
    person = town.resident(children_under_18=1)
    values = {"moved_on": town.today, "closing": "", "household": False, "desk": "", "desk_phone": ""}

    before = own.preview_text("families", person=person, **values).splitlines()
    after = theirs.preview_text("families", person=person, **values).splitlines()

    changed = [line for line in after if line not in before]
    assert len(changed) == 1
    assert "Skole" in changed[0]
    assert "roskilde.dk" in changed[0]
