"""The bot's next version is made from the plugin and a patch, and only where the patch fits."""

from pathlib import Path

import pytest

from rpa_commons.cli._demo._next import PatchDoesNotFitError, make_next

ROOT = Path(__file__).parents[3]
PLUGIN = ROOT / "plugins" / "welcome-letters"
PATCH = ROOT / "examples" / "digit" / "next" / "welcome-letters-1.1.0.patch"

_BEFORE = "one\n\ntwo\nthree\n"
_PATCH = """\
--- a/src/a.txt
+++ b/src/a.txt
@@ -1,3 +1,3 @@
 one
{blank}
-two
+deux
@@ -4 +4,2 @@
 three
+quatre
--- /dev/null
+++ b/src/new.txt
@@ -0,0 +1 @@
+new
""".replace("{blank}", " ")


@pytest.fixture
def plugin(tmp_path: Path) -> Path:
    """A plugin of one file, with what builds leave beside it."""
    for name, text in {"src/a.txt": _BEFORE, "build/rpac.json": "{}", "tests/test_a.py": ""}.items():
        (tmp_path / "plugin" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "plugin" / name).write_text(text, encoding="utf-8")
    return tmp_path / "plugin"


def _patch(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "next.patch"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("text", [_PATCH, _PATCH.replace("\n \n", "\n\n")], ids=["whole", "trimmed"])
def test_a_copy_is_changed_and_the_plugin_is_not(tmp_path: Path, plugin: Path, text: str) -> None:
    """Every hunk, also of a new file; what was built stays behind."""
    made = make_next(plugin, _patch(tmp_path, text), tmp_path / "made")

    assert "one\n\ndeux\nthree\nquatre\n" == (made / "src/a.txt").read_text("utf-8")
    assert "new\n" == (made / "src/new.txt").read_text("utf-8")
    assert ["src"] == sorted(path.name for path in made.iterdir())
    assert _BEFORE == (plugin / "src/a.txt").read_text("utf-8")


def test_lines_above_a_hunk_do_no_harm(tmp_path: Path, plugin: Path) -> None:
    """The plugin may grow: the patch is found by its text."""
    (plugin / "src/a.txt").write_text("zero\n" * 40 + _BEFORE, encoding="utf-8")

    made = make_next(plugin, _patch(tmp_path, _PATCH), tmp_path / "made")

    assert (made / "src/a.txt").read_text("utf-8").endswith("deux\nthree\nquatre\n")


@pytest.mark.parametrize("text", ["one\n\nzwei\nthree\n", _BEFORE * 2], ids=["other", "twice"])
def test_a_patch_that_does_not_fit_is_told_by_its_line(tmp_path: Path, plugin: Path, text: str) -> None:
    """With the file it is about and what to do."""
    (plugin / "src/a.txt").write_text(text, encoding="utf-8")

    with pytest.raises(PatchDoesNotFitError) as caught:
        make_next(plugin, _patch(tmp_path, _PATCH), tmp_path / "made")

    assert ("src/a.txt", 3) == (caught.value.file, caught.value.line)
    assert "next.patch:3" in caught.value.message
    assert caught.value.remedy


def test_it_is_made_anew_each_time(tmp_path: Path, plugin: Path) -> None:
    """What an earlier demo left is gone."""
    for _ in range(2):
        made = make_next(plugin, _patch(tmp_path, _PATCH), tmp_path / "made")
        (made / "left.txt").touch()
    made = make_next(plugin, _patch(tmp_path, _PATCH), tmp_path / "made")

    assert not (made / "left.txt").exists()


def test_the_patch_of_welcome_letters_fits_the_plugin(tmp_path: Path) -> None:
    """As both stand in the repository: version, permission, renamed key, record and letters."""
    made = make_next(PLUGIN, PATCH, tmp_path / "made")
    source = made / "src" / "welcome_letters"

    assert 'version = "1.1.0"' in (made / "pyproject.toml").read_text("utf-8")
    assert "schools: SchoolDistricts" in (source / "_bot.py").read_text("utf-8")
    assert 'rename("unregistered", "without_digital_post")' in (source / "_settings.py").read_text("utf-8")
    assert "school district" in (source / "_record.py").read_text("utf-8")
    assert all("{% if school %}" in file.read_text("utf-8") for file in source.glob("letters/families*.j2"))
