"""A project's page: its document, turned into what the template shows.

Rules this module keeps: the page says nothing that the document (``catalogue/<name>.json``) does not say; a
field that a manifest lacks is left out, never guessed.

Usage::

    project_page(site, document, advisories)
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from . import _terms
from ._connectors import connector_views
from ._languages import Words
from ._markdown import readme_html
from ._settings import settings_rows
from ._site import Site

__all__ = ["project_page", "shown_release"]

_DOES = frozenset({"what it does", "hvad den gør", "hva den gjør", "vad den gör"})
_NEVER = frozenset({"what it never does", "hvad den aldrig gør", "hva den aldri gjør", "vad den aldrig gör"})


def project_page(
    site: Site, document: Mapping[str, Any], advisories: Mapping[str, Mapping[str, Any]]
) -> bytes:
    """The page of a project.

    Args:
        site: The page's place.
        document: As :func:`rpa_registry.catalogue.project_document` makes it.
        advisories: What was signed, by id.
    """
    words = site.words
    shown = shown_release(document)
    manifest: Mapping[str, Any] = shown["manifest"] if shown else {}
    does, never, rest = _split_readme(document["readme"])
    return site.render(
        "project.html.j2",
        title=document["name"],
        bot=document,
        shown=shown,
        recalls=list(_recalls(document["releases"], advisories)),
        does=_markup(does),
        never=_markup(never),
        readme=_markup(rest),
        permissions=[_permission(words, one) for one in manifest.get("capabilities", ())],
        legal=_legal(words, manifest.get("record")),
        connectors=connector_views(words, manifest),
        settings_rows=settings_rows(words, manifest.get("settings_schema") or {}),
        releases=[_release(words, one) for one in document["releases"]],
        rules=[_rule(words, one) for one in (shown or {}).get("tier_rules", ())],
        reports=[_report(words, one) for one in (shown or {}).get("reports", ())],
        certified_by=_signers(shown),
        benefit=_benefit(words, manifest.get("benefit")),
        running=[f"{one['member']['name']} ({one['version']})" for one in document["runs_at"]],
    )


def shown_release(document: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The release that the page describes: the certified one, else the newest, else any published one."""
    public: list[Mapping[str, Any]] = [one for one in document["releases"] if "manifest" in one]
    for version in (document["certified"], document["latest"]):
        for release in public:
            if release["version"] == version:
                return release
    return public[0] if public else None


def _markup(text: str) -> Markup:
    return Markup(readme_html(text)) if text.strip() else Markup("")  # noqa: S704 - cleaned by nh3


def _split_readme(text: str) -> tuple[str, str, str]:
    """What it does, what it never does, and the rest, by the second-level headings outside code fences."""
    parts: list[list[str]] = [[]]
    fenced = False
    for line in text.splitlines():
        fenced ^= line.lstrip().startswith(("```", "~~~"))
        if re.match(r"##\s", line) and not fenced:
            parts.append([])
        parts[-1].append(line)
    found = {"does": "", "never": ""}
    rest: list[str] = []
    for part in parts:
        heading = part[0].lstrip("#").strip().lower() if part else ""
        key = "does" if heading in _DOES else "never" if heading in _NEVER else ""
        if key and part[0].startswith("##") and not found[key]:
            found[key] = "\n".join(part[1:])
        else:
            rest.extend(part)
    return found["does"], found["never"], "\n".join(rest)


def _recalls(
    releases: Iterable[Mapping[str, Any]], advisories: Mapping[str, Mapping[str, Any]]
) -> Iterable[dict[str, str]]:
    for release in releases:
        if quarantined := release.get("quarantined"):
            name = quarantined["advisory"] or ""
            signed = advisories.get(name, {})
            yield {
                "version": release["version"],
                "advisory": name,
                "summary": str(signed.get("summary", "")),
                "remedy": str(signed.get("remedy", "")),
            }


def _permission(words: Words, entry: Mapping[str, Any]) -> dict[str, Any]:
    calls = entry.get("calls", ())
    return {
        "name": entry["name"],
        "version": entry.get("version", ""),
        "title": words.gettext(_terms.CAPABILITY_WORDS.get(entry["name"], entry["name"])),
        "effects": any(one.get("effect") for one in calls),
        "calls": [
            {
                "method": one["method"],
                "words": words.gettext(_terms.CALL_WORDS.get(one.get("effect"), one.get("effect") or "")),
                "decisive": one.get("decisive", False),
            }
            for one in calls
        ],
    }


