"""Recorded requests and answers made fit to be looked at: personal numbers stood in for, secrets removed.

Rules this module keeps: nothing that ``find_identifiers`` finds is left; a stand-in comes from a counter and
says nothing of the number; what was scrubbed is left alone when it is scrubbed again; every byte that is
neither number nor secret stays; the time taken grows with the length of the text and no faster; no text
makes it fail. It does not find names, addresses, free text, what is compressed
or otherwise encoded, nor a number whose separator is written as a JSON escape.

A stand-in keeps length and separators of the number: ``999900-0001``. It begins with 9999: there is no day 99
(Denmark: 1-31, 61-91 for replacement numbers), no Norwegian number begins with 9, there is no month 99 and
no Swedish century 99. So it can belong to nobody and no reader of numbers takes it.

Usage:
    stand_ins = StandIns()  # one for all files that belong together
    scrubbed = scrub(text, stand_ins)
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from ._secrets import without_secrets
from ._text import Found, find_identifiers

__all__ = ["Scrubbed", "StandIns", "scrub"]

_BARE = re.compile(r"[^0-9A-Z]")
_SIGN = re.compile(r"[0-9A-Z]")
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4}")  # of addresses and forms, and of JSON
_SEPARATORS = {"%20": " - ", "%2D": " - "}
_FULL = 12  # digits of a Swedish number with its century
_LAST = 999_999  # what six digits can count
_ROUNDS = 5  # a stand-in beside other digits may read as a number anew: seen in made-up texts only


@dataclass(frozen=True)
class Scrubbed:
    """A text without personal numbers and secrets."""

    text: str = field(repr=False)
    counts: Mapping[str, int]
    """How many of which kind: ``"cpr"``, ``"fodselsnummer"``, ``"personnummer"`` … and ``"secret"``."""


class StandIns:
    """Who stands in for whom within one run; the same number has the same stand-in, also in another file.

    A Swedish number with and without its century is one number. From the millionth number on all have the
    same stand-in.
    """

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def __len__(self) -> int:
        """How many different numbers were met."""
        return len(self._numbers)

    def replace(self, text: str) -> Scrubbed:
        """The text with a stand-in for every personal number; secrets stay. Also for the names of files."""
        counts: Counter[str] = Counter()
        for _ in range(_ROUNDS):
            view, found = _found(text)
            if not found:
                return Scrubbed(text, dict(counts))
            counts.update(kind for _, _, kind in _joined(found))
            text = _put(text, view, found, self._of)
        # What reads as a number still does so together with its neighbours: letters end that.
        view, found = _found(text)
        while found:
            text = _put(text, view, found, lambda written: _SIGN.sub("x", written))
            view, found = _found(text)
        return Scrubbed(text, dict(counts))

    def _of(self, written: str) -> str:
        bare = _BARE.sub("", written)
        number = self._numbers.setdefault(
            bare[2:] if len(bare) == _FULL and bare.startswith(("18", "19", "20")) else bare,
            min(len(self._numbers) + 1, _LAST),
        )
        signs = iter(f"{number:06}".rjust(len(bare), "9"))
        return _SIGN.sub(lambda _: next(signs), written)


def scrub(text: str, stand_ins: StandIns | None = None) -> Scrubbed:
    """The text with stand-ins for the personal numbers and ``removed`` for the secrets that it finds.

    Secrets are known by name (``Authorization``, ``Cookie``, ``access_token``, ``client_secret``,
    ``password``, ``api-key`` … as header, key of JSON, YAML and forms, or element) or by form (SAML
    assertions, JSON Web Tokens, ``Bearer`` and ``Basic``, private keys, long Base64).

    Args:
        text: A recording, whole.
        stand_ins: Who stands in for whom so far; a new set where it is left out.
    """
    stand_ins = StandIns() if stand_ins is None else stand_ins
    counts: Counter[str] = Counter()
    for _ in range(_ROUNDS):
        before = text
        text, secrets = without_secrets(text)
        replaced = stand_ins.replace(text)
        text = replaced.text
        counts.update(replaced.counts)
        counts["secret"] += secrets
        if text == before:
            break
    return Scrubbed(text, {kind: count for kind, count in sorted(counts.items()) if count})


def _found(text: str) -> tuple[str, tuple[Found, ...]]:
    """The numbers, and the text they were read in: as it stands, else with its escapes read as separators.

    ``%200706614818`` is a space and a number, ``070661%2D4818`` a number with its hyphen.
    """
    found = find_identifiers(text)
    if found or not _ESCAPE.search(text):
        return text, found
    view = _ESCAPE.sub(lambda escape: _SEPARATORS.get(escape[0].upper(), "%" * len(escape[0])), text)
    return view, find_identifiers(view)


def _joined(found: tuple[Found, ...]) -> Iterator[tuple[int, int, str]]:
    """Start, end and first kind of what overlaps: either may be the true number, so all of it goes."""
    start, end, kind = found[0].start, found[0].end, found[0].kind
    for one in found[1:]:
        if one.start < end:
            end = max(end, one.end)
        else:
            yield start, end, kind
            start, end, kind = one.start, one.end, one.kind
    yield start, end, kind


def _put(text: str, view: str, found: tuple[Found, ...], replace: Callable[[str], str]) -> str:
    pieces, done = [], 0
    for start, end, _ in _joined(found):
        read = view[start:end]
        signs = zip(text[start:end], read, replace(read), strict=True)
        pieces += [text[done:start], *(new if _SIGN.match(old) else kept for kept, old, new in signs)]
        done = end
    return "".join((*pieces, text[done:]))
