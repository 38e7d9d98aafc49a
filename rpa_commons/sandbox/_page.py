"""The control page on plain loopback HTTP: what was sent, to whom, and what shall go wrong next.

Rules this module keeps: every value is escaped; nothing is loaded from elsewhere (the content security policy
forbids it); a request under another host name or from another site is refused, so that no web page in the
same browser can reach it; personal numbers are masked on the pages.
"""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from ._errors import SandboxError
from ._faults import FAULT_KINDS, SERVICES, Faults
from ._front import Front
from ._http import Request, Response
from ._journal import ACCEPTED, Journal
from ._model import Person, Population
from ._page_style import frame

__all__ = ["Page"]

_HTML = "text/html; charset=utf-8"
_JSON = "application/json"
_SAFE = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_SHOWN = 500  # rows of the table; the JSON holds all
_COLOURS = {ACCEPTED: "good", "repeated": "warn", "duplicate": "warn"}


class Page:
    """Answers every request on the page's port."""

    def __init__(
        self,
        journal: Journal,
        front: Front,
        faults: Faults,
        population: Population,
        facts: Callable[[], Mapping[str, str]],
    ) -> None:
        """``facts``: what the page says of the sandbox itself (addresses, mode, seed ...)."""
        self._journal = journal
        self._front = front
        self._faults = faults
        self._population = population
        self._facts = facts

    def answer(self, request: Request) -> Response:
        """Route; refuse what does not come from this machine's own pages."""
        if not _ours(request):
            return _text(403, "this page answers under 127.0.0.1 and to itself only")
        if request.path == "/faults" and request.method == "POST":
            return self._order(request)
        if request.method != "GET":
            return _text(405, "GET only")
        if request.path.startswith("/letters/"):
            return self._letter(request.path.removeprefix("/letters/"))
        pages: dict[str, Callable[[], Response]] = {
            "/": self._sent,
            "/people": self._people,
            "/journal.json": lambda: _json(self._journal.entries()),
            "/calls.json": lambda: _json(self._front.calls()),
            "/people.json": lambda: _json([_person_facts(person) for person in self._population]),
            "/faults": lambda: _json(self._faults.standing()),
            "/health": lambda: _json({"status": "ok", **self._facts()}),
        }
        serve = pages.get(request.path)
        return serve() if serve else _text(404, "no such page")

    def _sent(self) -> Response:
        entries = self._journal.entries()
        content = "".join(
            (
                _figures(entries, self._journal.letters()),
                "<h2>Effects, newest first</h2>",
                _table(
                    (
                        "Time (UTC)",
                        "Service",
                        "Outcome",
                        "Business key",
                        "Sender",
                        "Recipient",
                        "Way",
                        "Letter",
                    ),
                    [self._effect_row(entry) for entry in reversed(entries[-_SHOWN:])],
                    "Nothing has been sent yet.",
                ),
                "<h2>Faults</h2>",
                _fault_form(),
                _standing(self._faults.standing()),
                "<h2>Other calls, newest first</h2>",
                _table(
                    ("Time (UTC)", "Service", "Outcome"),
                    [_call_row(call) for call in reversed(self._front.calls()[-50:])],
                    "No calls yet.",
                ),
                "<h2>This sandbox</h2>",
                _table(("What", "Value"), [_cells(*fact) for fact in self._facts().items()], ""),
            )
        )
        return _html("What was sent", content)

    def _effect_row(self, entry: Mapping[str, Any]) -> str:
        person = self._population.get(str(entry.get("recipient", "")))
        who = f" {escape(person.name)}" if person else ""
        outcome = str(entry["outcome"])
        colour = _COLOURS.get(outcome, "bad")
        reason = f' <span class="quiet">{escape(str(entry["reason"]))}</span>' if "reason" in entry else ""
        way = str(entry.get("channel", ""))
        document = str(entry.get("document", ""))
        label = escape(str(entry.get("label", ""))) or "open"
        link = f'<a href="/letters/{escape(document)}">{label}</a>' if document else ""
        return (
            f'<tr><td class="fixed">{_time(entry)}</td><td>{escape(str(entry["service"]))}</td>'
            f'<td class="{colour}">{escape(outcome)}{reason}</td>'
            f'<td class="fixed">{escape(str(entry["message_uuid"]))}</td>'
            f'<td class="fixed">{escape(str(entry.get("cvr", "")))}</td>'
            f"<td class='free'>{escape(_masked(str(entry.get('recipient', ''))))}{who}</td>"
            f'<td class="{"warn" if way == "undeliverable" else ""}">{escape(way)}</td>'
            f'<td class="free">{link}</td></tr>'
        )

    def _people(self) -> Response:
        rows = [_person_row(person, self._population) for person in self._population]
        headers = ("Number", "Name", "Age", "Situation", "Lives in", "Status", "Digital Post", "Protected")
        content = f"<h2>{len(rows)} people who do not exist</h2>{_table(headers, rows, '')}"
        return _html("People", content)

    def _letter(self, name: str) -> Response:
        if not any(entry.get("document") == name for entry in self._journal.entries()):
            return _text(404, "no such letter")
        body = Path(self._journal.path.parent, "letters", name).read_bytes()
        kind = "application/pdf" if name.endswith(".pdf") else "application/octet-stream"
        # A PDF viewer needs its own styles and scripts: the page's strict policy would leave it blank.
        headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
        return Response(200, body, kind, {**headers, "Content-Disposition": f'inline; filename="{name}"'})

    def _order(self, request: Request) -> Response:
        as_json = request.media_type == _JSON
        try:
            wanted = _wanted(request, as_json=as_json)
            if wanted.pop("clear", None):
                self._faults.clear(wanted.get("service") or None)
            else:
                self._faults.set(str(wanted.pop("service", "")), str(wanted.pop("kind", "")), **wanted)
        except SandboxError as error:
            return _text(400, error.message)
        except (TypeError, ValueError):
            return _text(400, "a fault has service, kind, times, probability and milliseconds")
        if as_json:
            return _json(self._faults.standing())
        return Response(303, headers={"Location": "/", **_SAFE})


