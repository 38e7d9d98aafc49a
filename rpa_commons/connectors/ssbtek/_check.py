"""An answer by the official schema, where it is kept here: which agency's part breaks it, where and why.

Rules this module keeps: each part is judged by itself, so that one that breaks its contract does not take the
others along; what is wrong outside the parts refuses the answer; a reason names elements, never a value.

The schema is no part of the library: ``rpac specs add`` keeps it. Without it :func:`official_schema` gives
``None``, and answers say that only our reader looked at them.
"""

import copy
import re
import threading
from collections.abc import Mapping

from lxml import etree

from rpa_commons.connectors.http import UnexpectedAnswerError
from rpa_commons.specs import MissingSpecError, SchemaChecker, SpecsStore
from rpa_commons.validators.xsd import SchemaProblem

from ._words import AGENCIES, SSBT, SYSTEM, clean

__all__ = ["OfficialSchema", "official_schema"]

_FAMILY = "ssbtek"
_PREFIX = re.compile(r"[^/:\[\]]+:")
_AGENCY_OF = {f"{{{SSBT}}}{code.upper()}": code for code in AGENCIES}


class OfficialSchema:
    """The kept schema; safe to use from several threads."""

    def __init__(self, checker: SchemaChecker) -> None:
        self._checker = checker
        self._lock = threading.Lock()
        self.label = checker.label

    def refused(self, answer: etree._Element) -> Mapping[str, str]:
        """Agency -> place and reason, for each part that breaks the schema; empty when the answer is valid.

        Args:
            answer: The ``hamtaBastjanstInformationResponse``.

        Raises:
            UnexpectedAnswerError: what stands around the parts breaks it.
            DamagedSpecError: the kept files are no schema.
        """
        whole = self._first(answer)
        if whole is None:
            return {}
        refused = {}
        for code in AGENCIES:
            problem = self._first(_only(answer, code))
            if problem is not None:
                refused[code] = _words(problem)
        rest = self._first(_only(answer, *(code for code in AGENCIES if code not in refused)))
        if rest is not None:
            raise UnexpectedAnswerError(SYSTEM, f"the answer breaks {self.label} at {_words(rest)}")
        return refused

    def _first(self, answer: etree._Element) -> SchemaProblem | None:
        with self._lock:  # the checker builds its schema at the first document
            found = self._checker.check(etree.tostring(answer))
        return found[0] if found else None


def official_schema(store: SpecsStore) -> OfficialSchema | None:
    """The newest kept version; ``None`` when none is kept.

    Raises:
        SpecsError: it is kept and damaged.
    """
    try:
        return OfficialSchema(SchemaChecker(store, _FAMILY))
    except MissingSpecError:
        return None


def _only(answer: etree._Element, *codes: str) -> etree._Element:
    """The same answer with these agencies' parts alone."""
    alone = copy.deepcopy(answer)
    for told in alone.findall(f"{{{SSBT}}}svarsdata"):
        for part in list(told):
            agency = _AGENCY_OF.get(str(part.tag))
            if agency is not None and agency not in codes:
                told.remove(part)
    return alone


def _words(problem: SchemaProblem) -> str:
    """Where and why, from ``svarsdata`` on and without prefixes."""
    path = _PREFIX.sub("", problem.path).rpartition("svarsdata/")[2]
    return clean(f"{path}: {problem.text}")
