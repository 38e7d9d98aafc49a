"""The stack's tables that no bot instance asks for: checked as if one did, and named.

Rules this module keeps: what only the cooperation says is left to it, for other members may need it; a
connector that is in no list is told by :meth:`StackReader.unknown`; the cooperation's policies bind bots, so
they say nothing here; a secret that is not there yet hinders nobody.

Usage::

    tables = unasked_tables(stack, {"PopulationRegister"})
    [finding for one in tables for finding in one.findings]
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from rpa_commons.capabilities import RpaCommonsError, every_capability
from rpa_commons.config.findings import Finding, format_key, guess
from rpa_commons.config.layers import ConnectorEntry, Origin, Section
from rpa_commons.config.municipality import MunicipalityFolder
from rpa_commons.config.stack import BindingSection, StackReader, set_aside, stack_of

from ._resolved import UnknownKeyError

__all__ = ["UnaskedTable", "unasked_table", "unasked_tables"]


@dataclass(frozen=True)
class UnaskedTable:
    """A table of the municipality's stack that no bot instance asks for.

    Attributes:
        capability: As the table is called.
        origin: Where it stands, in the strongest file that has it.
        section: What can be explained; ``None`` where nobody knows its settings.
        findings: What is wrong with it.
        problem: Why it could not be looked at: the wheel of its connector is not here. Empty otherwise.
    """

    capability: str
    origin: Origin
    section: Section | None = field(default=None, repr=False)
    findings: tuple[Finding, ...] = ()
    problem: str = ""

    @property
    def sections(self) -> tuple[Section, ...]:
        """What can be explained."""
        return () if self.section is None else (self.section,)


def unasked_tables(
    stack: StackReader, asked: Collection[str], *, needed: Collection[str] = ()
) -> tuple[UnaskedTable, ...]:
    """The municipality's tables that are not among the asked ones, in the order of the files.

    Args:
        stack: All layers, and the connectors.
        asked: The capabilities that bot instances ask for and the stack binds.
        needed: Those that a bot instance misses: that finding guesses a misspelt table already.
    """
    own = [name for layer in stack.layers if not layer.is_shared for name in layer.values]
    return tuple(_looked_at(stack, name, needed) for name in dict.fromkeys(own) if name not in asked)


def unasked_table(
    municipality: MunicipalityFolder, connectors: Mapping[str, ConnectorEntry], key: str
) -> UnaskedTable | None:
    """The table that a key is in (``stack.CaseSystem.settings.folder``); ``None`` where it names none.

    Raises:
        UnknownKeyError: it names one, and there is nothing to explain: the remedy says why.
    """
    first, _, rest = key.partition(".")
    name = rest.partition(".")[0]
    stack, _ = stack_of(municipality, connectors)
    if first != "stack" or name not in _known(stack, name):
        return None
    nobody = f"no bot instance here uses {name}, and"
    if not any(name in layer.values for layer in stack.layers if not layer.is_shared):
        raise UnknownKeyError(key, (), because=f"{nobody} stack.toml has no table [{name}]")
    table = _looked_at(stack, name, ())
    if table.section is None:
        why = table.problem or f"the table [{name}] is wrong: `rpac config check` says how"
        raise UnknownKeyError(key, (), because=f"{nobody} {why}")
    return table


def _looked_at(stack: StackReader, name: str, needed: Collection[str]) -> UnaskedTable:
    layer = next(one for one in reversed(stack.layers) if not one.is_shared and name in one.values)
    origin = layer.origin((name,))
    try:
        unknown = tuple(_unknown(stack, name, origin, needed))
        found = None if unknown or name not in _known(stack, name) else stack.unasked(name)
    except RpaCommonsError as error:
        return UnaskedTable(name, origin, problem=error.message)
    if isinstance(found, BindingSection):
        return UnaskedTable(name, origin, found.section, tuple(found.findings()))
    return UnaskedTable(name, origin, None, unknown if found is None else (found,))


def _unknown(stack: StackReader, name: str, origin: Origin, needed: Collection[str]) -> Iterator[Finding]:
    """E101 for a table that no capability is called by."""
    known = _known(stack, name)
    if name in known:
        return
    meant = guess(name, known) or _served(stack, name)
    if meant in needed or (meant is None and _connector(stack, name)):
        return  # told where the bot misses it, or as an unknown connector
    advice = f"did you mean {meant}?" if meant else f"known here: {', '.join(known)}"
    key = format_key(("stack", name))
    yield Finding("E101", key, "unknown capability", origin.file, origin.line, help=advice)


def _known(stack: StackReader, name: str) -> Sequence[str]:
    """The capabilities of the library, and what the table's own connector serves."""
    served = _served(stack, name)
    return sorted({*every_capability(), *((served,) if served else ())})


def _served(stack: StackReader, name: str) -> str | None:
    connector = _connector(stack, name)
    return stack.connectors[connector].capability if connector in stack.connectors else None


def _connector(stack: StackReader, name: str) -> str:
    return set_aside(stack.files_of(name))[1]
