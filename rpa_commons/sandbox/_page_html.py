"""The pieces of the control page: tables, figures, forms. Every value is escaped here and nowhere else.

Rules this module keeps: no script, nothing from elsewhere; a table that is wider than the window scrolls by
itself and can be reached by keyboard; each field has a label; personal numbers are masked.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from ._faults import FAULT_KINDS
from ._journal import ACCEPTED, key_of
from ._model import Person, Population
from ._service import Service

__all__ = [
    "calls_table",
    "effects_table",
    "facts_table",
    "fault_form",
    "figures",
    "masked",
    "people_table",
    "services_table",
    "standing_faults",
]

_COLOURS = {ACCEPTED: "good", "repeated": "warn", "duplicate": "warn"}


def masked(number: str) -> str:
    """The day, month and year part only; the last four digits are nobody's business."""
    return f"{number[:6]}-…" if number else ""


def figures(entries: Sequence[Mapping[str, Any]], counts: Mapping[str, int]) -> str:
    """The numbers at the top: taken, keys, taken twice, repeated, refused, calls."""
    taken = Counter((entry["service"], key_of(entry)) for entry in entries if entry["outcome"] == ACCEPTED)
    twice = sum(count > 1 for count in taken.values())
    again = sum(entry["outcome"] in {"repeated", "duplicate"} for entry in entries)
    refused = sum(entry["outcome"] == "refused" for entry in entries)
    shown = (
        (taken.total(), "effects accepted", ""),
        (len(taken), "business keys", ""),
        (twice, "keys accepted twice", "bad" if twice else ""),
        (again, "repeats answered", ""),
        (refused, "refused", "bad" if refused else ""),
        (sum(counts.values()), "calls since the start", ""),
    )
    cells = (f'<div><strong class="{c}">{n}</strong><span>{escape(t)}</span></div>' for n, t, c in shown)
    return f'<div class="figures">{"".join(cells)}</div>'


def services_table(
    services: Iterable[Service],
    addresses: Mapping[str, str],
    counts: Mapping[str, int],
    entries: Sequence[Mapping[str, Any]],
) -> str:
    """What runs, where, how often it was called, what it took, and whether it validates."""
    taken = Counter(entry["service"] for entry in entries if entry["outcome"] == ACCEPTED)
    rows = [
        _row(
            (service.name, ""),
            (service.summary, "free"),
            (addresses.get(service.name, ""), "fixed"),
            ("client certificate" if service.mutual_tls else "none", ""),
            (str(counts.get(service.name, 0)), "number"),
            (str(taken[service.name]) if service.takes_effects else "none, by its nature", "number"),
            (_validation(service), "free warn") if service.unvalidated else ("yes", "good"),
        )
        for service in sorted(services, key=lambda one: one.name)
    ]
    headers = ("Service", "What", "Address", "Needs", "Calls", "Effects accepted", "Validates by schema")
    return _table("Services", headers, rows, "No service runs.")


def _validation(service: Service) -> str:
    """What is validated and what is not, of a service that does not validate everything."""
    return f"{service.validated or 'no'}{'; else no' if service.validated else ''}: {service.unvalidated}"


def effects_table(entries: Sequence[Mapping[str, Any]], people: Population) -> str:
    """Attempts at effects, in the order given."""
    headers = ("Time (UTC)", "Service", "Outcome", "Business key", "From", "About", "What")
    return _table("Effects", headers, [_effect_row(one, people) for one in entries], "Nothing was sent yet.")


def calls_table(calls: Sequence[Mapping[str, Any]]) -> str:
    """Calls, queries too, in the order given."""
    rows = [
        _row(
            (_time(call), "fixed"),
            (str(call["service"]), ""),
            (str(call["outcome"]), "good" if str(call["outcome"]).startswith("2") else "bad"),
        )
        for call in calls
    ]
    return _table("Calls", ("Time (UTC)", "Service", "Outcome"), rows, "No calls yet.")


def facts_table(facts: Mapping[str, str]) -> str:
    """Names and values."""
    return _table(
        "This sandbox", ("What", "Value"), [_row((k, ""), (v, "free")) for k, v in facts.items()], ""
    )


def people_table(people: Population) -> str:
    """Everybody, numbers masked."""
    rows = [_person_row(person, people) for person in people]
    headers = ("Number", "Name", "Age", "Situation", "Lives in", "Status", "Digital Post", "Protected")
    return f"<h2>{len(people)} people who do not exist</h2>{_table('People', headers, rows, '')}"


