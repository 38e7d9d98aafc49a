"""Roskilde's workshop: its two wheels are built while others are on the stage, each shown at its turn.

A build is a process of some seconds and most scenes keep one processor busy; so they run side by side, as the
people of the story would work.

Usage::

    with Workshop(scene) as workshop:
        ...
        wheel = workshop.first()
"""

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Self

from ._next import make_next
from ._scene import Scene, tell

__all__ = ["Workshop"]


@dataclass(frozen=True)
class _Built:
    """What a build said and gave."""

    said: list[str]
    wheel: Path = Path()
    sha256: str = ""
    error: Exception | None = None


class Workshop:
    """Builds both versions, one after the other, and sweeps away what an earlier demo left."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._pool = ThreadPoolExecutor(2)
        self._first: Future[_Built] | None = None
        self._next: Future[_Built] | None = None

    def __enter__(self) -> Self:
        """Begin."""
        places = self._scene.places
        self._first = self._pool.submit(self._build, places.plugin)
        self._pool.submit(places.sweep)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End what has begun, and begin nothing more."""
        self._pool.shutdown(cancel_futures=True)

    def begin_next(self) -> None:
        """Begin to build the next version."""
        self._next = self._pool.submit(self._build_next)

    def first(self) -> Path:
        """Show the first version's build; its wheel.

        Raises:
            DemoStepError: it cannot be built.
        """
        return self._shown(self._first)

    def next(self) -> Path:
        """Show the next version's build; its wheel.

        Raises:
            PatchDoesNotFitError: the plugin has changed where its next version changes it.
            DemoStepError: it cannot be built.
        """
        return self._shown(self._next)

    def _build_next(self) -> _Built:
        places = self._scene.places
        return self._build(make_next(places.plugin, places.patch, places.scratch / "next"))

    def _build(self, source: Path) -> _Built:
        """Build a wheel, as its author would; the same bytes as last time when nothing changed."""
        kept: list[str] = []
        try:
            shell = replace(self._scene.shell, kept=kept)
            built = shell.rpac("build", source, "--out", self._scene.places.wheels, answer=True)
        except Exception as error:  # noqa: BLE001 - raised again by _shown, where its scene is played
            return _Built(kept, error=error)
        return _Built(kept, Path(built["wheel"]), built["sha256"])

    def _shown(self, building: Future[_Built] | None) -> Path:
        assert building is not None  # noqa: S101 - the script begins it first
        built = building.result()
        self._scene.shell.echo("\n".join(built.said))
        if built.error is not None:
            raise built.error
        tell(f"{built.wheel.name}  sha256 {built.sha256[:16]}…")
        return built.wheel
