"""Nothing is certified without two independent coordinators, whatever people try and in which order."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from rpa_registry import db
from rpa_registry.accounts import add_person, end_stand_in, name_stand_in, operator
from rpa_registry.context import Registry
from rpa_registry.curation import ACTS, Actor, Signed, Situation, StandIn, after, capacity_of, out_of_order
from rpa_registry.errors import ConflictError, ForbiddenError, RegistryError
from rpa_registry.operations import verify

OWNER = "0265"
MEMBERS = ("0265", "0167", "0350")
LOGINS = {
    f"{role[:4]}-{code}": (code, role) for code in MEMBERS for role in ("developer", "coordinator", "auditor")
}
COORDINATORS = [login for login, (_, role) in LOGINS.items() if role == "coordinator"]


def places(actor: Actor, away: str) -> frozenset[str]:
    """The municipalities that a signature stands for."""
    return frozenset({actor.member} | ({LOGINS[away][0]} if away else set()))


@dataclass
class World:
    """One release as the rules move it; who signed is kept apart, as they were."""

    situation: Situation
    signed: dict[str, list[tuple[Actor, str]]] = field(default_factory=dict)

    def attempt(self, name: str, actor: Actor) -> None:
        """Do an act as :func:`rpa_registry.curation.act` does it."""
        what = ACTS[name]
        if out_of_order(what, self.situation):
            return
        signed = self.signed.setdefault(name, [])
        given = [Signed(one.login, places(one, away), away, one.tied_to) for one, away in signed]
        capacity = capacity_of(what, actor, OWNER, given, uploaded_by="deve-0265")
        if what.signatures > 1:
            signed.append((actor, capacity.for_coordinator))
            if len(signed) < what.signatures:
                return
        self.situation = after(what, self.situation)
        if name in {"quarantine", "release_from_quarantine"}:
            self.signed["release_from_quarantine"] = []
            if self.situation.base != "certified":
                self.signed["certify"] = []


def actors() -> st.SearchStrategy[Actor]:
    """Anybody of the cooperation, who may stand in for some coordinators that day."""
    away = st.lists(st.sampled_from(COORDINATORS), max_size=2, unique=True)
    return st.builds(
        lambda login, stands: Actor(
            login,
            *LOGINS[login],
            tuple(StandIn(one, LOGINS[one][0]) for one in stands if one != login),
            frozenset(stands) - {login},
        ),
        st.sampled_from(sorted(LOGINS)),
        away,
    )


@settings(max_examples=1500, deadline=None)
@given(
    st.sampled_from(["staged", "in_review", "published"]),
    st.lists(st.tuples(st.sampled_from([*ACTS, "certify", "certify"]), actors()), min_size=4, max_size=60),
)
def test_random_people_and_acts_never_certify_alone(start: Any, steps: list[tuple[str, Actor]]) -> None:
    """However acts are mixed, a certified release has two signers who have nothing to do with its owner."""
    world = World(Situation(start))
    for name, actor in steps:
        try:
            world.attempt(name, actor)
        except RegistryError:
            continue

    if world.situation.base == "certified":
        signers = world.signed["certify"]
        involved = [{actor.login, *actor.tied_to} for actor, _ in signers]
        one, other = (places(actor, away) for actor, away in signers)
        assert len(signers) == 2
        assert signers[0][0].login not in involved[1]
        assert signers[1][0].login not in involved[0]
        assert one.isdisjoint(other)
        assert OWNER not in one | other
        assert OWNER not in {stood.member for actor, _ in signers for stood in actor.stands_in_for}
        assert any(not away for _, away in signers)
        assert all(actor.role == "coordinator" or away for actor, away in signers)
        assert not any(actor.role == "auditor" for actor, _ in signers)


@settings(max_examples=300, deadline=None)
@given(st.lists(actors(), min_size=1, max_size=12))
def test_a_published_release_needs_two(signers: list[Actor]) -> None:
    """From published, it is certified exactly when two of those who try are independent."""
    world = World(Situation("published"))
    counted = 0
    for actor in signers:
        before = world.situation.base
        try:
            world.attempt("certify", actor)
        except RegistryError:
            continue
        counted += before == "published"

    assert (world.situation.base == "certified") == (counted == 2)


def stand_in(registry: Registry, coordinator: str, login: str, *, start: int = -1, end: int = 7) -> int:
    """Somebody signs for a coordinator, from and to days that are counted from today."""
    today = datetime.now(UTC).date()
    with registry.database.write() as connection:
        found = name_stand_in(
            connection,
            operator(),
            coordinator,
            login,
            today + timedelta(days=start),
            today + timedelta(days=end),
            "summer leave",
        )
    return found.id


def test_a_stand_in_signs_for_the_coordinator_who_is_away(
    registry: Registry, put: Callable[..., int], acted: Callable[..., Any]
) -> None:
    """A developer of another municipality who stands in signs, and the signature says for whom."""
    put(state="published")
    stand_in(registry, "bo", "dorte")

    acted("dorte", "certify")
    view = acted("anna", "certify")

    assert view.state == "certified"
    assert [(one.person, one.member, one.for_coordinator) for one in view.signatures] == [
        ("dorte", "0350", "bo"),
        ("anna", "0167", ""),
    ]


@pytest.mark.parametrize(("start", "end"), [(-10, -1), (1, 7)])
def test_a_stand_in_counts_in_their_days_only(
    start: int, end: int, registry: Registry, put: Callable[..., int], acted: Callable[..., Any]
) -> None:
    """Before the first and after the last day they are what they were."""
    put(state="published")
    number = stand_in(registry, "bo", "dorte", start=min(start, 0), end=max(end, 1))
    today = datetime.now(UTC).date()
    with registry.database.write() as connection:
        connection.execute(
            sa.update(db.stand_ins)
            .where(db.stand_ins.c.id == number)
            .values(
                starts=(today + timedelta(days=start)).isoformat(),
                ends=(today + timedelta(days=end)).isoformat(),
            )
        )

    with pytest.raises(ForbiddenError, match="developer of 0350"):
        acted("dorte", "certify")


@pytest.mark.parametrize("order", [("bo", "dorte"), ("dorte", "bo")])
def test_a_coordinator_and_their_stand_in_count_once(
    order: tuple[str, str], registry: Registry, put: Callable[..., int], acted: Callable[..., Any]
) -> None:
    """Whoever of the two signs first, the other cannot be the second."""
    put(state="published")
    stand_in(registry, "bo", "dorte")
    acted(order[0], "certify")

    with pytest.raises(ForbiddenError, match="their own stand-in count once"):
        acted(order[1], "certify")


def test_two_stand_ins_of_one_coordinator_count_once(
    registry: Registry, put: Callable[..., int], acted: Callable[..., Any]
) -> None:
    """The absent coordinator's signature is one, whoever gives it."""
    put(state="published")
    with registry.database.write() as connection:
        add_person(connection, operator(), "erik", "Erik", "0167", "developer")
    stand_in(registry, "bo", "dorte")
    stand_in(registry, "bo", "erik")
    acted("dorte", "certify")

    with pytest.raises(ForbiddenError, match="count once"):
        acted("erik", "certify")


