"""Beginning a municipality: its first two files, with what must be filled in and why.

Rules this module keeps: nothing is overwritten; what must be filled in stands as a comment, so that ``check``
names each such key until somebody has; what was given is checked before anything is written; a municipality
that begins outside a cooperation's baseline is told so, and which one there is.

Usage::

    write_drafts(draft_municipality(Path("greve"), catalogue(), name="Greve", code="0253"))
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rpa_commons.config.documents import toml_text
from rpa_commons.config.findings import display_path, format_key
from rpa_commons.config.layers import ConnectorEntry
from rpa_commons.config.schema import SchemaView, problems
from rpa_commons.validators import InvalidIdentifierError, dk

from ._edit_target import KeyRefusedError, municipality_view
from ._init import AlreadyThereError, Draft
from ._init_like import member_name
from ._places import baseline_of, baselines_beside, is_baseline, relative_place
from ._toml_edit import MUST_BE_FILLED_IN

__all__ = ["draft_municipality"]


def draft_municipality(
    folder: Path,
    connectors: Mapping[str, ConnectorEntry],
    *,
    name: str = "",
    code: str = "",
    cvr: str = "",
    baseline: Path | None = None,
    like: Path | None = None,
) -> Draft:
    """The first two files of a new municipality: ``municipality.toml`` and ``stack.toml``.

    Args:
        folder: Where they are to stand.
        connectors: The connectors there are.
        name: Of the municipality.
        code: Its official code.
        cvr: Its CVR number.
        baseline: The cooperation's, a folder or a wheel; without it that of ``like``, or the one folder
            beside this one that is a baseline.
        like: Another member's folder.

    Raises:
        AlreadyThereError: one of them is there.
        KeyRefusedError: name, code or CVR number cannot be one, or there is no such baseline.
    """
    folder = folder.resolve()
    given = {"name": name, "code": code, "cvr": cvr}
    said = {key: value for key, value in given.items() if value}
    for one in problems(said, municipality_view(), _is_hidden):
        if one.code != "E102":
            raise KeyRefusedError(f"--{one.path[0]}", one.message, remedy=one.help)
    _refuse_numbers(said)
    shared = _shared(folder, baseline.resolve() if baseline else None, like.resolve() if like else None)
    files = {
        folder / "municipality.toml": "\n".join([*_municipality_lines(given, folder.name, shared), ""]),
        folder / "stack.toml": "\n".join([*_stack_lines(connectors, shared.profiles), ""]),
    }
    for path in files:
        if path.exists() or path.is_symlink():
            raise AlreadyThereError(path, "for a bot instance say which bot: rpac config init BOT")
    missing = [key for key, value in given.items() if not value]
    missing += [] if name else ["letterhead.name"]
    steps = (
        "then: `rpac config check`; when it finds nothing, `rpac config init --from WHEEL` begins a bot"
        " instance"
    )
    return Draft(folder, files, tuple(missing), (shared.note,), steps)


@dataclass(frozen=True)
class _Shared:
    """What the new municipality shares with others.

    Attributes:
        place: The baseline's as the new file says it; empty for none.
        note: What people are told about it.
        profiles: The baseline's stack profiles, one of which may serve a capability already.
    """

    place: str
    note: str
    profiles: tuple[str, ...] = ()


def _shared(folder: Path, asked: Path | None, like: Path | None) -> _Shared:
    if asked is not None and not is_baseline(asked):
        advice = "name the folder that holds baseline.toml, or a wheel"
        raise KeyRefusedError("--baseline", f"{display_path(asked)} is no baseline", remedy=advice)
    of_model, beside = baseline_of(like) if like else None, baselines_beside(folder)
    found = asked or of_model or (beside[0] if len(beside) == 1 else None)
    if found is not None:
        place = relative_place(found, folder)
        whose = f", as {member_name(like)} does" if like and found == of_model else ""
        profiles = tuple(sorted(one.parent.name for one in found.glob("profiles/*/stack.toml")))
        told = f"it follows the baseline {place}{whose}: its values and bounds hold here"
        return _Shared(place, told, profiles)
    several = ", ".join(relative_place(one, folder) for one in beside)
    choice = f" (there are {several})" if several else ""
    how = "`rpac config set municipality.baseline PATH`"
    return _Shared("", f"it follows no cooperation's baseline{choice}; when it belongs to one: {how}")


def _refuse_numbers(said: Mapping[str, str]) -> None:
    checks = {"code": dk.municipality_code, "cvr": dk.cvr}
    for key in checks.keys() & said.keys():
        try:
            checks[key](said[key])
        except InvalidIdentifierError as error:
            advice = "look it up, or leave the option out: `rpac config check` then asks for it"
            raise KeyRefusedError(f"--{key}", str(error), remedy=advice) from None


def _is_hidden(_: object) -> bool:
    return False  # it was typed just now


def _municipality_lines(given: Mapping[str, str], folder: str, shared: _Shared) -> Iterator[str]:
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
    about = "# what the cooperation gives its members: a folder or a wheel"
    yield (
        f"baseline = {toml_text(shared.place)} {about}"
        if shared.place
        else f'# baseline = "../baseline" {about}'
    )
    yield 'environment = "sandbox" # synthetic people; -E production is the real thing'
    yield '# languages = ["da"] # of letters, the first one preferred'
    state = "../state/" + re.sub(r"[^\w.-]", "-", folder)
    yield f"state_dir = {toml_text(state)} # the memory: outside this folder, on a local disk, in the backup"
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


def _stack_lines(connectors: Mapping[str, ConnectorEntry], profiles: Sequence[str]) -> Iterator[str]:
    yield "# Which connector serves which capability, and its settings. A bot asks for capabilities; take"
    yield "# the # away before those that the bots need here. `rpac config schema stack` has every setting."
    if profiles:
        yield ""
        yield f"# profiles = {toml_text(list(profiles))} # parts of a stack that the baseline has ready"
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
