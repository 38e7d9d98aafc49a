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

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Protocol

from pydantic import BaseModel, ConfigDict

from rpa_commons.config import SecretRef
from rpa_commons.sdk import Municipality

__all__ = ["Connector", "ConnectorSettings", "Surroundings"]


class ConnectorSettings(BaseModel):
    """Base of a connector's settings: strict types, no unknown keys, frozen. Secrets are ``SecretRef``."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, use_attribute_docstrings=True)


@dataclass(frozen=True)
class Surroundings:
    """What a connector may know of where it runs.

    Attributes:
        municipality: For whom it works.
        environment: ``"production"``, ``"test"`` or ``"sandbox"``.
        folder: The municipality's folder; relative paths in settings start here.
        secret: Resolves a reference to its value, late; raises when it cannot.
    """

    municipality: Municipality
    environment: str
    folder: Path
    secret: Callable[[SecretRef], str]


class Connector(Protocol):
    """One real system behind one capability."""

    name: ClassVar[str]
    capability: ClassVar[type]
    Settings: ClassVar[type[ConnectorSettings]]

    def close(self) -> None:
        """Give back what was opened; called once, also after an error."""
        ...
