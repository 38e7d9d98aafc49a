from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from rpa_commons.config import OverrideError, UnknownKeyError
from rpa_commons.config.findings._keys import parse_key

if TYPE_CHECKING:
    from conftest import Town


def test_a_default_counts_until_a_layer_says_otherwise(town: "Town") -> None:
    """Without any layer's word the bot's default counts, and its origin names bot, version and field."""
    instance = town.resolve()

    assert instance.settings["window_days"] == 10
    assert str(instance.origin("window_days")) == "welcome-letters 1.0.0 Settings.window_days"


def test_each_layer_beats_the_weaker_ones(town: "Town") -> None:
    """Baseline, municipality, environment and --set win in that order, each with its own origin."""
    seen = []
    town.write("../baseline/bots/welcome-letters.toml", "[settings]\nwindow_days = 11\n")
    seen.append(town.resolve())
    town.settings("window_days = 12")
    seen.append(town.resolve())
    town.write("environments/test/bots/welcome-letters.toml", "\n[settings]\nwindow_days = 13\n")
    seen.append(town.resolve())
    seen.append(town.resolve("window_days=14", "window_days=15"))

    assert [instance.settings["window_days"] for instance in seen] == [11, 12, 13, 15]
    assert [str(instance.origin("window_days")) for instance in seen] == [
        "../baseline/bots/welcome-letters.toml:2",
        "bots/welcome-letters.toml:5",
        "environments/test/bots/welcome-letters.toml:3",
        "--set",
    ]


def test_another_environments_layer_is_not_read(town: "Town") -> None:
    """Only the active environment's files are layers."""
    town.write("environments/production/bots/welcome-letters.toml", "[settings]\nwindow_days = 13\n")

    assert town.resolve().settings["window_days"] == 10


def test_tables_merge_and_lists_replace(town: "Town") -> None:
    """A table is merged key by key over the layers; a list is taken whole from the strongest."""
    town.write(
        "../baseline/bots/welcome-letters.toml",
        '[settings]\nretry.times = 4\nhosts = ["a", "b"]\nwords = {x = "1", y = "2"}\n',
    )
    town.settings("retry.wait = 2.5", 'hosts = ["c"]', 'words = {y = "3"}')
    settings = town.resolve().settings

    assert settings["retry"] == {"times": 4, "wait": 2.5}
    assert settings["hosts"] == ["c"]
    assert settings["words"] == {"x": "1", "y": "3"}


def test_a_secret_reference_is_replaced_as_a_whole(town: "Town") -> None:
    """A reference in a stronger layer takes the place of a weaker one of another kind; they never mix."""
    town.write("../baseline/bots/welcome-letters.toml", '[settings]\npassword = { env = "BASE" }\n')
    town.settings('password = { file = "secret" }')
    instance = town.resolve()

    assert instance.settings["password"] == {"file": "secret"}
    assert str(instance.origin("password")) == "bots/welcome-letters.toml:5"


def test_dates_become_iso_text_where_a_date_is_asked_for(town: "Town") -> None:
    """A TOML date and its text are both good for a date; the settings hold the text."""
    town.settings("since = 2026-10-01")
    by_date = town.resolve()
    by_text = town.resolve('since="2026-10-01"', "instance.start_from=2026-11-01")

    assert by_date.settings["since"] == "2026-10-01"
    assert by_text.settings["since"] == "2026-10-01"
    assert by_text.start_from == date(2026, 11, 1)
    assert by_date.start_from is None


