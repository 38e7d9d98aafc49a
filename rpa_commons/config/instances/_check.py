"""A municipality's whole configuration: every bot instance, the stack, the secrets that can be seen."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pydantic import ValidationError

from rpa_commons.capabilities import RpaCommonsError
from rpa_commons.config.findings import ConfigError, Finding, guess, in_order
from rpa_commons.config.layers import ENVIRONMENTS, ConnectorEntry
from rpa_commons.config.municipality import MunicipalityFolder, sorted_files, stems
from rpa_commons.config.policies import granted, policies_of, policy_set
from rpa_commons.config.schema import Problem, is_secret_reference
from rpa_commons.config.secrets import SecretRef, secret_problem
from rpa_commons.config.stack import StackReader, stack_of
from rpa_commons.config.table_files import stray_table_folders
from rpa_commons.manifest import Manifest

from ._answerable import answerable_findings
from ._baseline_words import misspelt_for, uses_in
from ._confirm import unconfirmed
from ._local_places import LocalPlace, local_places
from ._resolve import examine_instance
from ._resolved import ResolvedInstance
from ._strays import hook_findings, stray_findings
from ._table_views import example_findings
from ._unasked import UnaskedTable, unasked_tables
from ._unfinished import unfinished_upgrades

__all__ = ["Checked", "check_municipality", "secret_findings"]


@dataclass(frozen=True)
class Checked:
    """What a check found.

    Attributes:
        instances: The instances that were looked at.
        findings: Everything that is wrong.
        errors: Per instance, why it could not be looked at at all (its bot is not installed).
        places: The files and folders that the settings name, of instances that are right.
        unasked: The municipality's tables of the stack that no bot instance asks for, as far as is known:
            what an instance in ``errors`` asks for is not. Empty where only some instances were looked at.
    """

    instances: tuple[str, ...]
    findings: tuple[Finding, ...]
    errors: Mapping[str, RpaCommonsError]
    places: tuple[LocalPlace, ...] = ()
    unasked: tuple[UnaskedTable, ...] = ()


def check_municipality(
    municipality: MunicipalityFolder,
    manifest_of: Callable[[str], Manifest],
    *,
    connectors: Mapping[str, ConnectorEntry],
    names: Sequence[str] = (),
    overrides: Sequence[str] = (),
    today: date | None = None,
) -> Checked:
    """Check the given instances, or all of them and what belongs to none.

    Args:
        municipality: Whose they are.
        manifest_of: Gives the manifest of a bot by name; may raise an error of its own.
        connectors: The connectors there are, by name.
        names: The instances; all of them when empty.
        overrides: ``KEY=VALUE``, as if set for one run.
        today: The day on which waivers and decision tables are asked; without, the local date.

    Raises:
        OverrideError: an override cannot be read.
    """
    findings: list[Finding] = []
    errors: dict[str, RpaCommonsError] = {}
    places: list[LocalPlace] = []
    asked: set[str] = set()
    unasked: tuple[UnaskedTable, ...] = ()
    wanted = tuple(dict.fromkeys(names)) or municipality.instances()
    for name in wanted:
        try:
            examination = examine_instance(
                municipality, name, manifest_of, connectors=connectors, overrides=overrides, today=today
            )
        except ConfigError as error:
            findings += error.findings
        except RpaCommonsError as error:
            if error.exit_code == _USAGE:
                raise
            errors[name] = error
        else:
            findings += examination.findings
            asked |= {one.name_of(()).removeprefix("stack.") for one in examination.sections[1:]}
            if examination.instance is not None:
                places += local_places(municipality, examination.instance.sections)
                findings += secret_findings(examination.instance, municipality.folder)
                findings += unconfirmed(examination.instance, municipality)
                findings += example_findings(municipality, name, examination)
                findings += answerable_findings(municipality, name, examination)
            findings += hook_findings(municipality, name, examination, manifest_of)
    if not names:
        of_folder, unasked = _of_no_instance(municipality, connectors, asked, findings)
        findings += of_folder
        findings += stray_findings(municipality, findings)
    findings += _journal_key(municipality)
    unfinished = unfinished_upgrades(municipality, names)
    written = {one.file for one in unfinished}  # for another version: what this one says of them is no matter
    findings = [*unfinished, *(one for one in findings if one.file not in written)]
    return Checked(wanted, _once(in_order(findings)), errors, tuple(dict.fromkeys(places)), unasked)


def _of_no_instance(
    municipality: MunicipalityFolder,
    connectors: Mapping[str, ConnectorEntry],
    asked: Collection[str],
    findings: Sequence[Finding],
) -> tuple[list[Finding], tuple[UnaskedTable, ...]]:
    """What is wrong in the folder whatever its instances, and the tables that none of them asks for."""
    stack, in_files = stack_of(municipality, connectors)
    unasked = unasked_tables(stack, asked, needed=_missed(findings))
    cooperation = policy_set(municipality, "", date.min)
    bots = _bots(municipality)
    return [
        *in_files,
        *stack.unknown(),
        *_orphans(municipality),
        *cooperation.findings,
        *_unasked_findings(unasked, in_files),
        *_misspelt_capabilities(municipality, stack, connectors),
        *stray_table_folders(municipality, bots),
        *_misspelt_in_baseline(municipality, bots),
    ], unasked


def _missed(findings: Sequence[Finding]) -> frozenset[str]:
    """The capabilities that a bot instance asks for and the stack does not bind."""
    return frozenset(one.key.removeprefix("stack.") for one in findings if one.code == "E601")


def _unasked_findings(tables: Sequence[UnaskedTable], in_files: Sequence[Finding]) -> Iterator[Finding]:
    """What is wrong with tables that no bot asks for; what an unreadable file may hold is not missing."""
    for table in tables:
        yield from (one for one in table.findings if not in_files or one.code != "E102")


def _misspelt_in_baseline(municipality: MunicipalityFolder, bots: Sequence[str]) -> Iterator[Finding]:
    """What the baseline says of a bot that is nearly one of these; others may be other members' matter."""
    baseline = municipality.baseline_info
    if baseline is not None:
        policies, waivers, _ = granted(municipality)
        mine = [one for one in waivers if one.municipality == municipality.code]
        yield from misspelt_for(
            uses_in(baseline.folder, sorted_files(baseline.folder)[0], policies, mine), bots
        )


