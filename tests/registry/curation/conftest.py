"""Releases put straight into the state that a test needs, and people who sign."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from rpa_commons.conformance import public_key_text
from rpa_commons.manifest import read_manifest
from rpa_registry import db, log, pages
from rpa_registry.accounts import Identity, as_person, operator, register_key
from rpa_registry.context import Registry

ACTS = ("submit", "publish")
REACHED = ("staged", "in_review", "published")
"""How far the log tells of a release; of a certified one, that nobody signed it."""

TIMES = ("staged", "in_review", "published", "certified", "withdrawn")


@pytest.fixture
def put(registry: Registry, bot_wheel: Callable[..., Path]) -> Callable[..., int]:
    """A release as an upload and what followed left it; gives its number in the database."""

    def put_one(
        name: str = "welcome-letters",
        version: str = "1.0.0",
        state: str = "staged",
        *,
        owner: str = "0265",
        by: str = "mette",
        deprecated: bool = False,
        yanked: bool = False,
        quarantined: bool = False,
        accepted: bool = True,
        report: dict[str, Any] | None = None,
        **changes: Any,
    ) -> int:
        wheel = bot_wheel(name, version, **changes)
        sha256 = hashlib.sha256(wheel.read_bytes()).hexdigest()
        registry.blobs.put(wheel, sha256, wheel.name, b"Metadata-Version: 2.4\n")
        manifest = read_manifest(wheel)
        at = db.now()
        with registry.database.write() as connection:
            if connection.scalar(sa.select(db.projects.c.name).where(db.projects.c.name == name)) is None:
                connection.execute(
                    sa.insert(db.projects).values(
                        name=name,
                        kind="bot",
                        owner=owner,
                        status="active",
                        created=at,
                        accepted=at if accepted else None,
                        accepted_by="anna" if accepted else None,
                    )
                )
            number = connection.execute(
                sa.insert(db.releases)
                .values(
                    project=name,
                    version=version,
                    state=state,
                    manifest=manifest.to_json(),
                    manifest_sha256=manifest.digest,
                    summary=manifest.summary,
                    readme="",
                    licence="MIT",
                    requires_dist=json.dumps(list(changes.get("requires", ("rpa-commons>=0.1",)))),
                    report=json.dumps(report or {"findings": [], "observations": []}),
                    uploaded_by=by,
                    staged=at,
                    deprecated=at if deprecated else None,
                    deprecated_reason="old" if deprecated else None,
                    yanked=at if yanked else None,
                    yanked_reason="wrong" if yanked else None,
                    quarantined=at if quarantined else None,
                    **{one: at for one in TIMES[1:] if one == state},
                )
                .returning(db.releases.c.id)
            ).scalar_one()
            connection.execute(
                sa.insert(db.files).values(
                    sha256=sha256,
                    release=number,
                    filename=wheel.name,
                    size=wheel.stat().st_size,
                    metadata=b"Metadata-Version: 2.4\n",
                    metadata_sha256=hashlib.sha256(b"Metadata-Version: 2.4\n").hexdigest(),
                    uploaded=at,
                )
            )
            is_new = connection.scalar(sa.select(db.log.c.seq).where(db.log.c.subject == name)) is None
            details = {"sha256": sha256, "filename": wheel.name, "warnings": [], "owner": owner}
            log.append(connection, as_person(connection, by), "upload", f"{name} {version}", details)
            if accepted and is_new:
                log.append(connection, as_person(connection, "anna"), "accept name", name, {"reason": "new"})
            for act in ACTS[: REACHED.index(state if state in REACHED else "published")]:
                log.append(connection, as_person(connection, by), act, f"{name} {version}", {})
            pages.render(connection, registry.settings, name)
        return int(number)

    return put_one


@pytest.fixture
def keys(registry: Registry) -> Callable[[str], Ed25519PrivateKey]:
    """A new key of a person, whose public half is registered."""

    def make(login: str) -> Ed25519PrivateKey:
        key = Ed25519PrivateKey.generate()
        with registry.database.write() as connection:
            register_key(connection, operator(), login, public_key_text(key))
        return key

    return make


@pytest.fixture
def acted(registry: Registry, identity: Callable[[str], Identity]) -> Callable[..., Any]:
    """Do an act for a person by login; gives the release as it is then."""

    def do(
        login: str, name: str, project: str = "welcome-letters", version: str = "1.0.0", **said: Any
    ) -> Any:
        from rpa_registry.curation import act

        said.setdefault("reason", "because")
        return act(registry, identity(login), name, project, version, **said)

    return do


@pytest.fixture
def recalled(
    registry: Registry, identity: Callable[[str], Identity], keys: Callable[[str], Ed25519PrivateKey]
) -> Callable[..., Any]:
    """Quarantine versions with an advisory that a coordinator signs."""

    def recall(
        login: str, *versions: str, project: str = "welcome-letters", severity: str = "high"
    ) -> dict[str, Any]:
        from rpa_commons.conformance import sign
        from rpa_registry.curation import draft_advisory, quarantine

        key = keys(login)
        draft = draft_advisory(
            registry,
            project,
            versions or ("1.0.0",),
            severity=severity,
            summary="It writes to the wrong person.",
            remedy="Stop it and look at the letters since Monday.",
        )
        return quarantine(registry, identity(login), draft, sign(key, draft))

    return recall