def test_the_stack_is_layered_too(town: "Town") -> None:
    """Bindings merge over baseline, municipality, environment and --set, each value with its origin."""
    town.write(
        "../baseline/stack.toml", '[PopulationRegister]\nconnector = "sf1520"\nsettings.timeout = 60\n'
    )
    town.write(
        "environments/test/stack.toml", '[PopulationRegister.settings]\nurl = "https://test.example"\n'
    )
    binding = town.resolve("stack.PopulationRegister.settings.timeout=5").bindings["PopulationRegister"]

    assert binding.connector == "sf1520"
    assert binding.settings == {
        "timeout": 5,
        "url": "https://test.example",
        "password": {"env": "REGISTER_PASSWORD"},
    }
    assert str(binding.origins["stack.PopulationRegister.settings.url"]) == "environments/test/stack.toml:2"
    assert str(binding.origins["stack.PopulationRegister.connector"]) == "stack.toml:2"


def test_settings_for_another_connector_are_set_aside(town: "Town") -> None:
    """A municipality that names another connector than the baseline does not inherit the other's settings."""
    town.write(
        "../baseline/stack.toml",
        '[PopulationRegister]\nconnector = "sf1520"\nsettings.url = "https://shared.example"\n',
    )
    town.write("stack.toml", '[PopulationRegister]\nconnector = "register-extract"\nsettings.folder = "in"\n')
    binding = town.resolve().bindings["PopulationRegister"]

    assert (binding.connector, binding.settings) == ("register-extract", {"folder": "in"})


def test_a_bot_gets_only_the_bindings_it_declares(town: "Town") -> None:
    """A capability of the stack that the bot does not ask for is not bound to it."""
    town.write(
        "stack.toml", (town.folder / "stack.toml").read_text() + '[DigitalPost]\nconnector = "sf1601"\n'
    )

    assert list(town.resolve().bindings) == ["PopulationRegister"]


def test_a_value_without_toml_form_is_text(town: "Town") -> None:
    """--set takes a value that is no TOML as text, so that words need no quotes; a line feed is text too."""
    assert town.resolve("sender=Team Tilflytning").settings["sender"] == "Team Tilflytning"
    assert town.resolve("sender=1\nmode = 2").settings["sender"] == "1\nmode = 2"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("window_days", "the equals sign is missing"),
        ("=3", "this is no key"),
        ("a b=3", "this is no key"),
        ("# x\na=3", "this is no key"),
        ("a\nb=3", "this is no key"),
        ("stack.PopulationRegister=3", "the key ends too early"),
        ("instance.id=x", "what identifies a bot instance cannot be set for one run"),
        ("instance.bot=x", "what identifies a bot instance cannot be set for one run"),
    ],
)
def test_an_override_that_cannot_be_read_is_a_usage_error(town: "Town", text: str, problem: str) -> None:
    """A malformed --set ends with exit code 2 and says how it is written."""
    with pytest.raises(OverrideError) as caught:
        town.resolve(text)

    assert caught.value.problem == problem
    assert caught.value.exit_code == 2
    assert caught.value.remedy.startswith("write ")


def test_overrides_are_logged_without_hidden_values(town: "Town") -> None:
    """What a run was given is kept, but a personal value and a secret's place in it are not shown."""
    instance = town.resolve(
        "window_days=7", "contact=Ole", 'password={env="X"}', "stack.PopulationRegister.settings.timeout=3"
    )

    assert instance.overrides == (
        "window_days=7",
        "contact=…",
        'password={env = "X"}',
        "stack.PopulationRegister.settings.timeout=3",
    )


def test_the_digest_follows_what_decides_a_run(town: "Town") -> None:
    """Equal configuration gives an equal digest, wherever it stands; any other value gives another."""
    first = town.resolve()
    town.write("bots/welcome-letters.toml", HEAD_WITH_COMMENT)

    assert town.resolve().digest == first.digest
    assert town.resolve("window_days=11").digest != first.digest
    assert town.resolve("stack.PopulationRegister.settings.timeout=3").digest != first.digest


