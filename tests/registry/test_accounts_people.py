"""Members, people, keys and stand-ins: who may make them, what is refused, what the log says."""

import base64
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from rpa_registry.accounts import (
    Identity,
    add_member,
    add_person,
    as_person,
    authenticate,
    disable_person,
    end_stand_in,
    issue_token,
    members_list,
    name_stand_in,
    operator,
    people_list,
    register_key,
    stand_ins_list,
    standing_in_for,
)
from rpa_registry.context import Registry
from rpa_registry.errors import (
    ConflictError,
    ForbiddenError,
    LoginError,
    NotFoundError,
    RefusedError,
    RegistryError,
)
from rpa_registry.log import entries

TODAY = datetime.now(UTC).date()
KEY = base64.b64encode(bytes(range(32))).decode()
Who = Callable[[str], Identity]


def test_members_and_people_are_listed_by_code_and_login(registry: Registry) -> None:
    """Codes are strings with their zeros; people carry member and role."""
    with registry.database.read() as connection:
        codes = [one.code for one in members_list(connection)]
        people = {one.login: (one.member, one.role) for one in people_list(connection)}

    assert ["0167", "0265", "0350"] == codes
    assert ("0167", "auditor") == people["rita"]


@pytest.mark.parametrize(
    ("code", "name", "country", "error"),
    [
        ("0265", "Roskilde", "dk", ConflictError),
        ("", "Nowhere", "dk", RefusedError),
        ("02/65", "Nowhere", "dk", RefusedError),
        ("-0265", "Nowhere", "dk", RefusedError),
        ("0" * 21, "Nowhere", "dk", RefusedError),
        ("0999", "  ", "dk", RefusedError),
        ("0999", "Nowhere", "de", RefusedError),
        ("999", "Nowhere", "no", RefusedError),
        ("09999", "Nowhere", "se", RefusedError),
        ("K999", "Nowhere", "dk", RefusedError),
        ("0999", "0167", "dk", RefusedError),
        ("Nowhere", "0999", "dk", RefusedError),
    ],
)
def test_a_member_that_cannot_be_is_refused(
    registry: Registry, code: str, name: str, country: str, error: type[RegistryError]
) -> None:
    """Twice, without a code or a name, of another country."""
    with pytest.raises(error), registry.database.write() as connection:
        add_member(connection, operator(), code, name, country=country)


@pytest.mark.parametrize(
    ("login", "member", "role", "error"),
    [
        ("mette", "0265", "developer", ConflictError),
        ("Mette", "0265", "developer", RefusedError),
        ("mette holm", "0265", "developer", RefusedError),
        ("operator", "0265", "developer", RefusedError),
        ("a" * 65, "0265", "developer", RefusedError),
        ("../x", "0265", "developer", RefusedError),
        ("new", "0999", "developer", NotFoundError),
        ("new", "0265", "king", RefusedError),
    ],
)
def test_a_person_that_cannot_be_is_refused(
    registry: Registry, login: str, member: str, role: str, error: type[RegistryError]
) -> None:
    """A login is taken, reserved or misspelt; the member or the role does not exist."""
    with pytest.raises(error), registry.database.write() as connection:
        add_person(connection, operator(), login, "New", member, role)


@pytest.mark.parametrize("login", ["mette", "rita"])
def test_only_coordinators_and_the_operator_add_people(registry: Registry, identity: Who, login: str) -> None:
    """A developer or auditor is told whose act it is."""
    who = identity(login)
    with pytest.raises(ForbiddenError, match="is a coordinator's"), registry.database.write() as connection:
        add_person(connection, who, "new", "New", "0265", "developer")


def test_a_disabled_person_can_do_nothing_more(registry: Registry, token: Callable[..., str]) -> None:
    """Their tokens end, nobody acts for them, and the log says how many tokens it were."""
    text = token("mette")
    with registry.database.write() as connection:
        revoked = disable_person(connection, operator(), "mette")
    with registry.database.read() as connection:
        with pytest.raises(LoginError, match="revoked"):
            authenticate(connection, text)
        with pytest.raises(LoginError, match="takes part no longer"):
            as_person(connection, "mette")
        last = entries(connection, limit=1000)[-1]

    assert 1 == revoked
    assert ("disable person", "mette", 1) == (last.act, last.subject, last.details["tokens_revoked"])


