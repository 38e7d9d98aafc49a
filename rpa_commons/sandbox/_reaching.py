"""Which settings make a connector reach the sandbox: what ``environments/sandbox/stack.toml`` overrides.

Rules this module keeps: it knows settings from the connectors' reference pages, not from their code; a
service that does not run here gets an address at which nothing answers, so that ``-E sandbox`` never reaches
a real system; what a municipality declares about its own systems (units, persons, KLE) is left alone.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ._certificates import ClientFiles
from ._cpr import Agreement

__all__ = ["REACHED", "Reach", "Secret", "Value", "reaching"]


@dataclass(frozen=True)
class Secret:
    """A reference to a file that holds one."""

    file: Path


Value = str | Path | Secret | tuple[str, ...] | Mapping[str, Any]
Declared = Mapping[str, Any]


@dataclass(frozen=True)
class Reach:
    """What is needed to know.

    Attributes:
        url: Base address of the services with client certificates.
        addresses: Service -> its base address, of those that run.
        password: File with the password of services that ask for one.
    """

    url: str
    addresses: Mapping[str, str]
    code: str
    cvr: str
    ca_bundle: Path
    certificate: ClientFiles
    agreement: Agreement
    receipts: Path
    password: Path
    ledger_token: Path

    def of(self, service: str) -> str:
        """Its address; where it does not run, one at which nobody answers for it."""
        return self.addresses.get(service, self.url)


def reaching(connector: str, reach: Reach, declared: Declared) -> dict[str, Value]:
    """Setting -> value; empty for a connector of no simulated service.

    Args:
        connector: Its name.
        reach: How the sandbox is reached.
        declared: What the municipality's stack says, for settings that depend on it.
    """
    make = REACHED.get(connector)
    return make(reach, declared) if make else {}


def _mutual(reach: Reach) -> dict[str, Value]:
    return {
        "ca_bundle": reach.ca_bundle,
        "certificate": Secret(reach.certificate.pkcs12),
        "certificate_password": Secret(reach.certificate.password_file),
    }


def _sf1520(reach: Reach, _declared: Declared) -> dict[str, Value]:
    agreement = reach.agreement
    return {
        "url": reach.of("sf1520"),
        **_mutual(reach),
        "service_agreement": agreement.service_agreement,
        "user_system": agreement.user_system,
        "user": agreement.user,
        "service": agreement.service,
    }


def _sf1601(reach: Reach, declared: Declared) -> dict[str, Value]:
    from .sf1461 import receipts_dueslag_of  # the package imports this one's neighbours

    told: dict[str, Value] = {"receipts_folder": reach.receipts}
    if declared.get("receipts_queue"):  # then the sandbox's broker tells, and the real one is never asked
        broker = reach.addresses.get("sf1461", "amqps://127.0.0.1:1")
        queue = {"broker": broker, "virtual_host": "BF", "queue": receipts_dueslag_of(reach.code)}
        told = {"receipts_folder": "", "receipts_queue": queue}
    return {
        "url": reach.of("sf1601"),
        **_mutual(reach),
        "sts_url": reach.url,
        "cvr": reach.cvr,
        **told,
    }


def _sf1461(reach: Reach, declared: Declared) -> dict[str, Value]:
    from .sf1461 import FIELDS, MOVED, ORIGINS, dueslag_of  # as above

    where: dict[str, Value] = {"fields": FIELDS, "origins": ORIGINS}
    if declared.get("register_lookup"):  # asks SF1520 instead of reading it out of the message
        where = {"register_lookup": _sf1520(reach, {})}
    return {
        "broker": reach.addresses.get("sf1461", "amqps://127.0.0.1:1"),
        "queue": dueslag_of(reach.code),
        **_mutual(reach),
        "sts_url": reach.url,
        "cvr": reach.cvr,
        "move_events": (MOVED,),
        **where,
    }


def _ssbtek(reach: Reach, _declared: Declared) -> dict[str, Value]:
    from .ssbtek import FK_ACTOR, PATH  # as above

    return {"url": reach.of("ssbtek") + PATH, **_mutual(reach), "fk_actor": FK_ACTOR}


def _rest_ledger(reach: Reach, _declared: Declared) -> dict[str, Value]:
    return {
        "url": f"{reach.of('rest-ledger')}/ledger/v1",
        "ca_bundle": reach.ca_bundle,
        "token": Secret(reach.ledger_token),
    }


def _kmd_nova(reach: Reach, _declared: Declared) -> dict[str, Value]:
    from .kmd_nova import CLIENT_ID, TOKEN_PATH  # as above

    return {
        "url": reach.of("kmd-nova"),
        "token_url": reach.of("kmd-nova-token") + TOKEN_PATH,
        "ca_bundle": reach.ca_bundle,
        "client_id": CLIENT_ID,
        "client_secret": Secret(reach.password),
    }


def _getorganized(reach: Reach, _declared: Declared) -> dict[str, Value]:
    from .getorganized import DOMAIN, USER  # as above

    return {
        "url": reach.of("getorganized"),
        "ca_bundle": reach.ca_bundle,
        "user": f"{DOMAIN}\\{USER}",
        "password": Secret(reach.password),
    }


REACHED: Mapping[str, Callable[[Reach, Declared], dict[str, Value]]] = {
    "getorganized": _getorganized,
    "kmd-nova": _kmd_nova,
    "rest-ledger": _rest_ledger,
    "sf1461": _sf1461,
    "sf1520": _sf1520,
    "sf1601": _sf1601,
    "ssbtek": _ssbtek,
}
"""Connector -> its settings; the service of the same name answers it."""
