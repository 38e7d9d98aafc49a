"""Which packages of the public index a wheel of this cooperation may require.

A name that nobody here answers for is the door of dependency confusion: a robot that requires an internal
package ``kommune-helpers`` gets, wherever that package is not, whatever a stranger publishes under its name.
Nothing offline can tell such a name from an honest one, so a person does.

Rules this module keeps: a requirement names a project of this registry, the library or one of its own
requirements, or a package that a coordinator approved with a reason; and no project here may take a name that
means a public package, for installers that look here first would get it instead.

Usage::

    approve_public(connection, actor, "openpyxl", "reads the spreadsheets of the finance office")
"""

import functools
import importlib.metadata
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa
from packaging.requirements import Requirement
from packaging.utils import InvalidName, canonicalize_name

from rpa_registry.accounts import Identity, require_coordinator
from rpa_registry.db import now, projects, public_packages
from rpa_registry.errors import ConflictError, NotFoundError, RefusedError
from rpa_registry.log import append
from rpa_registry.texts import checked_line, checked_text

__all__ = [
    "PublicPackage",
    "answered_names",
    "approve_public",
    "library_packages",
    "public_list",
    "withdraw_public",
]

_LIBRARY = "rpa-commons"
_LONGEST_NAME = 128  # as the tables keep it; no package has a longer one
_OURS = (_LIBRARY, "rpa-registry")


@dataclass(frozen=True)
class PublicPackage:
    """A package that wheels may require from the public index: who approved it, why, when."""

    name: str
    reason: str
    person: str
    at: str

    def to_json(self) -> dict[str, Any]:
        """As ``--json`` gives it."""
        return asdict(self)


@functools.cache  # what is installed does not change while a process runs
def library_packages() -> frozenset[str]:
    """The library and what it requires itself: every bot has them anyway."""
    lines = importlib.metadata.requires(_LIBRARY) or []
    return frozenset({*_OURS, *(str(canonicalize_name(Requirement(line).name)) for line in lines)})


def answered_names(connection: sa.Connection) -> frozenset[str]:
    """Every name that a wheel may require; of the projects here those whose name is accepted.

    Clients ask this registry for accepted names alone, so any other one would come from elsewhere.
    """
    owned = connection.scalars(sa.select(projects.c.name).where(projects.c.accepted.is_not(None)))
    approved = connection.scalars(sa.select(public_packages.c.name))
    return library_packages().union(owned, approved)


def public_list(connection: sa.Connection) -> tuple[PublicPackage, ...]:
    """Every approved package, by name."""
    rows = connection.execute(sa.select(public_packages).order_by(public_packages.c.name))
    return tuple(PublicPackage(row.name, row.reason, row.person, row.at) for row in rows)


def approve_public(connection: sa.Connection, actor: Identity, name: str, reason: str) -> PublicPackage:
    """Let wheels require a package of the public index.

    Raises:
        ForbiddenError: the actor is neither a coordinator nor the operator.
        RefusedError: that is no package's name, or there is no reason.
        ConflictError: it is approved already, or a project here has the name.
    """
    require_coordinator(actor, "approving a public package")
    normal = _normal(name)
    said = checked_text(reason, f"the reason to approve {normal}", is_required=True)
    owned = sa.select(projects.c.owner).where(projects.c.name == normal, projects.c.accepted.is_not(None))
    if connection.scalar(owned):
        raise ConflictError(f"{normal} is a project of this registry, and never comes from elsewhere")
    if normal in library_packages() or any(one.name == normal for one in public_list(connection)):
        raise ConflictError(f"{normal} is approved already")
    package = PublicPackage(normal, said, actor.login, now())
    connection.execute(sa.insert(public_packages).values(asdict(package)))
    append(connection, actor, "approve public package", normal, {"reason": package.reason})
    return package


def withdraw_public(connection: sa.Connection, actor: Identity, name: str) -> None:
    """Let no new wheel require a package; releases that are here keep what they require.

    Raises:
        ForbiddenError: the actor is neither a coordinator nor the operator.
        NotFoundError: it is not on the list.
    """
    require_coordinator(actor, "withdrawing a public package")
    normal = _normal(name)
    gone = connection.execute(sa.delete(public_packages).where(public_packages.c.name == normal)).rowcount
    if not gone:
        raise NotFoundError(f"{normal} is not approved", remedy="`rpac-registry public list` shows what is")
    append(connection, actor, "withdraw public package", normal, {})


def _normal(name: str) -> str:
    try:
        return str(canonicalize_name(checked_line(name, "the package's name"), validate=True))[:_LONGEST_NAME]
    except InvalidName:
        raise RefusedError(f"{name!r} is no package's name") from None
