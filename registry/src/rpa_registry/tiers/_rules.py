"""The rules behind bronze, silver, gold and platinum, as data.

Rules this module keeps: a tier is reached when each of its rules, and of the tiers below, is done or exempt;
a rule is done by what a machine found, by what others signed, or by what the owner says (``quality.toml``),
and says which; safety has no exemption; nothing is read or written here.

Usage::

    found = assess(Facts(kind="bot", owner="0265", licence="MIT"))
    found.tier, [(one.rule.id, one.status) for one in found.rules]
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

from ._facts import Facts

__all__ = ["RULES", "TIERS", "Assessed", "Rule", "Verdict", "assess"]

TIERS = ("none", "bronze", "silver", "gold", "platinum")
"""From nothing to the highest; ``none``: bronze is not reached."""

Status = Literal["done", "exempt", "todo"]
_SHORTEST_README = 400
_TWO, _THREE = 2, 3
_ALL_LANGUAGES = frozenset({"da", "nb", "sv", "en"})


@dataclass(frozen=True)
class Rule:
    """One thing that makes a bot better for others.

    Attributes:
        id: Never changes its meaning.
        tier: The tier it belongs to.
        text: What holds when it is done.
        source: ``machine``, ``signed`` or ``owner``: whose word it is.
        how: What to do about it.
        check: Whether it holds.
        kinds: The kinds of plugin it is for; others are exempt by themselves.
        is_exemptable: Whether a coordinator may exempt a project from it.
    """

    id: str
    tier: str
    text: str
    source: Literal["machine", "signed", "owner"]
    how: str
    check: Callable[[Facts], bool]
    kinds: tuple[str, ...] = ("bot", "connector", "baseline")
    is_exemptable: bool = True


@dataclass(frozen=True)
class Verdict:
    """How one release stands to one rule.

    Attributes:
        rule: The rule.
        status: ``done``, ``exempt`` or ``todo``.
        reason: Why it is exempt; for ``todo`` what to do.
        person: Who exempted it, or empty.
    """

    rule: Rule
    status: Status
    reason: str = ""
    person: str = ""

    def to_json(self) -> dict[str, Any]:
        """The verdict as JSON values."""
        return {
            "rule": self.rule.id,
            "tier": self.rule.tier,
            "text": self.rule.text,
            "source": self.rule.source,
            "status": self.status,
            "reason": self.reason,
            "person": self.person,
        }


@dataclass(frozen=True)
class Assessed:
    """The tier of a release and how it came about.

    Attributes:
        tier: One of :data:`TIERS`.
        rules: Each rule's verdict, lowest tier first.
    """

    tier: str
    rules: tuple[Verdict, ...]

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return {"tier": self.tier, "rules": [one.to_json() for one in self.rules]}


def assess(facts: Facts) -> Assessed:
    """The tier that a release has reached."""
    verdicts = tuple(_verdict(rule, facts) for rule in RULES.values())
    missing = {one.rule.tier for one in verdicts if one.status == "todo"}
    reached = TIERS[0]
    for tier in TIERS[1:]:
        if tier in missing:
            break
        reached = tier
    return Assessed(reached, verdicts)


def _verdict(rule: Rule, facts: Facts) -> Verdict:
    if facts.kind not in rule.kinds:
        return Verdict(rule, "exempt", f"a {facts.kind} has none of this")
    if rule.check(facts):
        return Verdict(rule, "done")
    exemption = facts.exemptions.get(rule.id)
    if exemption is not None and rule.is_exemptable:
        return Verdict(rule, "exempt", exemption.reason, exemption.person)
    return Verdict(rule, "todo", rule.how)


def _is_list(value: Any) -> bool:  # noqa: ANN401 - any TOML value
    return isinstance(value, list) and bool(value)


def _settings_described(facts: Facts) -> bool:
    shipped = facts.manifest.get("connectors") or ()
    schemas = [facts.manifest.get("settings_schema"), *(one.get("settings_schema") for one in shipped)]
    return all(_described(schema) for schema in schemas if isinstance(schema, Mapping))


def _described(schema: Mapping[str, Any]) -> bool:
    properties = schema.get("properties")
    own = properties.values() if isinstance(properties, Mapping) else ()
    definitions = schema.get("$defs")
    parts = definitions.values() if isinstance(definitions, Mapping) else ()
    return all(isinstance(one, Mapping) and ("description" in one or "$ref" in one) for one in own) and all(
        _described(one) for one in parts if isinstance(one, Mapping)
    )


def _has_record(facts: Facts) -> bool:
    return bool(facts.manifest.get("record"))


def _benefit(facts: Facts) -> bool:
    return bool(facts.manifest.get("benefit"))


def _sandbox(facts: Facts) -> bool:
    return facts.said("operation", "tried_in_sandbox") is True or any(
        one.kind == "sandbox" and one.passed for one in facts.tests
    )


def _letters_reviewed(facts: Facts) -> bool:
    if not facts.manifest.get("templates"):
        return True
    spoken = set(facts.manifest.get("languages") or ())
    read = facts.said("letters", "read_by_a_language_editor")
    return _is_list(read) and spoken <= set(map(str, read))


_BOT = ("bot",)
_ALL = (
    Rule(
        "admitted",
        "bronze",
        "The static rules found no error in the wheel.",
        "machine",
        "correct what `rpac check` says and upload a new version",
        lambda facts: facts.findings("error") == 0,
        is_exemptable=False,
    ),
    Rule(
        "described",
        "bronze",
        f"It has a summary and a README of at least {_SHORTEST_README} characters.",
        "machine",
        "say in README.md what it does, what it never does, and what a municipality must have",
        lambda facts: bool(facts.summary.strip()) and len(facts.readme.strip()) >= _SHORTEST_README,
    ),
    Rule(
        "licence",
        "bronze",
        "Its licence is known, so that others may use it.",
        "machine",
        "name the licence in pyproject.toml by its SPDX expression",
        lambda facts: bool(facts.licence.strip()),
        is_exemptable=False,
    ),
    Rule(
        "settings-described",
        "bronze",
        "Every setting has a description.",
        "machine",
        "give each field of the settings a description, and a unit where it has one",
        _settings_described,
    ),
    Rule(
        "record",
        "bronze",
        "It carries the record of processing that a data protection officer asks for.",
        "machine",
        "declare the record (GDPR article 30) on the bot class",
        _has_record,
        kinds=_BOT,
        is_exemptable=False,
    ),
    Rule(
        "maintainer",
        "bronze",
        "Somebody answers for the code.",
        "owner",
        'name them in quality.toml: [responsible] maintainer = "…"',
        lambda facts: bool(facts.said("responsible", "maintainer")),
    ),
    Rule(
        "certified",
        "silver",
        "Two coordinators of other municipalities certified it.",
        "signed",
        "ask two coordinators to review it",
        lambda facts: facts.state == "certified",
        is_exemptable=False,
    ),
    Rule(
        "no-warnings",
        "silver",
        "The static rules found no warning in the wheel.",
        "machine",
        "correct the warnings that `rpac check` shows",
        lambda facts: facts.findings("warning") == 0,
    ),
    Rule(
        "process-owner",
        "silver",
        "A municipality answers for the rules that it follows.",
        "owner",
        'name it in quality.toml: [responsible] process_owner = "…"',
        lambda facts: bool(facts.said("responsible", "process_owner")),
        kinds=_BOT,
    ),
    Rule(
        "rules-tested",
        "silver",
        "Each of its rules has a test.",
        "owner",
        "write them, then say so in quality.toml: [rules] each_rule_has_a_test = true",
        lambda facts: facts.said("rules", "each_rule_has_a_test") is True,
    ),
    Rule(
        "sandbox",
        "silver",
        "It was tried in the sandbox with synthetic people.",
        "owner",
        "try it, then say so in quality.toml, or send a signed report of kind sandbox",
        _sandbox,
        kinds=("bot", "connector"),
    ),
    Rule(
        "tested-by-another",
        "gold",
        "Another municipality than the owner ran it on test systems and signed that it passed.",
        "signed",
        "ask a member to run it and to send a report: `rpac-registry report send`",
        lambda facts: bool(facts.passed_by(of_others=True)),
    ),
    Rule(
        "runs-at-two",
        "gold",
        "At least two municipalities say that they run it.",
        "signed",
        "ask those who run it to say so; telling is their choice",
        lambda facts: len(facts.runs_at) >= _TWO,
    ),
    Rule(
        "law-reviewed",
        "gold",
        "A jurist reviewed the rules and a data protection officer the record.",
        "owner",
        "say so in quality.toml: [law] reviewed_by_a_jurist, record_confirmed_by_a_dpo",
        lambda facts: (
            facts.said("law", "reviewed_by_a_jurist") is True
            and facts.said("law", "record_confirmed_by_a_dpo") is True
        ),
        kinds=_BOT,
    ),
    Rule(
        "benefit-known",
        "gold",
        "What one case frees is stated with the method, and was measured.",
        "owner",
        "measure it, then say so in quality.toml: [benefit] minutes_per_case_measured = true",
        lambda facts: _benefit(facts) and facts.said("benefit", "minutes_per_case_measured") is True,
        kinds=_BOT,
    ),
    Rule(
        "real-systems",
        "platinum",
        "It was tried against the real systems.",
        "owner",
        "say so in quality.toml: [operation] tried_against_real_systems = true",
        lambda facts: facts.said("operation", "tried_against_real_systems") is True,
        kinds=("bot", "connector"),
    ),
    Rule(
        "runs-at-three",
        "platinum",
        "At least three municipalities say that they run it.",
        "signed",
        "ask those who run it to say so; telling is their choice",
        lambda facts: len(facts.runs_at) >= _THREE,
    ),
    Rule(
        "tested-by-two",
        "platinum",
        "Two municipalities other than the owner signed that it passed.",
        "signed",
        "ask a second member to run it and to send a report",
        lambda facts: len(facts.passed_by(of_others=True)) >= _TWO,
    ),
    Rule(
        "letters-edited",
        "platinum",
        "A language editor read its letters in every language that it speaks.",
        "owner",
        'say in quality.toml which: [letters] read_by_a_language_editor = ["da", …]',
        _letters_reviewed,
        kinds=_BOT,
    ),
    Rule(
        "all-languages",
        "platinum",
        "It speaks Danish, Norwegian, Swedish and English.",
        "machine",
        "add the missing translations and languages",
        lambda facts: set(facts.manifest.get("languages") or ()) >= _ALL_LANGUAGES,
        kinds=_BOT,
    ),
)
RULES: Mapping[str, Rule] = MappingProxyType({one.id: one for one in _ALL})
"""Every rule by its id, lowest tier first."""
