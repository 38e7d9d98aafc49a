"""Connects a municipality folder to a sandbox: writes its ``environments/sandbox/stack.toml``.

Only what the municipality's own stack names is overridden: the addresses, the client certificate and the
service agreement of ``sf1520`` and ``sf1601``. A file there that the sandbox did not write is left alone.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ._certificates import ClientFiles
from ._cpr import Agreement
from ._errors import SandboxError

__all__ = ["Connection", "ForeignFileError", "environment_toml", "municipality_facts", "save_environment"]

_MARK = "# Written by `rpac sandbox`; written again whenever a sandbox is connected."
_OURS = ("sf1520", "sf1601")


class ForeignFileError(SandboxError):
    """Somebody else's ``stack.toml`` is where the sandbox would write its own."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path}: was not written by a sandbox",
            remedy="move its contents to the municipality's stack.toml, or delete it",
        )
        self.path = path


class MunicipalityFileError(SandboxError):
    """A municipality's file cannot be read as far as the sandbox must."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(f"{path}: {problem}", remedy="name a municipality folder with a municipality.toml")
        self.path = path
        self.problem = problem


@dataclass(frozen=True)
class Connection:
    """What a municipality needs to know to reach the sandbox."""

    url: str
    cvr: str
    ca_bundle: Path
    certificate: ClientFiles
    agreement: Agreement


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


def environment_toml(folder: Path, connection: Connection) -> str:
    """The text of ``environments/sandbox/stack.toml`` for this municipality."""
    lines = [_MARK, ""]
    for capability, binding in sorted(_stack(folder).items()):
        connector = binding.get("connector") if isinstance(binding, dict) else None
        if connector not in _OURS:
            continue
        lines += [f"[{capability}.settings]", *_settings(str(connector), connection), ""]
    return "\n".join(lines)


def save_environment(folder: Path, connection: Connection) -> Path:
    """Write the file and return its path.

    Raises:
        ForeignFileError: there is one that the sandbox did not write.
    """
    path = folder / "environments" / "sandbox" / "stack.toml"
    if path.exists() and not path.read_text("utf-8").startswith(_MARK):
        raise ForeignFileError(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(environment_toml(folder, connection), "utf-8", newline="\n")
    return path


def _settings(connector: str, connection: Connection) -> list[str]:
    lines = [
        f"url = {_string(connection.url)}",
        f"ca_bundle = {_string(connection.ca_bundle)}",
        f"certificate = {{ file = {_string(connection.certificate.pkcs12)} }}",
        f"certificate_password = {{ file = {_string(connection.certificate.password_file)} }}",
    ]
    if connector == "sf1601":
        return [*lines, f"sts_url = {_string(connection.url)}", f"cvr = {_string(connection.cvr)}"]
    agreement = connection.agreement
    return [
        *lines,
        f"service_agreement = {_string(agreement.service_agreement)}",
        f"user_system = {_string(agreement.user_system)}",
        f"user = {_string(agreement.user)}",
        f"service = {_string(agreement.service)}",
    ]


def _stack(folder: Path) -> Mapping[str, Any]:
    """The bindings as the baseline and the municipality say them, the municipality winning."""
    baseline = _toml(folder / "municipality.toml").get("baseline")
    stack: dict[str, Any] = {}
    if isinstance(baseline, str) and (folder / baseline / "stack.toml").exists():
        stack |= _toml(folder / baseline / "stack.toml")
    if (folder / "stack.toml").exists():
        stack |= _toml(folder / "stack.toml")
    return stack


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
