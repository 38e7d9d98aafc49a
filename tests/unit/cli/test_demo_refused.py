"""The demo ends as any command does when a municipality's folder is in its way."""

from typing import Any

import pytest
from click.testing import CliRunner

from rpa_commons.capabilities import RpaCommonsError
from rpa_commons.cli import _main
from rpa_commons.sandbox import SandboxError


def test_a_file_in_the_sandbox_s_way_is_an_error_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    """And no bug of ours with a traceback."""

    def run_demo(*_: Any, **__: Any) -> None:
        raise SandboxError("stack.toml: was not written by a sandbox", remedy="delete it")

    monkeypatch.setattr("rpa_commons.cli._demo.run_demo", run_demo)
    error = CliRunner().invoke(_main.cli, ["demo"], standalone_mode=False).exception

    assert isinstance(error, RpaCommonsError)
    assert ("stack.toml: was not written by a sandbox", "delete it") == (error.message, error.remedy)
    assert error.exit_code != 70
