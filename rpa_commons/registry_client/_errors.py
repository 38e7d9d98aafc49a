"""What can go wrong between this machine and the registry, each with the next thing to do."""

import difflib
from collections.abc import Collection, Sequence
from urllib.parse import urlsplit

from rpa_commons.capabilities import RpaCommonsError

__all__ = [
    "BrokenAnswerError",
    "DownloadError",
    "NoRegistryError",
    "NoSuchReleaseError",
    "PausedError",
    "RegistryAddressError",
    "RegistryError",
    "ReleaseRefusedError",
    "TokenMissingError",
    "UnknownProjectError",
    "UnreachableError",
    "UploadRefusedError",
]

_USAGE = 2
_LOGIN = 4
_POLICY = 5


class RegistryError(RpaCommonsError):
    """Something between this machine and the registry went wrong; what is installed still works."""


class NoRegistryError(RegistryError):
    """Nobody said which registry is meant."""

    exit_code: int = _USAGE

    def __init__(self) -> None:
        super().__init__(
            "no registry is named",
            remedy='write registry = "https://…" into municipality.toml and stand in its folder, or name one '
            "with --registry URL or the variable RPAC_REGISTRY; without one, "
            "`rpac install FILE.whl` takes a wheel file",
        )


class RegistryAddressError(RegistryError):
    """An address is not one that a registry may have.

    Attributes:
        url: The address.
    """

    exit_code: int = _USAGE

    def __init__(self, url: str) -> None:
        super().__init__(
            f"{url} is no address of a registry",
            remedy="write https://host[:port][/path], without user, password or query; plain http is for "
            "this machine only",
        )
        self.url = url


class UnreachableError(RegistryError):
    """The registry does not answer, or not with what was asked for.

    Attributes:
        url: What was asked for.
        why: What happened instead of an answer.
    """

    def __init__(self, url: str, why: str, *, remedy: str = "") -> None:
        host = urlsplit(url).netloc or url
        super().__init__(
            f"{url}: {why}",
            remedy=remedy
            or f"check the network, the proxy (HTTPS_PROXY, NO_PROXY) and that {host} is the registry's "
            "address; installed bots go on running meanwhile, and wheel files can be installed",
        )
        self.url = url
        self.why = why


class BrokenAnswerError(RegistryError):
    """The registry answers with something that is not of the agreed shape.

    Attributes:
        url: Which document.
        problem: What is wrong with it.
    """

    def __init__(self, url: str, problem: str) -> None:
        super().__init__(
            f"{url}: {problem}",
            remedy="check that the address is the registry's and that nothing on the way changes answers; "
            "a newer registry may need a newer rpa-commons",
        )
        self.url = url
        self.problem = problem


class UnknownProjectError(RegistryError):
    """The registry has no project of this name.

    Attributes:
        name: What was asked for.
    """

    exit_code: int = _USAGE

    def __init__(self, name: str, known: Collection[str], where: str) -> None:
        close = difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.5)
        remedy = f"did you mean {close[0]}?" if close else "`rpac search WORDS` finds what there is"
        super().__init__(f"{where} has no project {name}", remedy=remedy)
        self.name = name


class NoSuchReleaseError(RegistryError):
    """A project has no such version.

    Attributes:
        name: The project.
        version: What was asked for.
    """

    exit_code: int = _USAGE

    def __init__(self, name: str, version: str, known: Sequence[str]) -> None:
        super().__init__(
            f"{name} has no version {version}",
            remedy=f"versions: {', '.join(known)}" if known else "nothing of it is published yet",
        )
        self.name = name
        self.version = version


class ReleaseRefusedError(RegistryError):
    """A version exists and is not to be installed: not certified, taken back, recalled.

    Attributes:
        name: The project.
        version: The version; empty when none of them is to be installed.
        why: Why not.
    """

    exit_code: int = _POLICY

    def __init__(self, name: str, version: str, why: str, *, remedy: str) -> None:
        super().__init__(f"{name} {version}".strip() + f" {why}", remedy=remedy)
        self.name = name
        self.version = version
        self.why = why


class DownloadError(RegistryError):
    """A file cannot be fetched whole, or is not the one that was asked for; nothing of it is used.

    Attributes:
        file: Its name.
        problem: What happened.
    """

    def __init__(self, file: str, problem: str, *, remedy: str = "") -> None:
        super().__init__(
            f"{file}: {problem}",
            remedy=remedy or "run the command again: the download goes on where it broke off",
        )
        self.file = file
        self.problem = problem


class TokenMissingError(RegistryError):
    """Something is to be written to the registry and there is no token to do it with."""

    exit_code: int = _LOGIN

    def __init__(self, host: str) -> None:
        super().__init__(
            f"there is no token for {host}",
            remedy="ask the cooperation's coordinator for one with the scope upload, and set "
            f"RPAC_REGISTRY_TOKEN or keep it by `python -m keyring set rpac:{host} __token__`",
        )
        self.host = host


class UploadRefusedError(RegistryError):
    """The registry does not take what it was sent; its own words say why.

    Attributes:
        what: What was sent.
        status: HTTP status.
        reason: The registry's reason.
    """

    def __init__(self, what: str, status: int, reason: str, *, remedy: str = "") -> None:
        super().__init__(
            f"{what}: the registry refuses it: {reason} (status {status})",
            remedy=remedy or _remedy_of(status),
        )
        self.what = what
        self.status = status
        self.reason = reason
        if status in {401, 403}:
            self.exit_code = _LOGIN


def _remedy_of(status: int) -> str:
    return {
        401: "the token is wrong, expired or revoked: ask the cooperation's coordinator for a new one",
        403: "the token lacks the scope, or the name belongs to another member",
        409: "a version is published once: give the changed wheel a new version",
        429: "too many uploads in a short time: wait a minute",
    }.get(status, "correct what it names, then run the command again")


class PausedError(RegistryError):
    """A bot instance runs a version that the cooperation recalled.

    Attributes:
        instance: The bot instance.
        advisory: The advisory's id.
    """

    exit_code: int = _POLICY

    def __init__(self, instance: str, what: str, advisory: str, summary: str, remedy: str) -> None:
        super().__init__(
            f"{instance} is paused: {what} was recalled by {advisory}: {summary}",
            remedy=remedy,
        )
        self.instance = instance
        self.advisory = advisory
