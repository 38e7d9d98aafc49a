"""Where the demo finds its wheel's source and its municipalities, and what it may delete."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import rpa_commons
from rpa_commons.capabilities import RpaCommonsError

__all__ = ["INSTANCE", "MUNICIPALITIES", "NoCheckoutError", "Places", "find_places"]

MUNICIPALITIES = ("roskilde", "hvidovre", "lejre")
INSTANCE = "welcome-letters"


class NoCheckoutError(RpaCommonsError):
    """The demo needs the examples and the plugin's source, which an installed wheel does not carry."""

    exit_code = 2

    def __init__(self, looked_in: Path) -> None:
        super().__init__(
            f"no examples and plugins found in {looked_in}",
            remedy="clone the repository of rpa-commons and say: rpac demo --checkout FOLDER",
        )
        self.looked_in = looked_in


@dataclass(frozen=True)
class Places:
    """The folders that the demo uses.

    Attributes:
        checkout: The repository.
        plugin: The bot's source project.
        cooperation: ``examples/digit``.
        scratch: The demo's own folder: wheels and the sandbox's state.
    """

    checkout: Path
    plugin: Path
    cooperation: Path
    scratch: Path

    def municipality(self, name: str) -> Path:
        """The folder of one of them."""
        return self.cooperation / name

    def forget(self) -> None:
        """Delete what earlier demos wrote; configuration is never touched."""
        shutil.rmtree(self.scratch, ignore_errors=True)
        for name in MUNICIPALITIES:
            shutil.rmtree(self.checkout / ".rpac" / "state" / name, ignore_errors=True)
            for made in ("extracts", "outbox", "environments/sandbox"):
                shutil.rmtree(self.municipality(name) / made, ignore_errors=True)
            (self.municipality(name) / "rpac.lock").unlink(missing_ok=True)


def find_places(checkout: Path | None) -> Places:
    """The demo's folders in ``checkout``, or in the one this command runs from.

    Raises:
        NoCheckoutError: there are no examples there.
    """
    root = (checkout or Path(rpa_commons.__file__).parent.parent).resolve()
    places = Places(
        checkout=root,
        plugin=root / "plugins" / INSTANCE,
        cooperation=root / "examples" / "digit",
        scratch=root / ".rpac" / "demo",
    )
    if not (places.plugin.is_dir() and places.cooperation.is_dir()):
        raise NoCheckoutError(root)
    return places
