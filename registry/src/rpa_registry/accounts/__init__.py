"""Who takes part: members, their people, tokens, keys, stand-ins.

Usage::

    with database.write() as connection:
        add_member(connection, operator(), "0265", "Roskilde", country="dk")
        issued = issue_token(connection, operator(), "mette", label="CI", scopes=("upload",), days=90)
    with database.read() as connection:
        identity = authenticate(connection, issued.text)
"""

from ._founding import Founder, found_cooperation
from ._identity import (
    ROLES,
    SCOPES,
    Identity,
    as_person,
    may_act_for,
    operator,
    require_coordinator,
    require_scope,
)
from ._members import (
    Member,
    Person,
    add_member,
    add_person,
    change_person,
    disable_person,
    enable_person,
    members_list,
    people_list,
    register_key,
)
from ._rate import RateLimiter
from ._stand_ins import StandIn, end_stand_in, name_stand_in, stand_ins_list, standing_in_for, tied_to
from ._tokens import (
    IssuedToken,
    Token,
    authenticate,
    check_current,
    issue_token,
    mark_used,
    revoke_token,
    token_fingerprint,
    tokens_list,
)

__all__ = [
    "ROLES",
    "SCOPES",
    "Founder",
    "Identity",
    "IssuedToken",
    "Member",
    "Person",
    "RateLimiter",
    "StandIn",
    "Token",
    "add_member",
    "add_person",
    "as_person",
    "authenticate",
    "change_person",
    "check_current",
    "disable_person",
    "enable_person",
    "end_stand_in",
    "found_cooperation",
    "issue_token",
    "mark_used",
    "may_act_for",
    "members_list",
    "name_stand_in",
    "operator",
    "people_list",
    "register_key",
    "require_coordinator",
    "require_scope",
    "revoke_token",
    "stand_ins_list",
    "standing_in_for",
    "tied_to",
    "token_fingerprint",
    "tokens_list",
]
