"""The script of docs/how-to/curate.md recalls a version with a key that stays on its signer's machine."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import rpa_registry
from rpa_commons.conformance import new_key_file, public_key_text, verify
from rpa_registry.accounts import Identity, register_key
from rpa_registry.context import Registry
from rpa_registry.curation import act, advisories_of, view_of

PAGE = Path(rpa_registry.__file__).parents[3] / "docs/how-to/curate.md"


@pytest.fixture
def recall(tmp_path: Path, serve: Callable[[Registry], str]) -> Callable[..., Any]:
    """Run the script as the page has it."""
    found = re.search(r'```python\n("""recall\.py .*?)```', PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    script = tmp_path / "recall.py"
    script.write_text(found[1], encoding="utf-8")

    def run(registry: Registry, token: str, key: Path) -> Any:
        words = ("welcome-letters", "1.0.0", "high", "Letters reach another.", "Stop it.")
        return subprocess.run(
            [sys.executable, str(script), str(key), *words],
            env={**os.environ, "REGISTRY": serve(registry), "TOKEN": token},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    return run


def test_the_script_recalls_with_a_key_that_the_server_never_sees(
    registry: Registry,
    admitted: Callable[..., Any],
    identity: Callable[[str], Identity],
    token: Callable[..., str],
    recall: Callable[..., Any],
    tmp_path: Path,
) -> None:
    """One run: the id asked for, signed here, sent, quarantined; the signature is the signer's."""
    admitted(accepted_by="anna")
    for name in ("submit", "publish"):
        act(registry, identity("mette"), name, "welcome-letters", "1.0.0")
    public = public_key_text(new_key_file(tmp_path / "anna.pem"))
    with registry.database.write() as connection:
        register_key(connection, identity("anna"), "anna", public)
    done = recall(registry, token("anna", "curate"), tmp_path / "anna.pem")
    with registry.database.read() as connection:
        state = view_of(connection, "welcome-letters", "1.0.0").state
        (advisory,) = advisories_of(connection, "")

    assert 0 == done.returncode, done.stderr
    assert ["welcome-letters 1.0.0"] == json.loads(done.stdout)["quarantined"]
    assert "quarantined" == state
    assert verify(public, advisory["signed"], advisory["signature"])
