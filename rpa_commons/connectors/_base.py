"""What every connector is: settings, surroundings, one capability.

A connector is a class with three class attributes and a constructor; the contract tests in
``rpa_commons.connectors.contract`` say the rest::

    class RegisterExtract:
        name = "register-extract"
        capability = PopulationRegister
        Settings = RegisterExtractSettings

        def __init__(self, settings: RegisterExtractSettings, surroundings: Surroundings) -> None: ...
        def person(self, cpr: str) -> Person: ...
        def close(self) -> None: ...
"""

import re
import threading
import time
import uuid
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict

from rpa_commons.config import SecretRef
from rpa_commons.sdk import Migration, Municipality

__all__ = ["Connector", "ConnectorSettings", "Memory", "Surroundings", "Vault", "message_uuid"]

_T = TypeVar("_T")
_KEY = re.compile(r"[0-9a-f]{64}")


class ConnectorSettings(BaseModel):
    """Base of a connector's settings: strict types, no unknown keys, frozen. Secrets are ``SecretRef``."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, use_attribute_docstrings=True)
    migrations: ClassVar[tuple[Migration, ...]] = ()
    """What became of settings in newer versions of a connector wheel; see ``rpa_commons.sdk.Migration``."""


class Vault(Protocol):
    """Keeps what is personal unreadable where a connector must put it down; the runtime gives its own."""

    def seal(self, data: bytes, place: str) -> bytes:
        """Encrypt for the one ``place`` (table and row) that the value may stand in."""
        ...

    def unseal(self, blob: bytes, place: str) -> bytes:
        """What was sealed for the same ``place``.

        Raises:
            RpaCommonsError: no key fits, or the value was changed or moved.
        """
        ...

    def digest(self, *parts: str) -> str:
        """Hex digits, equal for equal parts in this municipality, not guessable elsewhere."""
        ...


class Memory:
    """What the connectors of one binding know together in one run, whichever lane they work in.

    A run makes its connectors anew for each lane and chunk of cases; what a system said to one of them (a
    token, "come back in a minute") holds for all. Safe for several threads; gone with the process.
    """

    def __init__(self) -> None:
        """Nothing is known yet."""
        self._lock = threading.RLock()  # what is made may keep something itself
        self._kept: dict[Hashable, Any] = {}

    def kept(self, key: Hashable, make: Callable[[], _T]) -> _T:
        """What is kept under a key.

        Args:
            key: Everything that it depends on, so that two connectors that differ in it do not share it; for
                a login whose it is.
            make: Makes it where there is nothing yet, safe for several threads; the others wait meanwhile,
                so it calls nobody.
        """
        with self._lock:
            if key not in self._kept:
                self._kept[key] = make()
            found: _T = self._kept[key]
            return found


def _pause(seconds: float) -> bool:
    time.sleep(seconds)
    return True


@dataclass(frozen=True)
class Surroundings:
    """What a connector may know of where it runs.

    Attributes:
        municipality: For whom it works.
        environment: ``"production"``, ``"test"`` or ``"sandbox"``.
        folder: The municipality's folder; relative paths in settings start here.
        secret: Resolves a reference to its value, late; raises when it cannot.
        state: Folder for what a connector must remember, outside the municipality's files and of this
            environment alone; all bot instances of the municipality share it. ``None``: there is none.
        vault: Seals what is personal before it is put there; ``None`` where ``state`` is.
        planning: A plan is made: what is outside must stay as it is, ``state`` too, so that nothing is taken
            that a run would then miss.
        pause: Waits for so many seconds; false, at once, when the run is to stop: then give up for now.
            Whoever must wait inside a call waits with it.
        memory: What connectors with the same surroundings know together.
    """

    municipality: Municipality
    environment: str
    folder: Path
    secret: Callable[[SecretRef], str]
    state: Path | None = None
    vault: Vault | None = None
    planning: bool = False
    pause: Callable[[float], bool] = _pause
    memory: Memory = field(default_factory=Memory, compare=False, repr=False)


class Connector(Protocol):
    """One real system behind one capability.

    An instance may have an attribute ``effect_classes`` (method -> effect class) that weakens what its
    capability declares, e.g. where a receiver is known not to honour keys. A connector that reaches other
    machines names them in an attribute ``hosts``. What an effect refuses whatever a system says, a method
    ``check_METHOD`` with the same arguments but ``key`` refuses too, with the same ``BusinessError`` and
    asking nobody: a plan then promises nothing that a run refuses.

    A connector whose query answers although it could not read all of its source has an attribute
    ``problems: Sequence[str]``: of the last call, one line each with place, reason and remedy and without
    personal data (``moves-2.csv:17: column "PNR" has 9 digits: ...``). The runtime reads it after ``find``,
    shows the lines as findings, and such a run ends with exit code 1: the rows that could be read are
    worked on, and none of the others is lost unseen.

    Every class also says ``access: ClassVar[Access]``, what it takes to be let in, and ``verified:
    ClassVar[tuple[Rung, ...]]``, how near the real system it was tried; ``rpac access`` and the docs show
    both.
    """

    name: ClassVar[str]
    capability: ClassVar[type]
    Settings: ClassVar[type[ConnectorSettings]]

    def __init__(self, settings: ConnectorSettings, surroundings: Surroundings) -> None:
        """Check the settings as far as possible without calling the system."""
        ...

    def close(self) -> None:
        """Give back what was opened; called once, also after an error."""
        ...


def message_uuid(key: str) -> str:
    """The message id that an idempotency key stands for: the same key, the same id.

    It has the shape of a version-4 UUID because MeMo's data type for ``messageUUID`` demands it; the random
    bits are the key's first 122.

    Args:
        key: 64 lower-case hexadecimal digits, made by the runtime.

    Raises:
        ValueError: the key is not one that the runtime makes; sending without a key would lose the promise
            that a repeated call is one letter.
    """
    if not _KEY.fullmatch(key):
        raise ValueError("an idempotency key is 64 lower-case hexadecimal digits")
    return str(uuid.UUID(bytes=bytes.fromhex(key)[:16], version=4))
