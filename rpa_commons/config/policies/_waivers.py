"""Waivers: exceptions from a policy that the cooperation grants one municipality until a day.

Rules this module keeps: a waiver stands in the baseline, beside the policy it suspends, and names a reason,
who granted it and its last day; after that day the policy holds again by itself; a waiver of nothing is a
mistake, and so is one that could mean the policies of several owners: nobody lifts what is another's.

Usage::

    # waivers.toml of the baseline
    [[waiver]]
    municipality = "0167"
    bot = "welcome-letters"   # optional
    key = "window_days"       # exactly the policy's key
    reason = "The register delivers moves two months late."
    granted_by = "DIGIT steering group"
    until = 2027-03-31        # the last day it holds
    owner = "DIGIT"           # the policy's; needed where policies of several owners are about the key

    for waiver in waivers_of(municipality):
        waiver.days_left(today)
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, cast

from rpa_commons.config.documents import Document
from rpa_commons.config.findings import Finding, KeyPath, config_error, guess, show
from rpa_commons.config.layers import Layer, Origin, Policy, PolicySet, Waiver, is_date
from rpa_commons.config.municipality import MunicipalityFolder

from ._policies import (
    Policies,
    entries_of,
    form_findings,
    key_of,
    one_line,
    place,
    policies_of,
    read_key,
)

__all__ = ["ENDS_SOON", "WHO_ACTS", "for_members", "granted", "local_today", "policy_set", "waivers_of"]

FILE = "waivers.toml"
ENDS_SOON = 30
"""Days before the end from which on W301 warns."""
WHO_ACTS = "this is the coordinator's work: tell the cooperation"
"""What a member is told of a line that it cannot mend."""
_TEXTS = ("municipality", "key", "reason", "granted_by")
_LAST_CODE = 9999
_KNOWN = ("municipality", "bot", "key", "owner", "reason", "granted_by", "until")


def local_today() -> date:
    """The day it is where this machine stands."""
    return datetime.now().astimezone().date()


def policy_set(municipality: MunicipalityFolder, bot: str, today: date) -> PolicySet:
    """What the cooperation says of one bot of one municipality, and what is wrong with its files."""
    name = f"policies for {bot} of {municipality.folder} on {municipality.baseline}, {today}"
    return municipality.reader.remembered(name, lambda: _policy_set(municipality, bot, today))


def _policy_set(municipality: MunicipalityFolder, bot: str, today: date) -> PolicySet:
    policies = policies_of(municipality)
    waivers, findings = _read(municipality, policies)
    mine = tuple(one for one in waivers if one.municipality == municipality.code and one.bot in {"", bot})
    return PolicySet(policies.for_bot(bot), mine, today, for_members([*policies.findings, *findings]))


def waivers_of(municipality: MunicipalityFolder) -> tuple[Waiver, ...]:
    """Every waiver that the cooperation granted, to whomever, in the order of the file.

    Raises:
        ConfigError: a policy or waiver is wrong.
    """
    _, waivers, findings = granted(municipality)
    if findings:
        raise config_error(for_members(findings))
    return waivers


def granted(
    municipality: MunicipalityFolder,
) -> tuple[tuple[Policy, ...], tuple[Waiver, ...], tuple[Finding, ...]]:
    """Policies and waivers of a baseline, and what is wrong with both files, in the coordinator's words."""
    policies = policies_of(municipality)
    waivers, findings = _read(municipality, policies)
    return policies.all, waivers, (*policies.findings, *findings)


