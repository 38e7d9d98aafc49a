"""Everything that a registry holds, checked: log, files, states, pages, signatures, the two-person rule.

Rules this module keeps: it changes nothing; it names every problem it finds and what to do about each; it may
run while the registry serves.

Usage::

    for problem in verify(registry).problems:
        print(problem.subject, problem.text)
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa

from rpa_commons.conformance import verify as verify_signature
from rpa_registry import db, pages
from rpa_registry.context import Registry
from rpa_registry.log import every_entry, verify_log

from ._compare_log import differences
from ._replay import replayed

__all__ = ["Problem", "Verification", "verify"]

_CHUNK = 1024 * 1024
_TWO = 2


@dataclass(frozen=True)
class Problem:
    """One thing that is not as it should be.

    Attributes:
        kind: ``log``, ``state``, ``rule``, ``file``, ``orphan``, ``signature`` or ``page``.
        subject: What it is about.
        text: What is wrong.
        remedy: What to do.
    """

    kind: str
    subject: str
    text: str
    remedy: str

    @property
    def is_harmless(self) -> bool:
        """Whether it only takes up room."""
        return self.kind == "orphan"


@dataclass(frozen=True)
class Verification:
    """What a check of everything found.

    Attributes:
        problems: In the order: log, files, signatures, states, rules, pages.
        log_count: Entries in the log.
        log_head: Hash of the newest: keep it elsewhere.
        files: Wheels that were read and hashed.
        pages: Pages that were rendered anew and compared.
        signatures: Signed documents that were checked: advisories and test reports.
        approvals: Signatures of the two-person rule that were held against the log: certifying, ending a
            quarantine.
    """

    problems: tuple[Problem, ...]
    log_count: int
    log_head: str
    files: int
    pages: int
    signatures: int
    approvals: int

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong but what only takes up room."""
        return all(one.is_harmless for one in self.problems)

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return {**asdict(self), "sound": self.is_sound}


def verify(registry: Registry) -> Verification:
    """Check everything.

    Raises:
        StorageError: the database cannot be reached.
    """
    with registry.database.read() as connection:
        log = verify_log(connection)
        files = connection.execute(sa.select(db.files)).mappings().all()
        signed = [*_signed(connection, db.advisories), *_signed(connection, db.reports)]
        # From a log that does not hold nothing follows.
        against_log = [] if log.problems else list(_against_log(connection))
        broken_rules = list(_rules(connection))
        approvals = _rows(connection, db.signatures) + _rows(connection, db.project_signatures)
    found = [
        Problem("log", "log", one, "keep the data folder as it is and compare with an older backup")
        for one in log.problems
    ]
    for file in files:
        found += _file(registry, file)
    known = {(one["sha256"], one["filename"]) for one in files}
    found += [
        Problem("orphan", filename, f"no release names this file ({sha256})", "it may be removed")
        for sha256, filename in registry.blobs.names()
        if (sha256, filename) not in known
    ]
    found += [problem for problem, _ in signed if problem]
    found += against_log
    found += broken_rules
    compared, differing = _pages(registry, log_holds=not log.problems)
    found += differing
    return Verification(tuple(found), log.count, log.head, len(files), compared, len(signed), approvals)


def _rows(connection: sa.Connection, table: sa.Table) -> int:
    return int(connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0)


def _file(registry: Registry, row: Any) -> Iterator[Problem]:  # noqa: ANN401 - a row
    path = registry.blobs.path(row["sha256"], row["filename"])
    back = "bring it back from a backup"
    try:
        digest = hashlib.sha256()
        with path.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
        if digest.hexdigest() != row["sha256"]:
            yield Problem("file", row["filename"], "its bytes are others than its hash says", back)
        metadata = path.with_name(f"{row['filename']}.metadata").read_bytes()
        if hashlib.sha256(metadata).hexdigest() != row["metadata_sha256"]:
            yield Problem(
                "file", f"{row['filename']}.metadata", "its bytes are others than its hash says", back
            )
    except FileNotFoundError as error:
        yield Problem("file", row["filename"], f"it is missing: {error.filename}", back)
    except OSError as error:
        yield Problem("file", row["filename"], f"it cannot be read: {error.strerror}", "check the disk")


def _signed(connection: sa.Connection, table: sa.Table) -> Iterator[tuple[Problem | None, str]]:
    """Each signed document of a table, with the problem if its signature does not hold."""
    for row in connection.execute(sa.select(table)).mappings():
        subject = f"{table.name} {row['id']}"
        try:
            document = json.loads(row["signed"])
        except ValueError:
            document = None
        holds = isinstance(document, dict) and verify_signature(row["key"], document, row["signature"])
        if holds:
            yield None, subject
        else:
            text = f"{row['person']}'s signature does not hold"
            yield (
                Problem("signature", subject, text, "do not believe it; compare with an older backup"),
                subject,
            )


def _against_log(connection: sa.Connection) -> Iterator[Problem]:
    """What the tables say and the log does not, and what the log tells that no rule allows."""
    told = replayed(every_entry(connection))
    for subject, text in told.problems:
        yield Problem("rule", subject, text, "quarantine it, and ask those who signed")
    remedy = "somebody wrote into the database; believe the log, compare with an older backup"
    for subject, text in differences(connection, told):
        yield Problem("state", subject, text, remedy)


def _rules(connection: sa.Connection) -> Iterator[Problem]:
    """Certified releases without two signatures of other municipalities than the owner's."""
    releases, projects, table = db.releases, db.projects, db.signatures
    query = (
        sa.select(releases.c.id, releases.c.project, releases.c.version, projects.c.owner)
        .join(projects)
        .where(releases.c.state == "certified")
    )
    for row in connection.execute(query).all():
        signers = connection.execute(
            sa.select(table.c.person, table.c.member).where(
                table.c.release == row.id, table.c.act == "certify", table.c.superseded.is_(None)
            )
        ).all()
        people = {one.person for one in signers if one.member != row.owner}
        if len(people) < _TWO:
            yield Problem(
                "rule",
                f"{row.project} {row.version}",
                f"it is certified by {len(people)} of two coordinators of other municipalities",
                "quarantine it until two coordinators have signed",
            )


def _pages(registry: Registry, *, log_holds: bool) -> tuple[int, list[Problem]]:
    """Every page rendered anew and compared; writers go on meanwhile."""
    with registry.database.read() as connection:
        found = pages.compare(connection, registry.settings)
    told = "compared with what the database says now"
    remedy = "`rpac-registry render` renders every page anew"
    if not log_holds:
        remedy = "keep it: the log does not hold, and its pages may show it as it was"
    return found.pages, [
        Problem("page", one.path, f"it {one.text}, {told}", remedy) for one in found.differences
    ]
