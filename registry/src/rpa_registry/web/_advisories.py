"""The page of recalls and advisories, newest first.

Usage::

    advisories_page(site, document["advisories"], names)
"""

from collections.abc import Mapping, Sequence
from typing import Any

from . import _terms
from ._log import Names
from ._site import Site

__all__ = ["advisories_page"]

_BADGES = {"critical": "badge-error", "high": "badge-error", "medium": "badge-warning", "low": "badge-info"}


def advisories_page(site: Site, advisories: Sequence[Mapping[str, Any]], names: Names) -> bytes:
    """The page.

    Args:
        site: Its place.
        advisories: As ``advisories.json`` lists them, oldest first.
        names: What the logins mean.
    """
    words = site.words
    return site.render(
        "advisories.html.j2",
        title=words.gettext("Recalls and advisories"),
        advisories=[
            {
                **one["signed"],
                "badge": _BADGES.get(one["signed"]["severity"], "badge-warning"),
                "severity": words.gettext(
                    _terms.SEVERITY_WORDS.get(one["signed"]["severity"], one["signed"]["severity"])
                ),
                "person": f"{names.people.get(one['person'], one['person'])}, "
                f"{names.members.get(one['member'], one['member'])}",
            }
            for one in reversed(advisories)
        ],
    )
