"""The host's side: a job from the configuration, a worker in the instance's own environment, its events.

Rules this module keeps: the host imports neither plugin code nor DBOS; a worker gets a fixed set of
environment variables and those that the declared secrets name, nothing else; a stop is asked for by closing
the worker's standard input, which works on every platform, and only after that by force.

Usage::

    prepared = prepare(municipality, "welcome-letters", mode="run", limit=10)
    with Worker(prepared) as worker:
        for event in worker.events():
            print(event["event"])
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from rpa_commons.capabilities import RpaCommonsError
from rpa_commons.config import (
    Finding,
    MunicipalityFolder,
    ResolvedInstance,
    config_error,
    hidden_texts,
    in_order,
    resolve_instance,
    secret_findings,
    unconfirmed,
    unfinished_upgrades,
)
from rpa_commons.environments import connectors_of, locked, python_of, read_lock, refuse_unready

from ._job import (
    PRODUCTION,
    BindingEntry,
    InstanceEntry,
    Job,
    LetterEntry,
    MunicipalityEntry,
    WheelEntry,
    secret_places,
)
from ._sandboxed import refuse_real_systems

__all__ = ["Prepared", "Worker", "WorkerDiedError", "job_of", "prepare", "state_home", "worker_environment"]

_BASE_VARIABLES = frozenset(
    {
        # where programs and folders are
        "PATH", "HOME", "USER", "LOGNAME", "TMPDIR", "TEMP", "TMP", "XDG_STATE_HOME", "XDG_CACHE_HOME",
        "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR", "SYSTEMROOT", "SYSTEMDRIVE", "WINDIR",
        "COMSPEC",
        "USERPROFILE", "USERNAME", "APPDATA", "LOCALAPPDATA", "PROGRAMDATA", "PATHEXT",
        # language and time
        "LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "TZ",
        # the way out: proxies and trust
        "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy", "SSL_CERT_FILE",
        "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "DBUS_SESSION_BUS_ADDRESS",
    }
)  # fmt: skip
_GRACE_SECONDS = 30.0
_OUR_BUG = 70  # the worker's own exit code for one


class WorkerDiedError(RpaCommonsError):
    """A worker ended without saying how its run went.

    Attributes:
        code: Its exit code; negative for a signal, as in ``subprocess``.
    """

    def __init__(self, code: int) -> None:
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        safe = "nothing is lost: run again, and it goes on from what is written down"
        report = f"this is a bug of rpa-commons: report it, with what the worker logged; {safe}"
        super().__init__(
            f"the worker ended in the middle of its work ({how})",
            remedy=report if code == _OUR_BUG else safe,
        )
        self.code = code
        if code == _OUR_BUG:
            self.exit_code = code


@dataclass(frozen=True)
class Prepared:
    """Everything that is needed to start a worker.

    Attributes:
        job: What the worker is told.
        python: The interpreter of the instance's environment.
        environment: The worker's environment variables.
        options: Options of the interpreter.
        warnings: What the configuration's owner should know and what stops nothing.
    """

    job: Job
    python: Path
    environment: Mapping[str, str]
    options: tuple[str, ...] = ("-I", "-X", "utf8")
    warnings: tuple[Finding, ...] = ()


def prepare(
    municipality: MunicipalityFolder,
    instance: str,
    *,
    mode: Literal["run", "plan", "adopt"],
    overrides: Sequence[str] = (),
    limit: int | None = None,
    threads: int = 1,
) -> Prepared:
    """Resolve one instance's configuration into what its worker needs.

    A run in production needs two people behind each value that the bot marks as sensitive; a plan shows what
    a run would be refused for. With ``-E sandbox`` nothing is started that would reach a real system.

    Raises:
        RpaCommonsError: configuration, lock or environment are not in order, or a secret is missing.
    """
    if unfinished := unfinished_upgrades(municipality, [instance]):
        raise config_error(unfinished)  # before the keys that the installed version does not know yet
    resolved = resolved_for(municipality, instance, overrides)
    refuse_real_systems(resolved)
    wrong = list(secret_findings(resolved, municipality.folder))
    alone = unconfirmed(resolved, municipality)
    if mode == "run":
        wrong += alone
    if wrong:
        raise config_error(wrong)
    told = () if mode == "run" else alone
    refuse_unready_connectors(municipality, resolved)
    job = job_of(municipality, resolved, mode=mode, limit=limit, threads=threads)
    warnings = in_order((*resolved.warnings, *told))
    return Prepared(job, python_of(municipality, instance), worker_environment(job), warnings=warnings)


def refuse_unready_connectors(municipality: MunicipalityFolder, resolved: ResolvedInstance) -> None:
    """Refuse to start a worker whose environment lacks a connector that the stack names.

    Raises:
        ConnectorNotReadyError: with the command that makes the environment anew.
    """
    named = {
        binding.connector: [name for name, value in binding.settings.items() if value is not None]
        for binding in resolved.bindings.values()
    }
    refuse_unready(municipality, resolved.bot, named)


def resolved_for(
    municipality: MunicipalityFolder, instance: str, overrides: Sequence[str] = ()
) -> ResolvedInstance:
    """One instance's configuration, against the bot that is locked and the connectors there are.

    Raises:
        RpaCommonsError: the configuration is not in order, or the bot is not installed.
    """
    return resolve_instance(
        municipality,
        instance,
        lambda bot: locked(municipality, bot).manifest,
        connectors=connectors_of(municipality),
        overrides=overrides,
    )


def masks_personal_numbers(municipality: MunicipalityFolder, instance: str) -> bool:
    """Whether personal numbers are cut where a person looks at a case of this instance.

    As ``mask_personal_numbers`` in its file says; also where the configuration cannot be resolved, for then
    nobody knows whether the cooperation allows otherwise.
    """
    try:
        resolved = resolved_for(municipality, instance)
    except RpaCommonsError:
        return True
    return resolved.sections[0].values.get("mask_personal_numbers") is not False


def state_home(municipality: MunicipalityFolder) -> Path:
    """Where the state of the active environment lies: ``state_dir`` itself for production.

    A case that was tried out in another environment must not count as handled in production, so each of the
    others has a folder of its own below, with its own keys.
    """
    if municipality.environment == PRODUCTION:
        return municipality.state_dir
    return municipality.state_dir / municipality.environment


def job_of(
    municipality: MunicipalityFolder,
    resolved: ResolvedInstance,
    *,
    mode: Literal["run", "plan", "adopt", "check"],
    limit: int | None = None,
    threads: int = 1,
) -> Job:
    """The job for a resolved instance."""
    manifest, wheels = resolved.manifest, _wheels(municipality)
    return Job(
        mode=mode,
        municipality=MunicipalityEntry(
            code=municipality.code,
            name=municipality.name,
            cvr=municipality.cvr,
            languages=municipality.languages,
        ),
        folder=municipality.folder,
        state_dir=state_home(municipality),
        environment=municipality.environment,
        instance=InstanceEntry(
            name=resolved.name,
            id=resolved.id,
            bot=resolved.bot,
            bot_version=manifest.version,
            unique=manifest.unique,
            start_from=resolved.start_from,
            minutes_per_case=manifest.benefit.minutes_per_case if manifest.benefit else 0.0,
        ),
        settings=resolved.settings,
        bindings=tuple(
            BindingEntry(
                capability=name,
                connector=binding.connector,
                settings=dict(binding.settings),
                wheel=wheels.get(binding.connector),
            )
            for name, binding in sorted(resolved.bindings.items())
        ),
        hook=resolved.hook,
        letters=LetterEntry(folders=resolved.letter_folders, letterhead=municipality.letterhead),
        journal_key=municipality.journal_key,
        personal=hidden_texts(resolved),
        config_digest=resolved.digest,
        overrides=resolved.overrides,
        limit=limit,
        threads=threads,
        supervised=True,
    )


def _wheels(municipality: MunicipalityFolder) -> dict[str, WheelEntry]:
    """The wheel of each connector that is installed here, by the connector's name."""
    return {
        name: WheelEntry(name=one.name, version=one.version, manifest_sha256=one.manifest_sha256)
        for one in read_lock(municipality.folder).connectors
        for name in one.connectors
    }


