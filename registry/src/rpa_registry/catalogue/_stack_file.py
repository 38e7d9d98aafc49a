r"""A municipality's stack file, as far as the catalogue needs it: which capabilities are bound.

Rules this module keeps: what a visitor pastes is read in memory and forgotten; values are never looked at,
quoted or kept, so a secret that should not stand there goes no further; size and depth are bounded.

Usage::

    stack = read_stack('[DigitalPost]\nconnector = "sf1601"')
    stack.bound  # frozenset({"DigitalPost"})
"""

import tomllib
from dataclasses import dataclass

from rpa_registry.errors import RegistryError, TooLargeError

__all__ = ["LARGEST_STACK", "StackFile", "read_stack"]

LARGEST_STACK = 64 * 1024
"""Bytes; a stack file is a page long."""

_REMEDY = "paste the whole stack.toml: a line [DigitalPost] for each capability"


@dataclass(frozen=True)
class StackFile:
    """What a stack file binds.

    Attributes:
        bound: Names of capabilities.
        profiles: Stack profiles it chooses; what these bind stands in the cooperation's baseline, not here.
    """

    bound: frozenset[str]
    profiles: tuple[str, ...] = ()


def read_stack(text: str) -> StackFile:
    """Read one.

    Raises:
        TooLargeError: it is larger than :data:`LARGEST_STACK`.
        RegistryError: it is no TOML, or binds nothing; the place is named, its contents are not.
    """
    if len(text.encode(errors="replace")) > LARGEST_STACK:
        raise TooLargeError(f"the stack file has more than {LARGEST_STACK} bytes", remedy=_REMEDY)
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = str(error).rpartition("(")[2].rstrip(")")
        raise RegistryError(f"this is no TOML ({place})", remedy=_REMEDY) from None
    except (RecursionError, ValueError, OverflowError):
        raise RegistryError("this is no TOML", remedy=_REMEDY) from None
    bound = frozenset(name for name, value in values.items() if isinstance(value, dict))
    chosen = values.get("profiles")
    profiles = tuple(one for one in chosen if isinstance(one, str)) if isinstance(chosen, list) else ()
    if not bound and not profiles:
        raise RegistryError("no capability is bound in it", remedy=_REMEDY)
    return StackFile(bound, profiles)
