"""What never leaves the house, whatever a schema calls it, and what repeats something that must not.

Rules this module keeps: a text is judged as people read it, so signs of another width, other dashes and other
spaces make no difference; when in doubt a text does not fit, since a value that is withheld costs nothing.

Usage::

    taboo = Taboo()
    taboo.add("Jens Hansen")
    taboo.is_in("jens_hansen-letters")  # True
    is_fit_text("postgres://db/?password=x")  # False
"""

import re
import unicodedata

from rpa_commons.validators import mask_personal_numbers

__all__ = ["Taboo", "is_fit_key", "is_fit_name", "is_fit_number", "is_fit_text"]

_LONGEST_TEXT = 4000  # characters; a longer one is no choice but a document
_LONGEST_KEY = 40
_LONGEST_NAME = 200
_SHORTEST = 4  # characters; a shorter text stands in every other word
_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_MANY_DIGITS = re.compile(r"\d{4}")
# Absolute paths, e-mail addresses, addresses with a user or a password in them.
_UNFIT = re.compile(
    r"^\s*[/~\\]|\b[A-Za-z]:[\\/](?!/)|(?<![\w:/])/[\w.-]+/|\\\\\w|\bfile:/|@|\w\s?[(\[]at[)\]]\s?\w",
    re.IGNORECASE,
)
# A password with its name before it, keys as services hand them out, and what only chance can have made: a
# long word with capitals, small letters and digits, or a long hexadecimal one.
_SECRET = re.compile(
    r"(?i:pass(?:w|word|wd|phrase|ord)?|pwd|secret|token|(?:api|access|account|private|shared)[-_ ]?key"
    r"|credentials?|adgangskode|kodeord|l[oö]senord|\bsig)[\"']?\s{0,3}[=:]\s{0,3}\S"
    r"|-----BEGIN|(?i:\b(?:bearer|basic)\s{1,3}[\w.~+/-]{8})"
    r"|\b(?:AKIA|ASIA)[A-Z0-9]{12}|\bgh[oprsu]_\w{16}|\beyJ[\w-]{8}|\bxox[abprs]-|\bsk-[\w-]{16}"
    r"|(?<![\w+=-])(?=[\w+=-]*\d)(?=[\w+=-]*[a-z])(?=[\w+=-]*[A-Z])[\w+=-]{24}|(?<!\w)[0-9a-f]{32}",
    re.ASCII,
)
# Ids of agreements and accounts, and whatever has a number of signs that only a person or a contract has.
_UUID = re.compile(r"(?<!\w)[0-9a-f]{8}(?:-?[0-9a-f]{4}){3}-?[0-9a-f]{12}(?!\w)", re.IGNORECASE)
_DAY = re.compile(  # a day of this century is no birthday of an adult, and tables begin with one
    r"(?<![0-9])(?:20[0-9]{2}-[01][0-9]-[0-3][0-9]"
    r"|[0-3]?[0-9](?P<between>[./])[01]?[0-9](?P=between)20[0-9]{2})(?![-./ ]?[0-9])"
)
_LONG_NUMBER = re.compile(r"[0-9](?:[\s._/()+\u2010-\u2015\u2212-]{0,4}[0-9]){7}")
_FINNISH = re.compile(
    r"(?<![0-9])[0-3][0-9][01][0-9]{3}\s?[-+a-fu-y\u2010-\u2015\u2212]\s?[0-9]{3}[0-9a-y](?!\w)",
    re.IGNORECASE,
)
# Machines that only the house can reach say how it is built inside: names without a dot, private addresses.
_INSIDE = re.compile(
    r"[\w-]\.(?:local|lan|intern|internal|intranet|corp|home|private|localdomain)(?![\w-])"
    r"|(?<![\w.])(?:10(?:\.[0-9]{1,3}){3}|192\.168(?:\.[0-9]{1,3}){2}|172\.(?:1[6-9]|2[0-9]|3[01])(?:\.[0-9]{1,3}){2}"
    r"|169\.254(?:\.[0-9]{1,3}){2})(?![\w.]*[0-9])"
    r"|(?<![\w:])f(?:[cd][0-9a-f]{2}|e80):[0-9a-f:]"
    r"|://(?!localhost\b)[\w-]+(?=[:/\s]|$)",
    re.IGNORECASE | re.ASCII,
)
_APART = re.compile(r"[\s._-]+")


def is_fit_text(text: str) -> bool:
    """Whether a text holds nothing that never leaves the house.

    That is: personal numbers and any other long number, paths, mail, passwords, ids, machines inside.
    """
    if len(text) > _LONGEST_TEXT:
        return False
    plain = unicodedata.normalize("NFKC", text)
    if _UNFIT.search(plain) or mask_personal_numbers(plain) != plain:
        return False
    if any(pattern.search(plain) for pattern in (_SECRET, _UUID, _INSIDE, _FINNISH)):
        return False
    return not (_LONG_NUMBER.search(_DAY.sub("|", plain)) or any(map(_says_more, plain.split())))


def is_fit_number(number: int) -> bool:
    """Whether a number is too short for one of a person, a telephone or an account."""
    return not _LONG_NUMBER.search(str(number))


def is_fit_key(key: str) -> bool:
    """Whether a key that no schema knows looks like a key and not like data."""
    return (
        len(key) <= _LONGEST_KEY
        and bool(_KEY.fullmatch(key))
        and not _MANY_DIGITS.search(key)
        and is_fit_text(key)
    )


def is_fit_name(name: str) -> bool:
    """Whether a file's name may be seen, and every system can write it."""
    return len(name) <= _LONGEST_NAME and name.isprintable() and " " not in name and is_fit_text(name)


class Taboo:
    """Texts that stand in no published value, free key or file name, whatever their case and spaces."""

    def __init__(self) -> None:
        self._texts: dict[str, dict[int, set[str]]] = {}  # by how they begin, then by their length

    def add(self, text: str) -> None:
        """One more; one that is too short to mean anything is passed over."""
        folded = _folded(text)
        if len(folded) >= _SHORTEST:
            self._texts.setdefault(folded[:_SHORTEST], {}).setdefault(len(folded), set()).add(folded)

    def is_in(self, text: str) -> bool:
        """Whether one of them stands in a text."""
        folded = _folded(text) if self._texts else ""
        return any(
            folded[at : at + length] in texts
            for at in range(len(folded) - _SHORTEST + 1)
            for length, texts in self._texts.get(folded[at : at + _SHORTEST], {}).items()
        )


def _folded(text: str) -> str:
    return _APART.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()


def _says_more(word: str) -> bool:
    """Whether a word is an address with more behind it than where something is."""
    _, mark, rest = word.partition("://")
    return bool(mark) and any(sign in rest for sign in "?#;")
