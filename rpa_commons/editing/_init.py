"""Beginning a bot instance: its file, with what must be filled in and why.

Rules this module keeps: nothing is overwritten; what must be filled in stands as a comment, so that ``check``
names each such key until somebody has; every commented key works when its ``#`` is taken away, wherever it
stands; from another member come choices only, never its id, owner, secrets, personal values or environments.

Usage::

    draft = draft_instance(roskilde, manifest, "welcome-letters", connectors=catalogue())
    write_drafts(draft)
"""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from rpa_commons.capabilities import RpaCommonsError
from rpa_commons.config.documents import OverlayReader, read_optional_document, replace_text, toml_text
from rpa_commons.config.findings import Finding, display_path, parse_key, printable
from rpa_commons.config.instances import Examination, changing, examine_instance
from rpa_commons.config.layers import (
    ConnectorEntry,
    ExplainedPolicy,
    ExplainedValue,
    Section,
    explain_section,
)
from rpa_commons.config.municipality import MunicipalityFolder
from rpa_commons.config.schema import SchemaView
from rpa_commons.config.stack import stack_of
from rpa_commons.manifest import Manifest

from ._init_like import Choice, choices_of, left_behind, member_name
from ._places import baseline_of, relative_place
from ._toml_edit import HINTS, MUST_BE_FILLED_IN

__all__ = ["AlreadyThereError", "Draft", "draft_instance", "write_drafts"]

_WIDTH = 96  # columns of a comment
_NO_ID = "00000000-0000-4000-8000-000000000000"  # only looked at, never written


class AlreadyThereError(RpaCommonsError):
    """A file that would be made is there already.

    Attributes:
        path: The file.
    """

    exit_code: int = 2

    def __init__(self, path: Path, remedy: str) -> None:
        super().__init__(f"{display_path(path)} is there already and is not overwritten", remedy=remedy)
        self.path = path


@dataclass(frozen=True)
class Draft:
    """What would be written.

    Attributes:
        folder: The municipality's folder.
        files: Text by absolute path.
        missing: The keys that must be filled in.
        notes: What else is to be done, in sentences.
        afterwards: What to do when ``check`` finds nothing.
    """

    folder: Path
    files: Mapping[Path, str]
    missing: tuple[str, ...]
    notes: tuple[str, ...] = ()
    afterwards: str = ""


def write_drafts(draft: Draft) -> None:
    """Write the files of a draft: all of them, or none.

    Raises:
        AlreadyThereError: one is there; nothing is written.
        FileNotWrittenError: the system refuses.
    """
    with changing(draft.folder):  # another command may have made the same file since it was drafted
        for path in draft.files:
            if path.exists() or path.is_symlink():
                raise AlreadyThereError(path, "edit it, or choose another name: --instance NAME")
        made: list[Path] = []
        try:
            for path, text in draft.files.items():
                replace_text(path, text)
                made.append(path)
        except BaseException:  # also Ctrl-C: half a municipality would be in the way of the next attempt
            for path in made:
                with suppress(OSError):
                    path.unlink()
            raise


def draft_instance(
    municipality: MunicipalityFolder,
    manifest: Manifest,
    name: str,
    *,
    connectors: Mapping[str, ConnectorEntry],
    like: Path | None = None,
) -> Draft:
    """The file of a new bot instance.

    Args:
        municipality: Whose it becomes.
        manifest: The bot's.
        name: The file's stem.
        connectors: The connectors there are.
        like: Another member's folder, or what it has published; its choices are taken over.

    Raises:
        AlreadyThereError: there is such an instance.
        ConfigError: the name cannot be one, or the other member's file cannot be read.
    """
    path = municipality.folder / "bots" / f"{name}.toml"
    if path.exists() or path.is_symlink():
        raise AlreadyThereError(path, "choose another name: --instance NAME")
    seen = _examined(municipality, manifest, name, connectors, path)
    section = seen.sections[0]
    keys = [one for one in explain_section(section) if not one.key.startswith("instance.")]
    choices = choices_of(like, manifest.name, name, section) if like is not None else ()

    def drafted() -> str:
        return "\n".join([*_head(municipality, manifest), *_body(name, section, keys, choices), ""])

    if choices:
        as_if = _examined(municipality, manifest, name, connectors, path, drafted())
        choices = tuple(_judged(one, as_if.findings) for one in choices)
    text = drafted()
    given = {one.key for one in choices if one.is_taken_over}
    missing = tuple(one.key for one in keys if _must(one) and one.key not in given)
    notes = [*_stack_notes(municipality, manifest, connectors)]
    if like is not None:
        notes = [*_like_notes(choices), *_model_notes(municipality, like.resolve()), *notes]
    return Draft(
        municipality.folder, {path: text}, missing, tuple(notes), _steps(municipality, name, manifest)
    )


