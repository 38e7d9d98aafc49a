"""Ours, in three amounts of work: ``layers``, ``lines``, ``whole``; with ``-unchanged`` on files that stay.

``layers``: reads the three files, merges five layers, validates strictly and names the layer of every leaf;
the line of each can be asked for afterwards, from the text that was read. ``lines``: asks for the file and
line of every leaf too. ``whole``: :func:`resolve_instance` from the same start, which besides looks for
policies, waivers, profiles, decision tables, hooks, letter folders and other instances with the same id, and
names the layer of every leaf. With unchanged files each is still asked for its time and size.
"""

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from config_case import LAYERS, OVERRIDES, Settings, plain, unfolded
from config_loop import serve

from rpa_commons.config import SecretRef, open_municipality, resolve_instance
from rpa_commons.config.documents._document import Reader
from rpa_commons.config.findings._keys import format_key
from rpa_commons.config.layers._kept import copied, kept_section
from rpa_commons.config.layers._layers import Layer
from rpa_commons.config.layers._origins import Origins
from rpa_commons.config.layers._section import Section, add_defaults
from rpa_commons.config.layers._shapes import instance_schema
from rpa_commons.config.schema._facts import shared_view
from rpa_commons.manifest import Manifest

BOT = "housing-benefit"


def manifest() -> Manifest:
    """The bot as its wheel describes it."""
    schema = Settings.model_json_schema()
    schema["$defs"]["SecretRef"] = SecretRef.model_json_schema()
    return Manifest(
        kind="bot",
        name=BOT,
        version="1.0.0",
        summary="Reviews housing benefit.",
        sdk_version="0.1.0",
        settings_schema=schema,
    )


def layers(root: Path, *, unchanged: bool, lines: bool = False) -> Callable[[], tuple[dict[str, Any], Any]]:
    """The layered resolution alone."""
    schema = manifest().settings_schema
    lasting = Reader()
    wanted = [(layer, root / name, root / name.split("/")[0], name) for layer, name in LAYERS]

    def resolve() -> tuple[dict[str, Any], Any]:
        reader = lasting if unchanged else Reader()
        found = []
        for layer, path, folder, name in wanted:
            document = reader.document(path, root=folder, name=name)
            found.append(Layer(layer, document.values, document))
        found.append(Layer("--set", {"settings": unfolded(OVERRIDES)}, text="--set"))
        view = shared_view(instance_schema, schema)
        section = Section(view, add_defaults(view, found, "bot default", "Settings"), format_key)
        section, findings = kept_section(reader, section, purpose=schema)
        if findings:
            raise ValueError("the configuration is wrong")
        if lines:
            found_at = {section.name_of(path): origin for path, origin in section.merged.origins()}
            return copied(section.values["settings"]), found_at
        origins = Origins(section)
        return copied(section.values["settings"]), (origins, origins.layers())

    return resolve


def whole(root: Path, *, unchanged: bool) -> Callable[[], tuple[dict[str, Any], Any]]:
    """The real entry point; without ``unchanged`` nothing that was read is kept."""
    bot = manifest()
    town = open_municipality(root / "town")
    given = [f"{key}={value}" for key, value in OVERRIDES.items()]

    def resolve() -> tuple[dict[str, Any], Any]:
        municipality = town if unchanged else replace(town, reader=Reader())
        instance = resolve_instance(municipality, BOT, lambda _: bot, connectors={}, overrides=given)
        return instance.settings, instance.origins.layers()

    return resolve


if __name__ == "__main__":
    mode, folder = sys.argv[1], Path(sys.argv[2]).resolve()
    amount, _, files = mode.partition("-")
    unchanged = files == "unchanged"
    if amount == "whole":
        resolve = whole(folder, unchanged=unchanged)
    else:
        resolve = layers(folder, unchanged=unchanged, lines=amount == "lines")
    serve(resolve, lambda resolved: plain(resolved[0]))
