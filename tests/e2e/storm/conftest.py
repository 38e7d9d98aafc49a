"""The storm runs on the same bench as the other tests of the runtime."""

import importlib.util
import sys
from pathlib import Path
from typing import Any

import pytest


def _bench_module() -> Any:
    """``tests/e2e/runtime/conftest.py``; the tests are no package, so it is loaded by its path."""
    name = "rpac_runtime_bench"
    if name not in sys.modules:
        path = Path(__file__).parent.parent / "runtime" / "conftest.py"
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


@pytest.fixture
def bench(tmp_path: Path) -> Any:
    """A bench of its own for each test."""
    return _bench_module().Bench(tmp_path)
