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
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rpa_commons.capabilities import RpaCommonsError
from rpa_commons.config.documents import toml_text
from rpa_commons.config.findings import display_path, format_key, printable, show
from rpa_commons.config.layers import ConnectorEntry
from rpa_commons.config.schema import SchemaView, problems
from rpa_commons.validators import InvalidIdentifierError, dk

from ._edit_target import KeyRefusedError, municipality_view
from ._init import AlreadyThereError, Draft
from ._init_like import member_name
from ._places import baseline_of, baselines_beside, is_baseline, relative_place
from ._toml_edit import HINTS, MUST_BE_FILLED_IN

__all__ = ["NoMunicipalityError", "draft_municipality"]


class NoMunicipalityError(RpaCommonsError):
    """A bot instance was to begin in a folder where no municipality has begun.

    Attributes:
        folder: The folder.
    """

    exit_code: int = 1

    def __init__(self, folder: Path, word: str = "") -> None:
        periods = dk.MunicipalityCode.table().on(datetime.now(UTC).date())
        meant = next((one for one in periods if word and _plain(one.name) == _plain(word)), None)
        name, code = (show(meant.name), meant.code) if meant else ("NAME", "CODE")
        super().__init__(
            f"{display_path(folder.resolve() / 'municipality.toml')}: there is no municipality here yet, so"
            " no bot instance can begin",
            remedy=f"`rpac config init --name {name} --code {code}` begins one here; or stand in its folder,"
            " or name it: rpac -C DIR ...",
        )
        self.folder = folder


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
    notes = (*_code_notes(name, code), shared.note)
    return Draft(folder, files, tuple(missing), notes, steps)


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


def _code_notes(name: str, code: str) -> Iterator[str]:
    """What a name and a code that do not belong together are told: a letter would name the wrong one."""
    if not code:
        return
    try:
        owner = dk.MunicipalityCode.parse(code).municipality() or ""
    except InvalidIdentifierError as error:
        yield f"is the code right? {error}"
        return
    if name and _plain(name) != _plain(owner):
        yield f"is the code right? {code} is {owner}'s, and this is {printable(name)}"


def _plain(name: str) -> str:
    """A municipality's name as it is compared: without "Kommune", å as aa."""
    return " ".join(name.casefold().replace("å", "aa").split()).removesuffix(" kommune").removesuffix("s")


def _is_hidden(_: object) -> bool:
    return False  # it was typed just now


def _municipality_lines(given: Mapping[str, str], folder: str, shared: _Shared) -> Iterator[str]:
    told = {
        "name": "name of the municipality",
        "code": "official code: four digits, in quotes",
        "cvr": "CVR number: eight digits, in quotes",
    }
    yield "# A municipality: who it is. `rpac config check` tells what is missing; a line that begins with #"
    yield "# says nothing until the # is taken away."
    yield ""
    for key, text in told.items():
        value = given[key]
        unsaid = f'# {key} = "" {MUST_BE_FILLED_IN}: {text}'  # empty is refused, where left
        yield f"{key} = {toml_text(value)} # {text}" if value else unsaid
    yield f'# cooperation = "" {HINTS["cooperation"]}'
    about = HINTS["baseline"]
    yield (
        f"baseline = {toml_text(shared.place)} {about}"
        if shared.place
        else f'# baseline = "../baseline" {about}'
    )
    yield 'environment = "sandbox" # synthetic people; -E production is the real thing'
    yield f'# languages = ["da"] {HINTS["languages"]}'
    state = "../state/" + re.sub(r"[^\w.-]", "-", folder)
    yield f"state_dir = {toml_text(state)} # the memory: outside this folder, on a local disk, in the backup"
    yield ""
    yield "[letterhead] # on top of every letter"
    name = given["name"]
    if name:
        yield f"name = {toml_text(name if name.casefold().endswith('kommune') else f'{name} Kommune')}"
    else:
        yield f'# name = "" {MUST_BE_FILLED_IN}: the authority as citizens know it'
    yield f'# address = ["", ""] {HINTS["address"]}'
    yield f'# phone = "" {HINTS["phone"]}'
    yield f'# web = "" {HINTS["web"]}'
    yield ""
    yield "# Where bots and the baseline are installed from: take the # away before [registry] and url, and"
    yield "# before whatever else is to be another. The cooperation gives the address."
    yield "# [registry]"
    yield '# url = "https://" # its address, as https://registry.example'
    yield '# channel = "certified" # or "all": what is installed unless a command says otherwise'
    yield '# on_recall = "pause" # or "warn": what happens to a bot instance whose version is recalled'
    yield '# keys = [""] # the coordinators\' public keys; without it those that the registry gave first'


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
