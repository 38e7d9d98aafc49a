"""Beginning a municipality: its first two files, with what must be filled in and why.

Rules this module keeps: nothing is overwritten; what must be filled in stands as a comment, so that ``check``
names each such key until somebody has; what was given is checked before anything is written.

Usage::

    write_drafts(draft_municipality(Path("greve"), catalogue(), name="Greve", code="0253"))
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from rpa_commons.config.documents import toml_text
from rpa_commons.config.findings import format_key, printable
from rpa_commons.config.layers import ConnectorEntry
from rpa_commons.config.schema import SchemaView, problems

from ._edit_target import KeyRefusedError, municipality_view
from ._init import AlreadyThereError, Draft
from ._toml_edit import MUST_BE_FILLED_IN

__all__ = ["draft_municipality"]


def draft_municipality(
    folder: Path,
    connectors: Mapping[str, ConnectorEntry],
    *,
    name: str = "",
    code: str = "",
    cvr: str = "",
) -> Draft:
    """The first two files of a new municipality: ``municipality.toml`` and ``stack.toml``.

    Raises:
        AlreadyThereError: one of them is there.
        KeyRefusedError: name, code or CVR number cannot be one.
    """
    folder = folder.resolve()
    given = {"name": name, "code": code, "cvr": cvr}
    said = {key: value for key, value in given.items() if value}
    for one in problems(said, municipality_view(), _is_hidden):
        if one.code != "E102":
            raise KeyRefusedError(f"--{one.path[0]}", one.message, remedy=one.help)
    files = {
        folder / "municipality.toml": "\n".join([*_municipality_lines(given, folder.name), ""]),
        folder / "stack.toml": "\n".join([*_stack_lines(connectors), ""]),
    }
    for path in files:
        if path.exists() or path.is_symlink():
            raise AlreadyThereError(path, "for a bot instance say which bot: rpac config init BOT")
    missing = [key for key, value in given.items() if not value]
    missing += [] if name else ["letterhead.name"]
    steps = "when it finds nothing: `rpac install WHEEL`, then `rpac config init BOT`"
    return Draft(folder, files, tuple(missing), afterwards=steps)


def _is_hidden(_: object) -> bool:
    return False  # it was typed just now


def _municipality_lines(given: Mapping[str, str], folder: str) -> Iterator[str]:
    told = {
        "name": ("Roskilde", "name of the municipality"),
        "code": ("0265", "official code: four digits, in quotes"),
        "cvr": ("29189404", "CVR number: eight digits, in quotes"),
    }
    yield "# A municipality: who it is. `rpac config check` tells what is missing; a line that begins with #"
    yield "# says nothing until the # is taken away."
    yield ""
    for key, (example, text) in told.items():
        value = given[key]
        unsaid = f'# {key} = "{example}" {MUST_BE_FILLED_IN}: {text}'
        yield f"{key} = {toml_text(value)} # {text}" if value else unsaid
    yield '# cooperation = "DIGIT" # the cooperation it belongs to'
    yield '# baseline = "../baseline" # what the cooperation gives its members: a folder or a wheel'
    yield 'environment = "sandbox" # synthetic people; -E production is the real thing'
    yield '# languages = ["da"] # of letters, the first one preferred'
    state = f"../state/{printable(folder)}"
    yield f'# state_dir = "{state}" # outside this folder, which is kept in version control'
    yield ""
    yield "[letterhead] # on top of every letter"
    name = given["name"]
    if name:
        yield f"name = {toml_text(name if name.casefold().endswith('kommune') else f'{name} Kommune')}"
    else:
        yield f'# name = "Roskilde Kommune" {MUST_BE_FILLED_IN}'
    yield '# address = ["Rådhusbuen 1", "4000 Roskilde"]'
    yield '# phone = "46 31 30 00"'
    yield '# web = "www.roskilde.dk"'


def _stack_lines(connectors: Mapping[str, ConnectorEntry]) -> Iterator[str]:
    yield "# Which connector serves which capability, and its settings. A bot asks for capabilities; take"
    yield "# the # away before those that the bots need here. `rpac config schema stack` has every setting."
    serving: dict[str, list[str]] = {}
    for name in connectors:
        serving.setdefault(connectors[name].capability, []).append(name)
    for capability, names in sorted(serving.items()):
        yield ""
        yield f"# [{format_key((capability,))}]"
        yield f'# connector = "{names[0]}"' + (f" # or {', '.join(names[1:])}" if len(names) > 1 else "")
        required = connectors[names[0]].settings_schema.get("required", ())
        view = SchemaView(connectors[names[0]].settings_schema)
        for key in required:
            text = " ".join(str(view.note((key,), "description") or "").split())
            yield f"# settings.{format_key((key,))} = {_stack_example(view, key)} # {text}"


def _stack_example(view: SchemaView, key: str) -> str:
    if view.secret_part((key,)) is not None:
        return '{ env = "NAME" }'
    kinds: Any = {node.get("type") for node in view.at((key,))}
    by_kind = {"string": '""', "integer": "0", "boolean": "false", "array": "[]"}
    return next((text for kind, text in by_kind.items() if kind in kinds), "{}")
