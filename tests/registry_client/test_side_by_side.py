"""Two bots that need different versions of one package, in one municipality; then the registry goes away."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rpa_commons.cli import main
from rpa_commons.config import open_municipality
from rpa_commons.environments import python_of, read_lock
from rpa_commons.environments._host import host_package
from rpa_commons.environments._uv import Uv
from rpa_commons.registry_client import Registry, install
from tests.registry_client.greeters import greeter_wheel, words

pytestmark = pytest.mark.network

BOTS = {"tiny-greeter": ("greet", "1.0.0"), "late-greeter": ("greet-late", "2.0.0")}


@pytest.fixture(autouse=True)
def host() -> Iterator[None]:
    """The host's own package as it is when the tests start: an edit meanwhile is no upgrade."""
    package = host_package(Uv())
    with pytest.MonkeyPatch.context() as patch:
        for module in ("_build", "_install"):
            patch.setattr(f"rpa_commons.environments.{module}.host_package", lambda _: package)
        yield


@pytest.fixture
def town(hvidovre: Path, simulator: Any, tmp_path: Path) -> Path:
    """A municipality with an instance of each bot, both installed from the registry."""
    for number, (bot, (instance, version)) in enumerate(BOTS.items()):
        simulator.publish(greeter_wheel(tmp_path / bot, name=bot, needs=f"greeting-words=={version}"))
        simulator.publish(words(tmp_path / f"words-{version}", version))
        text = f'bot = "{bot}"\nid = "0b6f0c1e-0000-4000-8000-00000000000{number}"\n'
        (hvidovre / "bots" / f"{instance}.toml").write_text(text, encoding="utf-8")
    municipality = open_municipality(hvidovre)
    install(municipality, list(BOTS), registry=Registry.of(municipality), progress=lambda _: None)
    return hvidovre


def test_conflicting_requirements_and_a_registry_that_is_gone(
    simulator: Any, town: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each instance has its own environment with its own version; both run on when nobody answers."""
    lock = read_lock(town)
    locked = {
        bot: [one.version for one in lock.entry(bot).packages if one.name == "greeting-words"] for bot in BOTS
    }
    code = "import greeting_words; print(greeting_words.VERSION)"
    municipality = open_municipality(town)
    pythons = {instance: python_of(municipality, instance) for instance, _ in BOTS.values()}
    said = {
        instance: subprocess.run([str(python), "-I", "-c", code], capture_output=True, text=True, check=True)
        for instance, python in pythons.items()
    }
    path = town / "municipality.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(simulator.url, "http://127.0.0.1:9"), encoding="utf-8")

    ran = {}
    for instance, _ in BOTS.values():
        monkeypatch.setattr("sys.argv", ["rpac", "-C", str(town), "run", instance, "--json"])
        with pytest.raises(SystemExit) as caught:
            main()
        printed = capsys.readouterr()
        ran[instance] = (caught.value.code, json.loads(printed.out), printed.err)

    assert {bot: [version] for bot, (_, version) in BOTS.items()} == locked
    assert {instance: f"{version}\n" for instance, version in BOTS.values()} == {
        instance: done.stdout for instance, done in said.items()
    }
    for code_of_run, summary, err in ran.values():
        assert (0, 1, 1) == (code_of_run, summary["new"], summary["done"]), err
    assert "warning: recalls could not be asked for" in ran["greet"][2]
