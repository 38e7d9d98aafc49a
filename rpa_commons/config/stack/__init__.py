"""The stack: which connector serves a capability, laid together from every layer's file."""

from ._declared_stack import chosen_in, declared_stack, named_connectors
from ._layer_files import LayerFiles, stack_of
from ._stack import Binding, BindingSection, StackReader, set_aside

__all__ = [
    "Binding",
    "BindingSection",
    "LayerFiles",
    "StackReader",
    "chosen_in",
    "declared_stack",
    "named_connectors",
    "set_aside",
    "stack_of",
]
