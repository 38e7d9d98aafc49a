"""A town's dueslag, and the connector that reads it: for the tests of ``sf1461``."""

import json
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from rpa_commons.capabilities import Move
from rpa_commons.config import resolve_secret
from rpa_commons.connectors import Surroundings, Vault
from rpa_commons.connectors.sf1461 import Sf1461, Sf1461Settings
from rpa_commons.sandbox import Move as Invented
from rpa_commons.sandbox import Sandbox
from rpa_commons.sandbox.sf1461 import FIELDS, MOVED, ORIGINS, dueslag_of, message, stable_id
from rpa_commons.sdk import Municipality

TODAY = date(2026, 11, 1)
SINCE = date(2026, 9, 1)
CVR = "29189404"
CPR = "0101505555"
"""Nobody's: the seventh digit and the year belong together nowhere in the register's test range."""


def settings(**changed: Any) -> Sf1461Settings:
    """Settings that reach nothing, changed as asked."""
    values: dict[str, Any] = {
        "broker": "amqps://127.0.0.1:1",
        "sts_url": "https://127.0.0.1:1",
        "queue": dueslag_of("0265"),
        "certificate": {"file": "client.pem"},
        "move_events": [MOVED],
        "fields": FIELDS,
        "origins": ORIGINS,
        "heartbeat": 1,
        "connect_timeout": 0.3,
        "read_timeout": 0.4,
        "attempts": 1,
        **changed,
    }
    return Sf1461Settings.model_validate_json(json.dumps(values))


def settings_of(box: Sandbox, **changed: Any) -> Sf1461Settings:
    """Settings that reach a sandbox."""
    reached = {
        "broker": box.url_of("sf1461"),
        "sts_url": box.url,
        "certificate": {"file": str(box.client_certificate)},
        "ca_bundle": str(box.ca_bundle),
    }
    return settings(**{**reached, **changed})


def surroundings(folder: Path, vault: Vault | None, *, planning: bool = False) -> Surroundings:
    """Roskilde, its state in ``folder/state``."""
    return Surroundings(
        Municipality("0265", "Roskilde", CVR),
        "sandbox",
        folder,
        partial(resolve_secret, folder=folder),
        state=folder / "state" if vault else None,
        vault=vault,
        planning=planning,
    )


def connect(given: Sf1461Settings, folder: Path, vault: Vault, *, planning: bool = False) -> Sf1461:
    """The connector, as a run or a plan makes it."""
    return Sf1461(given, surroundings(folder, vault, planning=planning))


def move(number: int, **changed: Any) -> Invented:
    """One of any number of moves, all different."""
    values = {
        "id": f"move-{number}",
        "cpr": f"{number % 28 + 1:02}{number % 12 + 1:02}60{5000 + number % 5000:04}",
        "moved_on": TODAY,
        "origin": "municipality",
        "from_municipality": "0253",
        "to_municipality": "0265",
        "address_id": f"address-{number}",
        **changed,
    }
    return Invented(**values)


def body(number: int, **changed: Any) -> bytes:
    """A message about :func:`move`; ``besked_id`` and ``event`` may be given, too."""
    about = {key: changed.pop(key) for key in ("besked_id", "event") if key in changed}
    return message(move(number, **changed), CVR, **about)


def told(found: Invented) -> Move:
    """What the capability says of a move of the sandbox."""
    return Move(
        id=stable_id("sf1461", MOVED, found.id),
        cpr=found.cpr,
        moved_on=found.moved_on,
        origin=found.origin,
        from_municipality=found.from_municipality,
        to_municipality=found.to_municipality,
        address_id=found.address_id,
    )
