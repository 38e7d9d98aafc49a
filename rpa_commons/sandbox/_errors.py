"""What can go wrong when a sandbox is asked to start or to misbehave.

The sandbox imports nothing of the library but the validators, so its errors stand alone; the command line
turns them into its own.
"""

from collections.abc import Iterable
from pathlib import Path

__all__ = [
    "FaultError",
    "FolderInUseError",
    "GivenServiceError",
    "JournalError",
    "LayoutError",
    "PathTakenError",
    "PopulationError",
    "SandboxError",
    "SeedFolderError",
    "UnknownMunicipalityError",
    "UnknownServiceError",
]


class SandboxError(Exception):
    """Root of the sandbox's errors.

    Attributes:
        message: What happened.
        remedy: The next thing to do.
    """

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


class FolderInUseError(SandboxError):
    """Two sandboxes on one folder would both write its journal."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"another sandbox is running on {folder}",
            remedy="stop it, or give this one another folder",
        )
        self.folder = folder


class FaultError(SandboxError):
    """A fault was asked for that this service cannot show."""

    def __init__(self, service: str, kind: str, reason: str) -> None:
        super().__init__(f"no fault {kind!r} for {service!r}: {reason}")
        self.service = service
        self.kind = kind
        self.reason = reason


class UnknownMunicipalityError(SandboxError):
    """The sandbox was not started for this municipality."""

    def __init__(self, code: str, known: Iterable[str]) -> None:
        names = ", ".join(sorted(known))
        super().__init__(
            f"this sandbox serves no municipality {code}; it serves {names}",
            remedy="start it with that municipality, e.g. rpac sandbox up --connect FOLDER",
        )
        self.code = code
        self.known = tuple(sorted(known))


class UnknownServiceError(SandboxError):
    """No simulated system has this name."""

    def __init__(self, name: str, known: Iterable[str], near: str = "") -> None:
        names = ", ".join(sorted(known))
        remedy = f"did you mean {near}? " if near else ""
        super().__init__(f"no service {name!r}", remedy=f"{remedy}the services are {names}")
        self.name = name
        self.near = near


class GivenServiceError(SandboxError):
    """What was given as a simulator is none, or cannot run beside the others."""

    def __init__(self, given: str, problem: str, remedy: str = "") -> None:
        super().__init__(
            f"{given}: {problem}",
            remedy=remedy or "see docs/how-to/write-a-connector.md, section 7, for a whole simulator",
        )
        self.given = given
        self.problem = problem


class PathTakenError(SandboxError, ValueError):
    """Two services would answer the same calls."""

    def __init__(self, method: str, path: str, services: Iterable[str]) -> None:
        super().__init__(
            f"two services claim {method} {path}: {' and '.join(services)}",
            remedy="run one of them: rpac sandbox up --only; or give one another path",
        )
        self.method = method
        self.path = path


class JournalError(SandboxError):
    """A line of a journal was not written by a sandbox."""

    def __init__(self, path: Path, line: int) -> None:
        super().__init__(
            f"{path}:{line}: is no entry of a sandbox's journal",
            remedy="take that line out, or move the file away: the sandbox then begins a new one",
        )
        self.path = path
        self.line = line


class LayoutError(SandboxError):
    """No file can be written in the layout that a municipality's stack declares."""

    def __init__(self, folder: Path, connector: str) -> None:
        super().__init__(
            f"{folder}: no file can be written in the layout declared for {connector}",
            remedy=f"mend it: rpac -C {folder} config check; or start with --no-files",
        )
        self.folder = folder
        self.connector = connector


class SeedFolderError(SandboxError):
    """Files of a town would be mixed with somebody else's."""

    def __init__(self, folder: Path, name: str) -> None:
        super().__init__(
            f"{folder}: {name} was not written by a sandbox, or was changed since",
            remedy="name an empty folder, or move that file away",
        )
        self.folder = folder


class PopulationError(SandboxError):
    """There are not enough numbers that cannot belong to a living person."""

    def __init__(self, people: int, most: int) -> None:
        super().__init__(
            f"{people} people were asked for, at most {most} can be made", remedy="ask for fewer"
        )
        self.people = people
        self.most = most