def test_neither_the_stand_ins_nor_the_absent_ones_municipality_may_own_it(
    registry: Registry, put: Callable[..., int], acted: Callable[..., Any]
) -> None:
    """Roskilde's developer signs for nobody here, and nobody signs for Roskilde's coordinator."""
    put(state="published")
    with registry.database.write() as connection:
        add_person(connection, operator(), "otto", "Otto", "0265", "developer")
    stand_in(registry, "bo", "otto")
    stand_in(registry, "jens", "dorte")

    with pytest.raises(ForbiddenError, match="nobody signs for their own bot"):
        acted("otto", "certify")
    with pytest.raises(ForbiddenError, match="stands in for jens, who is of the municipality"):
        acted("dorte", "certify")


def test_who_stands_in_for_the_owners_coordinator_signs_for_nobody(
    registry: Registry, put: Callable[..., int], acted: Callable[..., Any]
) -> None:
    """Not for another coordinator either, nor in their own right: they work for the owner that day."""
    put(state="published")
    stand_in(registry, "jens", "dorte")
    stand_in(registry, "bo", "dorte")
    stand_in(registry, "jens", "anna")

    for login in ("dorte", "anna"):
        with pytest.raises(ForbiddenError, match="stands in for jens, who is of the municipality"):
            acted(login, "certify")


