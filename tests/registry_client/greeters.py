"""Bots that really install, and a package of the cooperation that they need; built with the real uv."""

import shutil
from pathlib import Path

from rpa_commons.environments import build_wheel
from rpa_commons.environments._uv import Uv

__all__ = ["greeter_wheel", "words"]

_PROJECT = Path(__file__).parents[1] / "e2e" / "environments" / "tiny-greeter"


def greeter_wheel(folder: Path, *, name: str = "tiny-greeter", needs: str = "greeting-words>=1") -> Path:
    """Build a bot without capabilities, so that no stack is needed here.

    Args:
        folder: Where everything goes.
        name: Of the bot; its module is called likewise.
        needs: Its requirement on greeting-words.
    """
    ignored = shutil.ignore_patterns("build", "dist", "__pycache__")
    shutil.copytree(_PROJECT, folder / "project", ignore=ignored)
    path = folder / "project" / "pyproject.toml"
    text = path.read_text(encoding="utf-8")
    assert '"rpa-commons' in text
    module = name.replace("-", "_")
    text = text.replace("tiny-greeter", name).replace("tiny_greeter", module)
    path.write_text(text.replace('"rpa-commons', f'"{needs}", "rpa-commons', 1), encoding="utf-8")
    if module != "tiny_greeter":
        (folder / "project" / "src" / "tiny_greeter").rename(folder / "project" / "src" / module)
    source = folder / "project" / "src" / module / "__init__.py"
    code = source.read_text(encoding="utf-8")
    code = code.replace("    population: PopulationRegister\n", "").replace("tiny-greeter", name)
    source.write_text(code, encoding="utf-8")
    links = folder / "words"
    version = needs.partition("==")[2] or "1.0.0"
    words(links, version)
    return build_wheel(folder / "project", folder / "dist", progress=lambda _: None, find_links=[links])


def words(folder: Path, version: str) -> Path:
    """A wheel of greeting-words that says which one it is."""
    project = folder / f"src-{version}"
    (project / "greeting_words").mkdir(parents=True)
    (project / "greeting_words" / "__init__.py").write_text(f'VERSION = "{version}"\n', encoding="utf-8")
    (project / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
        f'[project]\nname = "greeting-words"\nversion = "{version}"\n',
        encoding="utf-8",
    )
    Uv().run("building words", ["build", "--wheel", "--quiet", "--out-dir", str(folder), str(project)])
    return next(folder.glob(f"*-{version}-*.whl"))