def _legal(words: Words, record: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    if not record:
        return []
    _ = words.gettext
    decisions = record.get("decisions") or {"kind": "none", "paragraph": ""}
    decided = [_(_terms.DECISION_WORDS.get(decisions["kind"], decisions["kind"])), decisions["paragraph"]]
    role = (record.get("ai") or {}).get("role", "none")
    model = _("No trained model takes part.") if role == "none" else role
    rows = [
        (_("Purpose"), [record.get("purpose", "")]),
        (_("Legal basis"), record.get("legal_basis", ())),
        (_("KLE numbers"), [", ".join(record.get("kle", ()))]),
        (_("Categories of data"), record.get("data_categories", ())),
        (_("Whom it concerns"), record.get("person_categories", ())),
        (_("Sources"), record.get("sources", ())),
        (_("Recipients"), record.get("recipients", ())),
        (_("Retention"), [record.get("retention", "")]),
        (_("Decisions"), decided),
        (_("Artificial intelligence"), [model]),
    ]
    return [{"label": label, "values": [one for one in found if one], "hint": ""} for label, found in rows]


def _release(words: Words, release: Mapping[str, Any]) -> dict[str, Any]:
    by = release.get("uploaded_by")
    return {
        "version": release["version"],
        "state": release["state"],
        "tier": release.get("tier", ""),
        "steps": _steps(words, release),
        "file": release.get("file"),
        "uploaded": f"{by['person']}, {by['member']['name']}" if by else "",
        "requires_python": release.get("requires_python", ""),
        "requires_dist": release.get("requires_dist", ()),
        "licence": release.get("licence", ""),
    }


def _steps(words: Words, release: Mapping[str, Any]) -> list[str]:
    _ = words.gettext
    texts = {
        "staged": _("Uploaded %(day)s"),
        "in_review": _("In review since %(day)s")
        if release["base_state"] == "in_review"
        else _("Sent for review %(day)s"),
        "published": _("Published %(day)s"),
        "certified": _("Certified %(day)s by %(people)s"),
    }
    signers = _signers(release)
    steps = [
        texts[state] % {"day": words.day(release["since"][state]), "people": "; ".join(signers)}
        for state in texts
        if release["since"].get(state)
    ]
    if signers and not release["since"].get("certified"):
        steps.append(_("Certification: 1 of 2 has signed (%(people)s)") % {"people": signers[0]})
    if deprecated := release.get("deprecated"):
        steps.append(_("Deprecated: %(reason)s") % {"reason": deprecated["reason"]})
    if release.get("yanked") is not None:
        steps.append(_("Yanked: %(reason)s") % {"reason": release["yanked"]})
    return steps


def _signers(release: Mapping[str, Any] | None) -> list[str]:
    found: Sequence[Mapping[str, Any]] = release.get("certified_by", ()) if release else ()
    return [f"{one['person']}, {one['member']['name']}" for one in found]


def _rule(words: Words, rule: Mapping[str, Any]) -> dict[str, str]:
    status = str(rule["status"])
    return {
        "status": status if status in _terms.RULE_WORDS else "todo",
        "word": words.gettext(_terms.RULE_WORDS.get(status, status)),
        "title": words.gettext(str(rule["text"])),
        # What is to do is meant for the author and stands in the data; why not is for everybody.
        "reason": words.gettext(str(rule["reason"])) if status == "exempt" else "",
        "tier": str(rule["tier"]),
    }


def _report(words: Words, report: Mapping[str, Any]) -> str:
    values = {
        "kind": report["kind"],
        "result": words.gettext(str(report["result"])),
        "person": report["person"],
        "member": report["member"]["name"],
        "day": words.day(report["at"]),
    }
    return words.gettext("%(kind)s: %(result)s, by %(person)s, %(member)s, %(day)s") % values


def _benefit(words: Words, benefit: Mapping[str, Any] | None) -> dict[str, str] | None:
    if not benefit:
        return None
    minutes = benefit["minutes_per_case"]
    text = words.ngettext("%(num)s minute", "%(num)s minutes", int(minutes) if minutes == 1 else 2)
    return {"time": text % {"num": words.number(minutes)}, "method": benefit["method"]}
