"""Secrets in recorded requests and answers, found by the name before them or by their form.

Rules this module keeps: rather too much is removed than too little, and what has no end goes to the end of
the text; a value that is removed already, empty or null stays; time grows with the length of the text.

Usage:
    text, removed = without_secrets(text)
"""

import re
from typing import NamedTuple

__all__ = ["without_secrets"]

_REMOVED = "removed"
_NOTHING = frozenset({"", _REMOVED, "null", "true", "false", "~", "[]", "{}", "''", '""'})
# A name is secret by its end: client_secret, X-Api-Key, BinarySecurityToken; token_type is none.
_NAMED = (
    r"[\w.-]*(?:authorization|cookies?|passw(?:or)?d|pwd|passphrase|adgangskode|secret|credentials?"
    r"|assertion|api[-_.]?key|(?:private|subscription|access|account|shared|signing)[-_.]?key|session[-_.]?id"
    r"|(?<!requestsecurity)token|saml[-_.]?(?:response|request|art))(?![\w.-])"
)
_NAME = re.compile(rf"(?<![\w.-]){_NAMED}", re.IGNORECASE | re.ASCII)
_FORMS = (
    re.compile(r"(?<![\w-])(eyJ[\w-]{8,}+\.[\w.-]++)", re.ASCII),  # a JSON Web Token
    re.compile(r"\bBearer[ ]{1,4}(?!removed\b)([\w.~+/=-]++)", re.ASCII | re.IGNORECASE),
    re.compile(r"\b(?:Basic|Negotiate|NTLM)[ ]{1,4}([A-Za-z0-9+/=]{16,}+)", re.IGNORECASE),
    re.compile(r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----(?!removed)(.*?)(?:-----END|\Z)", re.DOTALL),
    re.compile(r"://[^\s/@:\"<>]{0,100}:(?!removed@)([^\s/@\"<>]{1,200})@"),  # of an address
    # A pair whose value comes first.
    re.compile(
        rf'"value"\s*:\s*"(?!removed")((?:[^"\\]|\\.)++)"\s*,\s*"(?:name|key)"\s*:\s*"{_NAMED}"',
        re.IGNORECASE | re.ASCII,
    ),
    # A document inside a recording: nobody can read what it holds, so nobody may pass it on.
    re.compile(r"(?<![A-Za-z0-9+/_-])((?:[A-Za-z0-9+/_-]|\\/){200,}+={0,2})"),
)
_GAP = r"(?:\s|\\[nrt])*+"
_NEW_LINE = r"(?:\r?\n|(?:\\r)?\\n)"
_KEY_END = re.compile(rf'\\*"{_GAP}:{_GAP}')
_PAIR_START = re.compile(r'\\*"(?:name|key)\\*"\s*:\s*\\*"\Z', re.IGNORECASE)
_PAIR_END = re.compile(rf'\\*"{_GAP},{_GAP}\\*"value\\*"{_GAP}:{_GAP}', re.IGNORECASE)
_PART_START = re.compile(r'name=\\*"\Z', re.IGNORECASE)
_PART_END = re.compile(
    rf'\\*"[^\r\n\\]{{0,200}}{_NEW_LINE}(?:[^\r\n\\]{{1,200}}{_NEW_LINE}){{0,4}}{_NEW_LINE}'
)
_ATTRIBUTE_START = re.compile(r"(?:name|key)=\\*[\"']\Z", re.IGNORECASE)
_ATTRIBUTE_END = re.compile(r"\\*[\"'](?:\s+value=\\*[\"']|\s*>)", re.IGNORECASE)
_BELOW_START = re.compile(r"(?:name|key):[ \t]*[\"']?\Z", re.IGNORECASE)
_BELOW_END = re.compile(r"[\"']?[ \t]*\r?\n[ \t]*value:[ \t]*", re.IGNORECASE)
_CONTENT_END = re.compile(r"\\*[\"']|<|\Z")
_OPENING = re.compile(r'(\\*+)"')
_QUOTE = re.compile(r'(?<!\\)(\\*+)"')
_TOKEN = re.compile(r'(?<!\\)(\\*+)"|[\[\]{}]')
_LITERAL = re.compile(r"(?:null|true|false|-?[0-9][0-9.eE+-]*+)(?=[\s,}\]\\]|\Z)")
_ELEMENT = re.compile(r"(?:<|&lt;)((?:[\w.-]{1,80}:)?)\Z")
_TAG_END = re.compile(r"(?:\s(?:(?!&[lg]t;)[^<>])*+)?+(?:>|&gt;)")
_COLON = re.compile(r"'?[ \t]*:[ \t]*")
_EQUALS = re.compile(r"[ \t]*=[ \t]*(\\*+[\"'])?")
_LONG_END = re.compile(r"[&\r\n\"'<>]|\Z")  # a value with spaces or semicolons in it
_LONG_NAME = re.compile(r"(?:authorization|cookies?)\s*=|[ \t]=", re.IGNORECASE)
_FORM_END = re.compile(r"[&\s\"'<>;,\\)]|\Z")
_LINE_END = re.compile(r"[\r\n]|\Z")
_TEXT_END = re.compile(r"\\+[rn]|[\r\n]|\\*\"|\Z")
_SINGLE_END = re.compile(r"['\r\n]|\Z")
_LINE_BELOW = re.compile(r"\r?\n([ \t]*)([^\r\n]+)")
_LOOK_BACK = 100  # characters before a name that say what it is the name of


class _Value(NamedTuple):
    """Where a secret stands, and what is put there."""

    start: int
    end: int
    instead: str = _REMOVED


def without_secrets(text: str) -> tuple[str, int]:
    """The text with ``removed`` in the place of each secret, and how many these were."""
    pieces: list[str] = []
    done = place = count = 0
    while name := _NAME.search(text, place):
        value = _value(text, name)
        place = name.end() if value is None else max(value.end, name.end())
        if value is None or text[value.start : value.end].strip() in _NOTHING | {value.instead.strip()}:
            continue
        pieces += [text[done : value.start], value.instead]
        done, count = value.end, count + 1
    text = "".join((*pieces, text[done:]))
    for form in _FORMS:
        text, more = form.subn(_without_group, text)
        count += more
    return text, count


def _without_group(match: re.Match[str]) -> str:
    start, end = match.start(1) - match.start(), match.end(1) - match.start()
    return f"{match[0][:start]}{_REMOVED}{match[0][end:]}"


def _value(text: str, name: re.Match[str]) -> _Value | None:  # noqa: PLR0911 - a return for each form
    """What belongs to a name, by what stands before and behind it; None where it is a word like others."""
    start, end = name.span()
    before = text[max(0, start - _LOOK_BACK) : start]
    if _ATTRIBUTE_START.search(before) and (attribute := _ATTRIBUTE_END.match(text, end)):
        return _Value(attribute.end(), _end(_CONTENT_END, text, attribute.end()))
    if _BELOW_START.search(before) and (below := _BELOW_END.match(text, end)):
        return _Value(below.end(), _end(_LINE_END, text, below.end()))
    if before.endswith('"'):
        if _PAIR_START.search(before) and (pair := _PAIR_END.match(text, end)):
            return _json(text, pair.end())
        if _PART_START.search(before) and (part := _PART_END.match(text, end)):
            return _Value(part.end(), _end(_TEXT_END, text, part.end()))
        if key := _KEY_END.match(text, end):
            return _json(text, key.end())
    if (element := _ELEMENT.search(before)) and (tag := _TAG_END.match(text, end)):
        return _content(text, tag, f"{element[1]}{name[0]}")
    if equals := _EQUALS.match(text, end):
        return _assigned(text, equals, name[0])
    if not before.endswith(":") and (colon := _COLON.match(text, end)):
        return _line(text, start, colon.end(), before[-1:])
    return None


def _json(text: str, start: int) -> _Value:
    """The value of a key: a string, also inside a string, a list, an object, or a bare word."""
    if opening := _OPENING.match(text, start):
        return _Value(opening.end(), _string_end(text, opening.end(), len(opening[1]))[0])
    if text[start : start + 1] in {"[", "{"}:
        end, slashes = _bracket_end(text, start)
        quoted = f'{slashes}"{_REMOVED}{slashes}"'
        return _Value(start, end, f"[{quoted}]" if text[start] == "[" else quoted)
    if literal := _LITERAL.match(text, start):
        return _Value(start, literal.end(), f'"{_REMOVED}"')
    return _Value(start, _end(_LINE_END, text, start))


def _string_end(text: str, start: int, slashes: int) -> tuple[int, int]:
    """Where the content of a string ends, and where the string does.

    A string in a string in a string begins with a quote behind 0, 1, 3, 7 … backslashes. A quote ends it
    behind as many, when what is left of the backslashes are escaped backslashes.
    """
    for quote in _QUOTE.finditer(text, start):
        count = len(quote[1])
        if count < slashes or count % (2 * (slashes + 1)) == slashes:
            return quote.end() - 1 - min(count, slashes), quote.end()
    return len(text), len(text)


def _bracket_end(text: str, start: int) -> tuple[int, str]:
    """Where a list or an object ends, and the backslashes before its quotes."""
    depth, place, slashes = 0, start, None
    while token := _TOKEN.search(text, place):
        place = token.end()
        if token[0] in "[{":
            depth += 1
        elif token[0] in "]}":
            depth -= 1
        else:
            slashes = token[1] if slashes is None else slashes
            place = _string_end(text, place, len(token[1]))[1]
        if depth == 0:
            return place, slashes or ""
    return len(text), slashes or ""


def _content(text: str, tag: re.Match[str], name: str) -> _Value | None:
    """All between two tags; to the end of the text where the second is missing."""
    if tag[0].removesuffix("&gt;").removesuffix(">").endswith("/"):
        return None
    closing = re.compile(rf"(?:<|&lt;)\\?/{re.escape(name)}\s*(?:>|&gt;)").search(text, tag.end())
    return _Value(tag.end(), closing.start() if closing else len(text))


def _assigned(text: str, equals: re.Match[str], name: str) -> _Value:
    """What stands behind ``=``: in a form, an address, an attribute or a settings file."""
    start = equals.end()
    if equals[1] is None:
        long = _LONG_NAME.search(f"{name}{equals[0]}")
        return _Value(start, _end(_LONG_END if long else _FORM_END, text, start))
    end = text.find(equals[1], start)
    return _Value(start, len(text) if end < 0 else end)


def _line(text: str, name: int, start: int, before: str) -> _Value:
    """What stands behind ``:`` in a header or in YAML, with the lines below that belong to it."""
    if before == "'" and text[start : start + 1] == "'":  # 'key': 'value'
        start += 1
    if before and before in "\"'\\":
        return _Value(start, _end(_SINGLE_END if before == "'" else _TEXT_END, text, start))
    end = _end(_LINE_END, text, start)
    column, first = name - text.rfind("\n", 0, name) - 1, ""
    while below := _LINE_BELOW.match(text, end):
        wide = len(below[1])
        if wide < column or (wide == column and not below[2].startswith("- ")) or not below[2].strip():
            break
        first = first or below[0][: below.start(2) - below.start()]
        listed = below[2].startswith("- ")
        end = below.end()
        if listed and not text[start : below.start()].strip():
            first = f"{first}- "
    instead = f"{first}{_REMOVED}" if first.endswith("- ") else _REMOVED
    return _Value(start, end, instead)


def _end(pattern: re.Pattern[str], text: str, start: int) -> int:
    found = pattern.search(text, start)
    return found.start() if found else len(text)
