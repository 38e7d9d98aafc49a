"""What municipalities show each other: published configurations, fleet checks, differences.

Rules this room keeps: what is published is a choice and holds no secret and nothing personal; a member is
resolved from its files and the manifest alone.
"""

from ._diff import DiffSide, NoSuchInstanceError, diff_baseline, diff_locked, diff_sides
from ._diff_report import ConfigDiff, DiffEntry, DiffRow, DiffValue, InstanceDiff
from ._fleet import fleet_check
from ._fleet_report import FleetInstance, FleetMember, FleetReport
from ._members import (
    Member,
    Members,
    NoMembersError,
    NoSuchMemberError,
    find_member,
    is_member,
    open_member,
    open_members,
)
from ._publish import Published, PublishError, publish, write_published
from ._published import NotWrittenError, PublishedInfo, PublishedInstance, is_published

__all__ = [
    "ConfigDiff",
    "DiffEntry",
    "DiffRow",
    "DiffSide",
    "DiffValue",
    "FleetInstance",
    "FleetMember",
    "FleetReport",
    "InstanceDiff",
    "Member",
    "Members",
    "NoMembersError",
    "NoSuchInstanceError",
    "NoSuchMemberError",
    "NotWrittenError",
    "PublishError",
    "Published",
    "PublishedInfo",
    "PublishedInstance",
    "diff_baseline",
    "diff_locked",
    "diff_sides",
    "find_member",
    "fleet_check",
    "is_member",
    "is_published",
    "open_member",
    "open_members",
    "publish",
    "write_published",
]
