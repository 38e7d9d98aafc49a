"""Where a cooperation plugs its own things in, through pluggy: entry point group ``rpa_registry``.

Rules this module keeps: a plugin can refuse more than the registry does, never less; what it is given is
data that the registry has already checked; one that raises stops the act and changes nothing, except a
notification, which comes after the act and can only fail by itself.

Usage, in a package that declares ``[project.entry-points.rpa_registry] ours = "our_plugin"``::

    from rpa_registry.hooks import hookimpl

    @hookimpl
    def rpa_registry_admission(report, member):
        if not report.readme:
            yield WheelFinding("X001", "error", report.filename, "it has no README", "write one")
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pluggy

from .settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rpa_commons.conformance import WheelFinding, WheelReport

    from .blobs import BlobStore

__all__ = ["Event", "ExternalLogin", "RegistrySpecs", "hookimpl", "load_plugins"]

_PROJECT = "rpa_registry"

hookspec = pluggy.HookspecMarker(_PROJECT)
hookimpl = pluggy.HookimplMarker(_PROJECT)


@dataclass(frozen=True)
class ExternalLogin:
    """What another way of signing in says: which person of the registry it is, and what they may do."""

    login: str
    scopes: frozenset[str]
    projects: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Event:
    """An act that was done, for whoever wants to tell people about it.

    Attributes:
        act: ``upload``, ``certify``, ``quarantine``, …
        subject: ``welcome-letters 1.0.0``.
        actor: Login of who did it.
        member: Code of their municipality.
        details: As in the log.
    """

    act: str
    subject: str
    actor: str
    member: str
    details: dict[str, Any] = field(default_factory=dict)


class RegistrySpecs:
    """The four hooks."""

    @hookspec
    def rpa_registry_admission(self, report: "WheelReport", member: str) -> "Iterable[WheelFinding]":  # type: ignore[empty-body]
        """More findings about an uploaded wheel; one with severity ``error`` refuses it.

        Args:
            report: The wheel as it was examined; nothing of it was executed, and a plugin must not either.
            member: Code of the municipality that uploads.
        """

    @hookspec(firstresult=True)
    def rpa_registry_blob_store(self, settings: Settings) -> "BlobStore | None":
        """Another place for the wheels than the data folder; ``None`` leaves it to the next."""

    @hookspec(firstresult=True)
    def rpa_registry_authenticate(self, username: str, password: str) -> ExternalLogin | None:
        """Who that is, where it is none of the registry's own tokens; ``None``: not known here either."""

    @hookspec
    def rpa_registry_notify(self, event: Event) -> None:
        """Tell people about an act; called after it was done for good."""


def load_plugins() -> pluggy.PluginManager:
    """Every plugin that is installed beside the registry."""
    plugins = pluggy.PluginManager(_PROJECT)
    plugins.add_hookspecs(RegistrySpecs)
    plugins.load_setuptools_entrypoints(_PROJECT)
    return plugins
