"""A client that is killed with kill -9: the same command again ends what it began."""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from rpa_commons.registry_client import Registry, UploadRefusedError, publish

FETCH = """\
import sys
from pathlib import Path
from rpa_commons.registry_client import Registry

registry = Registry.at(sys.argv[1], Path(sys.argv[2]))
registry.download(registry.project("quiet-bot").releases[0].file)
"""


def killed_when(ready: Callable[[], bool], *words: str) -> int:
    """Run Python with these words, and kill it as soon as something is so; its exit code."""
    with subprocess.Popen([sys.executable, *words], stdout=subprocess.DEVNULL) as child:
        for _ in range(3000):
            if ready() or child.poll() is not None:
                break
            time.sleep(0.01)
        child.kill()
        return child.wait()


@pytest.mark.skipif(sys.platform == "win32", reason="a killed process has another exit code there")
def test_a_killed_download_goes_on_where_it_stopped(
    simulator: Any, make_wheel: Any, tmp_path: Path, registry: Registry, fault_kinds: Any
) -> None:
    """What had come is kept and not asked for again; no file stands under its name before it is whole."""
    wheel = make_wheel(files={"table.csv": "".join(f"{number * 7919 % 9973}\n" for number in range(400_000))})
    release = simulator.publish(wheel)
    held = threading.Event()
    simulator.spoil("/files/", fault_kinds.halted(700_000, held))
    folder: Path = tmp_path / "kept" / "files" / release["file"]["sha256"][:16]
    part = folder / f"{wheel.name}.part"

    def half_way() -> bool:
        return part.is_file() and part.stat().st_size > 500_000

    code = killed_when(half_way, "-c", FETCH, simulator.url, str(tmp_path / "kept"))
    held.set()
    kept = part.stat().st_size
    whole_before = (folder / wheel.name).exists()
    fetched = registry.download(registry.project("quiet-bot").releases[0].file)  # type: ignore[arg-type] # it has one

    ranges = [headers.get("range") for _, path, headers in simulator.asked if path.startswith("/files/")]
    assert code == -signal.SIGKILL
    assert not whole_before
    assert [None, f"bytes={kept}-"] == ranges
    assert wheel.read_bytes() == fetched.read_bytes()


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wheels pass the registry's rules: those have tests of their own."""

    def examine(wheel: Path, **_: Any) -> Any:
        name, version, *_ = wheel.name.split("-")
        return SimpleNamespace(refused=False, name=name.replace("_", "-"), version=version, findings=())

    monkeypatch.setattr("rpa_commons.conformance.examine", examine, raising=False)


@pytest.mark.usefixtures("judged")
@pytest.mark.parametrize(
    ("reached", "asked_for"),
    [("", ["/legacy/", "submit"]), ("staged", ["/legacy/", "submit"]), ("in_review", ["/legacy/"])],
)
def test_a_publish_that_was_killed_is_repeated(
    simulator: Any, registry: Registry, make_wheel: Any, reached: str, asked_for: list[str]
) -> None:
    """Before the upload, after it, or after the submission: the repeat does what is left and is no error."""
    wheel = make_wheel()
    if reached:
        simulator.publish(wheel, reached)

    publish(registry, wheel, "rpac_x", submit=True)

    done = [path if path == "/legacy/" else path.rpartition("/")[2] for path, _ in simulator.posted]
    assert asked_for == done


@pytest.mark.usefixtures("judged")
@pytest.mark.parametrize(
    ("reason", "passes"),
    [("in review; `submit` goes from staged", True), ("quarantined by DIGIT-2026-0001", False)],
)
def test_a_new_name_shows_on_no_page_and_is_known_to_be_in_review(
    simulator: Any, registry: Registry, make_wheel: Any, fault_kinds: Any, reason: str, *, passes: bool
) -> None:
    """Its refusal says that it is; any other refusal is one."""
    refusal = f'{{"error": "quiet-bot 1.0.0 is {reason}"}}'.encode()
    simulator.spoil_posts(fault_kinds.status(200, b"{}"), fault_kinds.status(409, refusal))

    if not passes:
        with pytest.raises(UploadRefusedError, match="DIGIT-2026-0001"):
            publish(registry, make_wheel(), "rpac_x", submit=True)
        return
    done = publish(registry, make_wheel(), "rpac_x", submit=True)

    assert done.state == "in_review"
    assert any("rpac-registry accept quiet-bot" in one for one in done.following)