def _steps(municipality: MunicipalityFolder, name: str, manifest: Manifest) -> str:
    """What makes an instance that is written run: an environment of its own comes first."""
    known = read_optional_document(
        municipality.folder / "rpac.lock", root=municipality.folder, name="rpac.lock"
    )
    locked = known.values.get("bot") if known is not None else None
    bots = [one.get("name") for one in locked if isinstance(one, dict)] if isinstance(locked, list) else []
    # Without a wheel `install` makes the environments that rpac.lock asks for.
    install = "rpac install" if manifest.name in bots else municipality.how_to_install(manifest.name)
    return (
        f"then: `{install}` makes the environment it runs in, `rpac config check` tells what is missing,"
        f" `rpac plan {name}` what it would do"
    )


def _examined(
    municipality: MunicipalityFolder,
    manifest: Manifest,
    name: str,
    connectors: Mapping[str, ConnectorEntry],
    path: Path,
    text: str = "",
) -> Examination:
    """The instance as if its file held this text, or nothing but what it is."""
    bare = f'bot = "{manifest.name}"\nid = "{_NO_ID}"\n[settings]\n'
    as_if = replace(municipality, reader=OverlayReader({path: text or bare}))
    return examine_instance(as_if, name, lambda _: manifest, connectors=connectors)


def _judged(one: Choice, findings: Sequence[Finding]) -> Choice:
    """The choice with why it cannot be taken over: a bound of the cooperation, another version of the bot."""
    for finding in findings:
        is_about = finding.key == one.key or finding.key.startswith((f"{one.key}.", f"{one.key}["))
        if is_about and not finding.is_warning and finding.code != "E102":
            return replace(one, problem=finding.message)
    return one


def _must(one: ExplainedValue) -> bool:
    return one.required and one.origin is None


def _head(municipality: MunicipalityFolder, manifest: Manifest) -> Iterator[str]:
    yield f"# {_line(f'How {municipality.name} uses the bot {manifest.name}: {manifest.summary}')}"
    yield "# A line that begins with # says nothing; take the # away to say something. `rpac config check`"
    yield "# tells what is missing, `rpac config explain` what a key means and where its value comes from."
    yield ""
    yield f'bot = "{manifest.name}"'
    yield f'id = "{uuid.uuid4()}" # written once: {_of_id(manifest)}'
    yield f'# owner = "Borgerservice" {HINTS["owner"]}'
    yield f'# deputy = "IT" {HINTS["deputy"]}'
    yield f"# start_from = 2026-01-01 {HINTS['start_from']}"
    yield ""
    yield "[settings]"


def _of_id(manifest: Manifest) -> str:
    """What another id would do: a bot takes a case once per instance, or once per municipality."""
    if manifest.unique == "municipality":
        return "with another id, its open cases and their history would be out of its sight"
    return "with another id, it would remember nothing, and everything would be sent again"


def _line(text: str) -> str:
    """Somebody's words as they may stand in a comment."""
    return printable(" ".join(text.split()))


def _body(
    name: str, section: Section, keys: Sequence[ExplainedValue], choices: Sequence[Choice]
) -> Iterator[str]:
    said = {one.key for one in choices}
    if choices:
        yield f"# Taken over from {choices[0].member}. Look at each line: is it right here too?"
        for one in choices:
            yield one.line(_example(section.view, one.key))
        yield ""
    required = [one for one in keys if _must(one) and one.key not in said]
    if required:
        yield "# Must be filled in:"
    for must in required:
        yield from _told(must)
        yield f"# {must.key} = {_example(section.view, must.key)} {MUST_BE_FILLED_IN}"
        yield ""
    rest = [one for one in keys if not _must(one) and one.key not in said]
    if rest:
        yield "# May be changed; what stands here holds anyway:"
    for may in rest:
        yield from _told(may)
        if section.view.note(("settings", *parse_key(may.key)), "table"):
            yield f"#   A decision table of its own, no line here: `rpac config table show {name} {may.key}`."
            continue
        holds = may.origin is not None and may.value is not None and not may.hidden
        value = toml_text(may.value) if holds else _example(section.view, may.key)
        yield f"# {may.key} = {value}".replace("\n", "\n# ")


