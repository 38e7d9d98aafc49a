"""Whatever a person types is checked before it is kept for good."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from rpa_registry import db
from rpa_registry.accounts import (
    Identity,
    add_member,
    add_person,
    issue_token,
    name_stand_in,
    operator,
    revoke_token,
    tokens_list,
)
from rpa_registry.context import Registry
from rpa_registry.curation import accept_name, act, exempt, set_status
from rpa_registry.errors import RegistryError
from rpa_registry.publishing import approve_public
from rpa_registry.texts import checked_line, checked_text, unspeakable

BAD = {
    "personal number": "asked by 070761-4285",
    "too long": "x" * 50_000,
    "NUL": "before\0after",
    "control": "red \x1b[31m",
    "surrogate": "half \ud800",
}


def _today() -> Any:
    return datetime.now(UTC).date()


ENTRANCES: dict[str, Callable[[Registry, Any, Callable[[str], Identity], str], object]] = {
    "stand-in": lambda _, connection, who, text: name_stand_in(
        connection, who("anna"), "anna", "dorte", _today(), _today() + timedelta(days=3), text
    ),
    "token label": lambda _, connection, who, text: issue_token(
        connection, who("anna"), "anna", label=text, scopes=("read",)
    ),
    "public package": lambda _, connection, who, text: approve_public(
        connection, who("anna"), "openpyxl", text
    ),
    "public package name": lambda _, connection, who, text: approve_public(
        connection, who("anna"), text, "tables"
    ),
    "member name": lambda _, connection, __, text: add_member(
        connection, operator(), "0999", text, country="dk"
    ),
    "member contact": lambda _, connection, __, text: add_member(
        connection, operator(), "0999", "Nowhere", country="dk", contact=text
    ),
    "person name": lambda _, connection, __, text: add_person(
        connection, operator(), "eve", text, "0167", "developer"
    ),
    "person contact": lambda _, connection, __, text: add_person(
        connection, operator(), "eve", "Eve", "0167", "developer", contact=text
    ),
}
ACTS: dict[str, Callable[[Registry, Callable[[str], Identity], str], object]] = {
    "accept": lambda registry, who, text: accept_name(registry, who("anna"), "welcome-letters", reason=text),
    "submit": lambda registry, who, text: act(
        registry, who("mette"), "submit", "welcome-letters", "1.0.0", reason=text
    ),
    "use": lambda registry, who, text: act(
        registry, who("mette"), "submit", "welcome-letters", "1.0.0", use=text
    ),
    "status": lambda registry, who, text: set_status(
        registry, who("anna"), "welcome-letters", "archived", reason=text
    ),
    "exempt": lambda registry, who, text: exempt(
        registry, who("anna"), "welcome-letters", "sandbox", reason=text
    ),
}


def size(registry: Registry) -> int:
    """How long the log is."""
    with registry.database.read() as connection:
        return int(connection.scalar(sa.select(sa.func.count()).select_from(db.log)) or 0)


@pytest.mark.parametrize("entrance", ENTRANCES)
@pytest.mark.parametrize("kind", BAD)
def test_a_text_of_people_tokens_and_packages_is_checked(
    entrance: str, kind: str, registry: Registry, identity: Callable[[str], Identity]
) -> None:
    """Refused with a reason, and neither row nor entry is written."""
    before = size(registry)

    with pytest.raises(RegistryError), registry.database.write() as connection:
        ENTRANCES[entrance](registry, connection, identity, BAD[kind])
    assert size(registry) == before


@pytest.mark.parametrize("entrance", ACTS)
@pytest.mark.parametrize("kind", BAD)
def test_a_text_of_an_act_is_checked(
    entrance: str,
    kind: str,
    registry: Registry,
    identity: Callable[[str], Identity],
    admitted: Callable[..., Any],
) -> None:
    """As above."""
    admitted()
    before = size(registry)

    with pytest.raises(RegistryError):
        ACTS[entrance](registry, identity, BAD[kind])
    assert size(registry) == before


def test_a_tokens_label_is_its_owners(registry: Registry, identity: Callable[[str], Identity]) -> None:
    """The list that they ask for has it, the log that anyone reads has not."""
    with registry.database.write() as connection:
        issued = issue_token(
            connection, operator(), "mette", label="Mette's laptop at home", scopes=("upload",)
        )
        revoke_token(connection, operator(), issued.id)
        labels = [one.label for one in tokens_list(connection, login="mette")]
        details = connection.scalars(sa.select(db.log.c.details).order_by(db.log.c.seq.desc()).limit(2)).all()

    assert labels == ["Mette's laptop at home"]
    assert not any("laptop" in one for one in details)
    assert json.loads(details[1])["scopes"] == ["upload"]


def test_what_is_said_stays_as_it_is() -> None:
    """Trimmed, lines kept, four languages, and what looks like markup is text."""
    text = "  Læs <b>§ 5</b>,\n\tog «spørg» Åse — tack!  "

    assert checked_text(text, "it") == text.strip()
    assert checked_line(" CI of Roskilde ", "it") == "CI of Roskilde"


@pytest.mark.parametrize(
    ("text", "said"),
    [("a\nb", "several lines"), ("x" * 201, "201 characters, the most is 200"), (" ", "is missing")],
)
def test_a_line_is_short_and_one(text: str, said: str) -> None:
    """A label, a name, a contact."""
    with pytest.raises(RegistryError, match=said):
        checked_line(text, "it", is_required=True)


@pytest.mark.parametrize(
    ("text", "what"), [("a\0", "NUL"), ("\udfff", "surrogate"), ("\U0001f600", ""), ("", "")]
)
def test_what_no_database_keeps(text: str, what: str) -> None:
    """Said by name."""
    assert what in unspeakable(["fine", text])
    assert bool(unspeakable([text])) == bool(what)
