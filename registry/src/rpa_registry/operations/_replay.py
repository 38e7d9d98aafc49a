"""The log told from its first entry: what the tables must say if nobody wrote into them but the program.

Rules this module keeps: it only reads; every release, signature, project, person, token and stand-in is made
from entries alone, by the same rules that judged the acts; a log that tells what could not have happened is
named as well, and so is every row that it does not tell of.

Usage::

    told = replayed(all_entries)
    told.releases["welcome-letters 1.0.0"].situation, told.problems
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from rpa_registry.curation import ACTS, Act, Situation, after, out_of_order
from rpa_registry.log import Entry

from ._independence import Signer, why_not_two

__all__ = ["Person", "Project", "Release", "Token", "Told", "replayed"]

_OPERATOR = "operator"


@dataclass(frozen=True)
class Person:
    """Somebody who takes part, or did."""

    member: str
    role: str
    active: bool = True
    public_key: str = ""


@dataclass(frozen=True)
class Token:
    """A token; ``fingerprint`` is empty where the log is older than fingerprints."""

    person: str
    scopes: tuple[str, ...]
    projects: tuple[str, ...] | None
    expires: str
    fingerprint: str
    revoked: bool = False


@dataclass(frozen=True)
class Project:
    """A project's life."""

    owner: str
    status: str = "active"
    accepted_by: str | None = None  # a login, or "migrate"
    exempt: frozenset[str] = frozenset()
    ending: tuple[Signer, ...] = ()  # who signed the end of its quarantine so far


@dataclass(frozen=True)
class Release:
    """A release as its acts left it."""

    project: str
    sha256: str
    uploaded_by: str
    situation: Situation = field(default_factory=lambda: Situation("staged"))
    advisory: str = ""
    signatures: tuple[tuple[str, Signer, bool], ...] = ()
    """Act, signer, and whether it still counts; in the order they were given."""

    def counting(self, act: str) -> tuple[Signer, ...]:
        """The signatures of an act that count."""
        return tuple(signer for name, signer, counts in self.signatures if name == act and counts)

    def without(self, *acts: str) -> "Release":
        """With the signatures of these acts counting no longer."""
        kept = tuple((name, one, counts and name not in acts) for name, one, counts in self.signatures)
        return replace(self, signatures=kept)


@dataclass
class Told:
    """What the log tells; tables by their key."""

    members: dict[str, str] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    tokens: dict[int, Token] = field(default_factory=dict)
    stand_ins: dict[int, tuple[str, str, str, str, str]] = field(default_factory=dict)
    """Coordinator, stand-in, first day, last day, and the day it was ended before that, or empty."""
    projects: dict[str, Project] = field(default_factory=dict)
    releases: dict[str, Release] = field(default_factory=dict)
    advisories: dict[str, str] = field(default_factory=dict)
    reports: dict[tuple[str, str, str], int] = field(default_factory=dict)
    usage: dict[tuple[str, str], str] = field(default_factory=dict)
    public: dict[str, str] = field(default_factory=dict)
    problems: list[tuple[str, str]] = field(default_factory=list)
    """Subject and sentence of what could not have happened."""

    def signer(self, entry: Entry) -> Signer:
        """Who gave the signature that an entry tells of, as they were then."""
        login, away = entry.actor, str(entry.details.get("for_coordinator", ""))
        day = entry.at[:10]
        stands = [one for one in self.stand_ins.values() if one[2] <= day <= one[3]]
        standing = frozenset(one[0] for one in stands if one[1] == login and not one[4])
        pairs = [{one[0], one[1]} for one in stands if not one[4] or one[4] >= day]
        tied = {other for pair in pairs if login in pair for other in pair - {login}}
        person = self.people.get(login)
        places = {self.people[one].member for one in standing if one in self.people}
        return Signer(
            login,
            entry.member,
            person.role if person and person.active else "",
            away,
            self.people[away].member if away in self.people else "",
            is_standing_in=away in standing,
            stands_for=frozenset(places),
            tied_to=frozenset(tied),
        )


