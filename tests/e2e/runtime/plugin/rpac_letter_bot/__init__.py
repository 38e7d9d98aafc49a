"""A bot with letters: a package, for templates lie beside the code."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from rpac_test_bots import Receiver, Script, Scripted, Settings

from rpa_commons.capabilities import Address, Person
from rpa_commons.letters import Letters
from rpa_commons.sdk import Bot, Done, Outcome, WorkItem, hookimpl


class WriterSettings(Settings):
    """Where the cases stand, and the letters."""

    letters: Letters = Letters()


class Writer(Bot[WriterSettings]):
    """Composes a letter to somebody invented and sends something."""

    name = "writer"
    record = Scripted.record
    benefit = Scripted.benefit

    receiver: Receiver

    def find(self) -> Iterable[WorkItem[Script]]:
        """One case, when there is a file of cases."""
        if Path(self.settings.cases).exists():
            yield WorkItem("case-1", Script(number="0101505555", words=()))

    def process(self, item: WorkItem[Script]) -> Outcome:
        """Compose, then send."""
        person = Person(
            cpr=item.payload.number,
            name="Anna Andersen",
            status="active",
            protected=False,
            children_under_18=0,
            address=Address(street_line="Vej 1", postal_code="4000", city="Roskilde"),
        )
        self.settings.letters.preview_text("hello", person=person)
        return Done(receipt=self.receiver.keyed(item.reference, to=item.payload.number, key="").id)


@hookimpl
def rpac_bots() -> Sequence[type[Bot[Any]]]:
    """The bot."""
    return (Writer,)
