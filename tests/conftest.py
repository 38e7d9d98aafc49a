"""For all tests: generated examples have no time limit of their own; a busy machine is no defect."""

from hypothesis import settings

settings.register_profile("rpa-commons", deadline=None)
settings.load_profile("rpa-commons")
