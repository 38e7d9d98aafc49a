"""The choice of a connector as something that two people stand behind.

Rules this module keeps: whoever chooses another connector chooses other settings, so where one of these or of
the cooperation's connector has money or law behind it, or was confirmed here once, the choice needs what the
setting itself would need; what the choice puts out of use is named.

Usage::

    for section, path in connector_choices(sections, confirmed):
        lost_values(section, path, confirmed)  # ("no longer in use: stack.Payments.settings.limit (…)",)
"""

from collections.abc import Iterator, Sequence

from rpa_commons.config.findings import HIDDEN, KeyPath, parse_key, show
from rpa_commons.config.layers import NOTHING, Section

from ._confirm_changes import is_sensitive
from ._confirmations import Confirmation, digest_of

__all__ = ["connector_choices", "lost_values"]

_CONNECTOR: KeyPath = ("connector",)


def connector_choices(
    sections: Sequence[Section], confirmed: Sequence[Confirmation]
) -> Iterator[tuple[Section, KeyPath]]:
    """The connector of each capability with a sensitive setting, or with one that is no longer in use.

    That is one that was confirmed here, or one of the connector that the cooperation chose.

    Args:
        sections: Of one bot instance; the first one is its own, the others are bindings.
        confirmed: What two people stood behind in this instance.
    """
    for section in sections[1:]:
        leaves = section.merged.leaves
        if _CONNECTOR in leaves and (
            section.is_instead
            or any(is_sensitive(section, path) for path in leaves)
            or any(_of_binding(section, confirmed))
        ):
            yield section, _CONNECTOR


def lost_values(section: Section, path: KeyPath, confirmed: Sequence[Confirmation]) -> tuple[str, ...]:
    """In words, what the connector in use puts out of use: the cooperation's connector, confirmed settings.

    Args:
        section: A binding.
        path: Any key; only a connector puts others out of use.
        confirmed: What two people stood behind in this instance.
    """
    if path != _CONNECTOR:
        return ()
    left = ("it takes the place of the cooperation's connector, of which a setting is sensitive",)
    return (left if section.is_instead else ()) + tuple(
        f"no longer in use: {one.key} (confirmed: {HIDDEN if one.value is NOTHING else show(one.value)})"
        for one, place in _of_binding(section, confirmed)
        if not section.view.knows(place) and one.digest != digest_of(one.instance, one.key)
    )


def _of_binding(
    section: Section, confirmed: Sequence[Confirmation]
) -> Iterator[tuple[Confirmation, KeyPath]]:
    """What was confirmed of one capability, each with its path in the section."""
    above = parse_key(section.name_of(_CONNECTOR))[:-1]
    for one in confirmed:
        try:
            parts = parse_key(one.key)
        except ValueError:  # the record was written by another version
            continue
        if parts[: len(above)] == above:
            yield one, parts[len(above) :]
