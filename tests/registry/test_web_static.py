"""What is shipped with the pages: licences beside the files, nothing that is not used."""

import re
from pathlib import Path

from rpa_registry import web

_STATIC = Path(web.__file__).parent / "static"


def test_everything_that_a_style_sheet_names_is_there() -> None:
    """Fonts and icons."""
    for sheet in _STATIC.rglob("*.css"):
        for name in re.findall(r'url\("?([^")]+)"?\)', sheet.read_text(encoding="utf-8")):
            assert (sheet.parent / name).resolve().is_file(), name


def test_the_licences_lie_beside_what_they_cover() -> None:
    """DKFDS is MIT, its icons Apache 2.0, the fonts OFL 1.1."""
    dkfds = _STATIC / "dkfds"

    assert "MIT license" in (dkfds / "LICENSE.md").read_text(encoding="utf-8")
    assert "Apache License" in (dkfds / "LICENSE-APACHE-2.0.txt").read_text(encoding="utf-8")
    assert "SIL Open Font License" in (dkfds / "fonts" / "LICENSE.txt").read_text(encoding="utf-8")


def test_it_is_small_and_no_script() -> None:
    """A catalogue loads over any line."""
    files = [path for path in _STATIC.rglob("*") if path.is_file()]

    assert sum(path.stat().st_size for path in files) < 250_000
    assert [] == [path for path in files if path.suffix in (".js", ".map")]


def test_every_icon_is_used() -> None:
    """By a template or a style sheet."""
    templates = _STATIC.parent / "templates"
    texts = "".join(
        path.read_text(encoding="utf-8") for path in (*templates.glob("*.j2"), *_STATIC.rglob("*.css"))
    )
    for icon in (_STATIC / "dkfds" / "img" / "svg-icons").glob("*.svg"):
        assert icon.stem in texts, icon.name


def test_static_files_name_their_kinds() -> None:
    """As the server and an export send them."""
    found = {path: kind for path, kind, _ in web.static_files()}

    assert found["static/site.css"] == "text/css; charset=utf-8"
    assert found["static/icon.svg"] == "image/svg+xml"
    assert all(path.startswith("static/") for path in found)
