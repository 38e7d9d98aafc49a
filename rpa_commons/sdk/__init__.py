"""What a bot author writes against: everything a bot needs is imported from here."""

from rpa_commons.capabilities import BusinessError, PersonNotFoundError, RpaCommonsError, TransientError
from rpa_commons.manifest import AiUse, Benefit, Decisions, ProcessingRecord

from ._bot import Bot, capabilities_of, payload_type_of, settings_type_of, step, steps_of
from ._context import BotContext, Municipality, RuleRecord, StepCall, Veto
from ._outcomes import Done, HandOver, Outcome, Propose, Skip, Wait
from ._settings import BotSettings, Field
from ._work_item import Nothing, WorkItem
from .hookspecs import hookimpl

__all__ = [
    "AiUse",
    "Benefit",
    "Bot",
    "BotContext",
    "BotSettings",
    "BusinessError",
    "Decisions",
    "Done",
    "Field",
    "HandOver",
    "Municipality",
    "Nothing",
    "Outcome",
    "PersonNotFoundError",
    "ProcessingRecord",
    "Propose",
    "RpaCommonsError",
    "RuleRecord",
    "Skip",
    "StepCall",
    "TransientError",
    "Veto",
    "Wait",
    "WorkItem",
    "capabilities_of",
    "hookimpl",
    "payload_type_of",
    "settings_type_of",
    "step",
    "steps_of",
]
