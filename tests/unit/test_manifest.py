"""The manifest: one canonical text, read from the wheel without importing anything."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from rpa_commons.manifest import (
    Benefit,
    CallEntry,
    CapabilityEntry,
    Decisions,
    Manifest,
    ManifestError,
    ProcessingRecord,
    StepEntry,
    TemplateEntry,
    parse_manifest,
    read_manifest,
    wheel_sha256,
)


@pytest.fixture
def manifest() -> Manifest:
    """A manifest in which every field is set."""
    call = CallEntry(method="send", effect="keyed", decisive=True)
    return Manifest(
        kind="bot",
        name="quiet-bot",
        version="1.2.0",
        summary="Hilser på hver ny borger.",
        sdk_version="0.1.0",
        entry="quiet_bot:QuietBot",
        unique="municipality",
        capabilities=(CapabilityEntry(attribute="post", name="DigitalPost", version="1.0", calls=(call,)),),
        steps=(StepEntry(name="compose", arguments=("person",), description="Write the letter."),),
        templates=(TemplateEntry(name="adults", blocks={"greeting": "ab" * 32}),),
        languages=("da", "en"),
        settings_schema={"type": "object", "properties": {"days": {"type": "integer", "unit": "days"}}},
        benefit=Benefit(minutes_per_case=4, method="estimated"),
        record=ProcessingRecord(
            kle=("00.14.00",),
            purpose="a purpose",
            legal_basis=("a basis",),
            data_categories=("a category",),
            person_categories=("a person",),
            sources=("a source",),
            recipients=(),
            retention="one year",
            decisions=Decisions(kind="none", paragraph=""),
        ),
    )


def write_wheel(path: Path, members: dict[str, bytes]) -> Path:
    """A zip file with these members."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def test_the_text_is_read_back_as_it_was(manifest: Manifest) -> None:
    """Writing and reading lose nothing."""
    assert parse_manifest(manifest.to_json()) == manifest


def test_equal_manifests_give_equal_bytes(manifest: Manifest) -> None:
    """The digest stands for the content, whatever order a schema's keys came in."""
    turned = dict(reversed(manifest.settings_schema.items()))

    assert manifest.model_copy(update={"settings_schema": turned}).to_json() == manifest.to_json()
    assert manifest.model_copy(update={"settings_schema": turned}).digest == manifest.digest


def test_the_text_is_for_people_too(manifest: Manifest) -> None:
    """Danish letters stay readable, and the text ends with a line's end."""
    text = manifest.to_json()

    assert "Hilser på" in text
    assert text.endswith("}\n")


def test_a_difference_gives_another_digest(manifest: Manifest) -> None:
    """One setting's bound is a difference."""
    assert manifest.model_copy(update={"version": "1.2.1"}).digest != manifest.digest


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"manifest_version": 2}, "manifest_version"),
        ({"kind": "robot"}, "kind"),
        ({"name": "Quiet Bot"}, "name"),
        ({"surprise": 1}, "surprise"),
        ({"version": 1}, "version"),
        ({"capabilities": [{"attribute": "post"}]}, r"capabilities\.0\.name"),
    ],
)
def test_another_shape_is_refused(manifest: Manifest, change: dict[str, Any], problem: str) -> None:
    """A newer or hand-made manifest is refused with the field's name."""
    document = json.loads(manifest.to_json()) | change

    with pytest.raises(ManifestError, match=problem):
        parse_manifest(json.dumps(document))


@pytest.mark.parametrize("text", ["", "{", "null", "[]", "\x00", "[" * 10_000])
def test_what_is_no_manifest_is_refused(text: str) -> None:
    """Broken or deeply nested JSON is an error, never a traceback."""
    with pytest.raises(ManifestError):
        parse_manifest(text)


def test_every_problem_is_named_at_once(manifest: Manifest) -> None:
    """An author corrects a manifest in one round."""
    document = json.loads(manifest.to_json()) | {"kind": "robot", "surprise": 1}

    with pytest.raises(ManifestError) as caught:
        parse_manifest(json.dumps(document))

    assert "kind" in caught.value.problem
    assert "surprise" in caught.value.problem


def test_a_wheel_is_read_without_importing(tmp_path: Path, manifest: Manifest) -> None:
    """The member in the metadata folder is found by its place."""
    members = {
        "quiet_bot/__init__.py": b"raise SystemExit",
        "quiet_bot/extra_metadata/rpac.json": b"a decoy",
        "quiet_bot-1.2.0.dist-info/extra_metadata/rpac.json": manifest.to_json().encode(),
    }

    assert read_manifest(write_wheel(tmp_path / "a.whl", members)) == manifest


@pytest.mark.parametrize("count", [0, 2])
def test_none_or_two_manifests_are_refused(tmp_path: Path, manifest: Manifest, count: int) -> None:
    """Which of two counts is no guess that we make."""
    members = {
        f"bot_{number}-1.dist-info/extra_metadata/rpac.json": manifest.to_json().encode()
        for number in range(count)
    }

    with pytest.raises(ManifestError, match=f"found {count}"):
        read_manifest(write_wheel(tmp_path / "a.whl", members))


def test_a_missing_wheel_is_a_manifest_error(tmp_path: Path) -> None:
    """The caller handles one error, whatever is wrong with the file."""
    with pytest.raises(ManifestError, match="cannot be read as a wheel"):
        read_manifest(tmp_path / "gone.whl")


def test_the_hash_is_the_files(tmp_path: Path) -> None:
    """SHA-256 of "abc", from FIPS 180-2, appendix B.1."""
    path = tmp_path / "a.whl"
    path.write_bytes(b"abc")

    assert wheel_sha256(path) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
