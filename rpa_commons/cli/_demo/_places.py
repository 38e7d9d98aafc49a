"""Where the demo finds its wheel's source and its municipalities, and what it may write.

Rules this module keeps: the demo writes into ``.rpac`` of the checkout and nowhere else; it works on
copies of the example's folders, made anew each time, whose state lies there, too. What an earlier demo left
is put aside at once and removed while the new one plays: some twenty thousand files.
"""

import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

import rpa_commons
from rpa_commons.capabilities import RpaCommonsError

__all__ = ["INSTANCE", "MUNICIPALITIES", "DemoAtWorkError", "NoCheckoutError", "Places", "find_places"]

MUNICIPALITIES = ("roskilde", "hvidovre", "lejre")
INSTANCE = "welcome-letters"
_ASIDE = "demo-before-"
_MADE = ("extracts", "outbox", "sandbox", "rpac.lock", "secrets", "__pycache__")
_BASELINE = re.compile(r'^baseline = ".*"\n', re.MULTILINE)
_STATE = re.compile(r'^state_dir = ".*"$', re.MULTILINE)


class NoCheckoutError(RpaCommonsError):
    """The demo needs the examples and the plugin's source, which an installed wheel does not carry."""

    exit_code = 2

    def __init__(self, looked_in: Path) -> None:
        super().__init__(
            f"no examples and plugins found in {looked_in}",
            remedy="clone the repository of rpa-commons and say: rpac demo --checkout FOLDER",
        )
        self.looked_in = looked_in


class DemoAtWorkError(RpaCommonsError):
    """Another demo plays in this checkout."""

    def __init__(self, scratch: Path) -> None:
        super().__init__(
            f"another demo is playing in {scratch}",
            remedy="wait until it ends, some minutes at most, or stop it",
        )
        self.scratch = scratch


@dataclass(frozen=True)
class Places:
    """The folders that the demo uses.

    Attributes:
        checkout: The repository.
        plugin: The bot's source project.
        example: ``examples/digit``; only read.
        scratch: The demo's own folder.
    """

    checkout: Path
    plugin: Path
    example: Path
    scratch: Path

    @property
    def cooperation(self) -> Path:
        """The copy of the example that the demo works on."""
        return self.scratch / "digit"

    @property
    def wheels(self) -> Path:
        """Where Roskilde builds."""
        return self.scratch / "wheels"

    @property
    def patch(self) -> Path:
        """What the bot's next version changes."""
        return self.example / "next" / f"{INSTANCE}-1.1.0.patch"

    def municipality(self, name: str) -> Path:
        """The folder of one of them."""
        return self.cooperation / name

    @contextmanager
    def alone(self) -> Iterator[None]:
        """One demo at a time: two would write into the same folders.

        Raises:
            DemoAtWorkError: another one is playing.
        """
        self.scratch.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.scratch.parent / "demo.lock")  # a killed demo's is free again
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise DemoAtWorkError(self.scratch) from None
        try:
            yield
        finally:
            lock.release()

    def begin(self) -> None:
        """Put aside what an earlier demo wrote, and copy the example; the example itself is not touched."""
        self._put_aside()
        for name in ("baseline", *MUNICIPALITIES):
            shutil.copytree(
                self.example / name, self.municipality(name), ignore=shutil.ignore_patterns(*_MADE)
            )
        for name in MUNICIPALITIES:
            path = self.municipality(name) / "municipality.toml"
            text = path.read_text(encoding="utf-8")
            own = f'state_dir = "../../state/{name}"'
            path.write_text(_STATE.sub(own, text), encoding="utf-8", newline="\n")

    def sweep(self) -> None:
        """Remove what earlier demos wrote and :meth:`begin` put aside."""
        for old in self.scratch.parent.glob(f"{_ASIDE}*"):
            shutil.rmtree(old, ignore_errors=True)

    def _put_aside(self) -> None:
        if not self.scratch.exists():
            return
        place = Path(tempfile.mkdtemp(prefix=_ASIDE, dir=self.scratch.parent))
        try:
            self.scratch.replace(place / self.scratch.name)
        except OSError:  # on Windows, a file of it that somebody has open
            shutil.rmtree(self.scratch, ignore_errors=True)

    def name_registry(self, url: str) -> None:
        """Say in each member's folder where the cooperation's registry is."""
        for name in MUNICIPALITIES:
            path = self.municipality(name) / "municipality.toml"
            text = path.read_text(encoding="utf-8")
            path.write_text(
                _BASELINE.sub(rf'\g<0>registry = "{url}"\n', text), encoding="utf-8", newline="\n"
            )


def find_places(checkout: Path | None) -> Places:
    """The demo's folders in ``checkout``, or in the one this command runs from.

    Raises:
        NoCheckoutError: there are no examples there.
    """
    root = (checkout or Path(rpa_commons.__file__).parent.parent).resolve()
    places = Places(
        checkout=root,
        plugin=root / "plugins" / INSTANCE,
        example=root / "examples" / "digit",
        scratch=root / ".rpac" / "demo",
    )
    if not (places.plugin.is_dir() and places.example.is_dir()):
        raise NoCheckoutError(root)
    return places
