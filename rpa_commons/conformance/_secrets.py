"""Secrets that somebody packed with a wheel: keys, tokens, passwords.

Rules this module keeps: a finding says where and of what kind, never the secret; what its issuer gives a
shape is A151, a word that only stands beside a name such as ``password`` is A151 when it looks made, and A181
when it might be any word; each search begins with bytes that must be there, so that a clean wheel costs
little.

Usage::

    find_secrets(batch, findings)
"""

import math
import re
from collections import Counter
from collections.abc import Iterator

from ._members import suffix_of
from ._report import Findings
from ._texts import Batch, positions

__all__ = ["check_secret_file", "find_secrets"]

_NOT_BEFORE = re.compile(rb"[A-Za-z0-9_]")
_SHAPES: tuple[tuple[bytes, re.Pattern[bytes], str], ...] = (
    (b"AGE-SECRET-KEY-1", re.compile(rb"AGE-SECRET-KEY-1[0-9A-Z]{50}"), "a private key"),
    (b"PuTTY-User-Key-File-", re.compile(rb"PuTTY-User-Key-File-[0-9]:"), "a private key"),
    (b"AKIA", re.compile(rb"AKIA(?![A-Z0-9]{9}EXAMPLE)[0-9A-Z]{16}(?![0-9A-Za-z])"), "an AWS access key"),
    (b"ASIA", re.compile(rb"ASIA(?![A-Z0-9]{9}EXAMPLE)[0-9A-Z]{16}(?![0-9A-Za-z])"), "an AWS access key"),
    (b"glpat-", re.compile(rb"glpat-[A-Za-z0-9_-]{20}"), "a GitLab token"),
    (b"xox", re.compile(rb"xox[abeoprs]-[A-Za-z0-9-]{10}"), "a Slack token"),
    (
        b"hooks.slack.com/services/T",
        re.compile(rb"hooks[.]slack[.]com/services/T[\w/]{20}"),
        "a Slack address",
    ),
    (b"webhook.office.com/", re.compile(rb"webhook[.]office[.]com/webhookb2/[\w@/-]{36}"), "a Teams address"),
    (b"pypi-AgE", re.compile(rb"pypi-AgE[A-Za-z0-9_-]{50}"), "a PyPI token"),
    (b"rpac_", re.compile(rb"rpac_[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])"), "a token of an rpa-commons registry"),
    (b"AIza", re.compile(rb"AIza[0-9A-Za-z_-]{35}"), "a Google key"),
    (b"sk-", re.compile(rb"sk-(?:ant-|proj-)?[A-Za-z0-9_-]{40}"), "a key of a language model"),
    (b"SG.", re.compile(rb"SG[.][\w-]{22}[.][\w-]{43}"), "a SendGrid key"),
    (b"AccountKey=", re.compile(rb"AccountKey=[A-Za-z0-9+/]{40}"), "an Azure key"),
    (b"AccessKey=", re.compile(rb"AccessKey=[A-Za-z0-9+/]{40}"), "an Azure key"),
    (
        b"eyJ",
        re.compile(rb"eyJ[A-Za-z0-9_-]{10,2000}[.]eyJ[A-Za-z0-9_-]{10,4000}[.][\w-]{20}"),
        "a signed token (JWT)",
    ),
)
_KEY = re.compile(
    rb"PRIVATE KEY(?: BLOCK)?-----[\s\\nr\"'+,()]{0,40}"
    rb"(?:[A-Za-z-]{1,20}: [^\n]{0,200}[\s\\nr]{1,8}){0,6}[A-Za-z0-9+/=]{16}"
)
# Many issuers write a short word, an underscore and then only letters and digits: one search for all of them.
_PLAIN = bytes.maketrans(b"bcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", b"a" * 61)
_AFTER_UNDERSCORE = b"_" + b"a" * 20
_ISSUERS: tuple[tuple[bytes, str], ...] = (
    *((name, "a GitHub token") for name in (b"ghp", b"gho", b"ghu", b"ghs", b"ghr", b"github_pat")),
    (b"npm", "an npm token"),
    (b"hf", "a Hugging Face token"),
    (b"sk_live", "a Stripe key"),
)
_LONGEST_ISSUER = 12
_URL = re.compile(rb"://[^\s/:@'\"<>{}$%\\\[\](),]{1,64}:([^\s/:@'\"<>{}$%*\\\[\](),]{3,128})@[A-Za-z0-9]")
_NAMES = (
    b"pass", b"pwd", b"secret", b"token", b"_key", b"api-key", b"apikey", b"accesskey", b"gangskode",
    b"kodeord", b"senord",
)  # fmt: skip
_OWN_WORDS = frozenset({b"pass", b"pwd", b"gangskode", b"kodeord", b"senord"})
_PASS = re.compile(rb"pass(?:w|ord|phrase|code|kode)")
_QUOTED = re.compile(
    rb"[\w.-]{0,40}[\"']?\]?[ \t]{0,4}(?::[ \t]{0,4}[\w.\[\]| ]{1,30})?[ \t]{0,4}"
    rb"(?:=>|:=|==|!=|=|:)[ \t]{0,4}"
    rb"[brfuBRFU]{0,2}(?:\"([^\"\\\n]{4,200})\"|'([^'\\\n]{4,200})')"
)
_BARE = re.compile(rb"[\w.-]{0,40}[ \t]{0,4}[=:][ \t]{0,4}([^\s\"'#;,]{6,200})[ \t]{0,4}(?:\r?\n|\0)")
_BARE_FILES = frozenset({".env", ".ini", ".cfg", ".conf", ".properties", ".yml", ".yaml", ".txt", ".netrc"})
_PLACEHOLDER = re.compile(
    rb"[<>{}$%\s]|\.\.\.|\xe2\x80\xa6|x{3}|\*{3}|example|changeme|change[-_]me|dummy|placeholder|your[-_]|"
    rb"redacted|secret://|vault|keyring|env[:=]|://",
    re.IGNORECASE,
)
_WORDS = re.compile(rb"[A-Za-z]+(?:[_.\-/:][A-Za-z]+)*[0-9]?")
_PATH = re.compile(rb"[/.]|[A-Za-z]:\\")
_SAME_AS_NAME = re.compile(
    rb"pass|pwd|secret|token|key|kode|ord$|user|login|none|null|true|false|string|text", re.IGNORECASE
)
_SHORTEST_PASSWORD = 6
_SHORTEST_TOKEN = 16
_ENTROPY = 3.3  # bits a character; words and paths of this length stay below
_HELP = "take it out, and change it where it is used: what was published is known. Secrets are references"
_FILES = frozenset(
    {
        ".env", ".netrc", "_netrc", ".pypirc", ".pgpass", ".htpasswd", "id_rsa", "id_dsa", "id_ecdsa",
        "id_ed25519", "credentials.json", "token.json",
    }
)  # fmt: skip
_SUFFIXES = frozenset({".pfx", ".p12", ".jks", ".keystore", ".kdbx", ".ppk", ".key", ".ovpn", ".rdp"})


