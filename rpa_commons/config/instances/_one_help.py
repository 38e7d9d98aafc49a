"""A value that the author and the cooperation refuse: two findings, and one thing to do.

Usage::

    findings = with_one_help(findings)
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from rpa_commons.config.findings import Finding

__all__ = ["with_one_help"]


def with_one_help(findings: Sequence[Finding]) -> Iterator[Finding]:
    """The findings; an E202 and an E302 about one value both say what keeps the tighter bound.

    A waiver is no way out there: the author's bound holds without the cooperation's.
    """
    by_author = {_value(one): one for one in findings if one.code == "E202"}
    by_policy = {_value(one): one for one in findings if one.code == "E302"}
    loose = {one.key for one in findings if one.code == "W302"}
    for one in findings:
        twin = by_policy.get(_value(one)) if one.code == "E202" else by_author.get(_value(one))
        if twin is None or one.code not in {"E202", "E302"}:
            yield one
            continue
        author, policy = (one, twin) if one.code == "E202" else (twin, one)
        tighter = author if one.key in loose else policy
        yield replace(one, help=tighter.help.partition(", or ask ")[0])


def _value(one: Finding) -> tuple[object, ...]:
    return one.key, one.file, one.line, one.source
