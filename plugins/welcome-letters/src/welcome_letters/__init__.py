"""Greets each new resident once, within a day of the register knowing.

One wheel for every municipality; what differs stands in settings, letter blocks and, where words and
numbers do not suffice, one wrapped step. See the README for the rules and the settings.
"""

from collections.abc import Sequence
from typing import Any

from rpa_commons.sdk import Bot, hookimpl

from ._arrival import Arrival
from ._bot import WelcomeLetters
from ._settings import Settings

__all__ = ["Arrival", "Settings", "WelcomeLetters", "rpac_bots"]


@hookimpl
def rpac_bots() -> Sequence[type[Bot[Any]]]:
    """The bots of this wheel."""
    return (WelcomeLetters,)
