"""Writes ``reference/registry-api.md`` and ``reference/registry-tiers.md`` from what the registry declares.

Tests compare the pages with what this script would write. Usage, from anywhere::

    python docs/generate_registry.py
"""  # noqa: INP001 - a script beside the pages, no package

from pathlib import Path

from rpa_registry.server import ENDPOINTS
from rpa_registry.tiers import RULES, TIERS

FOLDER = Path(__file__).parent / "reference"
API, QUALITY = FOLDER / "registry-api.md", FOLDER / "registry-tiers.md"

_API_HEAD = """# The registry's JSON API

Every act of the command line, for programs and for a coordinator's own machine. A token is sent as
`Authorization: Bearer rpac_…`, or with HTTP Basic as the password of the user `__token__`. A body is one JSON
object, sent as `application/json`; a field that is not known is refused. An error is
`{"error": what happened, "help": what to do}` with the HTTP status that fits: 400 a field is wrong, 401 no
token that counts, 403 not yours to do, 404 there is no such thing, 409 the state does not allow it, 413 too
large, 429 too many in a minute, 507 the registry's disk is full. After an error nothing has changed.

What needs no token is also served as plain files: `/catalogue/index.json`, `/catalogue/<project>.json`,
`/advisories.json`, `/names.json`.

A signed document (advisory, its withdrawal, test report) is signed on the signer's machine with Ed25519 over
its canonical JSON (sorted keys, no blanks, UTF-8); the registry holds public keys alone. `signature` is
base64.

"""
_TIERS_HEAD = """# Quality tiers

A release has reached a tier when each rule of it, and of the tiers below, is done or exempt. A rule is done
by what a machine found (**machine**), by what others signed (**signed**), or by what its owner says in
`quality.toml` (**owner**), and every page shows which. A coordinator of another municipality may exempt a
project with a reason (`rpac-registry exempt PROJECT RULE --reason …`); person and reason are shown. Some
rules have no exemption. `rpac-registry tier PROJECT VERSION` prints how a release stands.

The owner's facts travel in the wheel. With hatchling:

```toml
[tool.hatch.build.targets.wheel.extra-metadata]
"build/rpac.json" = "rpac.json"
"quality.toml" = "quality.toml"
```
"""


def api_page() -> str:
    """The page about the API: every address, in order."""
    parts = [_API_HEAD.rstrip("\n")]
    for one in ENDPOINTS:
        lines = [f"### `{one.method} {one.path}`", "", one.summary, ""]
        if one.is_open:
            lines.append("Token: none is needed.")
        else:
            lines.append(
                f"Token: {' or '.join(f'`{scope}`' for scope in one.scopes) or 'any; the act decides'}."
            )
        if one.fields:
            names = [
                f"`{name.rstrip('?')}`{' (may be left out)' if name.endswith('?') else ''}"
                for name in one.fields
            ]
            lines.append(f"Fields: {', '.join(names)}.")
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def tiers_page() -> str:
    """The page about the tiers: every rule, lowest tier first."""
    parts = [_TIERS_HEAD.rstrip("\n")]
    for tier in TIERS[1:]:
        lines = [f"## {tier.capitalize()}", "", "| rule | holds when | whose word | exempt | to do |"]
        lines.append("| --- | --- | --- | --- | --- |")
        for one in RULES.values():
            if one.tier == tier:
                only = "" if len(one.kinds) == 3 else f" ({', '.join(one.kinds)} only)"  # noqa: PLR2004 - all kinds
                may = "possible" if one.is_exemptable else "never"
                lines.append(f"| `{one.id}` | {one.text}{only} | {one.source} | {may} | {one.how} |")
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    API.write_text(api_page(), encoding="utf-8")
    QUALITY.write_text(tiers_page(), encoding="utf-8")
