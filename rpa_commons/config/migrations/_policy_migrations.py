"""Policies that are written for an older version of a bot, read as the bot's version reads them.

Rules this module keeps: a policy follows a key to its new name, and its bounds follow the value, so that a
lock is not lost while a baseline is older than the bot; that is said (W502); a bound that cannot follow is a
mistake of everybody's (E305).
"""

from dataclasses import replace
from typing import Any

from rpa_commons.config.findings import Finding, KeyPath, format_key, lookup
from rpa_commons.config.layers import AppliedPolicy
from rpa_commons.config.schema import SchemaView
from rpa_commons.manifest import Manifest

from ._migrate import new_name, pending_migrations

__all__ = ["migrated_policies"]

_BOUNDS = ("minimum", "maximum", "one_of")


def migrated_policies(
    policies: tuple[AppliedPolicy, ...], view: SchemaView, manifest: Manifest
) -> tuple[tuple[AppliedPolicy, ...], tuple[Finding, ...]]:
    """The policies of an instance with the names of the manifest's version, and what is old in them.

    Args:
        policies: For the instance's own file.
        view: Its schema.
        manifest: Of the bot's version in use.

    Raises:
        BrokenSchemaError: the manifest's migrations are of no known form.
    """
    found: list[AppliedPolicy] = []
    findings: list[Finding] = []
    for one in policies:
        old = one.path[1:]
        moved = None if view.knows(one.path) or one.path[0] != "settings" else new_name(old, manifest)
        if moved is None:
            found.append(one)
            continue
        path, version = moved
        if path is None:
            findings.append(_finding("W502", one, f"{one.policy.key} is gone since {version}"))
            continue
        try:
            found.append(_followed(one, old, path, manifest))
        except KeyError:
            message = f"{one.policy.key} is {format_key(path)} since {version}, and a bound cannot follow"
            findings.append(_finding("E305", one, message))
        else:
            message = f"{one.policy.key} is called {format_key(path)} since {version}"
            findings.append(_finding("W502", one, message))
    return tuple(found), tuple(findings)


def _followed(one: AppliedPolicy, old: KeyPath, path: KeyPath, manifest: Manifest) -> AppliedPolicy:
    """The policy for the new key.

    Raises:
        KeyError: a bound has no counterpart.
    """
    policy = one.policy
    changed: dict[str, Any] = {}
    for name in _BOUNDS:
        given = getattr(policy, name)
        if given is not None:
            values = given if isinstance(given, tuple) else (given,)
            new = tuple(_migrated(value, old, path, manifest) for value in values)
            changed[name] = new if isinstance(given, tuple) else new[0]
    return replace(one, policy=replace(policy, **changed) if changed else policy, path=("settings", *path))


def _migrated(value: Any, old: KeyPath, path: KeyPath, manifest: Manifest) -> Any:  # noqa: ANN401 - a bound
    tree: Any = value
    for part in reversed(old):
        tree = {str(part): tree}
    done = pending_migrations(tree, manifest)
    if any(step.trouble for step in done.steps):
        raise KeyError(path)
    return lookup(done.values, path)


def _finding(code: str, one: AppliedPolicy, message: str) -> Finding:
    policy, origin = one.policy, one.policy.origin
    advice = f"{policy.owner} brings the policy up to date when every member uses the new version"
    return Finding(code, policy.key, message, origin.file, origin.line, policy.line_text, help=advice)
