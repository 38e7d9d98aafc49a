"""Nothing real is reached with ``-E sandbox``: what is not pointed elsewhere there is not started.

Rules this module keeps: whether a connector is pointed elsewhere is decided by the environment's own stack
file, not by what its settings look like; a connector that this library does not know may reach anything.
"""

from rpa_commons.config import ResolvedInstance
from rpa_commons.config.stack import Binding

from ._errors import RunRefusedError

__all__ = ["READS_FILES", "SANDBOX", "NotRedirectedError", "refuse_real_systems"]

SANDBOX = "sandbox"
"""The environment whose systems are simulated."""
READS_FILES = frozenset({"moves-extract", "register-extract", "school-extract"})
"""Connectors that do nothing but read files: these may stay where the municipality keeps them."""


class NotRedirectedError(RunRefusedError):
    """A bot would reach real systems in the sandbox's environment; nothing was run.

    Attributes:
        bindings: Capability and connector of each.
    """

    def __init__(self, instance: str, bindings: tuple[tuple[str, str], ...]) -> None:
        named = ", ".join(f"{capability} ({connector})" for capability, connector in bindings)
        one = bindings[0][0]
        super().__init__(
            f"{instance} is not run with -E sandbox: environments/sandbox/stack.toml says nothing of {named},"
            " so the real system or folder would be reached",
            remedy="connect a sandbox: rpac sandbox up --connect FOLDER; what it does not know gets a table"
            f" at the end of environments/sandbox/stack.toml: [{one}.settings] with the address of your own"
            " simulator, or a folder of its own",
        )
        self.bindings = bindings


def refuse_real_systems(resolved: ResolvedInstance) -> None:
    """Refuse an instance in the environment ``sandbox`` of which a capability is not redirected there.

    Raises:
        NotRedirectedError: with every such capability.
    """
    if resolved.environment != SANDBOX:
        return
    real = tuple(
        (name, binding.connector)
        for name, binding in sorted(resolved.bindings.items())
        if binding.connector not in READS_FILES and not _is_redirected(binding)
    )
    if real:
        raise NotRedirectedError(resolved.name, real)


def _is_redirected(binding: Binding) -> bool:
    """Whether the environment's stack file decides any key of it."""
    return any(origin.layer == f"environment {SANDBOX}" for origin in binding.origins.values())