def test_the_digest_follows_environment_cut_over_and_manifest(town: "Town") -> None:
    """The same values in another environment, from another day on, or of another build, are another run."""
    digests = [town.resolve().digest, town.resolve("instance.start_from=2026-11-01").digest]
    text = (town.folder / "municipality.toml").read_text(encoding="utf-8")
    town.write("municipality.toml", text.replace('environment = "test"', 'environment = "sandbox"'))
    digests.append(town.resolve().digest)
    town.manifest = town.manifest.model_copy(update={"summary": "Greets otherwise."})
    digests.append(town.resolve().digest)

    assert len(set(digests)) == 4


@pytest.mark.parametrize("text", ["a = 1 #", "a = false #", "", "a.", "[a]"])
def test_what_is_more_or_less_than_a_key_is_none(text: str) -> None:
    """parse_key takes a dotted key and nothing that merely begins like one."""
    with pytest.raises(ValueError, match=r"."):
        parse_key(text)


HEAD_WITH_COMMENT = """\
# moved around, nothing changed
settings.contact = "Sigrun"
id = "0B6F0C1E-2C9C-4C0E-9F3D-6D1F1E8F9A10"
bot = "welcome-letters"
"""


def test_no_repr_shows_settings(town: "Town") -> None:
    """Settings may be personal: neither the instance's nor a binding's repr holds one."""
    instance = town.resolve()

    assert "Sigrun" not in repr(instance)
    assert "register.example" not in repr(instance)
    assert instance.redacted_settings["contact"] == "…"
    assert instance.redacted_settings["window_days"] == 10


def test_an_unknown_key_is_answered_with_a_guess(town: "Town") -> None:
    """Asking for the origin or explanation of a misspelt key names the likely one."""
    instance = town.resolve()
    with pytest.raises(UnknownKeyError, match="no key 'window_day' here") as caught:
        instance.origin("window_day")
    with pytest.raises(UnknownKeyError):
        instance.explain("nonsense")

    assert caught.value.remedy == "did you mean window_days?"


def test_hook_and_letter_folders_are_found(town: "Town") -> None:
    """The instance's own come before the bot's, the baseline's letters last; what is absent is left out."""
    hook = town.write("hooks/welcome_letters.py", "")
    own = town.write("letters/welcome-letters/families.md.j2", "").parent
    shared = town.write("../baseline/letters/welcome-letters/families.md.j2", "").parent
    instance = town.resolve()

    assert instance.hook == hook.resolve()
    assert instance.letter_folders == (own.resolve(), shared.resolve())


def test_an_instance_named_otherwise_than_its_bot_may_have_its_own_hook(town: "Town") -> None:
    """hooks/<instance>.py is taken before hooks/<bot>.py."""
    own, shared = town.write("hooks/summer.py", ""), town.write("hooks/welcome_letters.py", "")
    text = (town.folder / "bots/welcome-letters.toml").read_text()
    town.write("bots/summer.toml", text.replace("0b6f0c1e", "0b6f0c1f"))

    assert town.resolve(name="summer").hook == own.resolve()
    assert town.resolve().hook == shared.resolve()


def test_what_the_bot_leaves_open_may_be_left_out(town: "Town") -> None:
    """A bot without required settings runs from an instance file without a settings table."""
    schema = {"type": "object", "additionalProperties": False, "properties": {"days": {"type": "integer"}}}
    town.manifest = town.manifest.model_copy(update={"settings_schema": schema})
    town.write(
        "bots/welcome-letters.toml", 'bot = "welcome-letters"\nid = "0b6f0c1e-2c9c-4c0e-9f3d-6d1f1e8f9a10"'
    )

    assert town.resolve().settings == {}


def test_a_baseline_may_be_absent(town: "Town", tmp_path: Path) -> None:
    """A municipality that stands alone has no baseline layer."""
    text = (town.folder / "municipality.toml").read_text()
    town.write("municipality.toml", text.replace('baseline = "../baseline"\n', ""))
    municipality = town.open()

    assert municipality.baseline is None
    assert municipality.state_dir == tmp_path.resolve() / "state"
    assert town.resolve().settings["window_days"] == 10
