"""Runs bots: work items, effects that happen once, recovery; the host's side of it.

A *worker* (``python -m rpa_commons.runtime.worker``) does one job in the instance's own environment and is
the only place that loads plugins and DBOS. What is imported here is the host's side: preparing a job,
starting and stopping a worker, and reading what it has written down.

The heart is the order of writing: an effect's intent is committed, then the effect is carried out under a
key that depends on the item and not on the run, then its result is committed. What is found half-done after a
crash is repeated, searched for or given to a person, by the class that the capability declares.
"""

from ._configured_key import configured_key
from ._crypto import Keys, open_keys
from ._deep_host import DeepCheckError, deep_check, with_deep_checks
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
from ._item_story import ItemStory, cut_content, story_of
from ._job import Job
from ._persons import look_up, reopen, retry, settle
from ._reader import (
    InstanceStatus,
    ItemRow,
    UnusedState,
    instance_status,
    list_items,
    reading,
    unused_states,
)
from ._sandboxed import READS_FILES, NotRedirectedError
from .launch import (
    Prepared,
    Worker,
    WorkerDiedError,
    job_of,
    masks_personal_numbers,
    prepare,
    state_home,
    worker_environment,
)

__all__ = [
    "READS_FILES",
    "DeepCheckError",
    "HookError",
    "InstanceStatus",
    "ItemRow",
    "ItemStory",
    "Job",
    "JournalFailure",
    "JournalKeyError",
    "Keys",
    "LettersRefusedError",
    "NotRedirectedError",
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
    "configured_key",
    "cut_content",
    "deep_check",
    "instance_status",
    "job_of",
    "list_items",
    "look_up",
    "masks_personal_numbers",
    "open_keys",
    "prepare",
    "reading",
    "reopen",
    "retry",
    "settle",
    "state_home",
    "story_of",
    "unused_states",
    "with_deep_checks",
    "worker_environment",
]
