"""Tokens: shown once, kept as a hash, scoped, expiring, revocable; and how often one may write."""

import hashlib
import re
from collections.abc import Callable

import pluggy
import pytest
import sqlalchemy as sa

from rpa_registry.accounts import (
    Identity,
    RateLimiter,
    authenticate,
    issue_token,
    operator,
    require_scope,
    revoke_token,
    tokens_list,
)
from rpa_registry.context import Registry
from rpa_registry.db import tokens
from rpa_registry.errors import (
    ConflictError,
    ForbiddenError,
    LoginError,
    NotFoundError,
    RefusedError,
    RegistryError,
    TooManyError,
)
from rpa_registry.hooks import ExternalLogin, RegistrySpecs, hookimpl
from rpa_registry.log import entries

Who = Callable[[str], Identity]


def test_a_token_is_kept_as_a_hash_and_nowhere_else(registry: Registry, token: Callable[..., str]) -> None:
    """Neither the table nor the log holds the text; the hash is SHA-256 of it."""
    text = token("mette", "upload")
    with registry.database.read() as connection:
        row = connection.execute(sa.select(tokens)).one()
        told = repr(entries(connection, limit=1000))

    assert re.fullmatch(r"rpac_[A-Za-z0-9_-]{43}", text)
    assert hashlib.sha256(text.encode()).hexdigest() == row.sha256
    assert text not in repr(row)
    assert text not in told


def test_a_token_says_who_and_for_what(
    registry: Registry, token: Callable[..., str], admitted: object
) -> None:
    """Member, role, scopes and token number come with it."""
    text = token("mette", "upload", "read")
    with registry.database.read() as connection:
        found = authenticate(connection, text)

    assert ("mette", "0265", "Roskilde", "developer") == (
        found.login,
        found.member,
        found.member_name,
        found.role,
    )
    assert (frozenset({"upload", "read"}), None, 1, "token 1") == (
        found.scopes,
        found.projects,
        found.token_id,
        found.via,
    )


@pytest.mark.parametrize("text", ["", "rpac_unknown", "x" * 100_000, "rpac_\x00", "øæå"])
def test_an_unknown_token_is_refused(registry: Registry, text: str) -> None:
    """Whatever is sent, the answer is the same kind of error."""
    with registry.database.read() as connection, pytest.raises(LoginError):
        authenticate(connection, text)


def test_a_revoked_token_ends_at_once(registry: Registry, token: Callable[..., str]) -> None:
    """And cannot be revoked again."""
    text = token("mette")
    with registry.database.write() as connection:
        revoke_token(connection, operator(), 1)
    with registry.database.read() as connection, pytest.raises(LoginError, match="revoked"):
        authenticate(connection, text)
    for number, error in ((1, ConflictError), (7, NotFoundError)):
        with pytest.raises(error), registry.database.write() as connection:
            revoke_token(connection, operator(), number)


def test_one_revokes_ones_own_and_not_anothers(
    registry: Registry, token: Callable[..., str], identity: Who
) -> None:
    """A coordinator may revoke those of their own municipality's developers."""
    for _ in range(3):
        token("mette")
    mette, dorte, jens = identity("mette"), identity("dorte"), identity("jens")
    for other in (dorte, identity("anna")):
        with pytest.raises(ForbiddenError), registry.database.write() as connection:
            revoke_token(connection, other, 1)
    with registry.database.write() as connection:
        revoke_token(connection, mette, 2)
        revoke_token(connection, jens, 3)
    with registry.database.read() as connection:
        states = {one.id: bool(one.revoked) for one in tokens_list(connection, login="mette")}

    assert {3: True, 2: True, 1: False} == states


@pytest.mark.parametrize(
    ("login", "changes", "error"),
    [
        ("mette", {"label": " "}, RefusedError),
        ("mette", {"scopes": ()}, RefusedError),
        ("mette", {"scopes": ("everything",)}, RefusedError),
        ("mette", {"days": 0}, RefusedError),
        ("mette", {"days": 1097}, RefusedError),
        ("mette", {"projects": ("no-such",)}, NotFoundError),
        ("rita", {"scopes": ("upload",)}, ForbiddenError),
        ("nobody", {}, NotFoundError),
    ],
)
def test_a_token_that_cannot_be_is_refused(
    registry: Registry, login: str, changes: dict[str, object], error: type[RegistryError]
) -> None:
    """No label, no or an unknown scope, too long a life, an auditor who would write."""
    values: dict[str, object] = {"label": "CI", "scopes": ("upload",), **changes}
    with pytest.raises(error), registry.database.write() as connection:
        issue_token(connection, operator(), login, **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("scopes", "projects", "asked", "project", "is_allowed"),
    [
        (("upload",), None, "upload", "letters", True),
        (("read",), None, "upload", "letters", False),
        (("upload",), ("letters",), "upload", "letters", True),
        (("upload",), ("letters",), "upload", "other", False),
        (("upload",), ("letters",), "upload", None, True),
    ],
)
def test_scope_and_projects_bound_a_token(
    scopes: tuple[str, ...],
    projects: tuple[str, ...] | None,
    asked: str,
    project: str | None,
    is_allowed: bool,
) -> None:
    """A token for one project cannot make another one."""
    who = Identity("m", "M", "0265", "Roskilde", "developer", frozenset(scopes), projects, 1, "token 1")
    if is_allowed:
        require_scope(who, asked, project)
    else:
        with pytest.raises(ForbiddenError):
            require_scope(who, asked, project)


def test_a_plugin_may_know_people_the_registry_does_not(registry: Registry) -> None:
    """A single sign-on names a login of the registry; an unknown scope it claims does not count."""

    class SignOn:
        @hookimpl
        def rpa_registry_authenticate(self, username: str, password: str) -> ExternalLogin | None:
            known = {"ticket": ExternalLogin("anna", frozenset({"curate", "root"}))}
            return known.get(password)

    plugins = pluggy.PluginManager("rpa_registry")
    plugins.add_hookspecs(RegistrySpecs)
    plugins.register(SignOn())
    with registry.database.read() as connection:
        found = authenticate(connection, "ticket", username="anna@hvidovre", plugins=plugins)
        with pytest.raises(LoginError):
            authenticate(connection, "other", username="anna@hvidovre", plugins=plugins)

    assert ("anna", frozenset({"curate"}), None) == (found.login, found.scopes, found.token_id)


def test_a_minutes_share_is_the_last_sixty_seconds() -> None:
    """It says for how long to wait; another token has its own share; refused ones do not add up."""
    clock = [0.0]
    limiter = RateLimiter(2, "uploads", clock=lambda: clock[0])
    limiter.take("a")
    clock[0] = 30.0
    limiter.take("a")
    limiter.take("b")
    with pytest.raises(TooManyError, match="more than 2 uploads in a minute") as refused:
        limiter.take("a")
    clock[0] = 60.0
    limiter.take("a")

    assert "wait 30 seconds" == refused.value.remedy
