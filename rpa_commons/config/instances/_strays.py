"""What a municipality's folder holds that no file format speaks of: hooks, and files that nobody reads.

Rules this module keeps: a hook file is read and never run; a file is called stray when its kind of name says
that somebody meant it to be read, so a README or a folder of data is left in peace.

Usage::

    findings += hook_findings(municipality, "welcome-letters", examination, manifest_of)
    findings += stray_findings(municipality, findings)
"""

from collections.abc import Callable, Iterator, Sequence

from rpa_commons.capabilities import RpaCommonsError
from rpa_commons.config.findings import Finding
from rpa_commons.config.municipality import MunicipalityFolder, hook_of, read_hook
from rpa_commons.manifest import Manifest

from ._candidates import candidate_files
from ._resolve import Examination

__all__ = ["hook_findings", "stray_findings"]

_READ = (".toml", ".toml.txt", ".csv", ".py", ".j2")  # what somebody meant to be read


def hook_findings(
    municipality: MunicipalityFolder,
    name: str,
    examination: Examination,
    manifest_of: Callable[[str], Manifest],
) -> tuple[Finding, ...]:
    """What reading the hook file of an instance tells to be wrong with it, as ``rpac hooks`` does.

    A file that cannot be read at all is a finding of the examination already.
    """
    bot = examination.sections[0].values.get("bot")
    path = hook_of(municipality, name, bot)[0] if isinstance(bot, str) else None
    if path is None or not isinstance(bot, str):
        return ()
    try:
        manifest = manifest_of(bot)
    except RpaCommonsError:  # said of the instance
        return ()
    return read_hook(path, [step.name for step in manifest.steps]).findings


def stray_findings(municipality: MunicipalityFolder, said: Sequence[Finding]) -> Iterator[Finding]:
    """E101 for what ``rpac config files`` calls ignored, unless something is said of it already."""
    known = {one.file for one in said}
    for one in candidate_files(municipality):
        is_meant = one.path.is_dir() or one.path.name.lower().endswith(_READ)
        if one.kind == "unknown" and one.layer != "baseline" and is_meant and one.path not in known:
            yield Finding("E101", "", f"nothing reads {one.display}", one.path, help=one.note)