def _misspelt_capabilities(
    municipality: MunicipalityFolder, stack: StackReader, connectors: Mapping[str, ConnectorEntry]
) -> Iterator[Finding]:
    """W302 for each policy that means a capability nearly known here; others may be other members' matter."""
    known = {name for layer in stack.layers for name in layer.values}
    policies = [one for one in policies_of(municipality).all if one.path[0] == "stack"]
    unknown = [one for one in policies if one.path[1] not in known]
    if unknown:
        known |= {connectors[name].capability for name in connectors}
    for one in unknown:
        name = one.path[1]
        meant = guess(name, sorted(known)) if name not in known else None
        if meant is not None:
            message = f"no capability {name} is known here, so the policy binds nothing"
            origin, advice = one.origin, f"did you mean {meant}?"
            yield Finding("W302", one.key, message, origin.file, origin.line, one.line_text, help=advice)


def _bots(municipality: MunicipalityFolder) -> tuple[str, ...]:
    """The bots that the instances name, whether these are right or wrong otherwise."""
    folder = municipality.folder
    found: list[str] = []
    for name in municipality.instances():
        file = f"bots/{name}.toml"
        with suppress(ConfigError):
            document = municipality.reader.optional(folder / file, root=folder, name=file)
            bot = document.get(("bot",)) if document is not None else None
            found += [bot] if isinstance(bot, str) else []
    return tuple(dict.fromkeys(found))


def _once(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """One finding for each thing to mend, though several instances, or the stack besides, may have it."""
    first: dict[object, Finding] = {}
    for one in findings:
        mended = one.message if one.code == "E604" else (one.code, one.key, one.place, one.message)
        first.setdefault(mended, one)
    return tuple(first.values())


_USAGE = 2


_FORMS = 'keyring = "service/name", or store = "STORE:PLACE" for a store that a plugin brings'


def secret_findings(instance: ResolvedInstance, folder: Path) -> Iterator[Finding]:
    """E402 for each secret that can be seen to be missing; a key store is not asked, it may want a person."""
    for section in instance.sections:
        for path, candidates in section.merged.leaves.items():
            winner = candidates[-1]
            if not section.view.is_secret(path) or not is_secret_reference(winner.value):
                continue
            try:
                ref = SecretRef.model_validate(winner.value)
            except ValidationError:  # the right key with a place that cannot be one
                problem = Problem("E201", path, "no such place for a secret", _FORMS)
                yield section.finding(problem, winner.layer)
                continue
            missing = secret_problem(ref, folder)
            if missing is not None:
                yield section.finding(Problem("E402", path, missing.message, missing.remedy), winner.layer)


def _journal_key(municipality: MunicipalityFolder) -> Iterator[Finding]:
    if municipality.journal_key is None:
        return
    file = municipality.folder / "municipality.toml"
    if municipality.journal_key.store is not None:
        message = (
            "commands of the host read it too, and a store that a plugin brings is known to workers alone"
        )
        yield Finding("E201", "journal_key", message, file, help="use env, file or keyring")
    problem = secret_problem(municipality.journal_key, municipality.folder)
    if problem is not None:
        yield Finding("E402", "journal_key", problem.message, file, help=problem.remedy)


def _orphans(municipality: MunicipalityFolder) -> Iterator[Finding]:
    """Files of no instance: a misspelt one would be passed over without a word."""
    known = municipality.instances()
    bots = municipality.folder / "bots"
    files = [path for path in bots.iterdir() if not path.name.startswith(".")] if bots.is_dir() else []
    for path in sorted(files):
        if path.name.lower().endswith((".toml", ".toml.txt")) and path.stem not in known:
            message = "nothing reads this file: a bot instance's file ends in .toml"
            yield Finding("E101", "", message, path, help=f"call it {path.name.split('.')[0]}.toml")
    for environment in ENVIRONMENTS:
        folder = municipality.folder / "environments" / environment / "bots"
        for stem in stems(folder):
            if stem not in known:
                meant = guess(stem, known)
                advice = f"did you mean {meant}.toml?" if meant else "remove it, or add the bot instance"
                message = f"there is no bot instance {stem}, so nothing reads this file"
                yield Finding("E101", "", message, folder / f"{stem}.toml", help=advice)
