"""The acts on a release, against a table that is written here by hand."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from rpa_registry import db
from rpa_registry.accounts import Identity
from rpa_registry.context import Registry
from rpa_registry.curation import ACTS, SIMPLE_ACTS, act, view_of
from rpa_registry.errors import ConflictError, ForbiddenError, NotFoundError, RegistryError
from rpa_registry.log import entries, verify_log

SITUATIONS: dict[str, dict[str, Any]] = {
    "staged": {"state": "staged"},
    "in review": {"state": "in_review"},
    "published": {"state": "published"},
    "certified": {"state": "certified"},
    "withdrawn": {"state": "withdrawn"},
    "deprecated": {"state": "certified", "deprecated": True},
    "yanked": {"state": "published", "yanked": True},
    "quarantined": {"state": "certified", "quarantined": True},
    "quarantined before it was published": {"state": "in_review", "quarantined": True},
}
"""Every state that is shown, and the one that hides another."""

OWNERS = {"mette", "jens"}  # developer and coordinator of 0265, which owns the project; mette uploaded
COORDINATORS = {"jens", "anna", "bo"}
OTHERS = {"anna", "bo"}  # coordinators of other municipalities
PEOPLE = ("mette", "jens", "anna", "bo", "dorte", "rita")

# act -> (situation -> what is shown afterwards), and who may. Whatever is not here is refused.
ORACLE: dict[str, tuple[dict[str, str], set[str]]] = {
    "submit": ({"staged": "in_review"}, OWNERS),
    "return": ({"in review": "staged"}, COORDINATORS),
    "publish": ({"in review": "published"}, OWNERS),
    "certify": ({"published": "published"}, OTHERS),  # the first of two signatures
    "deprecate": (
        {"published": "deprecated", "certified": "deprecated", "yanked": "yanked"},
        OWNERS | COORDINATORS,
    ),
    "undeprecate": ({"deprecated": "certified"}, OWNERS | COORDINATORS),
    "yank": ({"published": "yanked", "certified": "yanked", "deprecated": "yanked"}, OWNERS | COORDINATORS),
    "unyank": ({"yanked": "published"}, OWNERS | COORDINATORS),
    "withdraw": ({"staged": "withdrawn", "in review": "withdrawn"}, OWNERS),
    "release_from_quarantine": (
        {"quarantined": "quarantined", "quarantined before it was published": "quarantined"},
        OTHERS,
    ),
}


def outcome(registry: Registry, who: Identity, name: str, version: str) -> str:
    """What is shown after the act, or the class of the refusal."""
    try:
        return act(registry, who, name, "welcome-letters", version, reason="because").state
    except RegistryError as error:
        return type(error).__name__ if error.remedy else f"{error.message}: it does not say what to do"


def test_the_oracle_knows_every_act() -> None:
    """No act is left out of the table below, and none is made up."""
    assert sorted(ORACLE) == sorted(SIMPLE_ACTS)
    assert sorted({*ORACLE, "quarantine"}) == sorted(ACTS)


@pytest.mark.usefixtures("without_web")
@pytest.mark.parametrize("name", SIMPLE_ACTS)
@pytest.mark.parametrize("situation", SITUATIONS)
def test_every_act_in_every_state_by_every_person(
    name: str,
    situation: str,
    registry: Registry,
    put: Callable[..., int],
    identity: Callable[[str], Identity],
) -> None:
    """An act does what the table says for whom it says, and is refused for everybody else."""
    found, expected = {}, {}
    leads_to, may = ORACLE[name]
    for index, login in enumerate(PEOPLE):
        version = f"1.{index}.0"
        put(version=version, **SITUATIONS[situation])

        found[login] = outcome(registry, identity(login), name, version)
        if login not in may:
            expected[login] = "ForbiddenError"
        else:
            expected[login] = leads_to.get(situation, "ConflictError")

    assert expected == found


@pytest.mark.parametrize("name", SIMPLE_ACTS)
def test_a_refused_act_changes_nothing(
    name: str, registry: Registry, put: Callable[..., int], identity: Callable[[str], Identity]
) -> None:
    """After a refusal the log, the rows, the news and the pages are what they were."""
    put(state="withdrawn")
    before = _everything(registry)

    with pytest.raises((ConflictError, ForbiddenError)):
        act(registry, identity("bo"), name, "welcome-letters", "1.0.0", reason="because")

    assert before == _everything(registry)


def test_the_way_of_a_release(registry: Registry, put: Callable[..., int], acted: Callable[..., Any]) -> None:
    """Submitted, published, signed twice: it is certified, and the log tells each step."""
    put()

    states = [
        acted("mette", "submit").state,
        acted("mette", "publish").state,
        acted("anna", "certify").waits_for,
        acted("bo", "certify").state,
    ]

    assert states == ["in_review", "published", "1 of 2 signatures to certify", "certified"]
    with registry.database.read() as connection:
        told = [(one.actor, one.act, one.subject) for one in entries(connection, subject="welcome-letters")]
        check = verify_log(connection)
    assert told == [
        ("mette", "upload", "welcome-letters 1.0.0"),
        ("anna", "accept name", "welcome-letters"),
        ("mette", "submit", "welcome-letters 1.0.0"),
        ("mette", "publish", "welcome-letters 1.0.0"),
        ("anna", "certify", "welcome-letters 1.0.0"),
        ("bo", "certify", "welcome-letters 1.0.0"),
    ]
    assert check.problems == ()


def test_the_log_tells_bytes_reason_and_count(
    registry: Registry, put: Callable[..., int], acted: Callable[..., Any]
) -> None:
    """An entry names the wheel's hash, the reason and which signature it was."""
    put(state="published")
    view = acted("anna", "certify", reason="read the code")

    with registry.database.read() as connection:
        last = entries(connection, subject="welcome-letters")[-1]

    assert last.details == {
        "sha256": view.sha256,
        "reason": "read the code",
        "signature": "1 of 2",
        "via": "command line",
    }