def test_disabling_nobody_or_twice_is_refused(registry: Registry) -> None:
    """Each says why."""
    with registry.database.write() as connection:
        disable_person(connection, operator(), "mette")
    for login, error in (("mette", ConflictError), ("nobody", NotFoundError)):
        with pytest.raises(error), registry.database.write() as connection:
            disable_person(connection, operator(), login)


def test_a_person_registers_their_own_key(registry: Registry, identity: Who) -> None:
    """The public half is kept, and the log shows it with the one before."""
    anna = identity("anna")
    with registry.database.write() as connection:
        person = register_key(connection, anna, "anna", KEY)
    with registry.database.read() as connection:
        last = entries(connection, limit=1000)[-1]

    assert KEY == person.public_key
    assert {"public_key": KEY, "before": "", "via": "command line"} == last.details


@pytest.mark.parametrize(
    ("actor", "login", "key", "error"),
    [
        ("mette", "anna", KEY, ForbiddenError),
        ("anna", "bo", KEY, ForbiddenError),
        ("rita", "rita", KEY, ForbiddenError),
        ("anna", "anna", "no base64!", RefusedError),
        ("anna", "anna", base64.b64encode(b"short").decode(), RefusedError),
        ("anna", "nobody", KEY, ForbiddenError),
        ("bo", "bo", base64.b64encode(b"j" * 32).decode(), ConflictError),
    ],
)
def test_a_key_that_cannot_be_is_refused(
    registry: Registry, identity: Who, actor: str, login: str, key: str, error: type[RegistryError]
) -> None:
    """Another person's, an auditor's, no key at all, one that somebody else signs with."""
    with registry.database.write() as connection:
        register_key(connection, operator(), "jens", base64.b64encode(b"j" * 32).decode())
    who = identity(actor)
    with pytest.raises(error), registry.database.write() as connection:
        register_key(connection, who, login, key)


def test_a_stand_in_counts_on_their_days_only(registry: Registry, identity: Who) -> None:
    """First and last day included; the absent coordinator's municipality comes along."""
    jens = identity("jens")
    last = TODAY + timedelta(days=20)
    with registry.database.write() as connection:
        named = name_stand_in(connection, jens, "jens", "dorte", TODAY, last, "summer leave")
    with registry.database.read() as connection:
        found = {
            day: standing_in_for(connection, "dorte", day)
            for day in (TODAY - timedelta(days=1), TODAY, last, last + timedelta(days=1))
        }

    assert [(), (named,), (named,), ()] == list(found.values())
    assert ("jens", "0265") == (named.coordinator, named.coordinator_member)


def test_a_stand_in_that_is_ended_counts_no_longer(registry: Registry, identity: Who) -> None:
    """The stand-in may lay it down; the list still shows it."""
    jens, dorte = identity("jens"), identity("dorte")
    with registry.database.write() as connection:
        named = name_stand_in(connection, jens, "jens", "dorte", TODAY, TODAY, "leave")
        ended = end_stand_in(connection, dorte, named.id)
    with registry.database.read() as connection:
        counting = standing_in_for(connection, "dorte", TODAY)
        everything = stand_ins_list(connection)

    assert () == counting
    assert (ended,) == everything
    with pytest.raises(ConflictError), registry.database.write() as connection:
        end_stand_in(connection, jens, named.id)


def test_another_coordinator_does_not_end_a_stand_in(registry: Registry, identity: Who) -> None:
    """Who is away for July would come back to a review that stood still."""
    jens, anna = identity("jens"), identity("anna")
    with registry.database.write() as connection:
        named = name_stand_in(connection, jens, "jens", "dorte", TODAY, TODAY, "leave")

    with pytest.raises(ForbiddenError), registry.database.write() as connection:
        end_stand_in(connection, anna, named.id)


def test_nobody_stands_in_for_somebody_who_left(registry: Registry) -> None:
    """The right to sign ends with the coordinator's."""
    with registry.database.write() as connection:
        name_stand_in(connection, operator(), "jens", "dorte", TODAY, TODAY, "leave")
        disable_person(connection, operator(), "jens")
    with registry.database.read() as connection:
        assert () == standing_in_for(connection, "dorte", TODAY)


