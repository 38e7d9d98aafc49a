"""What somebody else found wrong with an instance's values, as findings in the lines where these stand.

Usage::

    place_problem(instance, "settings", ("window_days",), "E202", "too many")
"""

from collections.abc import Iterator, Sequence

from rpa_commons.config.findings import Finding, format_key
from rpa_commons.config.schema import Problem

from ._resolved import ResolvedInstance

__all__ = ["hidden_texts", "place_problem"]

_SHORTEST = 4  # of a hidden text that is looked for in another one


def place_problem(
    instance: ResolvedInstance,
    where: str,
    path: Sequence[str | int],
    code: str,
    message: str,
    advice: str = "",
) -> Finding | None:
    """The finding for a problem of an instance's resolved values.

    Args:
        instance: Whose values.
        where: ``settings``, or a capability: the settings of the connector bound to it.
        path: Below those settings; empty for all of them together.
        code: One of :data:`rpa_commons.config.CODES`.
        message: What is wrong.
        advice: The next thing to do.

    Returns:
        ``None`` when the instance has no such settings.
    """
    section = instance.sections[0]
    if where != "settings":
        called = format_key(("stack", where))
        found = [one for one in instance.sections[1:] if one.name_of(()) == called]
        if not found:
            return None
        section = found[0]
    return section.placed(Problem(code, ("settings", *path), message, advice))


def hidden_texts(instance: ResolvedInstance) -> tuple[str, ...]:
    """The values that are shown as ``…``, longest first: somebody else's words may hold one."""
    values = (
        text
        for section in instance.sections
        for path, candidates in section.merged.leaves.items()
        if section.is_hidden(path)
        for text in _texts(candidates[-1].effective)
    )
    return tuple(
        sorted({text for text in values if len(text) >= _SHORTEST}, key=lambda text: (-len(text), text))
    )


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, list | tuple):
        for one in value:
            yield from _texts(one)
    elif value is not None and not isinstance(value, bool):  # these tell nobody anything
        yield str(value)
