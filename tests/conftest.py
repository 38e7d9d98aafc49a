"""For all tests: no time limit for generated examples, and no search for garbage in what lives to the end."""

import atexit
import gc
from collections.abc import Generator

import pytest
from hypothesis import settings

# A busy machine is no defect.
settings.register_profile("rpa-commons", deadline=None)
settings.load_profile("rpa-commons")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Twelve thousand tests and their modules are made here, and none of it is garbage.

    Around the hook, so that it ends also where nothing is collected: in the process that others work for.
    """
    gc.disable()
    atexit.register(gc.freeze)
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()
