"""A scripted bot and an append-only receiver, as a plugin on the worker's path.

The bot reads its cases from a JSON file; each case has a script of words that ``process`` carries out. The
receiver appends one line to a file for each thing it accepts, ``method reference key``, honours keys when its
settings say so, and misbehaves as its mode file says.
"""

import json
import os
import signal
import time
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any, ClassVar, Literal, Protocol

from filelock import FileLock
from pydantic import BaseModel, ConfigDict

from rpa_commons.capabilities import (
    BusinessError,
    RpaCommonsError,
    TransientError,
    capability,
    effect,
    query,
)
from rpa_commons.connectors import ConnectorSettings, Surroundings
from rpa_commons.sdk import (
    Benefit,
    Bot,
    BotSettings,
    Decisions,
    Done,
    Field,
    HandOver,
    Outcome,
    ProcessingRecord,
    Propose,
    Skip,
    Wait,
    WorkItem,
    hookimpl,
    step,
)


class Slip(BaseModel):
    """The receiver's word."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    repeated: bool = False
    planned: bool = False


Channel = Literal["digital", "physical"]


def _planned(what: str, *, to: str, channel: Channel = "digital", key: str = "") -> Slip:
    return Slip(id="planned", planned=True)


@capability(version="1.0")
class Receiver(Protocol):
    """One effect of each class, and a question."""

    @query
    def name_of(self, number: str) -> str:
        """A name."""
        ...

    @effect("keyed", planned=_planned)
    def keyed(self, what: str, *, to: str, channel: Channel = "digital", key: str = "") -> Slip:
        """Accepted once per key."""
        ...

    @effect("probe", planned=_planned)
    def probe(self, what: str, *, to: str, channel: Channel = "digital", key: str = "") -> Slip:
        """Accepted always; can be searched."""
        ...

    @effect("unsafe", planned=_planned)
    def unsafe(self, what: str, *, to: str, channel: Channel = "digital", key: str = "") -> Slip:
        """Accepted always."""
        ...

    @effect("local", planned=_planned)
    def local(self, what: str, *, to: str, channel: Channel = "digital", key: str = "") -> Slip:
        """Accepted once per key, as our own transaction would."""
        ...

    @effect("keyed", planned=_planned, decisive=True)
    def decide(self, what: str, *, to: str, channel: Channel = "digital", key: str = "") -> Slip:
        """Carries out a decision."""
        ...


class ReceiverSettings(ConnectorSettings):
    """Where the receiver writes, and how it treats keys."""

    file: str
    honour_keys: bool = True
    noop: bool = False
    visible_after: float = 0.0
    settle_seconds: float = 0.1
    weaken: dict[str, str] = {}  # noqa: RUF012 - a pydantic field


class FileReceiver:
    """Appends what it accepts to a file."""

    name = "file-receiver"
    capability = Receiver
    Settings = ReceiverSettings

    def __init__(self, settings: ReceiverSettings, surroundings: Surroundings) -> None:
        self._settings = settings
        self._file = Path(settings.file)
        self._pause = surroundings.pause
        self.effect_classes = dict(settings.weaken)
        self.settle_seconds = settings.settle_seconds
        self.problems: tuple[str, ...] = ()

    def name_of(self, number: str) -> str:
        """Answer, and note that somebody asked."""
        self._misbehave("name_of", "before")
        with (self._file.parent / "asked.txt").open("a", encoding="utf-8") as stream:
            stream.write("asked\n")
        return f"Name of somebody born {number[:4]}"

    def keyed(self, what: str, *, to: str, channel: Channel = "digital", key: str = "") -> Slip:
        """Once per key, where keys are honoured."""
        return self._accept("keyed", what, key, honour=self._settings.honour_keys)

    def probe(self, what: str, *, to: str, channel: Channel = "digital", key: str = "") -> Slip:
        """Each time."""
        return self._accept("probe", what, key, honour=False)

    def probe_probe(self, what: str, *, to: str, channel: Channel = "digital", key: str = "") -> Slip | None:
        """Search by key."""
        wait = self._settings.visible_after
        if wait and self._file.exists() and time.time() - self._file.stat().st_mtime < wait:
            return None
        return Slip(id=key[:8], repeated=True) if self._known(key) else None

    def probe_keyed(self, what: str, *, to: str, channel: Channel = "digital", key: str = "") -> Slip | None:
        """Search by key."""
        return Slip(id=key[:8], repeated=True) if self._known(key) else None

    def unsafe(self, what: str, *, to: str, channel: Channel = "digital", key: str = "") -> Slip:
        """Each time."""
        return self._accept("unsafe", what, key, honour=False)

    def local(self, what: str, *, to: str, channel: Channel = "digital", key: str = "") -> Slip:
        """Once per key."""
        return self._accept("local", what, key, honour=True)

    def decide(self, what: str, *, to: str, channel: Channel = "digital", key: str = "") -> Slip:
        """Once per key."""
        return self._accept("decide", what, key, honour=True)

    def close(self) -> None:
        """Nothing is held open."""

    def _accept(self, method: str, what: str, key: str, *, honour: bool) -> Slip:
        if self._settings.noop:
            return Slip(id=key[:8])
        if what.startswith("poison"):
            os.kill(os.getpid(), signal.SIGKILL)
        self._misbehave(method, "before")
        with FileLock(f"{self._file}.lock"):
            known = honour and self._known(key)
            if not known:
                with self._file.open("a", encoding="utf-8") as stream:
                    stream.write(f"{method} {what} {key}\n")
        self._misbehave(method, "after")
        return Slip(id=key[:8], repeated=known)

    def _known(self, key: str) -> bool:
        return self._file.exists() and f" {key}\n" in self._file.read_text("utf-8")

    def _misbehave(self, method: str, when: str) -> None:
        mode_file = self._file.parent / "mode.json"
        if not mode_file.exists():
            return
        mode = json.loads(mode_file.read_text("utf-8")).get(method, "")
        if when == "before" and mode.startswith("slow"):
            time.sleep(float(mode.removeprefix("slow")))
        if when == "before" and mode.startswith("busy") and not self._pause(float(mode.removeprefix("busy"))):
            raise TransientError("receiver", "is busy", sent="no")
        if when == "before" and mode == "no":
            raise TransientError("receiver", "connection refused", sent="no")
        if when == "before" and mode == "refuse":
            raise BusinessError("the receiver refuses this letter")
        if when == "before" and mode == "maybe-before":
            raise TransientError("receiver", "no answer", sent="maybe")
        if when == "after" and mode == "maybe-after":
            raise TransientError("receiver", "no answer", sent="maybe")
        if when == "after" and mode.startswith("lag"):
            time.sleep(float(mode.removeprefix("lag")))
        if when == "after" and mode == "crash":
            raise ValueError("2211771212 is a number that must not show")


class Script(BaseModel):
    """A case: whose it is and what to do."""

    number: str
    words: tuple[str, ...]


class Settings(BotSettings):
    """Where the cases stand."""

    cases: str = Field(..., description="A JSON file of cases.")


class Scripted(Bot[Settings]):
    """Does what each case's script says."""

    name = "scripted"
    record = ProcessingRecord(
        kle=("00.01.00",),
        purpose="tests",
        legal_basis=("none",),
        data_categories=("none",),
        person_categories=("none",),
        sources=("none",),
        recipients=(),
        retention="none",
        decisions=Decisions(kind="none", paragraph=""),
    )
    benefit = Benefit(minutes_per_case=3.0, method="guessed")

    receiver: Receiver

    def find(self) -> Iterable[WorkItem[Script]]:
        """The cases of the file."""
        for case in json.loads(Path(self.settings.cases).read_text("utf-8")):
            if case["reference"] == "!":
                raise TransientError("register", "connection refused", sent="no")
            occurred = date.fromisoformat(case["occurred_on"]) if "occurred_on" in case else None
            payload = Script(number=case.get("number", "2211771212"), words=tuple(case["words"]))
            yield WorkItem(case["reference"], payload, occurred_on=occurred)

    def process(self, item: WorkItem[Script]) -> Outcome:
        """Word by word, to an outcome."""
        receipts = []
        for word in item.payload.words:
            swallow = word.startswith("try ")
            try:
                outcome = self.carry_out(word.removeprefix("try "), item, receipts)
            except Exception:
                if not swallow:
                    raise
                continue
            if outcome is not None:
                return outcome
        return Done(receipt=",".join(receipts))

    @step
    def compose(self, text: str) -> str:
        """Note the text."""
        with (Path(self.settings.cases).parent / "composed.txt").open("a", encoding="utf-8") as stream:
            stream.write(f"{text}\n")
        return text

    def carry_out(  # noqa: C901, PLR0912 - one branch per word of the script
        self, word: str, item: WorkItem[Script], receipts: list[str]
    ) -> Any:
        """One word of the script; an outcome ends it."""
        verb, _, detail = word.partition(":")
        outcomes: dict[str, Any] = {
            "done": lambda: Done(receipt="r"),
            "skip": lambda: Skip("nothing to do"),
            "handover": lambda: HandOver("a person decides"),
            "propose": lambda: Propose("grant", ("because",), {"number": item.payload.number}),
            "wait": lambda: Wait("a date", self.now + timedelta(seconds=float(detail or 1))),
            "naive": lambda: Wait("a date", self.now.replace(tzinfo=None)),
            "text": lambda: "finished",
        }
        if verb in outcomes:
            return outcomes[verb]()
        if verb in {"keyed", "probe", "unsafe", "local", "decide"}:
            call = getattr(self.receiver, verb)
            receipts.append(call(item.reference, to=item.payload.number, key=detail).id)
        elif verb == "other":  # the same call with other arguments
            self.receiver.keyed(f"{item.reference}-{self.uuid(detail)}", to="x", key="")
        elif verb == "random":
            self.receiver.keyed(f"{item.reference}-{time.time_ns()}", to="x", key="")
        elif verb == "ask":
            self.receiver.name_of(item.payload.number + detail)
        elif verb == "rule":
            self.rule("§ 1", facts={"number": item.payload.number}, result="applies")
        elif verb == "compose":
            receipts.append(self.compose(detail))
        elif verb == "clock":
            receipts.append(self.now.isoformat())
        elif verb == "phase":  # waits the first time only
            if not (Path(self.settings.cases).parent / "waited.txt").exists():
                (Path(self.settings.cases).parent / "waited.txt").write_text("x")
                return Wait("a date", self.now)
        elif verb == "error":
            raise ValueError(f"{item.payload.number} must not show")
        elif verb == "business":
            raise BusinessError("no such case")
        elif verb == "library":
            raise RpaCommonsError(f"{item.payload.number} is not known here", remedy="look it up")
        elif verb == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        elif verb == "sleep":
            time.sleep(float(detail))
        elif verb == "hold":
            while not (Path(self.settings.cases).parent / "go.txt").exists():
                time.sleep(0.02)
        elif verb == "print":
            print(detail)  # noqa: T201 - what a careless bot does
        else:
            raise AssertionError(word)
        return None


class Shared(Scripted):
    """The same, unique in the whole municipality."""

    name = "shared"
    unique: ClassVar[Any] = "municipality"


class Upgraded(Scripted):
    """The same after an upgrade that asks one more question first."""

    name = "scripted-two"

    def process(self, item: WorkItem[Script]) -> Outcome:
        """Word by word, to an outcome."""
        self.receiver.name_of(f"{item.payload.number}-more")
        return super().process(item)


@hookimpl
def rpac_bots() -> Sequence[type[Bot[Any]]]:
    """The bots."""
    return (Scripted, Shared, Upgraded)


@hookimpl
def rpac_connectors() -> Sequence[type[object]]:
    """The receiver."""
    return (FileReceiver,)


@hookimpl
def rpac_item_finished(instance: str, reference: str, outcome: Outcome) -> None:
    """Fail where a case asks for it."""
    if reference.startswith("observer-fails"):
        raise ValueError("2211771212 is a number that must not show")