def worker_environment(job: Job, host: Mapping[str, str] | None = None) -> dict[str, str]:
    """The variables that a worker gets: the base set, and those that its declared secrets name."""
    host = os.environ if host is None else host
    wanted = _BASE_VARIABLES | secret_places(job, "env")
    if os.name == "nt":  # untested on Windows: its names have no case, and os.environ gives them in capitals
        wanted = frozenset(name.upper() for name in wanted)
        return {name: value for name, value in host.items() if name.upper() in wanted}
    return {name: value for name, value in host.items() if name in wanted}


class Worker:
    """A running worker; leaving the ``with`` block leaves no process behind.

    Args:
        prepared: What to start.
        module: The module to run; tests put a changed worker in its place.
    """

    def __init__(self, prepared: Prepared, *, module: str = "rpa_commons.runtime.worker") -> None:
        self._prepared = prepared
        self._module = module
        self._last_word = ""

    def __enter__(self) -> Self:
        prepared = self._prepared
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and fixed words
            [str(prepared.python), *prepared.options, "-m", self._module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=dict(prepared.environment),
            cwd=prepared.job.folder,
            text=True,
            encoding="utf-8",
            # A group of its own: Ctrl-C in the terminal reaches the host alone, which then asks for a stop.
            start_new_session=os.name == "posix",
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )
        self._tell(prepared.job.model_dump_json() + "\n")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            self.stop()
            if kind is None or not issubclass(kind, KeyboardInterrupt):
                self._wait(_GRACE_SECONDS)
            self._end()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None and not stream.closed:
                with contextlib.suppress(OSError):  # what a dead worker was not told is of no use to it
                    stream.close()

    @property
    def pid(self) -> int:
        """The worker's process id."""
        return self._process.pid

    def events(self) -> Iterator[dict[str, Any]]:
        """The worker's events as they come; may be resumed after an interruption.

        Raises:
            WorkerDiedError: it ended without a last word.
        """
        if self._process.stdout is None:  # never: it was asked for
            return
        for line in self._process.stdout:
            try:
                event: dict[str, Any] = json.loads(line)
            except ValueError:  # a line cut off by a kill
                continue
            self._last_word = event["event"]
            yield event
        code = self._process.wait()
        if self._last_word not in {"finished", "refused"}:
            raise WorkerDiedError(code)

    def stop(self) -> None:
        """Ask the worker to finish the item in hand and end."""
        if self._process.stdin is not None and not self._process.stdin.closed:
            with contextlib.suppress(OSError):  # it is gone already
                self._process.stdin.close()

    def kill(self) -> None:
        """End the worker at once; :meth:`events` then raises."""
        self._end()

    def _tell(self, line: str) -> None:
        try:
            if self._process.stdin is not None:
                self._process.stdin.write(line)
                self._process.stdin.flush()
        except OSError:  # it died at once: events() says so
            return

    def _wait(self, seconds: float) -> None:
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return

    def _end(self) -> None:
        if self._process.poll() is not None:
            return
        if sys.platform == "win32":  # untested on Windows: the worker has no children of its own
            self._process.kill()
        else:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
