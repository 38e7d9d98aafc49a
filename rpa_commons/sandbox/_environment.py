"""Connects a municipality folder to a sandbox: writes ``environments/sandbox/``.

Rules this module keeps: only what the municipality's own stack names is overridden (how a simulated service
is reached, see ``_reaching``, and the place of extracts, outboxes, cases, invoices and postings); invented
people never lie where a production run reads, nor letters to them where the print room fetches its own, hence
all of that stands below ``environments/sandbox/``; a file there that the sandbox did not write, or that
somebody has changed since, is left alone, and so is what stands below the last line of its stack file.
"""

import hashlib
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ._errors import SandboxError
from ._files import WRITTEN, read_json, write_json, write_private
from ._reaching import Reach, Secret, Value, reaching

__all__ = [
    "ForeignFileError",
    "Stack",
    "municipality_facts",
    "save_environment",
    "save_files",
]

Stack = Mapping[str, tuple[str, Mapping[str, Any]]]
"""Capability -> connector and its settings, as the municipality's configuration says."""

_MARK = "# Written by `rpac sandbox`; written again whenever a sandbox is connected."
_SCHEMA_LINE = "#:schema "
_HOME = Path("environments") / "sandbox"
_EXTRACTS: Mapping[str, tuple[str, Path]] = {
    "moves-extract": ("files", _HOME / "extracts" / "moves.csv"),
    "register-extract": ("file", _HOME / "extracts" / "register.csv"),
}
"""Connector -> the setting that says where its file is, and where the sandbox's own stands."""
_INVOICES = "invoice-folder"
_FOLDERS: Mapping[str, Mapping[str, Path]] = {
    "case-folder": {"folder": _HOME / "cases", "database": _HOME / "cases.sqlite"},
    "invoice-folder": {"folder": _HOME / "invoices"},
    "pdf-outbox": {"folder": _HOME / "outbox"},
    "posting-file": {"folder": _HOME / "postings"},
    "sf1601": {"physical_outbox": _HOME / "outbox"},
}
"""Connector -> each setting that says where it writes, and the sandbox's own place, if it is declared."""
_YOURS = "# Below this line: yours; it stays when a sandbox is connected again."


class ForeignFileError(SandboxError):
    """Somebody else's file is where the sandbox would write its own."""

    def __init__(self, path: Path) -> None:
        remedy = "move it away, or delete it"
        if path.name == "stack.toml":
            remedy = "move its contents to the municipality's stack.toml, or delete it"
        super().__init__(f"{path}: was not written by a sandbox", remedy=remedy)
        self.path = path


class MunicipalityFileError(SandboxError):
    """A municipality's file cannot be read as far as the sandbox must."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(f"{path}: {problem}", remedy="name a municipality folder with a municipality.toml")
        self.path = path
        self.problem = problem


def municipality_facts(folder: Path) -> tuple[str, str]:
    """Code and CVR number from the folder's ``municipality.toml``.

    Raises:
        MunicipalityFileError: it is missing, no TOML, or lacks one of them.
    """
    path = folder / "municipality.toml"
    data = _toml(path)
    code, cvr = data.get("code"), data.get("cvr")
    if not isinstance(code, str) or not isinstance(cvr, str):
        raise MunicipalityFileError(path, "code and cvr must stand there as strings")
    return code, cvr


def save_environment(folder: Path, reach: Reach, *, files: bool, stack: Stack | None = None) -> Path:
    """Write ``environments/sandbox/stack.toml`` and return its path.

    Args:
        folder: The municipality's folder.
        reach: How the sandbox is reached.
        files: Whether the folder has files of the sandbox's, see :func:`save_files`; without them, connectors
            that write files keep their folders, and the file says which.
        stack: The folder's; without it, see :func:`_bindings`.

    Raises:
        ForeignFileError: there is one that the sandbox did not write.
    """
    path = folder / _HOME / "stack.toml"
    if path.exists() and not _is_own(path.read_text("utf-8")):
        raise ForeignFileError(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    yours = _yours(path)
    taken = _tables_in(yours)
    bound = _bindings(folder) if stack is None else stack
    own = {capability: entry for capability, entry in bound.items() if capability not in taken}
    text = _environment_toml(own, reach, files=files) + f"{_YOURS}\n{yours}"
    write_private(path, text.encode())
    return path


def save_files(
    folder: Path,
    content: Callable[[str, Mapping[str, Any]], bytes],
    stack: Stack | None = None,
    invoices: Callable[[], Mapping[str, bytes]] = dict,
) -> list[Path]:
    """Write a file for every extract connector that the folder's stack names, make folders for the others.

    Args:
        folder: The municipality's folder.
        content: Makes a file's bytes from the connector's name and its declared settings.
        stack: The folder's; without it, see :func:`_bindings`.
        invoices: Makes what waits in the folder for invoices: name -> bytes.

    Returns:
        The files, and the folders there is use for.

    Raises:
        ForeignFileError: a file is there that the sandbox did not write, or not as it is now.
    """
    written: list[Path] = []
    for connector, settings in (_bindings(folder) if stack is None else stack).values():
        if connector in _EXTRACTS:
            path = folder / _EXTRACTS[connector][1]
            _refuse_foreign(path)
            _keep(path, content(connector, settings))
            written.append(path)
        for setting, place in _FOLDERS.get(connector, {}).items():
            if settings.get(setting) and not place.suffix:
                (folder / place).mkdir(parents=True, exist_ok=True)
                written.append(folder / place)
        if connector == _INVOICES and settings.get("folder"):
            _fill(folder / _FOLDERS[_INVOICES]["folder"], invoices())
    return written


def _fill(inbox: Path, files: Mapping[str, bytes]) -> None:
    """Put invoices into the inbox; those that a bot has taken out of it do not come back."""
    handled = {path.name for path in inbox.glob("*/*.xml")}
    arriving = {name: data for name, data in files.items() if name not in handled}
    for name in arriving:
        _refuse_foreign(inbox / name)
    for name, data in arriving.items():
        _keep(inbox / name, data)


def _keep(path: Path, data: bytes) -> None:
    if path.exists() and path.read_bytes() == data:
        return
    _note(path, data)  # first: a crash leaves a note without a file, never a file of unknown origin
    write_private(path, data)


def _yours(path: Path) -> str:
    """What somebody wrote at the end of the stack file."""
    if not path.exists():
        return ""
    _, found, rest = path.read_text("utf-8").partition(_YOURS)
    return rest.removeprefix("\n") if found else ""


def _tables_in(text: str) -> frozenset[str]:
    try:
        return frozenset(tomllib.loads(text))
    except ValueError:  # a check of the configuration says what is wrong with it
        return frozenset()


def _is_own(text: str) -> bool:
    """Whether the sandbox wrote it; a line for editors above its mark makes it nobody else's."""
    first, _, rest = text.partition("\n")
    return (rest if first.startswith(_SCHEMA_LINE) else text).startswith(_MARK)


