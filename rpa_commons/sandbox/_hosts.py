"""Host names of real services that the sandbox's server certificate is good for, besides localhost.

For clients whose addresses are fixed: a test redirects the name to 127.0.0.1 and trusts the sandbox's
authority. Nobody else trusts it, so the names prove nothing anywhere else.
"""

__all__ = ["HOST_NAMES"]

HOST_NAMES: tuple[str, ...] = (
    "exttest.serviceplatformen.dk",
    "prod.serviceplatformen.dk",
    "n2adgangsstyring.eksterntest-stoettesystemerne.dk",
    "n2adgangsstyring.stoettesystemerne.dk",
)
