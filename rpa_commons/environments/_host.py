"""Where an environment's rpa-commons comes from: always the version that the host runs.

From an index the host's version is pinned. A host that runs from a source checkout, or was installed from a
wheel file, hands on exactly that code: the checkout's wheel is built once per content and kept in the cache.
"""

import hashlib
import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

import platformdirs

from rpa_commons.manifest import wheel_sha256

from ._errors import InstallError
from ._uv import Uv

__all__ = ["FIXED_EPOCH", "HOST", "HostPackage", "host_package"]

HOST = "rpa-commons"
FIXED_EPOCH = (
    "1580601600"  # 2020-02-02 UTC, hatchling's own: equal sources give equal bytes, whatever the commit
)
_ATTEMPTS = 5  # at a checkout that somebody is editing
_SOURCES = ("rpa_commons", "pyproject.toml", "README.md", "LICENSE")


@dataclass(frozen=True)
class HostPackage:
    """The rpa-commons to install beside a bot.

    Attributes:
        version: The host's version.
        wheel: Its wheel; ``None`` when an index has it.
        sha256: Of the wheel; empty without one.
    """

    version: str
    wheel: Path | None = None
    sha256: str = ""

    @property
    def requirement(self) -> str:
        """As a requirement line (PEP 508)."""
        return self.requirement_with(())

    def requirement_with(self, extras: Sequence[str]) -> str:
        """As a requirement line, with extras."""
        name = f"{HOST}[{','.join(extras)}]" if extras else HOST
        return f"{name} @ {self.wheel.as_uri()}" if self.wheel else f"{name}=={self.version}"


def host_package(uv: Uv) -> HostPackage:
    """Find, or build, the rpa-commons that this process runs.

    Raises:
        UvError: the checkout's wheel cannot be built.
        InstallError: nothing says how rpa-commons was installed.
    """
    try:
        distribution = metadata.distribution(HOST)
    except metadata.PackageNotFoundError as error:
        raise InstallError(
            "rpa-commons runs without being installed", remedy="install it: `uv sync` in its checkout"
        ) from error
    origin = json.loads(distribution.read_text("direct_url.json") or "{}")
    url = urlsplit(origin.get("url", ""))
    if not origin:
        return HostPackage(distribution.version)
    if url.scheme != "file":
        # An index may have somebody else's package under this version: never take that for what runs here.
        raise InstallError(
            "rpa-commons was installed from an address, which bots' environments cannot be given",
            remedy="install it from an index, a wheel file or a checkout",
        )
    place = Path(url2pathname(url.path))
    if place.suffix == ".whl":
        if not place.is_file():
            raise InstallError(
                f"the wheel that rpa-commons was installed from is gone: {place}",
                remedy="put it back, or install rpa-commons from an index or a checkout",
            )
        return HostPackage(distribution.version, place, wheel_sha256(place))
    return _from_checkout(place, distribution.version, uv)


def _from_checkout(checkout: Path, version: str, uv: Uv) -> HostPackage:
    for _ in range(_ATTEMPTS):
        if wheel := _built_from(checkout, uv):
            return HostPackage(version, wheel, wheel_sha256(wheel))
    raise InstallError(
        f"{checkout} changes while its wheel is built", remedy="run the command again when it is at rest"
    )


def _built_from(checkout: Path, uv: Uv) -> Path | None:
    """The wheel of a checkout as it is now; ``None`` when it changed while the wheel was built."""
    digest = _content_digest(checkout)
    folder = platformdirs.user_cache_path("rpa-commons") / "host" / digest[:16]
    if wheels := sorted(folder.glob("*.whl")):
        return wheels[0]
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix="building-") as scratch:
        command = ["build", "--wheel", "--no-sources", "--out-dir", scratch, str(checkout)]
        uv.run(f"building rpa-commons from {checkout}", command, extra={"SOURCE_DATE_EPOCH": FIXED_EPOCH})
        if _content_digest(checkout) != digest:
            return None
        built = next(Path(scratch).glob("*.whl"))
        folder.mkdir(exist_ok=True)
        return built.replace(folder / built.name)


def _content_digest(checkout: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(_source_files(checkout)):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(checkout).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def _source_files(checkout: Path) -> Iterator[Path]:
    for name in _SOURCES:
        top = checkout / name
        for path in top.rglob("*") if top.is_dir() else [top]:
            if path.is_file() and "__pycache__" not in path.parts:
                yield path
