"""The settings of every connector that needs a KOMBIT token."""

from rpa_commons.config import SecretRef
from rpa_commons.connectors.http import HttpSettings
from rpa_commons.sdk import Field

__all__ = ["KombitSettings"]

_HTTPS = r"^https?://[^/@\s?#]+(/[^@\s?#]*)?$"
_PATH = r"^/[^\s?#]*$"


class KombitSettings(HttpSettings):
    """Where Serviceplatformen and the token service are, and as which authority to ask."""

    certificate: SecretRef = Field(
        description="Client certificate (PEM or PKCS#12) registered for the user system."
    )
    url: str = Field(pattern=_HTTPS, description="Serviceplatformen, e.g. https://prod.serviceplatformen.dk")
    sts_url: str = Field(
        pattern=_HTTPS, description="Security token service, e.g. https://adgangsstyring.stoettesystemerne.dk"
    )
    cvr: str = Field(
        "",
        pattern=r"^([1-9][0-9]{7})?$",
        description="CVR number of the authority the calls are made for; empty: the municipality's own.",
    )
    sts_path: str = Field(
        "/runtime/api/rest/wstrust/v1/issue",
        pattern=_PATH,
        description="Path of the token service's issue call.",
    )
    token_path: str = Field(
        "/service/AccessTokenService_1/token", pattern=_PATH, description="Path of the access token service."
    )
