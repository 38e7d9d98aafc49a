"""What goes wrong in the registry, by what the caller does about it.

Each error knows its HTTP status, so that the API and the command line say the same thing: the command line
shows message and remedy, the API sends both, and the short reason in the status line that twine prints.
"""

from http import HTTPStatus

from rpa_commons.capabilities import RpaCommonsError

__all__ = [
    "ConflictError",
    "ForbiddenError",
    "LoginError",
    "NotFoundError",
    "RefusedError",
    "RegistryError",
    "SettingsError",
    "StorageError",
    "TooLargeError",
    "TooManyError",
]


class RegistryError(RpaCommonsError):
    """The base of all; ``status`` is the HTTP status, ``exit_code`` the command line's."""

    status = HTTPStatus.BAD_REQUEST
    exit_code = 1


class SettingsError(RegistryError):
    """``registry.toml`` is missing, cannot be read, or says something that cannot be."""

    status = HTTPStatus.INTERNAL_SERVER_ERROR
    exit_code = 2


class LoginError(RegistryError):
    """No token, an unknown one, or one that was revoked or has expired."""

    status = HTTPStatus.UNAUTHORIZED
    exit_code = 4


class ForbiddenError(RegistryError):
    """Known who it is, and they may not do this: another municipality's bot, their own signature twice."""

    status = HTTPStatus.FORBIDDEN
    exit_code = 5


class NotFoundError(RegistryError):
    """There is no such project, release, person or file."""

    status = HTTPStatus.NOT_FOUND


class ConflictError(RegistryError):
    """The state of things does not allow it: other bytes under a name that is taken, an act out of order."""

    status = HTTPStatus.CONFLICT


class RefusedError(RegistryError):
    """The wheel was examined and cannot be taken; every reason is in the message."""

    status = HTTPStatus.BAD_REQUEST


class TooLargeError(RegistryError):
    """More bytes than the registry takes."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class TooManyError(RegistryError):
    """More requests than the registry takes from one token in a minute.

    Attributes:
        seconds: After how many it may be tried again.
    """

    status = HTTPStatus.TOO_MANY_REQUESTS

    def __init__(self, message: str, *, remedy: str = "", seconds: int = 60) -> None:
        super().__init__(message, remedy=remedy)
        self.seconds = seconds


class StorageError(RegistryError):
    """The disk is full or cannot be written, or the database cannot be reached; nothing was changed."""

    status = HTTPStatus.INSUFFICIENT_STORAGE
