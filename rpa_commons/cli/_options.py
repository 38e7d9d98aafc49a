"""Options that several commands share, so that they are said once and alike."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

__all__ = ["uv_options"]


def uv_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Where packages come from: ``--find-links`` and ``--offline``, as ``find_links`` and ``offline``."""
    offline = click.option("--offline", is_flag=True, help="Use what uv's cache holds, and no network.")
    find_links = click.option(
        "--find-links",
        type=click.Path(path_type=Path, file_okay=False, exists=True),
        multiple=True,
        help="A folder with wheels to look in besides the index; may be repeated.",
    )
    return find_links(offline(command))
