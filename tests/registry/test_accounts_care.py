"""Who looks after whom: no coordinator removes another; who left comes back; names and contacts change."""

import base64
from collections.abc import Callable
from typing import Any

import pytest

from rpa_registry.accounts import (
    Identity,
    add_person,
    as_person,
    authenticate,
    change_person,
    disable_person,
    enable_person,
    operator,
    people_list,
    register_key,
    revoke_token,
)
from rpa_registry.context import Registry
from rpa_registry.errors import ConflictError, ForbiddenError, LoginError, RefusedError, RegistryError
from rpa_registry.log import entries

KEY = base64.b64encode(bytes(range(32))).decode()
Who = Callable[[str], Identity]


@pytest.mark.parametrize("login", ["bo", "dorte", "jens"])
def test_no_coordinator_removes_another_or_acts_on_their_people(
    registry: Registry, identity: Who, token: Callable[..., str], login: str
) -> None:
    """Disabling, enabling, changing, revoking: of coordinators and other municipalities only the operator."""
    anna = identity("anna")
    token(login)
    acts: dict[str, Callable[[Any], object]] = {
        "disable": lambda connection: disable_person(connection, anna, login),
        "enable": lambda connection: enable_person(connection, anna, login),
        "change": lambda connection: change_person(connection, anna, login, name="Other"),
        "revoke": lambda connection: revoke_token(connection, anna, 1),
        "key": lambda connection: register_key(connection, anna, login, KEY),
    }
    for act in acts.values():
        with (
            pytest.raises(ForbiddenError, match="is the operator's"),
            registry.database.write() as connection,
        ):
            act(connection)
    with registry.database.read() as connection:
        person = next(one for one in people_list(connection) if one.login == login)
        last = entries(connection, limit=1000)[-1]

    assert (True, login.title(), "") == (person.active, person.name, person.public_key)
    assert "issue token" == last.act


def test_another_coordinator_of_the_same_municipality_is_the_operators_too(
    registry: Registry, identity: Who
) -> None:
    """Two coordinators of one municipality cannot remove each other either."""
    anna = identity("anna")
    with registry.database.write() as connection:
        add_person(connection, operator(), "erik", "Erik", "0167", "coordinator")
    with pytest.raises(ForbiddenError, match="is the operator's"), registry.database.write() as connection:
        disable_person(connection, anna, "erik")


@pytest.mark.parametrize("role", ["developer", "auditor"])
def test_a_coordinator_adds_nobody_to_another_municipality(
    registry: Registry, identity: Who, role: str
) -> None:
    """Whoever is added there could publish its bots."""
    anna = identity("anna")
    with (
        pytest.raises(ForbiddenError, match=f"an? {role} of another municipality is the operator's"),
        registry.database.write() as connection,
    ):
        add_person(connection, anna, "new", "New", "0350", role)


def test_a_person_that_comes_back_has_role_and_key_and_no_token(
    registry: Registry, identity: Who, token: Callable[..., str]
) -> None:
    """Their own coordinator lets them again; what was revoked stays so."""
    jens, text = identity("jens"), token("mette")
    with registry.database.write() as connection:
        register_key(connection, operator(), "mette", KEY)
        disable_person(connection, jens, "mette")
        back = enable_person(connection, jens, "mette")
    with registry.database.read() as connection:
        with pytest.raises(LoginError, match="revoked"):
            authenticate(connection, text)
        who = as_person(connection, "mette")
        last = entries(connection, limit=1000)[-1]
    with pytest.raises(ConflictError, match="takes part already"), registry.database.write() as connection:
        enable_person(connection, jens, "mette")

    assert (True, "developer", KEY) == (back.active, back.role, back.public_key)
    assert "developer" == who.role
    assert ("jens", "enable person", "mette") == (last.actor, last.act, last.subject)


@pytest.mark.parametrize("login", ["jens", "mette"])
def test_nobody_disables_themselves_by_a_slip(registry: Registry, identity: Who, login: str) -> None:
    """It must be said that one means oneself; then it is one's own right."""
    who = identity(login)
    with (
        pytest.raises(ForbiddenError, match="their own part") as refused,
        registry.database.write() as connection,
    ):
        disable_person(connection, who, login)
    with registry.database.write() as connection:
        disable_person(connection, who, login, is_oneself_meant=True)
    with registry.database.read() as connection:
        active = {one.login: one.active for one in people_list(connection)}

    assert "--yes" in refused.value.remedy
    assert active.pop(login) is False
    assert all(active.values())


def test_name_and_contact_are_changed_by_themselves_or_who_looks_after_them(
    registry: Registry, identity: Who
) -> None:
    """The log says what changed and not to what."""
    mette, jens = identity("mette"), identity("jens")
    with registry.database.write() as connection:
        change_person(connection, mette, "mette", name="Mette Holm")
        changed = change_person(connection, jens, "mette", contact="mette@roskilde.example")
    with registry.database.read() as connection:
        told = [one.details["changed"] for one in entries(connection, limit=1000)[-2:]]

    assert ("Mette Holm", "mette@roskilde.example") == (changed.name, changed.contact)
    assert [["name"], ["contact"]] == told


@pytest.mark.parametrize(
    ("actor", "said", "error"),
    [
        ("mette", {}, RefusedError),
        ("mette", {"name": "Mette"}, RefusedError),
        ("mette", {"name": "  "}, RefusedError),
        ("mette", {"contact": "a\nb"}, RefusedError),
        ("dorte", {"name": "Other"}, ForbiddenError),
    ],
)
def test_a_change_that_cannot_be_is_refused(
    registry: Registry, identity: Who, actor: str, said: dict[str, str], error: type[RegistryError]
) -> None:
    """Nothing new, no name, two lines, another person's."""
    who = identity(actor)
    with pytest.raises(error), registry.database.write() as connection:
        change_person(connection, who, "mette", **said)
