"""The control page on plain loopback HTTP: what was sent, to whom, and what shall go wrong next.

Rules this module keeps: every value is escaped; nothing is loaded from elsewhere (the content security policy
forbids it) and nothing needs a script; a request under another host name or from another site is refused, so
that no web page in the same browser can reach it; personal numbers are masked on the pages.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from ._errors import SandboxError
from ._faults import Faults
from ._front import Front
from ._http import Request, Response
from ._journal import Journal
from ._model import Person, Population
from ._page_html import (
    calls_table,
    effects_table,
    facts_table,
    fault_form,
    figures,
    masked,
    people_table,
    services_table,
    standing_faults,
)
from ._page_style import frame
from ._service import Service

__all__ = ["Page", "PageFacts"]

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
_CALLS_SHOWN = 50


@dataclass(frozen=True)
class PageFacts:
    """What the page says of the sandbox itself.

    Attributes:
        settings: Address, mode, seed and the like.
        services: Those that run, by name.
        addresses: Where each is reached.
    """

    settings: Mapping[str, str]
    services: Mapping[str, Service]
    addresses: Mapping[str, str]


class Page:
    """Answers every request on the page's port."""

    def __init__(
        self,
        journal: Journal,
        front: Front,
        faults: Faults,
        population: Population,
        facts: Callable[[], PageFacts],
    ) -> None:
        """``facts``: asked for at every request."""
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
            "/": self._overview,
            "/people": lambda: _html("People", people_table(self._population)),
            "/journal.json": lambda: _json(self._journal.entries()),
            "/calls.json": lambda: _json(self._front.calls()),
            "/services.json": lambda: _json(self._services()),
            "/people.json": lambda: _json([_person_facts(person) for person in self._population]),
            "/faults": lambda: _json(self._faults.standing()),
            "/health": lambda: _json({"status": "ok", **self._facts().settings}),
        }
        serve = pages.get(request.path)
        return serve() if serve else _text(404, "no such page")

    def _overview(self, problem: str = "") -> Response:
        entries, facts, counts = self._journal.entries(), self._facts(), self._front.counts()
        newest = list(reversed(entries[-_SHOWN:]))
        more = f"<p>The newest {_SHOWN} of {len(entries)}.</p>" if len(entries) > _SHOWN else ""
        content = "".join(
            (
                f'<p class="bad" role="alert">{escape(problem)}</p>' if problem else "",
                figures(entries, counts),
                "<h2>Services</h2>",
                services_table(facts.services.values(), facts.addresses, counts, entries),
                "<h2>Faults</h2>",
                fault_form(facts.services),
                standing_faults(self._faults.standing()),
                "<h2>Effects, newest first</h2>",
                more,
                effects_table(newest, self._population),
                "<h2>All calls, newest first</h2>",
                calls_table(list(reversed(self._front.calls()[-_CALLS_SHOWN:]))),
                "<h2>This sandbox</h2>",
                facts_table(facts.settings),
            )
        )
        return _html("What was sent", content, 400 if problem else 200)

    def _services(self) -> list[dict[str, Any]]:
        facts, counts = self._facts(), self._front.counts()
        return [
            {
                "name": name,
                "summary": service.summary,
                "address": facts.addresses[name],
                "client_certificate": service.mutual_tls,
                "calls": counts.get(name, 0),
                "accepted": self._journal.effects(name).total(),
                "validates": not service.unvalidated,
                "why_not": service.unvalidated,
            }
            for name, service in facts.services.items()
        ]

    def _letter(self, name: str) -> Response:
        known = any(entry.get("document") == name for entry in self._journal.entries())
        if not known or Path(name).name != name:
            return _text(404, "no such letter")
        try:
            body = Path(self._journal.path.parent, "letters", name).read_bytes()
        except (OSError, ValueError):  # deleted by hand, or a name that is none
            return _text(404, "no such letter")
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
            return _text(400, error.message) if as_json else self._overview(error.message)
        except (TypeError, ValueError, RecursionError):
            problem = "a fault has service, kind, times, probability and milliseconds"
            return _text(400, problem) if as_json else self._overview(problem)
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
    origin = request.header("Origin")
    try:
        host = urlsplit(f"//{request.header('Host')}").hostname
        same = not origin or urlsplit(origin).netloc == request.header("Host")
    except ValueError:  # brackets that are no IPv6 address
        return False
    return host in {"127.0.0.1", "localhost"} and same


def _person_facts(person: Person) -> dict[str, str]:
    return {"number": masked(person.cpr), "name": person.name, "situation": person.case, "home": person.home}


def _html(title: str, content: str, status: int = 200) -> Response:
    return Response(status, frame(title, content), _HTML, _SAFE)


def _json(data: object) -> Response:
    return Response(200, json.dumps(data, ensure_ascii=False, indent=1).encode(), _JSON, _SAFE)


def _text(status: int, text: str) -> Response:
    return Response(status, text.encode(), headers=_SAFE)