def for_members(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The same for whoever cannot write the baseline's files: each wrong line also says who can."""
    return tuple(
        replace(one, help="; ".join(filter(None, [one.help, WHO_ACTS]))) if one.code == "E305" else one
        for one in findings
    )


def _read(
    municipality: MunicipalityFolder, policies: Policies
) -> tuple[tuple[Waiver, ...], tuple[Finding, ...]]:
    document, entries, findings = entries_of(municipality, FILE, "waiver")
    if document is None:
        return (), findings
    known = document.memory.get(FILE)
    if known is None or known[0] is not policies:
        known = document.memory[FILE] = (policies, _found(document, entries, findings, policies))
    return cast("_Found", known[1])


_Found = tuple[tuple[Waiver, ...], tuple[Finding, ...]]


def _found(
    document: Document,
    entries: Sequence[tuple[int, Mapping[str, Any]]],
    findings: Sequence[Finding],
    policies: Policies,
) -> _Found:
    found: list[Waiver] = []
    wrong = list(findings)
    layer = Layer("baseline", document.values, document)
    for index, entry in entries:
        problems = list(_problems(document, index, entry))
        if not problems:
            waiver = _waiver(entry, layer.origin(("waiver", index, "key")), policies.all)
            waiver = replace(waiver, document=document)
            owners = dict.fromkeys(one.owner for one in waiver.policies)
            if len(owners) > 1:
                problems.append(_of_several(document, index, waiver, list(owners)))
            elif waiver.policies:
                found.append(waiver)
            elif not policies.findings:  # else the policy may be the one that cannot be read
                problems.append(_without_policy(document, index, waiver, policies.all))
        wrong += problems
    return tuple(found), tuple(wrong)


def _problems(document: Document, index: int, entry: Mapping[str, Any]) -> Iterator[Finding]:
    at: KeyPath = ("waiver", index)
    code, bot = entry.get("municipality"), entry.get("bot", "")
    texts: tuple[str, ...] = _TEXTS
    if type(code) is int and 0 < code <= _LAST_CODE:
        texts = tuple(one for one in _TEXTS if one != "municipality")  # said here
        advice = f'write "{code:04}": four digits in quotes'
        yield place(document, (*at, "municipality"), "a municipality's code is a text", advice)
    yield from form_findings(document, at, entry, _KNOWN, (*texts, *(["owner"] if "owner" in entry else [])))
    if isinstance(code, str) and code.strip() and not re.fullmatch(r"[0-9]{4}", code):
        message = f"{show(code)} is no municipality's official code"
        yield place(document, (*at, "municipality"), message, 'four digits in quotes, e.g. "0265"')
    key = entry.get("key")
    if isinstance(key, str) and key.strip() and read_key(key) is None:
        yield place(document, (*at, "key"), f"{show(key)} is no key", "write exactly the policy's key")
    if not isinstance(bot, str) or ("bot" in entry and not bot):
        yield place(document, (*at, "bot"), "bot must be the name of a bot", "without it, every bot is meant")
    if "until" not in entry:
        advice = "add until = 2027-03-31, the last day on which it holds"
        yield place(document, at, "the waiver lacks until: none holds for ever", advice)
    elif not is_date(entry["until"]):
        yield place(
            document, (*at, "until"), "until must be a date", "write until = 2027-03-31, without quotes"
        )


def _waiver(entry: Mapping[str, Any], origin: Origin, policies: Sequence[Policy]) -> Waiver:
    path = read_key(entry["key"]) or ()
    waiver = Waiver(
        municipality=entry["municipality"],
        bot=entry.get("bot", ""),
        key=key_of(path),
        path=path,
        reason=one_line(entry["reason"]),
        granted_by=one_line(entry["granted_by"]),
        until=entry["until"],
        origin=origin,
        owner=one_line(entry.get("owner", "")),
    )
    return replace(waiver, policies=tuple(one for one in policies if waiver.suspends(one)))


def _of_several(document: Document, index: int, waiver: Waiver, owners: Sequence[str]) -> Finding:
    """E305 for a waiver that could mean what each of several owners says."""
    places = " and ".join(one.place for one in waiver.policies)
    message = f"policies of {len(owners)} owners are about {waiver.key} ({places}), and no owner is named"
    advice = f"add owner = {' or '.join(map(show, owners))}; for both, write a waiver for each"
    return replace(
        place(document, ("waiver", index, "key"), message, advice),
        because="; ".join(one.because for one in waiver.policies),
    )


def _without_policy(document: Document, index: int, waiver: Waiver, policies: Sequence[Policy]) -> Finding:
    others = [one for one in policies if replace(waiver, owner="").suspends(one)]
    if others:
        owners = list(dict.fromkeys(one.owner for one in others))
        message = f"no policy of {waiver.owner} is about {waiver.key}, so this waives nothing"
        advice = f"write owner = {' or '.join(map(show, owners))}: {others[0].place}"
        return place(document, ("waiver", index, "owner"), message, advice)
    known = list(dict.fromkeys(one.key for one in policies))
    meant = guess(waiver.key, [one for one in known if one != waiver.key])
    same = next((one for one in policies if one.path == waiver.path), None)
    if same is not None:
        advice = f"the policy at {same.place} is for the bot {same.bot}"
    elif meant:
        advice = f"did you mean {meant}? a waiver names exactly the policy's key"
    else:
        advice = (
            f"a waiver names exactly the policy's key: {', '.join(known)}" if known else "there is no policy"
        )
    message = f"no policy is about {waiver.key}, so this waives nothing"
    return place(document, ("waiver", index, "key"), message, advice)
