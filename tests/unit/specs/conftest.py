"""A table of known specifications of our own, and a store for them."""

import hashlib
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from rpa_commons.specs import Family, KnownVersion, SpecsStore

RULES_1, RULES_2 = "<rules>1</rules>", "<rules>2</rules>"
MAIN, COMMON = "<main/>", "<common/>"


def sha256(text: str) -> str:
    """As `sha256sum` prints it."""
    return hashlib.sha256(text.encode()).hexdigest()


def _family(name: str, kind: str, *versions: KnownVersion, compiler: str = "") -> Family:
    entries = {} if kind == "compiler" else {"Invoice": next(iter(versions[0].files))}
    return Family(
        name=name,
        title=f"The {name}",
        kind=kind,  # type: ignore[arg-type]
        publisher="Somebody",
        licence="EUPL-1.2",
        entries=entries,
        customizations=("urn:test",),
        profiles=(),
        compiler=compiler,
        versions=versions,
    )


FAMILIES = (
    _family(
        "schema",
        "xsd",
        KnownVersion(
            "2.1",
            "https://example.org/schema.zip",
            {"maindoc/Main.xsd": sha256(MAIN), "common/Common.xsd": sha256(COMMON)},
        ),
    ),
    _family(
        "rules",
        "xslt",
        KnownVersion(
            "1.0", "https://example.org/1.xslt", {"R.xslt": sha256(RULES_1)}, date(2025, 1, 1), "released"
        ),
        KnownVersion(
            "1.1", "https://example.org/2.xslt", {"R.xslt": sha256(RULES_2)}, date(2026, 1, 1), "mandatory"
        ),
    ),
    _family(
        "compiler",
        "compiler",
        KnownVersion("1.3.4", "https://example.org/c", {"c.xsl": sha256("<c/>")}),
    ),
)


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> tuple[Family, ...]:
    """Our table in place of the official one."""
    for module in ("_known", "_add", "_store", "_listing", "_invoices", "_schemas"):
        monkeypatch.setattr(f"rpa_commons.specs.{module}.families", lambda: FAMILIES)
    monkeypatch.setattr("rpa_commons.specs.families", lambda: FAMILIES)
    return FAMILIES


@pytest.fixture
def store(known: tuple[Family, ...], tmp_path: Path) -> SpecsStore:
    """An empty store; its folder does not exist yet."""
    return SpecsStore(tmp_path / "kept")


@pytest.fixture
def download(tmp_path: Path) -> Callable[..., Path]:
    """Write files, by path and text, into a folder as a person would have downloaded them."""

    def write(files: dict[str, str], name: str = "download") -> Path:
        folder = tmp_path / name
        for path, text in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, encoding="utf-8")
        return folder

    return write