@pytest.mark.parametrize(
    "name", [one.name for one in ACTS.values() if one.needs_reason and one.name != "quarantine"]
)
def test_an_act_that_needs_a_reason_is_refused_without(
    name: str, put: Callable[..., int], acted: Callable[..., Any]
) -> None:
    """Blanks are no reason."""
    put(state="published")

    with pytest.raises(RegistryError, match="reason"):
        acted("anna", name, reason="   ")


@pytest.mark.parametrize(
    ("reason", "problem"),
    [
        ("it was wrong for 111111-1118", "personal number"),
        ("x" * 2001, "2001 characters"),
        ("red\x1b[31m", "control characters"),
    ],
)
def test_what_must_not_stand_in_the_log_is_refused(
    reason: str, problem: str, put: Callable[..., int], acted: Callable[..., Any]
) -> None:
    """The log is for good and for anyone, so a reason is looked at first."""
    put(state="published")

    with pytest.raises(RegistryError, match=problem):
        acted("mette", "yank", reason=reason)


def test_the_replacement_of_a_deprecated_release_is_kept(
    registry: Registry, put: Callable[..., int], acted: Callable[..., Any]
) -> None:
    """Reason and what to use instead stand in the row, and go when it is taken back."""
    put(state="certified")
    put("greetings", "2.0.0", state="published")
    columns = (db.releases.c.deprecated_reason, db.releases.c.deprecated_use)
    ours = db.releases.c.project == "welcome-letters"

    acted("jens", "deprecate", reason="the law changed", use="greetings")
    with registry.database.read() as connection:
        during = tuple(connection.execute(sa.select(*columns).where(ours)).one())
    acted("jens", "undeprecate")
    with registry.database.read() as connection:
        afterwards = tuple(connection.execute(sa.select(*columns).where(ours)).one())

    assert during == ("the law changed", "greetings")
    assert afterwards == (None, None)


@pytest.mark.parametrize(
    ("use", "kept"),
    [
        ("greetings", "greetings"),
        ("Greetings", "greetings"),
        ("greetings v2.0.0", "greetings 2.0.0"),
        ("welcome-letters", "welcome-letters"),
        ("", None),
    ],
)
def test_what_to_use_instead_is_kept_as_it_is_spelt_here(
    registry: Registry, put: Callable[..., int], acted: Callable[..., Any], use: str, kept: str | None
) -> None:
    """A project, or a project and a version; whoever reads it finds it."""
    put(state="certified")
    put("greetings", "2.0.0", state="published")

    acted("jens", "deprecate", reason="the law changed", use=use)
    with registry.database.read() as connection:
        query = sa.select(db.releases.c.deprecated_use).where(db.releases.c.project == "welcome-letters")
        found = connection.scalar(query)

    assert (found or None) == kept


