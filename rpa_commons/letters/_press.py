"""What a bound :class:`Letters` works with: templates found, checked, filled in, parsed and typeset.

Imported when letters are bound and not before: Jinja2, Markdown and typst are too heavy for whoever only
reads settings or a letterhead.
"""

import datetime as dt
import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rpa_commons.capabilities import Letter, Person

from ._chain import chain, check_names
from ._grammar import Sheet
from ._letterhead import Recipient
from ._markdown import Block, parse, plain_text
from ._render import environment_for, render
from ._store import SUFFIX, LetterSource, TemplateStore
from ._typeset import Typesetter
from ._values import LetterValue, clean, letter_values, names_of
from ._words import WORDS, Language, long_date

__all__ = ["Press", "Signature"]


@dataclass(frozen=True)
class Signature:
    """What a municipality's settings say: the language, who signs, and the lines below."""

    language: Language
    sender: str
    contact: tuple[str, ...]


@dataclass(frozen=True)
class _Draft:
    """A letter before typesetting. Personal throughout."""

    title: str
    body: list[Block]
    recipient: Recipient
    date: dt.date
    signature: Signature


class Press:
    """Makes the letters of one source; shared by every thread."""

    def __init__(self, source: LetterSource) -> None:
        self._source = source
        self._store = TemplateStore(source.templates, source.overrides)
        self._environment = environment_for(self._store)
        self._typesetter = Typesetter()
        self._chain = functools.lru_cache(maxsize=256)(self._read_chain)

    def letter(
        self, template: str, person: Person, signature: Signature, extra: Mapping[str, LetterValue]
    ) -> Letter:
        """The letter, typeset. Errors as :meth:`rpa_commons.letters.Letters.render`."""
        draft = self._draft(template, person, signature, extra)
        name = self._name(template)
        return Letter(
            title=draft.title,
            language=draft.signature.language,
            pdf=self._typesetter.pdf(self._data(draft), draft.date, name),
            text=self._text(draft),
            template=name,
        )

    def text(
        self, template: str, person: Person, signature: Signature, extra: Mapping[str, LetterValue]
    ) -> str:
        """The letter as plain text."""
        return self._text(self._draft(template, person, signature, extra))

    def _read_chain(self, canonical: str) -> tuple[Sheet, ...]:
        return chain(self._store, canonical)

    def _name(self, template: str) -> str:
        stem = self._store.resolve(template).partition(":")[2].removesuffix(SUFFIX)
        return f"{self._source.bot}:{stem}" if self._source.bot else stem

    def _draft(
        self, template: str, person: Person, signature: Signature, extra: Mapping[str, LetterValue]
    ) -> _Draft:
        canonical = self._store.resolve(template)
        date = self._source.date
        day = date() if callable(date) else date
        recipient = Recipient.of(person)
        values = letter_values(
            person=person,
            recipient=recipient,
            letterhead=self._source.letterhead,
            sender=signature.sender,
            contact=signature.contact,
            date=day,
            language=signature.language,
            extra=extra,
        )
        check_names(self._chain(canonical), names_of(values))
        rendered = render(self._environment, canonical, values, signature.language)
        body = parse(rendered.markdown, rendered.values, canonical)
        return _Draft(rendered.title, body, recipient, day, signature)

    def _data(self, draft: _Draft) -> dict[str, Any]:
        """What ``letter.typ`` reads."""
        head, words = self._source.letterhead, WORDS[draft.signature.language]
        phone = f"{words.phone} {head.phone}" if head.phone else ""
        lines = [line for line in (*head.address, phone, head.email, head.web) if line]
        day = draft.date
        return {
            "language": draft.signature.language,
            "title": draft.title,
            "body": draft.body,
            "head": {"name": clean(head.name), "lines": [clean(line) for line in lines]},
            "recipient": [clean(line) for line in (draft.recipient.name, *draft.recipient.lines)],
            "date": {
                "year": day.year,
                "month": day.month,
                "day": day.day,
                "text": long_date(day, draft.signature.language),
            },
            "closing": words.closing,
            "sender": clean(draft.signature.sender),
            "contact": [clean(line) for line in draft.signature.contact],
            "page": words.page,
        }

    def _text(self, draft: _Draft) -> str:
        closing = WORDS[draft.signature.language].closing
        signed = (draft.signature.sender, self._source.letterhead.name, *draft.signature.contact)
        return "\n\n".join((draft.title, plain_text(draft.body), closing, "\n".join(signed))) + "\n"
