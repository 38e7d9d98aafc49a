"""Questions to a JSON Schema, and values checked against it: quickly when right, in our words when wrong."""

from ._amounts import is_amount, read_amount
from ._facts import facts_of, shared_view
from ._schema import CHANGES, SchemaView, bounds_text, is_secret_reference, type_text, value_type_text
from ._validate import BrokenSchemaError, Problem, as_json, problems

__all__ = [
    "CHANGES",
    "BrokenSchemaError",
    "Problem",
    "SchemaView",
    "as_json",
    "bounds_text",
    "facts_of",
    "is_amount",
    "is_secret_reference",
    "problems",
    "read_amount",
    "shared_view",
    "type_text",
    "value_type_text",
]
