"""docs/reference/registry.md names every setting with its default, every command and every hook."""

import json
import re
from pathlib import Path

import pytest

import rpa_registry
from rpa_registry.cli._main import _COMMANDS
from rpa_registry.errors import SettingsError
from rpa_registry.hooks import RegistrySpecs
from rpa_registry.settings import Limits, Settings, load_settings, settings_text

REPOSITORY = Path(rpa_registry.__file__).parents[3]
PAGE = (REPOSITORY / "docs/reference/registry.md").read_text(encoding="utf-8")


def _keys() -> dict[str, tuple[str, str]]:
    found = {}
    for prefix, model in (("", Settings), ("limits.", Limits)):
        for name, field in model.model_fields.items():
            if name in {"folder", "limits"}:
                continue
            default = "" if field.is_required() else json.dumps(field.get_default(), ensure_ascii=False)
            found[f"{prefix}{name}"] = (f"`{default}`" if default else "required", field.description or "")
    return found


@pytest.mark.parametrize(("key", "row"), _keys().items(), ids=list(_keys()))
def test_every_key_has_its_row(key: str, row: tuple[str, str]) -> None:
    """With the default and the description that the code has."""
    default, description = row

    assert description
    assert f"| `{key}` | {default} | {description} |" in PAGE


def test_no_row_is_about_a_key_that_is_gone() -> None:
    """The table has the keys of the code and no more."""
    table = PAGE.partition("## Commands")[0]

    assert set(_keys()) == set(re.findall(r"^\| `([a-z_.]+)` \|", table, re.MULTILINE))


def test_every_command_and_no_other_is_there() -> None:
    """With the line that ``--help`` prints."""
    table = PAGE.partition("## Commands")[2].partition("## Hooks")[0]

    assert {name: summary for name, (_, summary) in _COMMANDS.items()} == dict(
        re.findall(r"^\| `([a-z-]+)` \| (.+) \|$", table, re.MULTILINE)
    )


def test_every_hook_is_there() -> None:
    """By the name that a plugin writes."""
    hooks = {name for name in vars(RegistrySpecs) if name.startswith("rpa_registry_")}

    assert hooks == set(re.findall(r"^\| `(rpa_registry_\w+)\(", PAGE, re.MULTILINE))


def test_the_first_file_can_be_read_and_names_every_key(tmp_path: Path) -> None:
    """What ``init`` writes says what each key is; uncommented, the defaults are what they were."""
    text = settings_text(cooperation='DIGIT "øst"', country="dk")
    plain = load_settings(tmp_path, text=text)
    whole = load_settings(tmp_path, text=re.sub(r"^# (\w+ = )", r"\1", text, flags=re.MULTILINE))

    assert 'DIGIT "øst"' == plain.cooperation
    assert plain == whole
    assert all(f"{key.rpartition('.')[2]} = " in text for key in _keys())


def test_every_wrong_value_is_named_at_once(tmp_path: Path) -> None:
    """With the file and the page that lists the keys."""
    text = 'cooperation = ""\ncountry = "xx"\nspeed = 1\n[limits]\ntoken_days = 0\n'
    with pytest.raises(SettingsError) as refused:
        load_settings(tmp_path, text=text)

    assert all(
        key in refused.value.message for key in ("cooperation", "country", "speed", "limits.token_days")
    )
    assert "registry.toml" in refused.value.message
    assert "docs/reference/registry.md" in refused.value.remedy


def test_what_is_no_toml_is_said(tmp_path: Path) -> None:
    """With the parser's own words."""
    with pytest.raises(SettingsError, match="cannot be read"):
        load_settings(tmp_path, text="cooperation = ")
