"""The scripted bot with letters: a package, for templates lie beside the code."""

from collections.abc import Sequence
from typing import Any

from rpac_test_bots import Scripted, Settings

from rpa_commons.capabilities import Address, Person
from rpa_commons.letters import Letters
from rpa_commons.sdk import Bot, Outcome, WorkItem, hookimpl


class WriterSettings(Settings):
    """Where the cases stand, and the letters."""

    letters: Letters = Letters()


class Writer(Scripted):
    """Composes a letter and then does what the script says."""

    name = "writer"
    settings: WriterSettings

    def process(self, item: WorkItem[Any]) -> Outcome:
        """A letter to somebody invented, then word by word."""
        person = Person(
            number="0101505555", name="Anna Andersen", address=Address(lines=("Vej 1", "4000 Roskilde"))
        )
        self.settings.letters.preview_text("hello", person=person)
        return super().process(item)


@hookimpl
def rpac_bots() -> Sequence[type[Bot[Any]]]:
    """The bot."""
    return (Writer,)