def _refuse_foreign(path: Path) -> None:
    if not path.exists():
        return
    known = read_json(path.parent / WRITTEN).get(path.name, [])
    if hashlib.sha256(path.read_bytes()).hexdigest() not in known:
        raise ForeignFileError(path)


def _note(path: Path, data: bytes) -> None:
    """Remember the digest of what is about to be written, and of what stands there now."""
    notes = read_json(path.parent / WRITTEN)
    present = [hashlib.sha256(path.read_bytes()).hexdigest()] if path.exists() else []
    notes[path.name] = [*present, hashlib.sha256(data).hexdigest()]
    write_json(path.parent / WRITTEN, notes)


def _environment_toml(stack: Stack, reach: Reach, *, files: bool) -> str:
    lines = [_MARK, ""]
    for capability, (connector, settings) in sorted(stack.items()):
        values = reaching(connector, reach, settings)
        values |= _places(connector, settings) if files else _kept_places(connector, settings)
        own = [f"{setting} = {_written(value)}" for setting, value in values.items()]
        if own:
            lines += [f"[{capability}.settings]", *own, ""]
    return "\n".join(lines)


def _places(connector: str, settings: Mapping[str, Any]) -> dict[str, Value]:
    """Where the sandbox's own files stand."""
    places: dict[str, Value] = dict([_EXTRACTS[connector]] if connector in _EXTRACTS else [])
    own = _FOLDERS.get(connector, {})
    return places | {setting: place for setting, place in own.items() if settings.get(setting)}


def _kept_places(connector: str, settings: Mapping[str, Any]) -> dict[str, Value]:
    """The municipality's own folders, said once more: whoever gave --no-files wants them written to."""
    return {
        setting: str(settings[setting]) for setting in _FOLDERS.get(connector, {}) if settings.get(setting)
    }


def _written(value: Value) -> str:
    """A value as TOML."""
    if isinstance(value, Secret):
        return f"{{ file = {_string(value.file)} }}"
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{_string(key)} = {_written(one)}' for key, one in value.items())} }}"
    if isinstance(value, tuple):
        return f"[{', '.join(map(_string, value))}]"
    return _string(value)


def _bindings(folder: Path) -> Stack:
    """The stack as two files say, the baseline's and the municipality's, the latter winning.

    For folders that have no more than that; who has stack profiles, or a baseline in a wheel, gives the stack
    that the configuration resolved.
    """
    found: dict[str, tuple[str, Mapping[str, Any]]] = {}
    for stack in _stacks(folder):
        for capability, table in stack.items():
            if not isinstance(table, dict):
                continue
            before, inherited = found.get(capability, ("", {}))
            connector, settings = str(table.get("connector", before)), table.get("settings")
            kept = inherited if connector == before else {}
            found[capability] = (connector, _merged(kept, settings if isinstance(settings, dict) else {}))
    return found


def _stacks(folder: Path) -> list[dict[str, Any]]:
    baseline = _toml(folder / "municipality.toml").get("baseline")
    places = [folder / baseline] if isinstance(baseline, str) else []
    return [_toml(place / "stack.toml") for place in (*places, folder) if (place / "stack.toml").exists()]


def _merged(weaker: Mapping[str, Any], stronger: Mapping[str, Any]) -> dict[str, Any]:
    both = dict(weaker)
    for key, value in stronger.items():
        old = both.get(key)
        both[key] = _merged(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return both


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise MunicipalityFileError(path, error.strerror or "cannot be read") from None
    except ValueError:
        raise MunicipalityFileError(path, "is no TOML") from None


def _string(value: str | Path) -> str:
    """A TOML basic string; paths with forward slashes, which Windows understands too."""
    text = value.as_posix() if isinstance(value, Path) else value
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
