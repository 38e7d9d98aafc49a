"""``rpac-registry review``: what to look at before signing."""

from typing import TYPE_CHECKING, Any

import click

from ._acting import json_option, opened, print_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from rpa_registry.curation import Review

__all__ = ["review"]

_LEGEND = (
    "! marks what to ask about first: what it changes elsewhere, personal data, legal basis, decisions, "
    "settings with money or law behind them, known vulnerabilities"
)
_CODE, _FIRST_CODE = "What its code does newly", "What its code does"


@click.command()
@click.argument("project")
@click.argument("version")
@click.option("--code/--no-code", default=True, help="Whether the diff of the files is printed.")
@json_option
@click.pass_context
def review(ctx: click.Context, project: str, version: str, *, code: bool, as_json: bool) -> None:
    """Everything that differs from the last certified version: permissions, settings, code, who breaks.

    Of a first version everything is new, and everything is shown. A line with ! is one to ask about.
    """
    from rpa_registry.curation import review as compare

    with opened(ctx) as registry:
        found = compare(registry, project, version)
    if as_json:
        print_json(found.to_json())
        return
    click.echo("\n\n".join(_sections(found, code=code)))


def _sections(found: "Review", *, code: bool) -> "Iterator[str]":
    view = found.view
    title = f"{view.project} {view.version}: {view.state.replace('_', ' ')}, tier {found.tier.tier}"
    if not found.compared_to:
        yield "everything is new: look at all of it; there is no older published version to compare with"
    beside = f"compared with {found.compared_to}; " if found.compared_to else ""
    yield f"{title}\n{beside}wheel {view.sha256}\n{_LEGEND}"
    if found.name is not None:
        yield _section("A new name", _name(found.name))
    yield _section("What it may do", _changes(found.permissions))
    count = sum(one["kind"] in {"new", "required"} for one in found.settings)
    new = "" if found.compared_to else f" ({count}, all new)"
    yield _section(f"Settings{new}", _changes(found.settings))
    yield _section("Letters, steps, languages, needs", _changes(found.others))
    yield _section(
        _CODE if found.compared_to else _FIRST_CODE, (_observed(one) for one in found.observations)
    )
    yield _section("What it needs", _dependencies(found))
    yield _section("Static rules", _findings(found.conformance))
    yield _section("Members", _members(found.fleet))
    yield _section("Test reports", (_report(one) for one in found.reports))
    yield _section("Signatures", _signatures(found))
    if found.notes:
        yield _section("Not looked at, and why", found.notes)
    changed = [f"{one.kind:<8} {one.name}  +{one.added} -{one.removed}" for one in found.code.files]
    yield _section("Files", changed)
    if code and found.code.files:
        yield found.code.text.rstrip("\n")


def _name(name: "Mapping[str, Any]") -> "Iterator[str]":
    yield name["text"]
    if name["means"]:
        yield f"! it {name['means']}"
    if name["resembles"]:
        yield f"! it resembles {', '.join(name['resembles'])}"
    else:
        yield "it resembles no project here and no package that this machine knows; look on the public index"


def _section(title: str, lines: "Iterable[str]") -> str:
    found = list(lines)
    return "\n".join([title, *(f"  {one}" for one in found or ["nothing"])])


def _changes(changes: "Iterable[Mapping[str, Any]]") -> "Iterator[str]":
    for one in changes:
        mark = "! " if one.get("sensitive") else ""
        yield f"{mark}{one['key']}: {one['text']}"


def _observed(one: "Mapping[str, Any]") -> str:
    return f"{one['kind']}  {one['place']}  {one['text']}"


def _dependencies(found: "Review") -> "Iterator[str]":
    for one in found.dependencies:
        yield f"{one.name}: {one.before or 'not needed'} -> {one.after or 'no longer needed'}"
    for hit in found.vulnerabilities:
        word = "is" if hit.certain else "may be"
        fixed = f"; fixed in {', '.join(hit.fixed)}" if hit.fixed else ""
        yield f"! {hit.requirement} {word} vulnerable: {hit.id} {hit.summary}{fixed}"


def _findings(report: "Mapping[str, Any]") -> "Iterator[str]":
    for one in report.get("findings", []):
        yield f"{one['code']} {one['severity']}  {one['place']}: {one['message']}"


def _members(fleet: "Mapping[str, Any] | None") -> "Iterator[str]":
    if fleet is None:
        yield "not looked at"
        return
    for one in fleet["members"]:
        yield f"{one['code'] or '    '} {one['municipality']}: {one['verdict']}"
        if one["verdict"] == "breaks":
            yield from (f"       {text}" for text in _why(one))


def _why(member: "Mapping[str, Any]") -> "Iterator[str]":
    """What would keep its instances from starting; what a migration mends is no reason."""
    for instance in member["instances"]:
        for one in instance["findings"]:
            if one["code"][:1] == "E" and one["code"] != "E501":
                yield f"{one['code']} {one['key']}: {one['message']}"


def _report(one: "Mapping[str, Any]") -> str:
    signed = one["signed"]
    return f"{signed['kind']} {signed['result']}, by {one['person']} ({one['member']}): {signed['summary']}"


def _signatures(found: "Review") -> "Iterator[str]":
    for one in found.view.signatures:
        stands_in = f" for {one.for_coordinator}" if one.for_coordinator else ""
        note = f": {one.note}" if one.note else ""
        yield f"{one.at}  {one.act.replace('_', ' ')}  {one.person} ({one.member}){stands_in}{note}"