def replayed(entries: Iterable[Entry]) -> Told:
    """Everything that the entries tell, the oldest first."""
    told = Told()
    for entry in entries:
        try:
            _TOLD.get(entry.act, _act_on_a_release)(told, entry)
        except (LookupError, TypeError, ValueError):
            text = f"entry {entry.seq} ({entry.act}) tells of something that was not there"
            told.problems.append((entry.subject, text))
    return told


def _add_person(told: Told, entry: Entry) -> None:
    told.people[entry.subject] = Person(entry.details["member"], entry.details["role"])


def _disable_person(told: Told, entry: Entry) -> None:
    told.people[entry.subject] = replace(told.people[entry.subject], active=False)
    for number, token in list(told.tokens.items()):
        if token.person == entry.subject:
            told.tokens[number] = replace(token, revoked=True)


def _enable_person(told: Told, entry: Entry) -> None:
    told.people[entry.subject] = replace(told.people[entry.subject], active=True)


def _register_key(told: Told, entry: Entry) -> None:
    told.people[entry.subject] = replace(told.people[entry.subject], public_key=entry.details["public_key"])


def _add_member(told: Told, entry: Entry) -> None:
    told.members[entry.subject] = entry.details["name"]


def _issue_token(told: Told, entry: Entry) -> None:
    _, number, _, login = entry.subject.split(" ")
    said = entry.details
    projects = None if said["projects"] is None else tuple(said["projects"])
    told.tokens[int(number)] = Token(
        login, tuple(said["scopes"]), projects, said["expires"], said.get("fingerprint", "")
    )


def _revoke_token(told: Told, entry: Entry) -> None:
    number = int(entry.subject.split(" ")[1])
    told.tokens[number] = replace(told.tokens[number], revoked=True)


def _name_stand_in(told: Told, entry: Entry) -> None:
    said = entry.details
    row = (said["coordinator"], said["stand_in"], said["starts"], said["ends"], "")
    told.stand_ins[int(entry.subject.split(" ")[1])] = row


def _end_stand_in(told: Told, entry: Entry) -> None:
    number = int(entry.subject.split(" ")[1])
    told.stand_ins[number] = (*told.stand_ins[number][:4], entry.at[:10])


def _approve(told: Told, entry: Entry) -> None:
    told.public[entry.subject] = entry.actor


def _withdraw_approval(told: Told, entry: Entry) -> None:
    del told.public[entry.subject]


def _upload(told: Told, entry: Entry) -> None:
    name = entry.subject.split(" ")[0]
    if name not in told.projects:
        told.projects[name] = Project(entry.details["owner"])
    if told.projects[name].owner != entry.member:
        told.problems.append((entry.subject, f"{entry.actor} of {entry.member} uploaded it, no owner's"))
    if entry.subject in told.releases:
        told.problems.append((entry.subject, f"entry {entry.seq} tells of a second upload"))
    told.releases[entry.subject] = Release(name, entry.details["sha256"], entry.actor)


def _accept_name(told: Told, entry: Entry) -> None:
    project = told.projects[entry.subject]
    for why in why_not_two(project.owner, "", [told.signer(entry)], wanted=1):
        told.problems.append((entry.subject, f"its name is accepted, and {why}"))
    told.projects[entry.subject] = replace(project, accepted_by=entry.actor)


def _migrate(told: Told, entry: Entry) -> None:
    for name in entry.details.get("accepted_names", ()):
        published = any(
            one.project == name and one.situation.base in {"published", "certified"}
            for one in told.releases.values()
        )
        if published and told.projects[name].accepted_by is None:
            told.projects[name] = replace(told.projects[name], accepted_by="migrate")


def _project_status(told: Told, entry: Entry) -> None:
    project = told.projects[entry.subject]
    if project.status == "quarantined":
        _end_quarantine(told, entry)
        project = told.projects[entry.subject]
        for why in why_not_two(project.owner, "", project.ending):
            told.problems.append((entry.subject, f"its quarantine ended, and {why}"))
    told.projects[entry.subject] = replace(project, status=entry.details["to"], ending=())


