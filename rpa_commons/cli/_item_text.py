"""Work items in words: a list with its reasons counted, and the story of one.

Rules this module keeps: a reason is shown to whoever has the key and is ``-`` for everybody else; personal
values show in the content that a person asked for by name, and nowhere else.
"""

from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from rpa_commons.runtime import ItemRow, ItemStory

__all__ = ["content_lines", "item_lines", "on_a_screen", "reason_counts", "story_text"]

_WORDS = {"cpr": "personal number", "cvr": "company number", "id": "id in the source"}


def item_lines(found: "Sequence[ItemRow]") -> list[str]:
    """A line per item: reference, state, last change, version, reason."""
    width = max(len(one.reference) for one in found)
    versions = max(len(one.bot_version or "-") for one in found)
    return [
        f"{one.reference.ljust(width)}  {one.state.ljust(11)}  {(one.finished_at or one.enqueued_at)[:19]}Z  "
        f"{(one.bot_version or '-').ljust(versions)}  {one.reason or '-'}"
        for one in found
    ]


def reason_counts(found: "Sequence[ItemRow]") -> list[str]:
    """How many of the items listed have which reason; nothing where nobody has the key."""
    counts = Counter((one.state, one.reason) for one in found if one.reason)
    lines = [
        f"{count} {state.replace('_', ' ')}: {reason}" for (state, reason), count in counts.most_common()
    ]
    return ["", *lines] if lines else []


def story_text(story: "ItemStory") -> str:
    """What happened to one item: calls, words of persons, rules, outcome."""
    item = story.item
    state = item["state"].replace("_", " ")
    run = f", run {item['run']}" if item["run"] is not None else ""
    lines = [f"{item['reference']}: {state} (generation {item['generation']}{run})"]
    lines.extend(_event_lines(story))
    outcome = story.outcome
    lines.extend(_rule_text(rule) for rule in outcome.get("rules", ()))
    names = ("reason", "receipt", "error", "place", "effect", "remedy")
    lines.extend(f"  {name}: {outcome[name]}" for name in names if outcome.get(name))
    return "\n".join(lines)


def content_lines(content: "Mapping[str, Any]") -> list[str]:
    """What a work item is about: a line per value, as deep as they lie, called by its name in words."""
    return ["  content:", *(f"    {name}: {value}" for name, value in _values("", content))]


def _values(name: str, value: Any) -> "Iterator[tuple[str, str]]":  # noqa: ANN401 - JSON
    if isinstance(value, dict):
        for key, inner in value.items():
            words = _WORDS.get(str(key), on_a_screen(str(key)).replace("_", " "))
            yield from _values(f"{name}, {words}" if name else words, inner)
    elif isinstance(value, list):
        for number, inner in enumerate(value, start=1):
            yield from _values(f"{name} {number}", inner)
    elif isinstance(value, bool):
        yield name, "yes" if value else "no"
    elif value not in (None, ""):
        yield name, on_a_screen(str(value))


def on_a_screen(text: str) -> str:
    """On one line, and without what a terminal would obey: a payload comes from outside."""
    return "".join(
        sign if sign.isprintable() else sign.encode("unicode_escape").decode("ascii") for sign in text
    )


def _event_lines(story: "ItemStory") -> list[str]:
    """Calls and words of persons in order of time, one generation after the other."""
    events = [(one["generation"], one["at"], _call_text(one)) for one in story.calls]
    events += [(one["generation"], one["at"], _word_text(one)) for one in story.words]
    several = story.item["generation"] > 1
    lines, current = [], 0
    for generation, _, text in sorted(events, key=lambda one: one[:2]):
        if several and generation != current:
            lines.append(f"  generation {generation}:")
        current = generation
        lines.append(f"  {text}" if several else text)
    return lines


def _call_text(call: dict[str, Any]) -> str:
    line = f"  {call['at'][:19]}Z  {call['kind']:8}  {call['call']}"
    if call["kind"] == "query":
        return line
    named = f" [{call['call_key']}]" if call["call_key"] else ""
    return f"{line}{named}  {call['state']}  key {call['key']}"


def _word_text(word: dict[str, Any]) -> str:
    apart = {"at", "generation", "what", "outcome"}
    said = ", ".join(f"{name}: {value}" for name, value in word.items() if name not in apart)
    return f"  {word['at'][:19]}Z  {word['what']:8}  {said}".rstrip()


def _rule_text(rule: dict[str, Any]) -> str:
    return f"  rule: {rule['paragraph']} ({', '.join(rule['facts'])}): {rule['result']}"
