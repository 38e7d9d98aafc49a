"""What the API does.

Rules this module keeps: what an address names and what a signed document names are the same, or nothing is
done; a token can be revoked by its owner alone, a stand-in is named by who will be away.
"""

from datetime import date
from typing import Any

from rpa_registry import accounts, curation
from rpa_registry.errors import NotFoundError, RegistryError

from ._api_call import Call

__all__ = [
    "accept",
    "end_stand_in",
    "exemption",
    "name_stand_in",
    "quarantine",
    "release_act",
    "report",
    "revoke",
    "status",
    "usage",
    "withdraw_advisory",
]


def release_act(call: Call) -> dict[str, Any]:
    """One of the acts on a release."""
    name = str(call.path["act"]).replace("-", "_")
    if name not in curation.SIMPLE_ACTS:
        there = ", ".join(one.replace("_", "-") for one in curation.SIMPLE_ACTS)
        raise NotFoundError(f"there is no act {call.path['act']!r}", remedy=f"there is: {there}")
    return curation.act(
        call.registry,
        call.person,
        name,
        call.path["project"],
        call.path["version"],
        reason=call.text("reason"),
        use=call.text("use"),
    ).to_json()


def quarantine(call: Call) -> dict[str, Any]:
    """An advisory, which must name the release of the address."""
    signed = call.document("signed")
    versions = signed.get("versions")
    named = isinstance(versions, list) and call.path["version"] in versions
    if signed.get("project") != call.path["project"] or not named:
        raise RegistryError(
            f"the advisory does not name {call.path['project']} {call.path['version']}",
            remedy="send it to the address of one of its versions",
        )
    return curation.quarantine(call.registry, call.person, signed, call.text("signature"))


def withdraw_advisory(call: Call) -> dict[str, Any]:
    """The end of an advisory."""
    signed = call.document("signed")
    if signed.get("id") != call.path["id"]:
        raise RegistryError(
            f"what was signed is not {call.path['id']}", remedy="send it to the address of this advisory"
        )
    return curation.withdraw_advisory(call.registry, call.person, signed, call.text("signature"))


def report(call: Call) -> dict[str, Any]:
    """A signed test report."""
    return curation.add_report(call.registry, call.person, call.document("signed"), call.text("signature"))


def accept(call: Call) -> dict[str, Any]:
    """A new name that stands."""
    return curation.accept_name(call.registry, call.person, call.path["project"], reason=call.text("reason"))


def status(call: Call) -> dict[str, Any]:
    """How a project lives on."""
    return curation.set_status(
        call.registry, call.person, call.path["project"], call.text("status"), reason=call.text("reason")
    )


def exemption(call: Call) -> dict[str, Any]:
    """An exemption from a quality rule, or its end."""
    end = call.body.get("end", False)
    if not isinstance(end, bool):
        raise RegistryError("end is neither true nor false", remedy="send end as true or false")
    change = curation.withdraw_exemption if end else curation.exempt
    return change(
        call.registry, call.person, call.path["project"], call.text("rule"), reason=call.text("reason")
    )


def usage(call: Call) -> dict[str, Any]:
    """What a municipality runs."""
    return curation.record_usage(
        call.registry, call.person, call.text("municipality"), call.text("project"), call.text("version")
    )


def revoke(call: Call) -> dict[str, Any]:
    """The end of one of one's own tokens."""
    number = call.numbered()
    with call.registry.database.write() as connection:
        mine = {one.id for one in accounts.tokens_list(connection, login=call.person.login)}
        if number not in mine:
            raise NotFoundError(f"you have no token {number}", remedy="GET /api/v1/tokens lists yours")
        accounts.revoke_token(connection, call.person, number)
    return {"revoked": number}


def name_stand_in(call: Call) -> dict[str, Any]:
    """Who signs for the coordinator that asks."""
    with call.registry.database.write() as connection:
        return accounts.name_stand_in(
            connection,
            call.person,
            call.person.login,
            call.text("stand_in"),
            _day(call, "starts"),
            _day(call, "ends"),
            call.text("reason"),
            longest=call.registry.settings.limits.stand_in_days,
        ).to_json()


def end_stand_in(call: Call) -> dict[str, Any]:
    """The end of a stand-in."""
    with call.registry.database.write() as connection:
        return accounts.end_stand_in(connection, call.person, call.numbered()).to_json()


def _day(call: Call, name: str) -> date:
    try:
        return date.fromisoformat(call.text(name))
    except ValueError:
        raise RegistryError(f"{name} is no day", remedy=f"send {name} as 2027-07-05") from None
