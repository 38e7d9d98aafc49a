"""A bot's templates, a municipality's folder and a person, small enough to read in a test."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from rpa_commons.capabilities import Address, Person
from rpa_commons.letters import Letterhead, Letters, LetterSource

FAMILIES = """\
{% block title %}Velkommen til {{ municipality.name }}{% endblock %}

{% block greeting %}
Kære {{ person.name }}
{% endblock %}

{% block school %}
## Skole

{% if person.children_under_18 > 1 %}Du har {{ person.children_under_18 }} børn.{% endif %}

- Læs om [skoler](https://www.example.dk/skoler).
{% endblock %}
"""


class Desk:
    """Writes templates into the three layers and binds letters to them."""

    def __init__(self, folder: Path) -> None:
        layers = {"instance": "letters-paper", "municipality": "letters", "baseline": "letters", "bot": ""}
        owners = {"instance": "municipality"}
        self.folders = {
            layer: folder / owners.get(layer, layer) / "letters" / (name or "own")
            for layer, name in layers.items()
        }
        for one in self.folders.values():
            one.mkdir(parents=True)
        (folder / "baseline" / "baseline.toml").touch()
        self.letterhead = Letterhead(
            name="Roskilde Kommune",
            address=("Rådhusbuen 1", "4000 Roskilde"),
            phone="46 31 30 00",
            email="post@example.dk",
            web="www.example.dk",
        )
        self.overrides = (self.folders["municipality"], self.folders["baseline"])
        self.date: Any = dt.date(2026, 11, 12)

    def write(self, layer: str, name: str, text: str) -> None:
        """Put a template into a layer."""
        (self.folders[layer] / f"{name}.md.j2").write_text(text, encoding="utf-8", newline="")

    def source(self) -> LetterSource:
        """The three layers as the runtime hands them over."""
        return LetterSource(
            templates=self.folders["bot"],
            letterhead=self.letterhead,
            date=self.date,
            overrides=self.overrides,
            bot="welcome-letters",
        )

    def letters(self, **settings: object) -> Letters:
        """Letters with these settings, bound to the layers as they are now."""
        letters = Letters.model_validate(settings)
        letters.bind(self.source())
        return letters


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """The three layers, with one template of the bot's."""
    desk = Desk(tmp_path)
    desk.write("bot", "families", FAMILIES)
    return desk


@pytest.fixture
def person() -> Person:
    """A mother of two with a published test number."""
    return Person(
        cpr="2512169996",
        name="Nanna Ærø",
        status="active",
        protected=False,
        children_under_18=2,
        address=Address(street_line="Algade 31, 2. tv", postal_code="4000", city="Roskilde"),
    )
