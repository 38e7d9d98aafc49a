"""A PostgreSQL of the tests' own."""

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa

_NOTHING_LASTS = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"  # no test cuts the power


def postgresql_programs() -> Path | None:
    """The folder of PostgreSQL's programs; nothing where there are none."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return folders[-1] if folders else None


@contextlib.contextmanager
def cluster(programs: Path, folder: Path) -> Iterator[sa.Engine]:
    """A server that answers on a socket in its own folder alone; it never runs as root."""
    prefix = _as_another_user(folder)
    data, log = folder / "data", folder / "log"

    def run(program: str, *words: str) -> None:
        command = [*prefix, str(programs / program), *words]
        # A file, not a pipe: the server that stays would keep a pipe open.
        with (folder / program).open("w+", encoding="utf-8") as said:
            done = subprocess.run(command, check=False, stdout=said, stderr=said, cwd=folder)
            said.seek(0)
            if done.returncode:
                raise RuntimeError(f"{' '.join(command)}: {said.read()}")

    run("initdb", "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
    options = f"-k {folder} -c listen_addresses='' -c max_connections=200 {_NOTHING_LASTS}"
    run("pg_ctl", "-D", str(data), "-l", str(log), "-o", options, "-w", "start")
    server = sa.create_engine(
        f"postgresql+psycopg://postgres@/postgres?host={folder}", isolation_level="AUTOCOMMIT"
    )
    try:
        yield server
    finally:
        server.dispose()
        run("pg_ctl", "-D", str(data), "-m", "immediate", "-w", "stop")


def _as_another_user(folder: Path) -> list[str]:
    """What root starts PostgreSQL with, for it refuses to run as root: a namespace, or its own user."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return []
    import pwd

    # PostgreSQL looks its user up by number, so it must be one that this machine knows.
    nobody = pwd.getpwnam("nobody")
    mapped = ["unshare", "--user", f"--map-user={nobody.pw_uid}", f"--map-group={nobody.pw_gid}"]
    with contextlib.suppress(OSError):
        if subprocess.run([*mapped, "true"], capture_output=True, check=False).returncode == 0:
            return mapped
    shutil.chown(folder, "postgres", "postgres")  # many containers have no such namespaces
    return ["runuser", "-u", "postgres", "--"]
