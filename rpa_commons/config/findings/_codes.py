"""The codes of findings: stable names that people look up and scripts rely on.

Rules this module keeps: a code never changes its meaning and is never used again; ``E`` stops a run, ``W``
does not; each has a page in ``codes/`` that ``rpac explain CODE`` prints.

Usage::

    CODES["E301"]  # "locked by the cooperation"
"""

from types import MappingProxyType

__all__ = ["CODES", "REFUSALS"]

CODES = MappingProxyType(
    {
        "E101": "unknown key",
        "E102": "missing required key",
        "E103": "file missing, unreadable or refused",
        "E104": "not a TOML document",
        "E105": "append or remove where it cannot be",
        "E201": "wrong type",
        "E202": "outside what is allowed",
        "E203": "two keys do not go together",
        "E301": "locked by the cooperation",
        "E302": "outside the cooperation's bounds",
        "E303": "two policies cannot both hold",
        "E304": "a second person has not confirmed",
        "E305": "a policy or waiver is wrong",
        "E401": "secret in clear text",
        "E402": "secret cannot be resolved",
        "E501": "migration needed",
        "E601": "required capability without connector",
        "E602": "unknown connector",
        "E603": "connector of another capability or version",
        "E604": "two bot instances share an id",
        "E605": "bad or missing instance id",
        "E606": "unknown stack profile",
        "E701": "a letter's template is wrong",
        "E702": "nothing reads this letter",
        "E801": "a decision table cannot be read",
        "E802": "a decision table has a gap",
        "E803": "rows of a decision table overlap",
        "E804": "a row of a decision table is never reached",
        "E805": "an example of a decision table fails",
        "W101": "deprecated key",
        "W201": "nothing to remove",
        "W301": "a waiver ends soon",
        "W302": "a policy without effect",
        "W501": "the letter changed under an override",
        "W502": "the baseline is written for an older version",
        "W601": "nobody answers for a production instance",
        "W801": "a decision table ends soon",
    }
)
"""Every code with what it stands for."""

REFUSALS = frozenset({"E301", "E302", "E304"})
"""Codes that say no though nothing is misspelt: exit code 5."""
