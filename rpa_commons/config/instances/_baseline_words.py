"""Names of bots in a baseline that are one slip of the hand away from another one.

Rules this module keeps: a baseline is for bots that may not be installed here, so a name is doubted only
beside another that differs in one letter, or in signs for spaces; names that differ in a digit are two bots.

Usage::

    for finding in misspelt_here(uses):  # the names compared with each other
    for finding in misspelt_for(uses, ["welcome-letters"]):  # compared with what a municipality runs
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rpa_commons.config.findings import Finding, display_path
from rpa_commons.config.layers import Policy, Waiver

__all__ = ["BotUse", "misspelt_for", "misspelt_here", "uses_in"]

_SHORTEST = 6  # letters; shorter names are too soon alike


@dataclass(frozen=True)
class BotUse:
    """One place in a baseline that names a bot.

    Attributes:
        bot: The name.
        file: The file or folder that is called so, or that a policy or waiver stands in.
        line: Of the policy or waiver; ``None`` for a file or folder.
        key: Of the policy or waiver.
        text: The quoted line.
    """

    bot: str
    file: Path
    line: int | None = None
    key: str = ""
    text: str = ""

    def finding(self, message: str, advice: str) -> Finding:
        """W302 for a policy or waiver, which binds nobody; E101 for a file, which nobody reads."""
        code = "E101" if self.line is None else "W302"
        return Finding(code, self.key, message, self.file, self.line, self.text, help=advice)

    @property
    def place(self) -> str:
        """``file:line``, as findings write it."""
        shown = display_path(self.file)
        return shown if self.line is None else f"{shown}:{self.line}"


def uses_in(
    folder: Path, files: Sequence[str], policies: Sequence[Policy], waivers: Sequence[Waiver]
) -> tuple[BotUse, ...]:
    """Every place of a baseline that names a bot; of many files in one folder, the folder once."""
    found: dict[Path, BotUse] = {}
    for name in files:
        parts = Path(name).parts
        below = parts[2:] if parts[0] == "profiles" else parts
        if below[0] == "bots":
            found.setdefault(folder / name, BotUse(Path(name).stem, folder / name))
        elif below[0] in {"letters", "tables"}:
            place = (folder / name).parent
            found.setdefault(place, BotUse(place.name, place))
    said: tuple[Policy | Waiver, ...] = (*policies, *waivers)
    lines = [
        BotUse(one.bot, one.origin.file, one.origin.line, one.key, one.line_text)
        for one in said
        if one.bot and one.origin.file is not None
    ]
    return (*found.values(), *lines)


def misspelt_here(uses: Sequence[BotUse]) -> Iterator[Finding]:
    """A finding for each place whose name is another's but for one letter; the rarer one is doubted."""
    counts = Counter(one.bot for one in uses)
    files = {one.bot for one in uses if one.line is None}
    weights = {bot: (count, bot in files) for bot, count in counts.items()}
    for one in uses:
        better = [
            bot
            for bot in counts
            if _is_slip(one.bot, bot) and (weights[bot], bot) > (weights[one.bot], one.bot)
        ]
        if better:
            meant = max(better, key=lambda bot: (weights[bot], bot))
            other = next(each for each in uses if each.bot == meant)
            message = f"the bot is called {one.bot} here, and {meant} in {other.place}"
            yield one.finding(message, f"did you mean {meant}? if these are two bots, tell them apart more")


def misspelt_for(uses: Sequence[BotUse], bots: Sequence[str]) -> Iterator[Finding]:
    """A finding for each place whose name is that of a bot that runs here, but for one letter."""
    for one in uses:
        meant = next((bot for bot in bots if one.bot not in bots and _is_slip(one.bot, bot)), None)
        if meant is not None:
            what = "nothing here reads it" if one.line is None else "it binds nothing here"
            message = f"there is no bot {one.bot} here, so {what}"
            yield one.finding(
                message, f"did you mean {meant}? this is the coordinator's work: tell the cooperation"
            )


def _is_slip(first: str, second: str) -> bool:
    """Whether two names differ, and only by one letter (more, less, other, swapped) or signs for spaces."""
    if first == second:
        return False
    if _folded(first) == _folded(second):
        return True
    if min(len(first), len(second)) < _SHORTEST:
        return False
    begin = next(
        (at for at, (one, other) in enumerate(zip(first, second, strict=False)) if one != other),
        min(len(first), len(second)),
    )
    one, other = first[begin:], second[begin:]
    if (one[:1] + other[:1]).strip("0123456789") != one[:1] + other[:1]:
        return False
    return (
        one[1:] == other[1:]
        or one[1:] == other
        or one == other[1:]
        or (one[:2] == other[1::-1] and one[2:] == other[2:])
    )


def _folded(name: str) -> str:
    return name.casefold().replace("-", "").replace("_", "")
