"""What a test does that needs the package index, when the index does not answer."""

import os
from typing import NoReturn

import pytest

__all__ = ["does_not_answer"]


def does_not_answer(what: str) -> NoReturn:
    """Skip; fail where the index is promised (``RPAC_INDEX=required``), so that nothing is left out."""
    if os.environ.get("RPAC_INDEX") == "required":
        pytest.fail(f"{what} cannot be had, and RPAC_INDEX=required promises the package index")
    pytest.skip(f"{what} cannot be had: the package index does not answer")
