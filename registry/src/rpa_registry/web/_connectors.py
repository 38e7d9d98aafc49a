"""The connectors of a wheel for its page: what each serves, how it was verified, and the way in.

Rules this module keeps: how it was verified stands beside its name, for nobody should read "connector" and
think of the real system; what a connector promises less than its capability is said.

Usage::

    connector_views(words_of("da"), manifest)[0]["rung_words"]  # "Kun simulator"
"""

from collections.abc import Mapping
from typing import Any

from rpa_registry.catalogue import highest_rung

from . import _terms
from ._languages import Words
from ._settings import settings_rows

__all__ = ["connector_views"]


def connector_views(words: Words, manifest: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One view per connector, in the manifest's order."""
    return [_view(words, one) for one in manifest.get("connectors") or ()]


def _view(words: Words, entry: Mapping[str, Any]) -> dict[str, Any]:
    rung = highest_rung(entry.get("verified") or ())
    return {
        "name": entry["name"],
        "summary": entry.get("summary", ""),
        "capability": entry["capability"],
        "version": entry.get("version", ""),
        "title": words.gettext(_terms.CAPABILITY_WORDS.get(entry["capability"], entry["capability"])),
        "rung": rung,
        "rung_words": words.gettext(_terms.RUNG_WORDS[rung]),
        "rung_class": _terms.RUNG_CLASSES[rung],
        "weakened": [
            {"method": method, "words": words.gettext(_terms.CALL_WORDS.get(kind, kind))}
            for method, kind in sorted((entry.get("effects") or {}).items())
        ],
        "settings_rows": settings_rows(words, entry.get("settings_schema") or {}),
        "verified": [
            " · ".join(
                part
                for part in (
                    words.gettext(_terms.LADDER_WORDS.get(one["level"], one["level"])),
                    one.get("where", ""),
                    words.day(one.get("date", "")),
                    one.get("note", ""),
                )
                if part
            )
            for one in entry.get("verified") or ()
        ],
        "access": _access(words, entry.get("access") or {}),
    }


def _access(words: Words, access: Mapping[str, Any]) -> list[dict[str, Any]]:
    _ = words.gettext
    rows = [
        (_("Agreements"), access.get("agreements") or ()),
        (_("Certificate"), [access.get("certificate", "")]),
        (_("Signed by"), access.get("signed_by") or ()),
        (_("How to test the connection"), access.get("test") or ()),
        (_("What no public source says"), [access.get("not_public", "")]),
    ]
    found = [(label, [one for one in values if one]) for label, values in rows]
    return [{"label": label, "values": values, "hint": ""} for label, values in found if values]