@pytest.mark.parametrize(
    ("coordinator", "person", "starts", "days", "reason", "error"),
    [
        ("jens", "jens", TODAY, 7, "leave", RefusedError),
        ("mette", "dorte", TODAY, 7, "leave", RefusedError),
        ("jens", "rita", TODAY, 7, "leave", RefusedError),
        ("jens", "nobody", TODAY, 7, "leave", NotFoundError),
        ("jens", "dorte", TODAY, 43, "leave", RefusedError),
        ("jens", "dorte", TODAY, 0, "leave", RefusedError),
        ("jens", "dorte", date(2020, 7, 1), 7, "leave", RefusedError),
        ("jens", "dorte", TODAY, 7, "  ", RefusedError),
    ],
)
def test_a_stand_in_that_cannot_be_is_refused(
    registry: Registry,
    coordinator: str,
    person: str,
    starts: date,
    days: int,
    reason: str,
    error: type[RegistryError],
) -> None:
    """For themselves, for a developer, an auditor, too long, in the past, without a reason."""
    last = starts + timedelta(days=days - 1)
    with pytest.raises(error), registry.database.write() as connection:
        name_stand_in(connection, operator(), coordinator, person, starts, last, reason)


def test_a_developer_names_no_stand_in(registry: Registry, identity: Who) -> None:
    """It is a coordinator's act."""
    mette = identity("mette")
    with pytest.raises(ForbiddenError), registry.database.write() as connection:
        name_stand_in(connection, mette, "jens", "mette", TODAY, TODAY, "leave")


def test_a_failed_founding_leaves_no_registry(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """``init`` may be repeated after a slip in a coordinator's municipality."""
    from rpa_registry.accounts import Founder, found_cooperation

    folder = tmp_path_factory.mktemp("founded")

    def wrong(connection: object, _settings: object) -> None:
        found_cooperation(connection, "dk", [("0265", "Roskilde")], [Founder("jens", "0999")])  # type: ignore[arg-type]

    with pytest.raises(NotFoundError):
        Registry.create(folder, cooperation="DIGIT", country="dk", found=wrong)

    assert [] == list(folder.iterdir())
    made = Registry.create(folder, cooperation="DIGIT", country="dk")
    with made.database.read() as connection:
        assert () == members_list(connection)
        assert () == entries(connection)
    made.close()


def test_tokens_issued_for_oneself_never_exceed_the_one_used(
    registry: Registry, token: Callable[..., str]
) -> None:
    """A token with the scope upload makes none with curate."""
    text = token("jens", "upload")
    with registry.database.read() as connection:
        jens = authenticate(connection, text)
    with pytest.raises(ForbiddenError, match="may more than itself"), registry.database.write() as connection:
        issue_token(connection, jens, "jens", label="more", scopes=("curate",))


@pytest.mark.parametrize("login", ["bo", "dorte", "jens"])
def test_one_coordinator_cannot_become_two(registry: Registry, identity: Who, login: str) -> None:
    """No token of another coordinator or municipality, no coordinator of their making, no stand-in."""
    anna = identity("anna")
    with pytest.raises(ForbiddenError, match="is the operator's"), registry.database.write() as connection:
        issue_token(connection, anna, login, label="x", scopes=("curate",))
    with pytest.raises(ForbiddenError, match="is the operator's"), registry.database.write() as connection:
        add_person(connection, anna, "puppet", "Puppet", "0350", "coordinator")
    with pytest.raises(ForbiddenError, match="is the operator's"), registry.database.write() as connection:
        name_stand_in(connection, anna, "bo", "dorte", TODAY, TODAY, "leave")


def test_a_coordinator_looks_after_the_people_of_their_own_municipality(
    registry: Registry, identity: Who
) -> None:
    """Developers and auditors there get their tokens from them."""
    anna, jens = identity("anna"), identity("jens")
    with registry.database.write() as connection:
        add_person(connection, anna, "new", "New", "0167", "developer")
        issued = [
            issue_token(connection, anna, "new", label="CI", scopes=("upload",)),
            issue_token(connection, jens, "mette", label="CI", scopes=("upload",)),
        ]

    assert ["new", "mette"] == [one.person for one in issued]


def test_a_swapped_code_and_name_are_told_apart(registry: Registry) -> None:
    """``Nowhere=0999`` is no code that is wrong: it is the wrong way round."""
    with (
        pytest.raises(RefusedError, match="they are swapped") as refused,
        registry.database.write() as connection,
    ):
        add_member(connection, operator(), "Nowhere", "0999", country="dk")

    assert "the code comes first: 0999=Nowhere" == refused.value.remedy


def test_the_cooperation_itself_has_a_word_for_a_code(registry: Registry) -> None:
    """It is no municipality and has no number."""
    with registry.database.write() as connection:
        assert "DIGIT" == add_member(connection, operator(), "DIGIT", "DIGIT", country="dk").code
