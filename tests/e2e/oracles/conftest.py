"""An environment of its own for the public client, from the package index, below Python 3.13."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from uv import find_uv_bin

from rpa_commons.sandbox import Sandbox
from tests.support.package_index import does_not_answer

CLIENT = "python-serviceplatformen==3.2.0"
_TOO_NEW = (3, 13)
_OFFLINE = ("error sending request", "failed to fetch", "connect", "dns", "timed out")
_DRIVER = Path(__file__).with_name("serviceplatformen_driver.py")

Calls = Sequence[Sequence[str]]
Client = Callable[..., list[dict[str, Any]]]


def _uv(*command: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([find_uv_bin(), *command], capture_output=True, text=True, timeout=300, check=False)


@pytest.fixture(scope="session")
def client_python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment with the client, as published."""
    wanted = sys.executable if sys.version_info < _TOO_NEW else "3.12"
    folder = tmp_path_factory.mktemp("client") / "venv"
    made = _uv("venv", "--quiet", "--python", wanted, "--no-python-downloads", str(folder))
    if made.returncode:
        pytest.skip(f"no Python below 3.13, which {CLIENT} needs")
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    installed = _uv("pip", "install", "--quiet", "--python", str(python), CLIENT)
    if installed.returncode:
        said = installed.stderr.lower()
        if any(word in said for word in _OFFLINE):
            does_not_answer(CLIENT)
        pytest.fail(f"{CLIENT} cannot be installed: {installed.stderr[-500:]}")
    return python


@pytest.fixture
def client(client_python: Path, tmp_path: Path) -> Client:
    """Calls the client against a sandbox; see the driver."""

    def call(box: Sandbox, calls: Calls, *, test: bool = True) -> list[dict[str, Any]]:
        job = tmp_path / "job.json"
        told = {
            "hosts": [
                "exttest.serviceplatformen.dk",
                "n2adgangsstyring.eksterntest-stoettesystemerne.dk",
                "prod.serviceplatformen.dk",
                "n2adgangsstyring.stoettesystemerne.dk",
            ],
            "port": int(box.url.rpartition(":")[2]),
            "certificate": str(box.client_certificate),
            "cvr": next(iter(box.municipalities.values())),
            "test": test,
            "calls": [list(one) for one in calls],
        }
        job.write_text(json.dumps(told), "utf-8")
        proxies = ("http_proxy", "https_proxy", "all_proxy")
        kept = {name: value for name, value in os.environ.items() if name.lower() not in proxies}
        done = subprocess.run(
            [str(client_python), str(_DRIVER), str(job)],
            env={**kept, "REQUESTS_CA_BUNDLE": str(box.ca_bundle)},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert 0 == done.returncode, done.stderr[-2000:]
        outcomes: list[dict[str, Any]] = json.loads(done.stdout)["outcomes"]
        return outcomes

    return call
