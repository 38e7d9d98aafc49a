"""The catalogue of simulated systems: name -> where it is made. Nothing is imported until it is asked for.

A new one: write the package ``rpa_commons/sandbox/<system>/`` with ``make`` in its ``__init__``, and add its
line.
"""

import contextlib
import difflib
import importlib
from collections.abc import Iterable, Mapping

from ._errors import GivenServiceError, UnknownServiceError
from ._service import Make, Service, World

__all__ = ["CATALOGUE", "SERVICES", "make_services", "refuse_unknown"]

CATALOGUE: Mapping[str, str] = {
    "sf1601": "rpa_commons.sandbox._adapters:make_sf1601",
    "postforespoerg": "rpa_commons.sandbox._adapters:make_postforespoerg",
    "sf1461": "rpa_commons.sandbox.sf1461:make",
    "sf1520": "rpa_commons.sandbox._adapters:make_sf1520",
    "ssbtek": "rpa_commons.sandbox.ssbtek:make",
    "sts": "rpa_commons.sandbox._adapters:make_sts",
    "rest-ledger": "rpa_commons.sandbox.rest_ledger:make",
    "token": "rpa_commons.sandbox._adapters:make_token",
    "kmd-nova": "rpa_commons.sandbox.kmd_nova:make",
    "kmd-nova-token": "rpa_commons.sandbox.kmd_nova:make_token",
    "getorganized": "rpa_commons.sandbox.getorganized:make",
}
SERVICES = tuple(CATALOGUE)
"""Names of the systems that come with the library."""


def refuse_unknown(names: Iterable[str], more: Iterable[str] = ()) -> None:
    """Refuse a name that is neither in the catalogue nor one of ``more``.

    Raises:
        UnknownServiceError: with a suggestion.
    """
    known = {*CATALOGUE, *more}
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            raise UnknownServiceError(name, known, near[0] if near else "")


def make_services(
    world: World, only: Iterable[str] | None, more: Iterable[Make], stack: contextlib.ExitStack
) -> dict[str, Service]:
    """Name -> service: those asked for (by default all), what they need, and ``more``; ``stack`` closes each.

    Raises:
        UnknownServiceError: a name that is not in the catalogue.
        GivenServiceError: two of ``more`` have one name.
    """
    made: dict[str, Service] = {}
    for make in more:
        service = make(world)
        stack.callback(service.close)
        if made.setdefault(service.name, service) is not service:
            raise GivenServiceError(service.name, "two of the services that were given have this name")
    asked = list(CATALOGUE if only is None else only)
    asked += [need for service in made.values() for need in service.needs]
    while asked:
        name = asked.pop(0)
        if name not in made:
            made[name] = _made(name, world, made)
            stack.callback(made[name].close)
            asked += made[name].needs
    return made


def _made(name: str, world: World, given: Iterable[str]) -> Service:
    refuse_unknown([name], given)
    module, _, factory = CATALOGUE[name].partition(":")
    make: Make = getattr(importlib.import_module(module), factory)
    return make(world)