def _told(one: ExplainedValue) -> Iterator[str]:
    """What a key means, as comments."""
    import textwrap

    facts = ", ".join(filter(None, [one.type, one.bounds, f"in {one.unit}" if one.unit else ""]))
    shared = f" Here: {one.origin}." if one.origin is not None and one.origin.layer != "bot default" else ""
    policies = "".join(f" {_policy(policy)}" for policy in one.policies)
    text = f"{_line(one.description)} {facts[:1].upper()}{facts[1:]}.{policies}{shared}".strip()
    yield from textwrap.wrap(
        text, _WIDTH, initial_indent="#   ", subsequent_indent="#   ", break_on_hyphens=False
    )


def _policy(policy: ExplainedPolicy) -> str:
    """What the cooperation says of a key: it binds where the bot itself allows more."""
    waiver = policy.waiver
    place = f"({policy.origin})"
    if waiver is not None and waiver.holds:
        return f"The cooperation says {policy.text} {place}, waived here until {waiver.until}."
    return f"The cooperation says {policy.text} {place}."


def _example(view: SchemaView, key: str) -> str:
    """A value of the right type, to be typed over."""
    path = ("settings", *parse_key(key))
    nodes = view.at(path)
    if view.secret_part(path) is not None:
        return '{ env = "NAME" }'
    options = next((node["enum"] for node in nodes if node.get("enum")), None)
    if options:
        return toml_text(options[0])
    kinds = [node.get("type") for node in nodes]
    formats = {node.get("format") for node in nodes}
    if "string" in kinds:
        examples = {"date": "2026-01-01", "date-time": "2026-01-01T08:00:00Z", "time": "08:00:00"}
        return next((text for form, text in examples.items() if form in formats), '""')
    least = next((node["minimum"] for node in nodes if "minimum" in node), 0)
    by_kind = {
        "integer": toml_text(least),
        "number": toml_text(float(least)),
        "boolean": "false",
        "array": "[]",
    }
    return next((by_kind[kind] for kind in kinds if kind in by_kind), "{}")


def _like_notes(choices: Sequence[Choice]) -> Iterator[str]:
    withheld = [one.key for one in choices if not one.is_open]
    if withheld:
        yield f"ask {choices[0].member} about {', '.join(withheld)}: it keeps the value to itself"
    own = [one.key for one in choices if one.is_open and not one.problem and one.is_own]
    if own:
        yield f"say your own {', '.join(own)}: {choices[0].member} speaks of itself there"


def _model_notes(municipality: MunicipalityFolder, like: Path) -> Iterator[str]:
    """What the other member has besides its settings: files of its own, a cooperation."""
    member, folders = member_name(like), left_behind(like)
    if folders:
        names = ", ".join(f"{one}/" for one in folders)
        yield f"{member} also has files of its own in {names}: they were not copied; look which you need"
    given = baseline_of(like)
    if given is not None and municipality.baseline is None:
        path = relative_place(given, municipality.folder)
        yield (
            f"{member} follows the baseline of its cooperation, {municipality.name} follows none, so its"
            f" values and bounds do not hold here: `rpac config set municipality.baseline {path}`"
        )


def _stack_notes(
    municipality: MunicipalityFolder, manifest: Manifest, connectors: Mapping[str, ConnectorEntry]
) -> Iterator[str]:
    """Capabilities that nothing serves yet, with what could."""
    stack, _ = stack_of(municipality, connectors)
    bound = {name for layer in stack.layers for name in layer.values}
    for capability in dict.fromkeys(entry.name for entry in manifest.capabilities):
        if capability in bound:
            continue
        fitting = [name for name in connectors if connectors[name].capability == capability]
        if fitting:
            advice = f'add [{capability}] with connector = "{fitting[0]}" to stack.toml'
            yield f"{capability} has no connector yet; {' or '.join(fitting)} could serve it: {advice}"
        else:
            yield f"{capability} has no connector yet, and none is installed that could serve it"