def test_two_signers_are_of_two_municipalities(
    registry: Registry, put: Callable[..., int], acted: Callable[..., Any]
) -> None:
    """Two coordinators of one municipality are one, and so is a stand-in who works where the first does."""
    put(state="published")
    with registry.database.write() as connection:
        add_person(connection, operator(), "erik", "Erik", "0167", "coordinator")
        add_person(connection, operator(), "ida", "Ida", "0167", "developer")
    stand_in(registry, "bo", "ida")
    acted("anna", "certify")

    for login in ("erik", "ida"):
        with pytest.raises(ForbiddenError, match="two must be of two municipalities"):
            acted(login, "certify")


def test_one_of_the_two_is_a_coordinator_in_their_own_right(
    registry: Registry, put: Callable[..., int], acted: Callable[..., Any]
) -> None:
    """Two stand-ins of two coordinators certify nothing."""
    put(state="published")
    with registry.database.write() as connection:
        add_person(connection, operator(), "ida", "Ida", "0167", "developer")
    stand_in(registry, "bo", "dorte")
    stand_in(registry, "anna", "ida")
    acted("dorte", "certify")

    with pytest.raises(ForbiddenError, match="at least one of the two is a coordinator in their own right"):
        acted("ida", "certify")


@pytest.mark.parametrize("order", [("anna", "bo"), ("bo", "anna")])
@pytest.mark.parametrize("is_ended", [False, True])
def test_a_stand_in_who_is_a_coordinator_is_not_the_second(
    order: tuple[str, str],
    is_ended: bool,
    registry: Registry,
    put: Callable[..., int],
    acted: Callable[..., Any],
) -> None:
    """Whoever signs first, in their own right, and also when the stand-in is ended in between."""
    put(state="published")
    number = stand_in(registry, "bo", "anna")
    acted(order[0], "certify")
    if is_ended:
        with registry.database.write() as connection:
            end_stand_in(connection, operator(), number)

    with pytest.raises(ForbiddenError, match="their own stand-in count once"):
        acted(order[1], "certify")


def test_who_uploaded_signs_nothing(
    registry: Registry, put: Callable[..., int], acted: Callable[..., Any]
) -> None:
    """Somebody who moved to another municipality cannot certify what they uploaded before."""
    put(state="published", by="anna")

    with pytest.raises(ForbiddenError, match="their own upload"):
        acted("anna", "certify")


def test_one_person_counts_once(put: Callable[..., int], acted: Callable[..., Any]) -> None:
    """The same coordinator cannot be both."""
    put(state="published")
    acted("anna", "certify")

    with pytest.raises(ConflictError, match="anna signed already"):
        acted("anna", "certify")


def test_a_recall_ends_a_half_certification(
    registry: Registry, put: Callable[..., int], acted: Callable[..., Any], recalled: Callable[..., Any]
) -> None:
    """After a quarantine in between, the first signature counts no longer."""
    put(state="published")
    acted("anna", "certify")
    recalled("bo")
    acted("anna", "release_from_quarantine")
    acted("bo", "release_from_quarantine")

    view = acted("bo", "certify")

    assert (view.state, [one.person for one in view.signatures]) == ("published", ["bo"])


def test_a_certified_release_comes_back_certified(
    registry: Registry, put: Callable[..., int], acted: Callable[..., Any], recalled: Callable[..., Any]
) -> None:
    """Two coordinators release it, and it is what it was, with its signatures."""
    put(state="published")
    acted("anna", "certify")
    acted("bo", "certify")
    assert recalled("anna")["quarantined"] == ["welcome-letters 1.0.0"]

    first = acted("anna", "release_from_quarantine")
    second = acted("bo", "release_from_quarantine")

    assert (first.state, first.waits_for) == ("quarantined", "1 of 2 signatures to release from quarantine")
    assert (second.state, [one.act for one in second.signatures]) == ("certified", ["certify", "certify"])
    assert verify(registry).problems == ()


def test_a_second_recall_needs_two_new_signatures(
    put: Callable[..., int], acted: Callable[..., Any], recalled: Callable[..., Any]
) -> None:
    """What released it once does not release it again."""
    put(state="published")
    for _ in range(2):
        recalled("anna")
        assert acted("anna", "release_from_quarantine").state == "quarantined"
        assert acted("bo", "release_from_quarantine").state == "published"


def test_verify_names_a_certification_that_nobody_signed(registry: Registry, put: Callable[..., int]) -> None:
    """A row that was changed behind the program's back is found."""
    put(state="certified")

    found = [one for one in verify(registry).problems if one.kind == "rule"]

    assert [one.text for one in found] == ["it is certified by 0 of two coordinators of other municipalities"]