def check_secret_file(path: str, findings: Findings) -> None:
    """Say when a file is one that keeps secrets by its nature, whatever is in it (A151)."""
    name = path.rpartition("/")[2].lower()
    if name in _FILES or suffix_of(name) in _SUFFIXES:
        findings.add("A151", path, "is a file that keys or passwords are kept in", _HELP)


def find_secrets(batch: Batch, findings: Findings) -> None:
    """Find what looks like a secret in many files (A151, A181)."""
    text = batch.text
    for at in positions(text, b"PRIVATE KEY"):
        if _KEY.match(text, at):
            findings.add("A151", batch.place(at), "holds a private key", _HELP)
    for needle, shape, what in _SHAPES:
        for at in positions(text, needle):
            is_begin = needle == b"AccessKey=" or not (at and _NOT_BEFORE.match(text, at - 1))
            if is_begin and shape.match(text, at):
                findings.add("A151", batch.place(at), f"holds {what}", _HELP)
    _find_issued(batch, text, findings)
    for at in positions(text, b"://"):
        match = _URL.match(text, at)
        if match and not _PLACEHOLDER.search(match[1]) and not _SAME_AS_NAME.search(match[1]):
            findings.add("A151", batch.place(at), "holds an address with a password in it", _HELP)
    _find_assigned(batch, text, findings)


def _find_issued(batch: Batch, text: bytes, findings: Findings) -> None:
    """Tokens that are a short word, an underscore, and then only letters and digits."""
    for at in positions(text.translate(_PLAIN), _AFTER_UNDERSCORE):
        before = text[max(at - _LONGEST_ISSUER, 0) : at]
        for name, what in _ISSUERS:
            if before.endswith(name) and not _NOT_BEFORE.match(before[-len(name) - 1 : -len(name)]):
                findings.add("A151", batch.place(at), f"holds {what}", _HELP)


def _find_assigned(batch: Batch, text: bytes, findings: Findings) -> None:
    lowered = text.lower()
    told: set[int] = set()
    for needle in _NAMES:
        if needle not in lowered:
            continue
        for at in positions(lowered, needle):
            if needle == b"pass" and not _PASS.match(lowered, at):
                continue
            for begin, value in _values(batch, text, at):
                code = _judged(needle, value)
                if code and begin not in told:
                    told.add(begin)
                    said = "holds a password or key" if code == "A151" else "may hold a password"
                    findings.add(code, batch.place(at), f"{said} in clear text", _HELP)


def _values(batch: Batch, text: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """What is assigned to the name that stands here."""
    match = _QUOTED.match(text, at)
    if match:
        group = 1 if match[1] is not None else 2
        yield match.start(group), match[group]
        return
    match = _BARE.match(text, at)
    if match and _is_settings_file(batch.name(at)):
        yield match.start(1), match[1]


def _is_settings_file(path: str) -> bool:
    name = path.rpartition("/")[2].lower()
    return name in _BARE_FILES or suffix_of(name) in _BARE_FILES


def _judged(needle: bytes, value: bytes) -> str:
    """``A151`` for a value that was made to be secret, ``A181`` for one that may be; else nothing."""
    if _PLACEHOLDER.search(value):
        return ""
    if _WORDS.fullmatch(value):
        may_be = needle in _OWN_WORDS and value.isalnum() and len(value) >= _SHORTEST_PASSWORD
        return "A181" if may_be and not _SAME_AS_NAME.search(value) else ""
    if needle in _OWN_WORDS:
        return "A151" if len(value) >= _SHORTEST_PASSWORD and not _PATH.match(value) else ""
    is_long = len(value) >= _SHORTEST_TOKEN and not _PATH.match(value)
    has_both = any(48 <= one <= 57 for one in value) and any(one > 64 for one in value)  # noqa: PLR2004 - digits, letters
    return "A151" if is_long and has_both and _entropy(value) >= _ENTROPY else ""


def _entropy(value: bytes) -> float:
    """Bits a character, by how often each is there."""
    return -sum(n / len(value) * math.log2(n / len(value)) for n in Counter(value).values())
