"""Where the demo finds its wheel's source and its municipalities, and what it may write.

Rules this module keeps: the demo writes below ``.rpac/demo`` of the checkout and nowhere else; it works on
copies of the example's folders, made anew each time, whose state lies there, too.
"""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import rpa_commons
from rpa_commons.capabilities import RpaCommonsError

__all__ = ["INSTANCE", "MUNICIPALITIES", "NoCheckoutError", "Places", "find_places"]

MUNICIPALITIES = ("roskilde", "hvidovre", "lejre")
INSTANCE = "welcome-letters"
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

    def begin(self) -> None:
        """Forget what an earlier demo wrote, and copy the example; the example itself is not touched."""
        shutil.rmtree(self.scratch, ignore_errors=True)
        for name in ("baseline", *MUNICIPALITIES):
            shutil.copytree(
                self.example / name, self.municipality(name), ignore=shutil.ignore_patterns(*_MADE)
            )
        for name in MUNICIPALITIES:
            path = self.municipality(name) / "municipality.toml"
            text = path.read_text(encoding="utf-8")
            own = f'state_dir = "../../state/{name}"'
            path.write_text(_STATE.sub(own, text), encoding="utf-8", newline="\n")

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