def _end_quarantine(told: Told, entry: Entry) -> None:
    project = told.projects[entry.subject]
    told.projects[entry.subject] = replace(project, ending=(*project.ending, told.signer(entry)))


def _exempt(told: Told, entry: Entry) -> None:
    project = told.projects[entry.subject]
    told.projects[entry.subject] = replace(project, exempt=project.exempt | {entry.details["rule"]})


def _unexempt(told: Told, entry: Entry) -> None:
    project = told.projects[entry.subject]
    told.projects[entry.subject] = replace(project, exempt=project.exempt - {entry.details["rule"]})


def _advisory(told: Told, entry: Entry) -> None:
    told.advisories[entry.subject.split(" ")[1]] = entry.details["signature"]


def _report(told: Told, entry: Entry) -> None:
    key = (entry.details["sha256"], entry.details["kind"], entry.actor)
    told.reports[key] = told.reports.get(key, 0) + 1


def _usage(told: Told, entry: Entry) -> None:
    key = (entry.member, entry.subject.split(" ")[0])
    told.usage.pop(key, None)
    if entry.details["to"]:
        told.usage[key] = entry.details["to"]


def _nothing(_told: Told, _entry: Entry) -> None:
    """Rendering pages, or a person's other name, changes nothing that is compared."""


def _act_on_a_release(told: Told, entry: Entry) -> None:
    act, release = ACTS[entry.act], told.releases[entry.subject]
    owner = told.projects[release.project].owner
    _check_order(told, entry, act, release)
    if act.who == "owner" and entry.member != owner:
        told.problems.append((entry.subject, f"{entry.actor} of {entry.member} did `{act.name}`, no owner's"))
    if act.name == "publish" and told.projects[release.project].accepted_by is None:
        told.problems.append((entry.subject, "it was published before its name was accepted"))
    if act.signatures > 1:
        signed = (*release.signatures, (act.name, told.signer(entry), True))
        release = replace(release, signatures=signed)
        given = release.counting(act.name)
        for why in why_not_two(owner, release.uploaded_by, given, wanted=len(given)):
            told.problems.append((entry.subject, f"a signature to {act.name.replace('_', ' ')}: {why}"))
        if len(given) < act.signatures:
            told.releases[entry.subject] = release
            return
    release = replace(release, situation=after(act, release.situation))
    if act.flag == "quarantined":
        release = replace(release, advisory=entry.details.get("advisory", ""))
    told.releases[entry.subject] = release.without(*_superseded(act, release))


def _check_order(told: Told, entry: Entry, act: Act, release: Release) -> None:
    problem = out_of_order(act, release.situation)
    if problem is not None:
        text = f"entry {entry.seq} tells of `{act.name}` while it {problem[0]}"
        told.problems.append((entry.subject, text))


def _superseded(act: Act, release: Release) -> tuple[str, ...]:
    if act.name == "quarantine":
        also = () if release.situation.base == "certified" else ("certify",)
        return ("release_from_quarantine", *also)
    return {"return": ("certify",), "release_from_quarantine": ("release_from_quarantine",)}.get(act.name, ())


_TOLD: Mapping[str, Callable[[Told, Entry], None]] = MappingProxyType(
    {
        "add member": _add_member,
        "add person": _add_person,
        "disable person": _disable_person,
        "enable person": _enable_person,
        "change person": _nothing,
        "register key": _register_key,
        "issue token": _issue_token,
        "revoke token": _revoke_token,
        "name stand-in": _name_stand_in,
        "end stand-in": _end_stand_in,
        "approve public package": _approve,
        "withdraw public package": _withdraw_approval,
        "upload": _upload,
        "accept name": _accept_name,
        "migrate": _migrate,
        "project_status": _project_status,
        "end_quarantine": _end_quarantine,
        "exempt": _exempt,
        "unexempt": _unexempt,
        "advisory": _advisory,
        "advisory_withdraw": _advisory,
        "report": _report,
        "usage": _usage,
        "render": _nothing,
    }
)
