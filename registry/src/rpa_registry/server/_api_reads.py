"""What the API answers to questions.

Rules this module keeps: whatever was not published is for tokens that may read or curate; a token's text is
never said.
"""

from typing import Any

from rpa_registry import curation
from rpa_registry.accounts import stand_ins_list, tokens_list
from rpa_registry.log import entries

from ._api_call import Call

__all__ = ["log", "me", "next_id", "release", "reports", "review", "stand_ins", "tier", "tokens"]

_MOST_ENTRIES = 1000


def me(call: Call) -> dict[str, Any]:
    """Who asks."""
    person = call.person
    return {
        "login": person.login,
        "name": person.name,
        "member": {"code": person.member, "name": person.member_name},
        "role": person.role,
        "scopes": sorted(person.scopes),
        "projects": None if person.projects is None else list(person.projects),
    }


def release(call: Call) -> dict[str, Any]:
    """Where a release stands."""
    with call.registry.database.read() as connection:
        return curation.view_of(connection, call.path["project"], call.path["version"]).to_json()


def review(call: Call) -> dict[str, Any]:
    """What a coordinator looks at."""
    return curation.review(call.registry, call.path["project"], call.path["version"]).to_json()


def tier(call: Call) -> dict[str, Any]:
    """The tier of a release."""
    return curation.tier_of(call.registry, call.path["project"], call.path["version"]).to_json()


def reports(call: Call) -> dict[str, Any]:
    """The test reports about a release."""
    with call.registry.database.read() as connection:
        view = curation.view_of(connection, call.path["project"], call.path["version"])
        return {"reports": curation.reports_of(connection, view.sha256)}


def next_id(call: Call) -> dict[str, Any]:
    """The next advisory's id."""
    with call.registry.database.read() as connection:
        return {"id": curation.next_advisory_id(connection, call.registry.settings.cooperation)}


def log(call: Call) -> dict[str, Any]:
    """A page of the log, with the number to ask for the next one with."""
    limit = call.number("limit", 100, most=_MOST_ENTRIES)
    with call.registry.database.read() as connection:
        found = entries(
            connection,
            after=call.number("after", 0),
            limit=limit,
            subject=call.query.get("subject", ""),
        )
    return {
        "api": 1,
        "entries": [one.to_json() for one in found],
        "next": found[-1].seq if limit and len(found) == limit else None,
    }


def tokens(call: Call) -> dict[str, Any]:
    """One's own tokens."""
    with call.registry.database.read() as connection:
        return {"tokens": [one.to_json() for one in tokens_list(connection, login=call.person.login)]}


def stand_ins(call: Call) -> dict[str, Any]:
    """Every stand-in."""
    with call.registry.database.read() as connection:
        return {"stand_ins": [one.to_json() for one in stand_ins_list(connection)]}
