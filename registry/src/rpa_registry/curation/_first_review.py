"""A first version for its reviewers: there is nothing to compare with, so all that it declares is shown.

Rules this module keeps: nothing is left out because it is usual; each thing has the shape that a change of it
would have in a later review.

Usage::

    changes = everything_new(manifest)
"""

from collections.abc import Iterator
from typing import Any

from rpa_commons.manifest import CapabilityEntry, Manifest, ProcessingRecord

__all__ = ["everything_new"]

_TOLD_HERE = ("permission", "record")
_LISTS = ("capabilities", "steps", "templates", "languages", "migrations", "connectors")


def everything_new(manifest: Manifest) -> list[dict[str, Any]]:
    """Permissions, the record of processing, settings, steps, letters, languages: each as something new.

    Raises:
        RpaCommonsError: the manifest's settings or migrations are of no known form.
    """
    from rpa_commons.upgrades import manifest_changes

    nothing = {"type": "object", "additionalProperties": False, "properties": {}}
    empty = manifest.model_copy(
        update={
            **dict.fromkeys(_LISTS, ()),
            "settings_schema": nothing,
            "record": None,
        }
    )
    later = manifest_changes(empty, manifest.model_copy(update={"migrations": ()}))
    return [
        *(_permission(one) for one in manifest.capabilities),
        *(_record(manifest.record) if manifest.record else ()),
        *(one.to_json() for one in later if one.kind not in _TOLD_HERE or manifest.kind == "connector"),
    ]


def _one(kind: str, key: str, text: str, *, is_sensitive: bool) -> dict[str, Any]:
    return {"kind": kind, "key": key, "text": text, "sensitive": is_sensitive}


def _permission(entry: CapabilityEntry) -> dict[str, Any]:
    effects = [one.method + (" (decides)" if one.decisive else "") for one in entry.calls if one.effect]
    queries = [one.method for one in entry.calls if not one.effect]
    parts = [f"effects: {', '.join(effects)}"] if effects else []
    parts += [f"queries: {', '.join(queries)}"] if queries else []
    text = f"it asks for {entry.name} {entry.version} ({'; '.join(parts) or 'no call'})"
    return _one("permission", entry.name, text, is_sensitive=bool(effects))


def _record(record: ProcessingRecord) -> Iterator[dict[str, Any]]:
    decisions = record.decisions
    paragraph = f", {decisions.paragraph}" if decisions.paragraph else ""
    for key, text, is_sensitive in (
        ("purpose", record.purpose, False),
        ("legal_basis", "; ".join(record.legal_basis), True),
        ("data_categories", "; ".join(record.data_categories), True),
        ("person_categories", "; ".join(record.person_categories), False),
        ("sources", "; ".join(record.sources), False),
        ("recipients", "; ".join(record.recipients) or "nobody", False),
        ("retention", record.retention, False),
        ("decisions", f"{decisions.kind}{paragraph}", decisions.kind != "none"),
        ("ai", record.ai.role, record.ai.role != "none"),
        ("kle", "; ".join(record.kle), False),
    ):
        yield _one("record", key, text, is_sensitive=is_sensitive)
