"""For all tests: no time limit for generated examples, and no search for garbage in what lives to the end."""

import atexit
import gc

import pytest
from hypothesis import settings

# A busy machine is no defect.
settings.register_profile("rpa-commons", deadline=None)
settings.load_profile("rpa-commons")


def pytest_configure() -> None:
    """Twelve thousand tests and their modules are about to be made, and none of it is garbage."""
    gc.disable()
    atexit.register(gc.freeze)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """From here garbage is looked for again, in what the tests themselves make."""
    gc.freeze()
    gc.enable()
