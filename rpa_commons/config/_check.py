"""A municipality's whole configuration: every bot instance, the stack, the secrets that can be seen."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rpa_commons.capabilities import RpaCommonsError
from rpa_commons.manifest import Manifest

from ._connector_entry import ConnectorEntry
from ._findings import ConfigError, Finding, in_order
from ._keys import guess
from ._municipality import MunicipalityFolder, stems
from ._resolve import examine_instance, stack_of
from ._resolved import ResolvedInstance
from ._schema import is_secret_reference
from ._secrets import SecretMissingError, SecretRef, resolve_secret_bytes
from ._shapes import ENVIRONMENTS
from ._validate import Problem

__all__ = ["Checked", "check_municipality", "secret_findings"]


@dataclass(frozen=True)
class Checked:
    """What a check found.

    Attributes:
        instances: The instances that were looked at.
        findings: Everything that is wrong.
        errors: Per instance, why it could not be looked at at all (its bot is not installed).
    """

    instances: tuple[str, ...]
    findings: tuple[Finding, ...]
    errors: Mapping[str, RpaCommonsError]


def check_municipality(
    municipality: MunicipalityFolder,
    manifest_of: Callable[[str], Manifest],
    *,
    connectors: Mapping[str, ConnectorEntry],
    names: Sequence[str] = (),
    overrides: Sequence[str] = (),
) -> Checked:
    """Check the given instances, or all of them and what belongs to none.

    Raises:
        OverrideError: an override cannot be read.
    """
    findings: list[Finding] = []
    errors: dict[str, RpaCommonsError] = {}
    wanted = tuple(dict.fromkeys(names)) or municipality.instances()
    for name in wanted:
        try:
            examination = examine_instance(
                municipality, name, manifest_of, connectors=connectors, overrides=overrides
            )
        except ConfigError as error:
            findings += error.findings
        except RpaCommonsError as error:
            if error.exit_code == _USAGE:
                raise
            errors[name] = error
        else:
            findings += examination.findings
            if examination.instance is not None:
                findings += secret_findings(examination.instance, municipality.folder)
    if not names:
        stack, in_files = stack_of(municipality, connectors)
        findings += [*in_files, *stack.unknown(), *_orphans(municipality)]
    findings += _journal_key(municipality)
    return Checked(wanted, _once(in_order(findings)), errors)


def _once(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """One finding for each thing to mend, though several instances, or the stack besides, may have it."""
    first: dict[object, Finding] = {}
    for one in findings:
        mended = one.message if one.code == "E604" else (one.code, one.key, one.place, one.message)
        first.setdefault(mended, one)
    return tuple(first.values())


_USAGE = 2


def secret_findings(instance: ResolvedInstance, folder: Path) -> Iterator[Finding]:
    """E402 for each secret that can be seen to be missing; a key store is not asked, it may want a person."""
    for section in instance.sections:
        for path, candidates in section.merged.leaves.items():
            winner = candidates[-1]
            if not section.view.is_single(path) or not is_secret_reference(winner.value):
                continue
            ref = SecretRef.model_validate(winner.value)
            problem = _missing(ref, folder)
            if problem is not None:
                yield section.finding(Problem("E402", path, problem.message, problem.remedy), winner.layer)


def _missing(ref: SecretRef, folder: Path) -> SecretMissingError | None:
    if ref.keyring is not None:
        return None
    try:
        resolve_secret_bytes(ref, folder)
    except SecretMissingError as error:
        return error
    return None


def _journal_key(municipality: MunicipalityFolder) -> Iterator[Finding]:
    if municipality.journal_key is None:
        return
    problem = _missing(municipality.journal_key, municipality.folder)
    if problem is not None:
        file = municipality.folder / "municipality.toml"
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
