"""The demo: a script over the same commands a user types, each shown as it is run."""

from ._script import run_demo

__all__ = ["run_demo"]
