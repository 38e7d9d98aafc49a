"""Simulators that come from elsewhere, named as ``MODULE:FACTORY``: those of a connector's own wheel.

Rules this module keeps: it imports what is named and nothing else; what is wrong with it is said with the
name that was given, before anything listens; a name of the library's is not given twice.

Usage::

    Sandbox(folder, only=("register",), services=[service_maker("my_simulator:Register")])
"""

import importlib
import re
from collections.abc import Callable, Sequence

from ._errors import GivenServiceError, SandboxError
from ._service import Make, Route, Service, World
from ._services import CATALOGUE

__all__ = ["service_maker"]

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)
_LONGEST_NAME = 40
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_ATTRIBUTES = {"summary": str, "routes": Sequence, "mutual_tls": bool, "takes_effects": bool}
_CALLS = ("serve", "refuse", "spoil")


def service_maker(given: str) -> Make:
    """Import a factory; what it returns checks what the factory makes.

    Args:
        given: ``MODULE:FACTORY``, e.g. ``my_simulator:Register``: called with a :class:`World`, it makes a
            :class:`Service`. A class derived from that is one.

    Raises:
        GivenServiceError: there is no such module or name in it, or it cannot be called; from the maker: it
            fails, or makes no service, or one whose name is taken.
    """
    factory = _imported(given)

    def make(world: World) -> Service:
        try:
            made = factory(world)
            problem = _problem(made)
        except SandboxError:
            raise
        except Exception as error:  # whatever a factory does, or an attribute of what it makes
            raise GivenServiceError(given, f"making the service failed: {_words(error)}") from error
        if problem:
            raise GivenServiceError(given, problem)
        return made

    return make


def _imported(given: str) -> Callable[[World], Service]:
    module, colon, name = given.partition(":")
    if not colon or not name.isidentifier() or not all(part.isidentifier() for part in module.split(".")):
        remedy = "write it as MODULE:FACTORY, e.g. my_simulator:Register"
        raise GivenServiceError(given, "names no module and factory", remedy)
    try:
        found = getattr(importlib.import_module(module), name, None)
    except Exception as error:  # whatever a module does when it is imported
        if _is_absent(module, error):
            remedy = "install its wheel into this environment, or name its folder in PYTHONPATH"
            raise GivenServiceError(given, f"there is no module {module}", remedy) from None
        raise GivenServiceError(given, f"importing {module} failed: {_words(error)}") from error
    if not callable(found):
        what = "has nothing of that name" if found is None else f"holds a {type(found).__name__} there"
        raise GivenServiceError(given, f"{module} {what}, and a factory is called with a World")
    return found  # type: ignore[no-any-return] # what it makes is checked


def _is_absent(module: str, error: Exception) -> bool:
    """Whether it is this module that there is not, or a package above it; not one that it imports."""
    return isinstance(error, ModuleNotFoundError) and f"{module}.".startswith(f"{error.name}.")


def _problem(made: object) -> str:
    """What keeps this from being a service of the sandbox; empty when nothing does."""
    if Service not in type(made).__mro__:
        return f"it makes a {type(made).__name__}, which does not derive Service"
    lacking = [name for name, kind in _ATTRIBUTES.items() if not isinstance(getattr(made, name, None), kind)]
    lacking += [name for name in _CALLS if getattr(type(made), name) is getattr(Service, name)]
    if lacking:
        return f"its service lacks {', '.join(lacking)}"
    needs = getattr(made, "needs", ())
    if isinstance(needs, str) or not isinstance(needs, Sequence):
        return 'its needs must be names of services, e.g. ("sts",)'
    routes = getattr(made, "routes", ())
    if not all(isinstance(one, Route) and one.path[:1] == "/" and one.method in _METHODS for one in routes):
        return f"its routes must be Route(METHOD, PATH): {', '.join(_METHODS)}, and a path that begins with /"
    return _problem_of_name(getattr(made, "name", None))


def _problem_of_name(name: object) -> str:
    if not isinstance(name, str) or not _NAME.fullmatch(name) or len(name) > _LONGEST_NAME:
        return f"the name of its service must be of a-z, 0-9 and hyphens, at most {_LONGEST_NAME} characters"
    if name in CATALOGUE:
        return f"the name {name} is taken by a service of the library"
    return ""


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
