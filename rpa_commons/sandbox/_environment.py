"""Connects a municipality folder to a sandbox: writes ``environments/sandbox/``.

Rules this module keeps: only what the municipality's own stack names is overridden (how a simulated service
is reached, see ``_reaching``, and the place of extracts and outboxes); invented people never lie where a
production run reads, nor letters to them where the print room fetches its own, hence extracts and outbox
stand below ``environments/sandbox/``; a file there that the sandbox did not write, or that somebody has
changed since, is left alone.
"""

import hashlib
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ._errors import SandboxError
from ._files import read_json, write_json, write_private
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
_OUTBOX = _HOME / "outbox"
_OUTBOXES: Mapping[str, str] = {"pdf-outbox": "folder", "sf1601": "physical_outbox"}
"""Connector -> the setting that says where letters on paper go."""
_WRITTEN = ".written-by-rpac-sandbox.json"


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
        files: Whether the folder has extracts and an outbox of the sandbox's, see :func:`save_files`.
        stack: The folder's; without it, see :func:`_bindings`.

    Raises:
        ForeignFileError: there is one that the sandbox did not write.
    """
    path = folder / _HOME / "stack.toml"
    if path.exists() and not _is_own(path.read_text("utf-8")):
        raise ForeignFileError(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    text = _environment_toml(_bindings(folder) if stack is None else stack, reach, files=files)
    path.write_text(text, "utf-8", newline="\n")
    return path


def save_files(
    folder: Path, content: Callable[[str, Mapping[str, Any]], bytes], stack: Stack | None = None
) -> list[Path]:
    """Write a file for every extract connector that the folder's stack names, make an outbox for letters.

    Args:
        folder: The municipality's folder.
        content: Makes a file's bytes from the connector's name and its declared settings.
        stack: The folder's; without it, see :func:`_bindings`.

    Returns:
        The files, and the outbox if there is use for one.

    Raises:
        ForeignFileError: a file is there that the sandbox did not write, or not as it is now.
    """
    written: list[Path] = []
    for connector, settings in (_bindings(folder) if stack is None else stack).values():
        if connector in _EXTRACTS:
            path = folder / _EXTRACTS[connector][1]
            _refuse_foreign(path)
            data = content(connector, settings)
            # Noted first: a crash in between leaves a note without a file, never a file of unknown origin.
            _note(path, data)
            write_private(path, data)
            written.append(path)
        if settings.get(_OUTBOXES.get(connector, "")):
            (folder / _OUTBOX).mkdir(parents=True, exist_ok=True)
            written.append(folder / _OUTBOX)
    return written


def _is_own(text: str) -> bool:
    """Whether the sandbox wrote it; a line for editors above its mark makes it nobody else's."""
    first, _, rest = text.partition("\n")
    return (rest if first.startswith(_SCHEMA_LINE) else text).startswith(_MARK)


def _refuse_foreign(path: Path) -> None:
    if not path.exists():
        return
    known = read_json(path.parent / _WRITTEN).get(path.name, [])
    if hashlib.sha256(path.read_bytes()).hexdigest() not in known:
        raise ForeignFileError(path)


def _note(path: Path, data: bytes) -> None:
    """Remember the digest of what is about to be written, and of what stands there now."""
    notes = read_json(path.parent / _WRITTEN)
    present = [hashlib.sha256(path.read_bytes()).hexdigest()] if path.exists() else []
    notes[path.name] = [*present, hashlib.sha256(data).hexdigest()]
    write_json(path.parent / _WRITTEN, notes)


def _environment_toml(stack: Stack, reach: Reach, *, files: bool) -> str:
    lines = [_MARK, ""]
    for capability, (connector, settings) in sorted(stack.items()):
        values = reaching(connector, reach, settings)
        if files:
            values |= _places(connector, settings)
        own = [f"{setting} = {_written(value)}" for setting, value in values.items()]
        if own:
            lines += [f"[{capability}.settings]", *own, ""]
    return "\n".join(lines)


def _places(connector: str, settings: Mapping[str, Any]) -> dict[str, Value]:
    """Where the sandbox's own files stand."""
    places: dict[str, Value] = dict([_EXTRACTS[connector]] if connector in _EXTRACTS else [])
    outbox = _OUTBOXES.get(connector, "")
    if settings.get(outbox):
        places[outbox] = _OUTBOX
    return places


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
