"""Sections that are still right, since neither their schema nor any of their files has changed.

Rules this module keeps: a section is given out again only for the very same view, documents, overrides and
purpose; one in which anything is wrong is never kept; what is kept lives with the reader and is bounded.

Usage::

    section, findings = kept_section(reader, section, purpose=manifest)
"""

from typing import Any

from rpa_commons.config.documents import Reader
from rpa_commons.config.findings import Finding

from ._layers import Layer
from ._section import Section

__all__ = ["copied", "kept_section"]

_MOST = 256  # sections; a municipality has some dozens
_TREES = frozenset({dict, list})
_Mark = tuple[int, int, tuple[tuple[str, int | str], ...]]


def kept_section(reader: Reader, section: Section, *, purpose: object) -> tuple[Section, list[Finding]]:
    """The section, or the same one from before with all that was worked out in it; and its findings.

    Args:
        reader: Whoever read its files; a document that it gives out again stands for an unchanged file.
        section: Its policies are not looked at; the one given back has them too.
        purpose: What else decided what the layers hold: the manifest.
    """
    mark: _Mark = (id(section.view), id(purpose), tuple(map(_mark_of, section.layers)))
    known = reader.sections.get(mark)
    if known is not None:
        return _with_policies(known[0], section), []
    findings = list(section.findings())
    if not findings and not reader.is_snapshot:  # a snapshot's instances are looked at once
        if len(reader.sections) >= _MOST:
            reader.sections.clear()
        reader.sections[mark] = (section, purpose)  # kept alive, so that an id stays the mark of one object
    return section, findings


def copied(tree: Any) -> Any:  # noqa: ANN401 - JSON values
    """JSON values that their owner may change, though the section they are from is kept."""
    if isinstance(tree, dict):
        if _TREES.isdisjoint(map(type, tree.values())):
            return dict(tree)
        return {key: copied(one) if type(one) in _TREES else one for key, one in tree.items()}
    return [copied(one) for one in tree] if isinstance(tree, list) else tree


def _with_policies(known: Section, section: Section) -> Section:
    if known.policies == section.policies:
        return known
    # The layers of both hold the same, so what was worked out from them does too.
    vars(section).update({name: vars(known)[name] for name in ("merged", "values") if name in vars(known)})
    return section


def _mark_of(layer: Layer) -> tuple[str, int | str]:
    if layer.document is not None:
        return layer.name, id(layer.document)
    return layer.name, 0 if layer.is_default else repr(layer.values)  # defaults follow from all the others
