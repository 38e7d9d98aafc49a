"""Runs bots: work items, effects that happen once, recovery; the host's side of it.

A *worker* (``python -m rpa_commons.runtime.worker``) does one job in the instance's own environment and is
the only place that loads plugins and DBOS. What is imported here is the host's side: preparing a job,
starting and stopping a worker, and reading what it has written down.

The heart is the order of writing: an effect's intent is committed, then the effect is carried out under a
key that depends on the item and not on the run, then its result is committed. What is found half-done after a
crash is repeated, searched for or given to a person, by the class that the capability declares.
"""

from ._crypto import Keys, open_keys
from ._errors import (
    HookError,
    JournalFailure,
    JournalKeyError,
    LettersRefusedError,
    ReopenRefusedError,
    RunRefusedError,
    SettleRefusedError,
    SlotTakenError,
    StateVersionError,
    UnknownItemError,
)
from ._item_story import ItemStory, story_of
from ._job import Job
from ._persons import reopen, retry, settle
from ._reader import (
    InstanceStatus,
    ItemRow,
    UnusedState,
    instance_status,
    list_items,
    reading,
    unused_states,
)
from .launch import Prepared, Worker, WorkerDiedError, job_of, prepare, state_home, worker_environment

__all__ = [
    "HookError",
    "InstanceStatus",
    "ItemRow",
    "ItemStory",
    "Job",
    "JournalFailure",
    "JournalKeyError",
    "Keys",
    "LettersRefusedError",
    "Prepared",
    "ReopenRefusedError",
    "RunRefusedError",
    "SettleRefusedError",
    "SlotTakenError",
    "StateVersionError",
    "UnknownItemError",
    "UnusedState",
    "Worker",
    "WorkerDiedError",
    "instance_status",
    "job_of",
    "list_items",
    "open_keys",
    "prepare",
    "reading",
    "reopen",
    "retry",
    "settle",
    "state_home",
    "story_of",
    "unused_states",
    "worker_environment",
]
