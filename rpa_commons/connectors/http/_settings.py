"""The settings that every connector over HTTP shares."""

from rpa_commons.config import SecretRef
from rpa_commons.connectors._base import ConnectorSettings
from rpa_commons.sdk import Field

__all__ = ["HttpSettings"]


class HttpSettings(ConnectorSettings):
    """How to reach a system over HTTPS, and as whom.

    A client certificate is a reference: ``certificate = { file = "secrets/kombit.p12" }`` with
    ``certificate_password = { env = "RPAC_KOMBIT_P12" }``, or a PEM file (or variable) that holds the
    certificate chain and its key, or the two apart with ``certificate_key``. A variable may hold a PKCS#12
    file in base64.
    """

    connect_timeout: float = Field(
        10.0, gt=0, le=120, description="Wait this long for a connection.", unit="seconds"
    )
    read_timeout: float = Field(
        60.0, gt=0, le=600, description="Wait this long for the next piece of an answer.", unit="seconds"
    )
    answer_timeout: float = Field(
        180.0, gt=0, le=3600, description="Wait this long for a whole answer.", unit="seconds"
    )
    attempts: int = Field(
        3,
        ge=1,
        le=10,
        description="Send a request that may safely be repeated this often before giving up for now.",
        unit="attempts",
    )
    longest_wait: float = Field(
        30.0,
        ge=0,
        le=600,
        description="Wait this long inside a call when the system asks to be called later (Retry-After); a "
        "longer wish puts the case back into the queue.",
        unit="seconds",
    )
    breaker_failures: int = Field(
        10,
        ge=0,
        le=1000,
        description="Leave a host alone after so many attempts of one thread in a row without a usable "
        "answer; 0: never.",
        unit="attempts",
    )
    breaker_rest: float = Field(
        30.0,
        gt=0,
        le=3600,
        description="Leave a host that failed alone for this long; then one call tries it.",
        unit="seconds",
    )
    ca_bundle: str = Field(
        "",
        description="PEM file with the only authorities to trust, from the municipality's folder; empty: the "
        "trust store of the system.",
    )
    proxy: str = Field(
        "",
        pattern=r"^(https?://[^/@\s]+/?)?$",
        description="Proxy as http://host:port, without a password; empty: as the environment says "
        "(HTTPS_PROXY, NO_PROXY).",
    )
    proxy_login: SecretRef | None = Field(
        None, description="The proxy's user and password as user:password, where it asks for them."
    )
    certificate: SecretRef | None = Field(
        None, description="Client certificate: PEM or PKCS#12, as a file or in base64."
    )
    certificate_key: SecretRef | None = Field(
        None, description="The certificate's private key (PEM), where it is not with the certificate."
    )
    certificate_password: SecretRef | None = Field(
        None, description="Password of the PKCS#12 file or of the private key."
    )
