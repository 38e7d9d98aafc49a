"""The id of a bot instance: written once, independent of the file's name, never shared.

Every idempotency key hangs on it: two instances with one id would each believe to have sent the other's
letters, and a changed id sends them all again.
"""

import re
import uuid
from collections.abc import Iterator

from rpa_commons.config.documents import Document
from rpa_commons.config.findings import ConfigError, Finding, display_path

from ._municipality import MunicipalityFolder

__all__ = ["identity_findings"]

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", re.ASCII)
_NIL = "00000000-0000-0000-0000-000000000000"
_KEY = "instance.id"


def identity_findings(municipality: MunicipalityFolder, name: str, own: Document) -> Iterator[Finding]:
    """What is wrong with the id of the instance ``name``, whose file is ``own``: E604, E605."""
    value = own.values.get("id")
    if "id" not in own.values:
        advice = f'add id = "{uuid.uuid4()}" at the top of the file, above the first [table]'
        strayed = next((path for path in own.places if len(path) > 1 and path[-1] == "id"), None)
        if strayed is not None:  # a fresh id beside the one it has run with would send everything again
            where = f"line {own.line_of(strayed)}"
            advice = f"if {where} is it, move that line to the top of the file; or else {advice}"
        yield Finding("E605", _KEY, "the bot instance has no id", own.path, help=advice)
        return
    if not isinstance(value, str) or not _UUID.fullmatch(value) or value == _NIL:
        advice = (
            f'for a new bot instance write id = "{uuid.uuid4()}"; never change the id of one that has run'
        )
        yield Finding("E605", _KEY, "the id is no UUID", own.path, *_quoted(own), help=advice)
        return
    ids = municipality.reader.remembered(f"ids in {municipality.folder}", lambda: _ids(municipality))
    twins = [one for one, its in ids.items() if its == value.lower() and one != name]
    if twins:
        files = sorted(municipality.folder / "bots" / f"{one}.toml" for one in (name, *twins))
        message = f"{' and '.join(map(display_path, files))} have the same id"
        because = "every key that keeps a letter or payment from being sent twice hangs on the id"
        advice = f'in the copy, not in the one that has run, write id = "{uuid.uuid4()}"'
        yield Finding("E604", _KEY, message, own.path, *_quoted(own), because, advice)


def _quoted(own: Document) -> tuple[int | None, str]:
    line = own.line_of(("id",))
    return line, own.quote(line, lambda path: path[0] == "settings")


def _ids(municipality: MunicipalityFolder) -> dict[str, str | None]:
    return {name: _id_of(municipality, name) for name in municipality.instances()}


def _id_of(municipality: MunicipalityFolder, name: str) -> str | None:
    """Another instance's id; ``None`` when its file cannot be read, which its own check reports."""
    file, folder = f"bots/{name}.toml", municipality.folder
    try:
        document = municipality.reader.optional(folder / file, root=folder, name=file)
    except ConfigError:
        return None
    value = document.values.get("id") if document is not None else None
    return value.lower() if isinstance(value, str) else None
