"""Names that mean something elsewhere, and that no project here may therefore take.

What is listed in ``names.json`` and on the channels' pages resolves from this registry alone. A project
called ``certifi`` would be installed by everybody in place of the package that carries their certificates.

Rules this module keeps: taken are every distribution that is installed where the registry runs and whatever
those require, the installers themselves, the modules of the standard library, what releases here require or
ever were allowed to require, and a list of well-known packages; the plugins of this library that happen to be
installed here are what a registry is for, and are free. Nothing is asked of a network.

Usage::

    why_taken(connection, "certifi")  # "is installed where this registry runs, or required by what is"
    resembling("reqeusts", ["requests", "click"])  # ("requests",)
"""

import functools
import importlib.metadata
import json
import sys
from collections.abc import Iterable, Iterator

import sqlalchemy as sa
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from rpa_registry.db import log, public_packages, releases

from ._names import skeleton
from ._well_known import WELL_KNOWN

__all__ = ["foreign_names", "module_owners", "resembling", "why_taken"]

_INSTALLERS = frozenset({"pip", "setuptools", "wheel", "uv"})
_PLUGINS = "rpa_commons"  # the entry point group of bots, connectors and baselines
_FAR = 8  # letters from which on two of them may differ


@functools.cache  # what is installed does not change while a process runs
def foreign_names() -> frozenset[str]:
    """Every name that means a package or module of somebody else, as far as this machine knows."""
    return frozenset({*_installed(), *_INSTALLERS, *_stdlib(), *WELL_KNOWN})


@functools.cache
def _installed() -> frozenset[str]:
    found: set[str] = set()
    for one in _distributions():
        found.add(_normal(one.metadata["Name"] or ""))
        found.update(_required(one.requires or ()))
    return frozenset(found - {""} - _own_plugins())


@functools.cache
def _own_plugins() -> frozenset[str]:
    return frozenset(
        _normal(one.metadata["Name"] or "")
        for one in importlib.metadata.distributions()
        if any(entry.group == _PLUGINS for entry in one.entry_points)
    )


def _distributions() -> Iterator[importlib.metadata.Distribution]:
    plugins = _own_plugins()
    for one in importlib.metadata.distributions():
        if _normal(one.metadata["Name"] or "") not in plugins:
            yield one


@functools.cache
def _stdlib() -> frozenset[str]:
    return frozenset(_normal(one) for one in sys.stdlib_module_names if not one.startswith("_"))


@functools.cache
def module_owners() -> dict[str, str]:
    """Top-level module, case folded -> the distribution here that provides it; without plugins."""
    plugins = _own_plugins()
    return {
        module.casefold(): owner
        for module, owners in importlib.metadata.packages_distributions().items()
        for owner in owners
        if _normal(owner) not in plugins
    } | {one.casefold(): "Python itself" for one in sys.stdlib_module_names}


def why_taken(connection: sa.Connection, name: str, *, is_new: bool = True) -> str:
    """Why a project must not have a name, as the end of a sentence that begins with it; empty when it may.

    Args:
        connection: A reading or a writing one.
        name: Normalised.
        is_new: Whether nobody has it yet; else what releases require may mean this very project.
    """
    if name in _INSTALLERS or name in _installed():
        return "is installed where this registry runs, or required by what is"
    if name in _stdlib():
        return "is a module of Python itself"
    if name in WELL_KNOWN:
        return "is a well-known package of the public index"
    if name in _ever_approved(connection):
        return "is or was a package of the public index that releases here may require"
    if is_new and name in _required_here(connection):
        return "is required by a release here, and meant another package then"
    return ""


def _ever_approved(connection: sa.Connection) -> frozenset[str]:
    """Also what was taken back: releases that require it are still installed."""
    told = sa.select(log.c.subject).where(log.c.act == "approve public package")
    return frozenset({*connection.scalars(told), *connection.scalars(sa.select(public_packages.c.name))})


def _required_here(connection: sa.Connection) -> frozenset[str]:
    found: set[str] = set()
    for text in connection.scalars(sa.select(releases.c.requires_dist).distinct()):
        found.update(_required(json.loads(text)))
    return frozenset(found)


def _required(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        try:
            yield _normal(Requirement(line).name)
        except InvalidRequirement:
            continue  # a distribution of long ago; it names nothing that could be installed


def _normal(name: str) -> str:
    return str(canonicalize_name(name))


def resembling(name: str, others: Iterable[str]) -> tuple[str, ...]:
    """Other names that a hasty person may take for this one: a letter or two off, or one inside the other.

    What looks the same on a screen is refused already (:func:`rpa_registry.publishing.similar_name`).
    """
    return tuple(sorted(other for other in set(others) - {name} if _is_close(name, other)))


def _is_close(name: str, other: str) -> bool:
    one, two = skeleton(name), skeleton(other)
    if one == two or sorted(name.split("-")) == sorted(other.split("-")):
        return True
    if other in {f"python-{name}", f"py{name}", f"{name}-python"} or name in {
        f"python-{other}",
        f"py{other}",
        f"{other}-python",
    }:
        return True
    shortest = min(len(one), len(two))
    allowed = 2 if shortest >= _FAR else 1 if shortest > _FAR // 2 else 0
    return abs(len(one) - len(two)) <= allowed and _distance(one, two, allowed) <= allowed


def _distance(one: str, two: str, most: int) -> int:
    """Letters to add, drop, change or swap with their neighbour (optimal string alignment)."""
    before: list[int] = []
    last = list(range(len(two) + 1))
    for row, letter in enumerate(one, start=1):
        line = [row]
        for column, other in enumerate(two, start=1):
            cost = min(last[column] + 1, line[-1] + 1, last[column - 1] + (letter != other))
            swapped = row > 1 and column > 1 and letter == two[column - 2] and one[row - 2] == other
            line.append(min(cost, before[column - 2] + 1) if swapped else cost)
        if min(line) > most:
            return most + 1
        before, last = last, line
    return last[-1]
