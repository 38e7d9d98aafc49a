"""Changing a municipality's files from the command line: set, unset, begin, complete in an editor.

Rules this room keeps: what is written was checked first, against every environment; comments and the rest
of a file stay as they are; a file is replaced in one step or not at all.
"""

from ._edit import Change, NotSetError, SecretTypedError, edit
from ._edit import Request as EditRequest
from ._edit import Tools as EditTools
from ._edit_target import KeyRefusedError
from ._editor import UnknownSchemaError, baseline_editor_schemas, editor_schemas
from ._editor_write import is_baseline_folder, write_baseline_schemas, write_editor_schemas
from ._effective import ChangedValue, changed_values, effective_values, value_and_origin
from ._init import AlreadyThereError, Draft, draft_instance, write_drafts
from ._init_municipality import NoMunicipalityError, draft_municipality

__all__ = [
    "AlreadyThereError",
    "Change",
    "ChangedValue",
    "Draft",
    "EditRequest",
    "EditTools",
    "KeyRefusedError",
    "NoMunicipalityError",
    "NotSetError",
    "SecretTypedError",
    "UnknownSchemaError",
    "baseline_editor_schemas",
    "changed_values",
    "draft_instance",
    "draft_municipality",
    "edit",
    "editor_schemas",
    "effective_values",
    "is_baseline_folder",
    "value_and_origin",
    "write_baseline_schemas",
    "write_drafts",
    "write_editor_schemas",
]