def fault_form(names: Iterable[str]) -> str:
    """Orders a fault."""
    services = "".join(f"<option>{escape(name)}</option>" for name in names)
    kinds = "".join(
        f'<option value="{escape(kind)}">{escape(kind)}: {escape(text)}</option>'
        for kind, text in FAULT_KINDS.items()
    )
    return (
        '<form method="post" action="/faults">'
        '<div><label for="service">Service</label>'
        f'<select id="service" name="service">{services}</select></div>'
        f'<div><label for="kind">What goes wrong</label><select id="kind" name="kind">{kinds}</select></div>'
        '<div><label for="times">Times</label>'
        '<input id="times" name="times" type="number" min="1" value="1"></div>'
        '<div><label for="milliseconds">Milliseconds (delay, or Retry-After)</label>'
        '<input id="milliseconds" name="milliseconds" type="number" min="0"></div>'
        "<div><button>Order it</button></div></form>"
    )


def standing_faults(faults: Sequence[Mapping[str, Any]]) -> str:
    """What is ordered, with a button for each service and one for all."""
    if not faults:
        return '<p class="quiet">No fault is ordered.</p>'
    headers = ("Service", "Kind", "Times left", "Share of calls", "Milliseconds")
    rows = [
        _row(
            (str(fault["service"]), ""),
            (str(fault["kind"]), ""),
            ("without end" if fault["times"] is None else str(fault["times"]), "number"),
            (f"{fault['probability']:.0%}", "number"),
            (str(fault["milliseconds"]), "number"),
        )
        for fault in faults
    ]
    services = dict.fromkeys(str(fault["service"]) for fault in faults)
    buttons = "".join(_clear_button(service) for service in services)
    return (
        f'{_table("Standing faults", headers, rows, "")}<div class="row">{buttons}{_clear_button("")}</div>'
    )


def _clear_button(service: str) -> str:
    hidden = f'<input type="hidden" name="service" value="{escape(service)}">' if service else ""
    return (
        '<form method="post" action="/faults"><input type="hidden" name="clear" value="yes">'
        f"{hidden}<button>Clear {escape(service or 'all')}</button></form>"
    )


def _effect_row(entry: Mapping[str, Any], people: Population) -> str:
    outcome = str(entry["outcome"])
    reason = f" ({entry['reason']})" if entry.get("reason") else ""
    recipient = str(entry.get("recipient", ""))
    person = people.get(recipient)
    about = f"{masked(recipient)} {person.name if person else ''}".strip()
    way = " ".join(str(entry[name]) for name in ("action", "channel") if entry.get(name))
    label, document = str(entry.get("label") or ""), str(entry.get("document") or "")
    what = escape(f"{way} {label}".strip())
    if document:
        link = f'<a href="/letters/{escape(document)}">{escape(label or "open")}</a>'
        what = f"{escape(way)} {link}".strip()
    cells = (
        (_time(entry), "fixed"),
        (str(entry["service"]), ""),
        (f"{outcome}{reason}", f"free {_COLOURS.get(outcome, 'bad')}"),
        (key_of(entry), "fixed"),
        (str(entry.get("cvr", "")), "fixed"),
        (about, "free"),
    )
    kind = "free warn" if entry.get("channel") == "undeliverable" else "free"
    return f'<tr>{_cells(cells)}<td class="{kind}">{what}</td></tr>'


def _person_row(person: Person, people: Population) -> str:
    return _row(
        (masked(person.cpr), "fixed"),
        (person.name, "free"),
        (str(people.age(person)), "number"),
        (person.case, "free"),
        (f"{person.address.municipality} {person.address.city}" if person.address else "", "free"),
        (person.status.name.lower().replace("_", " "), ""),
        ("yes" if person.digital_post else "no", ""),
        ("yes" if person.protected_since else "", ""),
    )


def _time(entry: Mapping[str, Any]) -> str:
    return str(entry["received_at"])[:19].replace("T", " ")


def _row(*cells: tuple[str, str]) -> str:
    return f"<tr>{_cells(cells)}</tr>"


def _cells(cells: Iterable[tuple[str, str]]) -> str:
    """Text and style class of each."""
    return "".join(
        f'<td class="{kind}">{escape(text)}</td>' if kind else f"<td>{escape(text)}</td>"
        for text, kind in cells
    )


def _table(name: str, headers: Sequence[str], rows: Sequence[str], empty: str) -> str:
    if not rows:
        return f'<p class="quiet">{escape(empty)}</p>'
    head = "".join(f'<th scope="col">{escape(header)}</th>' for header in headers)
    return (
        f'<div class="scroll" role="region" aria-label="{escape(name)}" tabindex="0">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )
