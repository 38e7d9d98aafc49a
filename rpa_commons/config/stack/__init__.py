"""The stack: which connector serves a capability, laid together from every layer's file."""

from ._declared_stack import declared_stack
from ._layer_files import LayerFiles, stack_of
from ._stack import Binding, BindingSection, StackReader

__all__ = [
    "Binding",
    "BindingSection",
    "LayerFiles",
    "StackReader",
    "declared_stack",
    "stack_of",
]
