"""Proof that nothing was copied: the municipality folders hold no line of the bot's code.

Every line of the bot's Python source that says something (not an import, not a bracket) is looked for in
every file of the two folders. A copied robot would share most of them.
"""

import re
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Proof", "prove"]

_GENERATED = {"extracts", "outbox", "rpac.lock", "__pycache__"}
_SAYS_SOMETHING = re.compile(r"\w.*\w.*\w")
_SHORTEST = 12
"""Shorter lines (``return None``, ``else:``) are in every program."""


@dataclass(frozen=True)
class Proof:
    """What the two folders share with the bot.

    Attributes:
        bot_lines: Lines of the bot's source that were looked for.
        copied: Those of them found in a municipality's folder, as ``file:line``.
        hooks: Hook file -> its number of lines of code; the only Python there may be.
        other_python: Python files that are no hook.
    """

    bot_lines: int
    copied: tuple[str, ...]
    hooks: dict[str, int]
    other_python: tuple[str, ...]


def prove(source: Path, folders: dict[str, Path]) -> Proof:
    """Compare the bot's ``source`` folder with the municipalities' ``folders`` by name."""
    bot = {line for file in source.rglob("*.py") for line in _lines(file).values()}
    copied, hooks, other = [], {}, []
    for name, folder in folders.items():
        for file in sorted(folder.rglob("*")):
            place = file.relative_to(folder)
            if not file.is_file() or _GENERATED & set(place.parts) or file.name.startswith("pylock."):
                continue
            shown = f"{name}/{place.as_posix()}"
            copied += [f"{shown}:{number}" for number, line in _lines(file).items() if line in bot]
            if file.suffix == ".py" and place.parts[0] == "hooks":
                hooks[shown] = sum(
                    bool(line.strip()) for line in file.read_text(encoding="utf-8").splitlines()
                )
            elif file.suffix == ".py":
                other.append(shown)
    return Proof(len(bot), tuple(copied), hooks, tuple(other))


def _lines(file: Path) -> dict[int, str]:
    text = file.read_text(encoding="utf-8", errors="replace")
    stripped = {number: line.strip() for number, line in enumerate(text.splitlines(), 1)}
    return {
        number: line
        for number, line in stripped.items()
        if len(line) >= _SHORTEST
        and _SAYS_SOMETHING.search(line)
        and not line.startswith(("import ", "from "))
    }
