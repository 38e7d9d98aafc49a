"""What a bot author writes against: everything a bot needs is imported from here."""

from rpa_commons.capabilities import BusinessError, PersonNotFoundError, RpaCommonsError, TransientError
from rpa_commons.manifest import AiUse, Benefit, Decisions, ProcessingRecord
from rpa_commons.tables import Column, NoRowError, NoRowInForceError, Row, Table

from ._bot import Bot, capabilities_of, payload_type_of, settings_type_of, step, steps_of
from ._context import BotContext, Municipality, RuleRecord, StepCall, Veto
from ._migrations import Migration, Operation, remove, rename, replace, scale
from ._outcomes import Done, HandOver, Outcome, Propose, Skip, Wait
from ._rules import (
    Rule,
    Violation,
    at_least_one,
    at_most,
    excludes,
    less_than,
    requires,
    rule_from_json,
    rule_problems,
    violation,
)
from ._settings import BotSettings, Field, python_checks_of
from ._tables import table
from ._work_item import Nothing, WorkItem
from .hookspecs import hookimpl

__all__ = [
    "AiUse",
    "Benefit",
    "Bot",
    "BotContext",
    "BotSettings",
    "BusinessError",
    "Column",
    "Decisions",
    "Done",
    "Field",
    "HandOver",
    "Migration",
    "Municipality",
    "NoRowError",
    "NoRowInForceError",
    "Nothing",
    "Operation",
    "Outcome",
    "PersonNotFoundError",
    "ProcessingRecord",
    "Propose",
    "Row",
    "RpaCommonsError",
    "Rule",
    "RuleRecord",
    "Skip",
    "StepCall",
    "Table",
    "TransientError",
    "Veto",
    "Violation",
    "Wait",
    "WorkItem",
    "at_least_one",
    "at_most",
    "capabilities_of",
    "excludes",
    "hookimpl",
    "less_than",
    "payload_type_of",
    "python_checks_of",
    "remove",
    "rename",
    "replace",
    "requires",
    "rule_from_json",
    "rule_problems",
    "scale",
    "settings_type_of",
    "step",
    "steps_of",
    "table",
    "violation",
]
