"""Who runs what, told to the registry: only where ``share_usage = true`` stands in ``municipality.toml``.

Rules this module keeps: nothing but the municipality's code, the project and the version is sent; that it
cannot be told is a note, never a failure of what was done.
"""

from typing import TYPE_CHECKING

from ._errors import RegistryError
from ._http import reason_of

if TYPE_CHECKING:
    from rpa_commons.config import MunicipalityFolder

    from ._client import Registry

__all__ = ["tell_usage"]

_OK = range(200, 300)


def tell_usage(
    municipality: "MunicipalityFolder", registry: "Registry | None", bot: str, version: str
) -> None:
    """Say that a version of a bot is installed here, or with an empty version that it no longer is."""
    if registry is None or not municipality.registry.share_usage:
        return
    from ._publish import registry_token

    body = {"municipality": municipality.code, "project": bot, "version": version}
    try:
        status, reason, answer = registry.http.post(
            "/api/v1/usage", registry_token(registry.home), json_body=body
        )
    except RegistryError as error:
        registry.progress(f"note: the registry was not told: {error.message}")
        return
    if status not in _OK:
        registry.progress(f"note: the registry was not told: {reason_of(answer) or reason} (status {status})")
