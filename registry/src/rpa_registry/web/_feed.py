"""What is new, as an Atom feed (RFC 4287): releases, certifications, recalls.

Rules this module keeps: an entry's id never changes and names its act (a ``tag:`` URI, RFC 4151), so that a
reader shows nothing twice; the newest :data:`MOST` acts, newest first; plain text only.

Usage::

    feed(settings, news, names)
"""

import hashlib
from collections.abc import Sequence
from xml.etree import ElementTree as ET

from rpa_registry.log import Entry
from rpa_registry.settings import Settings

from ._languages import words_of
from ._log import Names

__all__ = ["ATOM", "MOST", "NEWS", "feed"]

ATOM = "application/atom+xml; charset=utf-8"
MOST = 50
NEWS = ("publish", "certify", "quarantine", "release_from_quarantine", "deprecate", "yank")
_TITLES = {
    "publish": "%(what)s is published",
    "certify": "%(what)s: one more signature for its certification",
    "certified": "%(what)s is certified",
    "quarantine": "%(what)s is recalled",
    "release_from_quarantine": "%(what)s: one more signature for the end of its recall",
    "released": "%(what)s is released from its recall",
    "deprecate": "%(what)s is deprecated",
    "yank": "%(what)s is taken out of use",
}
_HAPPENED = {"certify": "certified", "release_from_quarantine": "released"}
_START = "1970-01-01T00:00:00Z"


def feed(settings: Settings, news: Sequence[Entry], names: Names) -> bytes:
    """The feed in the registry's first language.

    Args:
        settings: The registry's.
        news: Log entries of the acts in :data:`NEWS`, newest first.
        names: What the logins mean.
    """
    language = settings.languages[0]
    words = words_of(language)
    public = settings.public_url.rstrip("/")
    authority = hashlib.sha256(settings.cooperation.encode()).hexdigest()[:16]
    ET.register_namespace("", "http://www.w3.org/2005/Atom")
    root = _element(None, "feed")
    root.set("{http://www.w3.org/XML/1998/namespace}lang", language)
    _element(root, "id", f"tag:{authority}.registry.invalid,2026:news")
    _element(root, "title", f"{settings.cooperation}: {words.gettext('News of the registry')}")
    _element(root, "updated", news[0].at if news else _START)
    _link(root, "self", f"{public}/feed.atom" if public else "feed.atom")
    _link(root, "alternate", f"{public}/{language}/" if public else f"{language}/")
    for entry in news[:MOST]:
        item = _element(root, "entry")
        project = entry.subject.split(" ")[0]
        # The last signature is the news that readers wait for: the act happened with it.
        act = _HAPPENED.get(entry.act, entry.act) if entry.details.get("to") else entry.act
        _element(item, "id", f"tag:{authority}.registry.invalid,2026:log-{entry.seq}")
        _element(item, "title", words.gettext(_TITLES[act]) % {"what": entry.subject})
        _element(item, "updated", entry.at)
        author = _element(item, "author")
        _element(author, "name", names.people.get(entry.actor, entry.actor))
        page = f"{language}/projects/{project}/"
        _link(item, "alternate", f"{public}/{page}" if public else page)
        member = names.members.get(entry.member, entry.member)
        _element(item, "summary", str(entry.details.get("reason", "")) or f"{member}, {words.day(entry.at)}")
    text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def _element(parent: ET.Element | None, name: str, text: str = "") -> ET.Element:
    tag = f"{{http://www.w3.org/2005/Atom}}{name}"
    element = ET.Element(tag) if parent is None else ET.SubElement(parent, tag)
    # XML 1.0 knows no other control characters; a reason typed by a person may hold one.
    element.text = "".join(one for one in text if one >= " " or one in "\t\n") or None
    return element


def _link(parent: ET.Element, relation: str, address: str) -> None:
    link = _element(parent, "link")
    link.set("rel", relation)
    link.set("href", address)