@pytest.mark.parametrize(
    ("use", "error", "remedy"),
    [
        ("greeting", NotFoundError, "did you mean greetings?"),
        ("greetings 9", NotFoundError, ""),
        ("secret-bot", NotFoundError, "name another project"),
        ("welcome-letters 1.0.0", RegistryError, "name another one"),
        ("the new one", RegistryError, "--use greetings"),
    ],
)
def test_what_to_use_instead_must_be_here(
    put: Callable[..., int], acted: Callable[..., Any], use: str, error: type[RegistryError], remedy: str
) -> None:
    """Nobody is sent to a bot that does not exist, is not accepted yet, or is the one advised against."""
    put(state="certified")
    put("greetings", "2.0.0", state="published")
    put("secret-bot", accepted=False)

    with pytest.raises(error) as refused:
        acted("jens", "deprecate", reason="the law changed", use=use)

    assert remedy in refused.value.remedy


def test_a_returned_release_starts_anew(
    registry: Registry, put: Callable[..., int], acted: Callable[..., Any]
) -> None:
    """It is staged, in review since nothing, and may be submitted again."""
    put()
    acted("mette", "submit")

    assert acted("anna", "return", reason="no test for the fee").state == "staged"
    with registry.database.read() as connection:
        assert connection.scalar(sa.select(db.releases.c.in_review)) is None
    assert acted("mette", "submit").state == "in_review"


def test_unknown_things_are_named(put: Callable[..., int], acted: Callable[..., Any]) -> None:
    """A typing mistake is answered with what there is."""
    put()

    with pytest.raises(NotFoundError, match="welcome-leters") as project:
        acted("mette", "submit", project="welcome-leters")
    with pytest.raises(NotFoundError, match=r"no version 2\.0") as version:
        acted("mette", "submit", version="2.0")
    with pytest.raises(RegistryError, match="celebrate") as unknown:
        acted("mette", "celebrate")

    assert project.value.remedy == "did you mean welcome-letters?"
    assert version.value.remedy == "there is: 1.0.0"
    assert "certify" in unknown.value.remedy


def test_names_and_versions_in_any_spelling(put: Callable[..., int], acted: Callable[..., Any]) -> None:
    """A project is found as PEP 503 and a version as PEP 440 see it."""
    put()

    assert acted("mette", "submit", project="Welcome_Letters", version="v1.0.0").state == "in_review"


def test_a_role_that_changed_counts_as_it_is_now(
    registry: Registry, put: Callable[..., int], identity: Callable[[str], Identity]
) -> None:
    """Somebody who is signed in and stops being a coordinator signs nothing any more."""
    put(state="published")
    anna = identity("anna")
    with registry.database.write() as connection:
        connection.execute(sa.update(db.people).where(db.people.c.login == "anna").values(role="developer"))

    with pytest.raises(ForbiddenError, match="developer of 0167"):
        act(registry, anna, "certify", "welcome-letters", "1.0.0")


def test_pages_follow_in_the_same_transaction(
    registry: Registry, put: Callable[..., int], acted: Callable[..., Any]
) -> None:
    """What the channels offer changes with the act."""
    put(state="published")
    certified = "certified/simple/welcome-letters/index.json"

    before = _page(registry, certified)
    acted("anna", "certify")
    halfway = _page(registry, certified)
    acted("bo", "certify")
    afterwards = _page(registry, certified)

    assert [b"1.0.0" in one for one in (before, halfway, afterwards)] == [False, False, True]


def test_a_view_is_json(registry: Registry, put: Callable[..., int]) -> None:
    """The view's JSON names the same things as the API's documentation."""
    put(state="published")
    with registry.database.read() as connection:
        found = view_of(connection, "welcome-letters", "1.0.0").to_json()

    assert sorted(found) == [
        "advisory",
        "base_state",
        "owner",
        "project",
        "sha256",
        "signatures",
        "state",
        "version",
        "waits_for",
    ]


def _page(registry: Registry, path: str) -> bytes:
    with registry.database.read() as connection:
        return bytes(connection.scalar(sa.select(db.pages.c.body).where(db.pages.c.path == path)) or b"")


def _everything(registry: Registry) -> list[Any]:
    with registry.database.read() as connection:
        return [
            [tuple(row) for row in connection.execute(sa.select(table))]
            for table in db.metadata.sorted_tables
        ]
