from typing import TYPE_CHECKING

import pytest

from rpa_commons.editing import draft_instance

if TYPE_CHECKING:
    from conftest import Town

    from rpa_commons.editing import Draft


def _draft(town: "Town", settings: str) -> "Draft":
    town.write("../hvidovre/municipality.toml", 'name = "Hvidovre"\n')
    town.write("../hvidovre/bots/a.toml", f'bot = "welcome-letters"\n{settings}')
    return draft_instance(
        town.open(), town.manifest, "second", connectors=town.connectors, like=town.folder.parent / "hvidovre"
    )


@pytest.mark.parametrize("settings", ["settings = { withheld = true }\n", "[settings]\nwithheld = true\n"])
def test_settings_that_are_withheld_as_a_whole_are_all_questions(town: "Town", settings: str) -> None:
    """A member that publishes none of them may have said each of them: silence would read as default."""
    draft = _draft(town, settings)
    [text] = draft.files.values()

    assert "# window_days = 1 # ask HVIDOVRE: withheld\n" in text
    assert "withheld = true" not in text
    assert draft.notes[0].startswith("ask Hvidovre about window_days, ")
    assert "contact" not in draft.notes[0]
    assert "password" not in draft.notes[0]


def test_a_table_that_is_withheld_is_one_question(town: "Town") -> None:
    """The rest of the settings is taken over as ever."""
    draft = _draft(town, "[settings]\nwindow_days = 12\n[settings.retry]\nwithheld = true\n")
    [text] = draft.files.values()

    assert "window_days = 12 # as Hvidovre has it\n" in text
    assert "ask HVIDOVRE: withheld" in text
    assert ("ask Hvidovre about retry: it keeps the value to itself",) == draft.notes


def test_a_member_without_settings_has_no_choices(town: "Town") -> None:
    """Nor has one whose settings are no table."""
    for settings in ("", "settings = 3\n", "[settings]\n"):
        assert () == _draft(town, settings).notes
