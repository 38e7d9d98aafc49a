"""One page in one language: the templates, the menu, the links to the same page in the other languages.

Rules this module keeps: every value is escaped unless a module of this room made it HTML; a template that
names a value nobody gave fails (``StrictUndefined``), so a test finds it; links are relative, so that an
export works under any address; nothing is loaded from elsewhere, no script at all.

Usage::

    site = Site(settings, "da", "projects/welcome-letters/")
    site.render("project.html.j2", title="welcome-letters", ...)
"""

import functools
from dataclasses import dataclass
from typing import Any

import jinja2
from markupsafe import Markup

from rpa_registry.settings import Settings

from . import _terms
from ._languages import LANGUAGES, Language, Words, words_of
from ._static import icon_svg, stamp

__all__ = ["HTML", "SECURITY_HEADERS", "Site", "fragment"]

HTML = "text/html; charset=utf-8"

SECURITY_HEADERS: tuple[tuple[str, str], ...] = (
    (
        "Content-Security-Policy",
        (
            "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; form-action 'self'; "
            "base-uri 'none'; frame-ancestors 'none'"
        ),
    ),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
)
"""What every HTML page of the site is sent with."""

_MENU = (("", "Catalogue"), ("stack/", "Runs on our stack?"), ("log/", "Log"), ("advisories/", "Recalls"))


@dataclass(frozen=True)
class Site:
    """A page's place.

    Attributes:
        settings: The registry's.
        language: Of the page.
        place: Its address below the language's folder: empty, or ending in ``/``; ``search`` for what
            exists only as an answer.
        query: What follows the ``?``, for the links to the other languages.
    """

    settings: Settings
    language: Language
    place: str
    query: str = ""

    @property
    def words(self) -> Words:
        """The language's."""
        return words_of(self.language)

    @property
    def root(self) -> str:
        """From the page to the registry's root."""
        return "../" * (1 + self.place.count("/"))

    @property
    def path(self) -> str:
        """Where the rendered page lies."""
        return f"{self.language}/{self.place}index.html"

    def render(self, template: str, **values: Any) -> bytes:  # noqa: ANN401 - whatever the template shows
        """The page as bytes.

        Args:
            template: File name in ``templates/``.
            values: What it shows, besides what every page has.
        """
        page = _environment(self.language).get_template(template)
        return page.render(self._common() | values).encode()

    def _common(self) -> dict[str, Any]:
        words = self.words
        here = self.place.split("/")[0]
        return {
            "language": self.language,
            "root": self.root,
            "cooperation": self.settings.cooperation,
            "contact": self.settings.contact,
            "country": self.settings.country,
            "stamp": stamp(),
            "alternates": [self._alternate(one) for one in self.settings.languages],
            "menu": [
                {
                    "href": f"{self.root}{self.language}/{place}",
                    "label": words.gettext(label),
                    "current": place == self.place or (bool(place) and place.rstrip("/") == here),
                }
                for place, label in _MENU
            ],
        }

    def _alternate(self, language: Language) -> dict[str, str]:
        path = f"{language}/{self.place}{self.query}"
        public = self.settings.public_url.rstrip("/")
        return {
            "language": language,
            "name": LANGUAGES[language],
            "href": self.root + path,
            "absolute": f"{public}/{path}" if public else self.root + path,
        }


def fragment(language: Language, template: str, **values: Any) -> Markup:  # noqa: ANN401 - as above
    """A part of a page, to be set into others as it is."""
    page = _environment(language).get_template(template)
    return Markup(page.render(values | {"language": language}))  # noqa: S704 - a template escapes what it is given


@functools.cache
def _environment(language: Language) -> jinja2.Environment:
    words = words_of(language)
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("rpa_registry.web"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    install: Any = environment  # the extension adds methods that the type does not have
    install.install_gettext_callables(words.gettext, words.ngettext, newstyle=True)
    environment.globals |= {
        "svg": lambda name: Markup(icon_svg(name)),  # noqa: S704 - files of this package
        "day": words.day,
        "clock": words.clock,
        "number": words.number,
        "size": words.size,
        "state_word": lambda state: words.gettext(_terms.STATE_WORDS.get(state, state or "Staged")),
        "state_class": lambda state: _terms.STATE_CLASSES.get(state, "plain"),
        "state_meaning": lambda state: words.gettext(_terms.STATE_MEANINGS.get(state, "")),
        "tier_word": lambda tier: words.gettext(_terms.TIER_WORDS.get(tier, tier)),
        "tier_meaning": lambda tier: words.gettext(_terms.TIER_MEANINGS.get(tier, "")),
        "rung_word": lambda rung: words.gettext(_terms.RUNG_WORDS.get(rung or "", rung)),
        "rung_class": lambda rung: _terms.RUNG_CLASSES.get(rung or "", "plain"),
        "kind_word": lambda kind: words.gettext(_terms.KIND_WORDS.get(kind, kind)),
        "languages_of": lambda codes: _terms.languages_of(words, codes),
    }
    return environment