def _wanted(request: Request, *, as_json: bool) -> dict[str, Any]:
    if as_json:
        data = json.loads(request.body)
        if not isinstance(data, dict):
            raise TypeError
        return data
    form = {name: value for name, value in parse_qsl(request.body.decode("utf-8")) if value}
    convert = {"times": int, "milliseconds": int, "probability": float}
    return {name: convert.get(name, str)(value) for name, value in form.items()}


def _ours(request: Request) -> bool:
    host = urlsplit(f"//{request.header('Host')}").hostname
    origin = request.header("Origin")
    same = not origin or urlsplit(origin).netloc == request.header("Host")
    return host in {"127.0.0.1", "localhost"} and same


def _figures(entries: Sequence[Mapping[str, Any]], letters: Counter[str]) -> str:
    twice = sum(count > 1 for count in letters.values())
    asked_again = sum(entry["outcome"] in {"repeated", "duplicate"} for entry in entries)
    refused = sum(entry["outcome"] == "refused" for entry in entries)
    figures = (
        (letters.total(), "letters accepted", ""),
        (len(letters), "business keys", ""),
        (twice, "keys accepted twice", "bad" if twice else ""),
        (asked_again, "repeats answered", ""),
        (refused, "refused", "bad" if refused else ""),
    )
    cells = (f'<div><strong class="{c}">{n}</strong><span>{escape(t)}</span></div>' for n, t, c in figures)
    return f'<div class="figures">{"".join(cells)}</div>'


def _fault_form() -> str:
    services = "".join(f"<option>{escape(service)}</option>" for service in SERVICES)
    kinds = "".join(
        f'<option value="{escape(k)}">{escape(k)}: {escape(t)}</option>' for k, t in FAULT_KINDS.items()
    )
    return (
        '<form method="post" action="/faults">'
        '<div><label for="service">Service</label>'
        f'<select id="service" name="service">{services}</select></div>'
        f'<div><label for="kind">What goes wrong</label><select id="kind" name="kind">{kinds}</select></div>'
        '<div><label for="times">Times</label>'
        '<input id="times" name="times" type="number" min="1" value="1"></div>'
        '<div><label for="milliseconds">Milliseconds</label>'
        '<input id="milliseconds" name="milliseconds" type="number" min="0"></div>'
        "<button>Order it</button></form>"
    )


def _standing(faults: Sequence[Mapping[str, Any]]) -> str:
    if not faults:
        return '<p class="quiet">No fault is ordered.</p>'
    headers = ("Service", "Kind", "Times left", "Probability", "Milliseconds")
    rows = [_cells(*("" if value is None else str(value) for value in fault.values())) for fault in faults]
    clear = (
        '<form method="post" action="/faults"><input type="hidden" name="clear" value="yes">'
        "<p><button>Clear all</button></p></form>"
    )
    return f"<p></p>{_table(headers, rows, '')}{clear}"


def _call_row(call: Mapping[str, Any]) -> str:
    outcome = str(call["outcome"])
    colour = "good" if outcome == "200" else "bad"
    return (
        f'<tr><td class="fixed">{_time(call)}</td><td>{escape(str(call["service"]))}</td>'
        f'<td class="{colour}">{escape(outcome)}</td></tr>'
    )


def _person_row(person: Person, population: Population) -> str:
    return _cells(
        _masked(person.cpr),
        person.name,
        str(population.age(person)),
        person.case,
        f"{person.address.municipality} {person.address.city}" if person.address else "",
        person.status.name.lower().replace("_", " "),
        "yes" if person.digital_post else "no",
        "yes" if person.protected_since else "",
    )


def _person_facts(person: Person) -> dict[str, str]:
    return {"number": _masked(person.cpr), "name": person.name, "situation": person.case, "home": person.home}


def _masked(number: str) -> str:
    """The day, month and year part only; the last four digits are nobody's business."""
    return f"{number[:6]}-…" if number else ""


def _time(entry: Mapping[str, Any]) -> str:
    return escape(str(entry["received_at"])[:19].replace("T", " "))


def _cells(*values: str) -> str:
    return f"<tr>{''.join(f'<td>{escape(value)}</td>' for value in values)}</tr>"


def _table(headers: Sequence[str], rows: Sequence[str], empty: str) -> str:
    if not rows:
        return f'<p class="quiet">{escape(empty)}</p>'
    head = "".join(f'<th scope="col">{escape(header)}</th>' for header in headers)
    return (
        f'<div class="scroll"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _html(title: str, content: str) -> Response:
    return Response(200, frame(title, content), _HTML, _SAFE)


def _json(data: object) -> Response:
    return Response(200, json.dumps(data, ensure_ascii=False, indent=1).encode(), _JSON, _SAFE)


def _text(status: int, text: str) -> Response:
    return Response(status, text.encode(), headers=_SAFE)
