"""What ``find`` comes upon, and the calls it may make.

Rules this module keeps: while looking for cases a bot asks and changes nothing, an effect there is a mistake
of the bot; an error ends the looking and not the run, for what is queued already can be worked on.
"""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from rpa_commons.capabilities import CallSpec, RpaCommonsError
from rpa_commons.sdk import WorkItem
from rpa_commons.validators import mask_personal_numbers

from ._codec import result_bytes
from ._context import ItemContext
from ._errors import BotMistake, Vetoed
from ._outfit import ConnectorSet, Outfit
from ._process import place_in

__all__ = ["BATCH", "FindCalls", "Finding", "find_items", "start_warning"]

BATCH = 200
"""So many cases are enqueued at once, and so taken up in the order of their references."""


class Finding:
    """How the looking ended: how many were seen, how many lie before the start date, and any error."""

    def __init__(self) -> None:
        self.seen = 0
        self.before_start = 0
        self.error = ""
        self.remedy = ""

    def problem(self) -> str:
        """Error and remedy in one sentence; empty when the looking came to its end."""
        return f"{self.error}; help: {self.remedy}" if self.error and self.remedy else self.error


class FindCalls:
    """Queries go through, effects are refused."""

    def query(self, spec: CallSpec, connector: object, arguments: dict[str, Any]) -> Any:  # noqa: ANN401 - the capability's type
        """Ask the system; nothing is kept."""
        value = getattr(connector, spec.method)(**arguments)
        result_bytes(spec, value)  # the same contract as while processing
        return value

    def effect(self, spec: CallSpec, connector: object, arguments: dict[str, Any], call_key: str) -> Any:  # noqa: ANN401, ARG002 - the door's signature
        """Never."""
        raise BotMistake(f"{spec.name} is called in find(), where a bot may only ask")


def find_items(
    outfit: Outfit, connectors: ConnectorSet, now: datetime, finding: Finding
) -> Iterator[WorkItem[Any]]:
    """The cases there are now, without those before the instance's start date.

    What goes wrong is written into ``finding``; what came before it is still yielded.
    """
    scope = outfit.scope("", 0)
    context = ItemContext(outfit.municipality, now, scope, outfit.digester, outfit.steps)
    start = outfit.job.instance.start_from
    try:
        for item in outfit.make(context, connectors, FindCalls()).find():
            finding.seen += 1
            if start is not None and item.occurred_on is not None and item.occurred_on < start:
                finding.before_start += 1
                continue
            yield item
    except RpaCommonsError as error:
        finding.error = f"the source cannot be read: {mask_personal_numbers(error.message)}"
        finding.remedy = mask_personal_numbers(error.remedy)
    except (BotMistake, Vetoed) as mistake:
        finding.error = str(mistake)
    except Exception as error:  # noqa: BLE001 - a bot's mistake ends its looking only
        place = place_in(error.__traceback__, outfit.bot.__module__)
        finding.error = f"find() failed: {type(error).__name__} ({place})"


def start_warning(start_from: date | None, now: datetime) -> str:
    """What a person should look at when the start date lies in the future; empty otherwise."""
    if start_from is None or start_from <= now.date():
        return ""
    said = f"start_from = {start_from} lies in the future"
    return f"{said}: no case from before that day is handled; is the date right?"
