"""What a new version of a bot would do to every member: from the version's manifest and the members' files.

Rules this module keeps: nothing is imported, installed or sent; no secret is looked up; each finding points
at the member's own line; what cannot be told is said and never taken for right; a version is not blamed for
what was wrong before it, nor a member for what is wrong in the cooperation's files.

Usage::

    with open_members(Path("members")) as members:
        report = fleet_check(manifest, members, connectors=catalogue())
    report.breaks  # the members that could not run it
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

from rpa_commons.capabilities import RpaCommonsError
from rpa_commons.config.findings import ConfigError, Finding, display_path, in_order
from rpa_commons.config.instances import Examination, examine_instance
from rpa_commons.config.layers import ConnectorEntry
from rpa_commons.config.municipality import MunicipalityFolder, locked_versions
from rpa_commons.config.policies import local_today
from rpa_commons.manifest import Manifest

from ._fleet_changes import Changes, Subject, changes_between, letter_findings, step_findings
from ._fleet_report import VERDICTS, FleetInstance, FleetMember, FleetReport
from ._fleet_unseen import unseen
from ._fleet_withheld import Withheld, without_rules
from ._members import ENVIRONMENT, Member, Members

__all__ = ["fleet_check"]

Known = Callable[[str, str], Manifest | None]
"""From a version and a manifest digest to that manifest, where its wheel is at hand."""


def fleet_check(
    manifest: Manifest,
    members: Members,
    *,
    connectors: Mapping[str, ConnectorEntry],
    known: Known = lambda _version, _digest: None,
    today: date | None = None,
) -> FleetReport:
    """Resolve every member's instances of a bot against a version of it.

    Args:
        manifest: Of the version.
        members: From :func:`open_members`.
        connectors: The connectors there are; settings of any other are not checked, which is said.
        known: Older manifests, to tell what changes.
        today: For waivers and dated tables; the local date.
    """
    today = today or local_today()
    usual = _usual(members, manifest.name, known)
    checking = _Checking(manifest, _Remembered(connectors), known, usual, today)
    found = tuple(map(checking.member, members.members))
    return FleetReport(
        manifest.name,
        manifest.version,
        found,
        in_order(checking.cooperation),
        ENVIRONMENT,
        tuple((display_path(path), why) for path, why in members.passed_over),
        {code: tuple(map(display_path, where)) for code, where in members.doubles.items()},
    )


def _usual(members: Members, bot: str, known: Known) -> Manifest | None:
    """The version that most members run, of those that are at hand."""
    running: Counter[tuple[str, str]] = Counter()
    for one in members.members:
        if one.info is not None:
            running.update(
                {(said.version, said.manifest) for said in one.info.instances.values() if said.bot == bot}
            )
        elif one.municipality is not None:
            running.update([locked_versions(one.folder).get(bot, ("", ""))])
    found = (known(*one) for one, _ in running.most_common() if one[1])
    return next((one for one in found if one is not None), None)


class _Remembered(Mapping[str, ConnectorEntry]):
    """A catalogue whose entries are made once."""

    def __init__(self, connectors: Mapping[str, ConnectorEntry]) -> None:
        self._connectors = connectors
        self._entries: dict[str, ConnectorEntry] = {}

    def __getitem__(self, name: str) -> ConnectorEntry:
        if name not in self._entries:
            self._entries[name] = self._connectors[name]
        return self._entries[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._connectors)

    def __len__(self) -> int:
        return len(self._connectors)

    def __contains__(self, name: object) -> bool:
        return name in self._connectors


class _Checking:
    def __init__(
        self,
        manifest: Manifest,
        connectors: Mapping[str, ConnectorEntry],
        known: Known,
        usual: Manifest | None,
        today: date,
    ) -> None:
        self._manifest = manifest
        self._connectors = connectors
        self._known = known
        self._usual = usual
        self._today = today
        self.cooperation: list[Finding] = []
        self._changes: dict[str, Changes] = {}
        self._variants: dict[tuple[int, frozenset[str]], Manifest] = {}

    def member(self, member: Member) -> FleetMember:
        """One member; whatever goes wrong with it is in the result."""
        folder, is_published = display_path(member.folder), member.info is not None
        head = (member.name, member.code, folder, is_published)
        if member.municipality is None:
            return FleetMember(*head, "unreadable", findings=member.findings, notes=member.notes)
        try:
            names, unreadable = self._instances(member.municipality)
            found = tuple(self._instance(member, member.municipality, name) for name in names)
        except RpaCommonsError as error:
            return FleetMember(*head, "unreadable", notes=(*member.notes, error.message))
        hidden = member.info.withheld_instances if member.info else 0
        nothing = "unknown" if hidden else "unused"
        verdict = max((one.verdict for one in found), key=VERDICTS.index, default=nothing)
        if unreadable:
            verdict = "unreadable"
        notes = (*member.notes, *_hidden(hidden, self._manifest.name))
        return FleetMember(*head, verdict, found, tuple(unreadable), notes)

    def _instances(self, municipality: MunicipalityFolder) -> tuple[list[str], list[Finding]]:
        """The instances of the bot, and what hinders the look at others."""
        names: list[str] = []
        findings: list[Finding] = []
        for name in municipality.instances():
            file = f"bots/{name}.toml"
            try:
                document = municipality.reader.document(
                    municipality.folder / file, root=municipality.folder, name=file
                )
            except ConfigError as error:
                findings += error.findings
                continue
            if document.values.get("bot") == self._manifest.name:
                names.append(name)
        return names, findings

    def _instance(self, member: Member, municipality: MunicipalityFolder, name: str) -> FleetInstance:
        said = Subject.of(member, municipality, name, self._manifest.name)
        old = self._known(said.version, said.digest) if said.digest else None
        withheld = Withheld.of(member, name, self._manifest)
        examination, findings = self._examine(municipality, name, self._manifest, withheld)
        notes = [one.message for one in findings if one.code == "E602"]
        findings = [one for one in findings if one.code != "E602"]
        findings += step_findings(said, self._manifest)
        findings += letter_findings(said, self._manifest, old)
        findings = self._without_cooperations(municipality, findings)
        already = self._already(said, self._usual if said.is_new else old, withheld, findings)
        changes = [f"{one.key}: {one.message}" for one in findings if one.is_warning and one not in already]
        if old is not None:
            sections = examination.sections if examination else ()
            changes += self._between(old).sentences(said, sections, withheld)
        elif said.is_new:
            notes.append("it does not run the bot yet: rpac.lock is not there")
        elif said.version != self._manifest.version:
            notes.append(said.unknown_before)
        if withheld.everything:
            notes.append("none of its settings are published, so nothing is said about them")
        unknown = [] if withheld.everything or not member.info else self._unseen(said, old, withheld)
        verdict = _verdict(findings, already, changes, is_unknown=withheld.everything or bool(unknown))
        wrong_before = tuple(one for one in already if not one.is_warning)
        return FleetInstance(
            name,
            said.version,
            verdict,
            in_order(findings),
            tuple(changes),
            (*unknown, *notes),
            wrong_before,
        )

    def _without_cooperations(
        self, municipality: MunicipalityFolder, findings: Sequence[Finding]
    ) -> list[Finding]:
        """Without warnings about the cooperation's own files; these and its errors go into the report."""
        baseline = municipality.baseline_info
        if baseline is None:
            return list(findings)
        theirs = [one for one in findings if one.file and one.file.is_relative_to(baseline.folder)]
        self.cooperation += [one for one in theirs if one not in self.cooperation]
        return [one for one in findings if one not in theirs or not one.is_warning]

    def _unseen(self, said: Subject, old: Manifest | None, withheld: Withheld) -> list[str]:
        """Of which withheld settings nobody can say whether they fit; none for the version that runs."""
        is_same = bool(said.digest) and said.digest == self._manifest.digest
        return [] if is_same else list(unseen(withheld, old, self._manifest))

    def _between(self, old: Manifest) -> Changes:
        digest = old.digest
        if digest not in self._changes:
            self._changes[digest] = changes_between(old, self._manifest)
        return self._changes[digest]

    def _examine(
        self, municipality: MunicipalityFolder, name: str, manifest: Manifest, withheld: Withheld
    ) -> tuple[Examination | None, list[Finding]]:
        """The instance under a version, and what is wrong that is not just withheld."""
        seen = self._variant(manifest, withheld)
        try:
            found = examine_instance(
                municipality,
                name,
                lambda _: seen,
                connectors=self._connectors,
                today=self._today,
                wants_instance=False,
            )
        except ConfigError as error:
            return None, [one for one in error.findings if not withheld.explains(one)]
        return found, [one for one in found.findings if not withheld.explains(one)]

    def _variant(self, manifest: Manifest, withheld: Withheld) -> Manifest:
        """The manifest without the rules that a withheld value would have to keep."""
        if not withheld.words:
            return manifest
        key = (id(manifest), withheld.words)
        if key not in self._variants:
            self._variants[key] = without_rules(manifest, withheld.words)
        return self._variants[key]

    def _already(
        self, said: Subject, old: Manifest | None, withheld: Withheld, findings: Sequence[Finding]
    ) -> tuple[Finding, ...]:
        """Those of the findings that the member has under the version it runs, too.

        For one that runs none yet, it is the version that most others run.
        """
        if old is None or not findings:
            return ()
        found = [*self._examine(said.municipality, said.name, old, withheld)[1], *step_findings(said, old)]
        before = {(one.code, one.key) for one in found}
        return tuple(one for one in findings if (one.code, one.key) in before)


def _hidden(count: int, bot: str) -> Iterator[str]:
    if count:
        what = "1 bot instance is" if count == 1 else f"{count} bot instances are"
        yield f"{what} not published; whether of {bot}, nobody can tell: ask them"


def _verdict(
    findings: Sequence[Finding], already: Sequence[Finding], changes: Sequence[str], *, is_unknown: bool
) -> str:
    wrong = [one for one in findings if not one.is_warning]
    codes = {one.code for one in wrong if one not in already}
    if codes - {"E501"}:
        return "breaks"
    if codes:
        return "migration"
    if wrong:
        return "broken"
    if is_unknown:
        return "unknown"
    return "changes" if changes else "works"
