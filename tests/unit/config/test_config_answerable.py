"""W601: a bot instance in production names who answers for it, and who does in July."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from rpa_commons.config import check_municipality

if TYPE_CHECKING:
    from conftest import Town

HEAD = 'bot = "welcome-letters"\nid = "0b6f0c1e-2c9c-4c0e-9f3d-6d1f1e8f9a10"\n'
REST = '[settings]\ncontact = "x"\n'


def found(town: "Town", lines: str, environment: str = "production") -> list[tuple[str, str]]:
    """Key and message of each W601."""
    town.write("bots/welcome-letters.toml", HEAD + lines + REST)
    municipality = town.open(environment=environment)
    checked = check_municipality(
        municipality, town.manifest_of, connectors=town.connectors, names=["welcome-letters"]
    )
    return [(one.key, one.message) for one in checked.findings if one.code == "W601"]


@pytest.mark.parametrize(
    ("lines", "key", "message"),
    [
        ("", "instance.owner", "the bot instance runs in production and names no owner and no deputy"),
        (
            'owner = "Borgerservice"\n',
            "instance.deputy",
            "the bot instance runs in production and names no deputy",
        ),
        ('owner = "Mette"\ndeputy = " mette "\n', "instance.deputy", "owner and deputy are the same"),
    ],
)
def test_who_answers_is_named(town: "Town", lines: str, key: str, message: str) -> None:
    """The key that is missing, and why it matters."""
    assert [(key, message)] == found(town, lines)


def test_two_are_enough(town: "Town") -> None:
    """Nothing is said where both are there."""
    assert [] == found(town, 'owner = "Mette"\ndeputy = "Jens"\n')


def test_outside_production_nobody_need_be_named(town: "Town") -> None:
    """A trial has no citizens."""
    assert [] == found(town, "", "test")


def test_it_has_a_page() -> None:
    """`rpac explain W601` says more."""
    assert Path(__file__).parents[3].joinpath("rpa_commons/config/findings/codes/W601.md").is_file()
