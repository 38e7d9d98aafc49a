"""What a coordinator sees before signing: what differs, what is known of it, whom it breaks."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from rpa_registry.context import Registry
from rpa_registry.curation import review
from rpa_registry.curation._code_diff import code_diff
from rpa_registry.curation._dependencies import dependency_changes, load_osv, vulnerable
from rpa_registry.errors import NotFoundError, SettingsError, StorageError


def osv(identifier: str, *events: dict[str, str], name: str = "urllib3", **more: Any) -> dict[str, Any]:
    """A vulnerability as OSV writes it."""
    ranges = [{"type": "ECOSYSTEM", "events": list(events)}] if events else []
    affected = {"package": {"ecosystem": "PyPI", "name": name}, "ranges": ranges, **more}
    return {"id": identifier, "summary": "It leaks.", "affected": [affected]}


FIXED = osv("GHSA-1", {"introduced": "0"}, {"fixed": "2.0"})


@pytest.mark.parametrize(
    ("requirement", "known", "expected"),
    [
        ("urllib3", FIXED, (("2.0",), False)),
        ("urllib3>=1.26", FIXED, (("2.0",), False)),
        ("urllib3>=2.0", FIXED, None),
        ("urllib3<2", FIXED, (("2.0",), True)),
        ("urllib3==1.26.*", FIXED, (("2.0",), True)),
        ("urllib3~=1.26", FIXED, (("2.0",), True)),
        ("urllib3~=2.1", FIXED, None),
        ("urllib3==2.0", FIXED, None),
        ("urllib3==1.9", FIXED, (("2.0",), True)),
        ("urllib3>1.0,<1.5", FIXED, (("2.0",), True)),
        ("URLLIB3[socks]>=1 ; python_version >= '3.11'", FIXED, (("2.0",), False)),
        ("requests>=1", FIXED, None),
        ("urllib3>=3", osv("X", {"introduced": "1"}, {"last_affected": "3"}), ((), False)),
        ("urllib3>3", osv("X", {"introduced": "1"}, {"last_affected": "3"}), None),
        ("urllib3>=9", osv("X", {"introduced": "1"}), ((), True)),
        ("urllib3<1", osv("X", {"introduced": "1"}), None),
        ("urllib3==1.5", osv("X", versions=["1.5"]), ((), False)),
        ("urllib3==1.6", osv("X", versions=["1.5"]), None),
        ("not a requirement !!", FIXED, None),
    ],
)
def test_a_range_that_allows_a_vulnerable_version(
    requirement: str, known: dict[str, Any], expected: tuple[tuple[str, ...], bool] | None
) -> None:
    """Told with the versions that are safe, and whether nothing that is allowed is."""
    found = [(one.fixed, one.certain) for one in vulnerable([requirement], [known])]

    assert found == ([] if expected is None else [expected])


VERSIONS = [f"{major}.{minor}" for major in range(4) for minor in range(4)]


@given(
    st.sampled_from([">=", "<=", "<", ">", "==", "~="]),
    st.sampled_from(VERSIONS),
    st.sampled_from(["", "<", "<="]),
    st.sampled_from(VERSIONS),
    st.sampled_from(VERSIONS),
    st.sampled_from(VERSIONS),
)
def test_no_vulnerable_version_is_missed(
    one: str, first: str, other: str, second: str, introduced: str, fixed: str
) -> None:
    """Whenever packaging would take a version of the affected range, it is told."""
    if Version(introduced) >= Version(fixed):
        return
    specifier = f"{one}{first}" + (f",{other}{second}" if other else "")
    known = osv("X", {"introduced": introduced}, {"fixed": fixed})
    takes = any(
        Version(introduced) <= Version(version) < Version(fixed) and SpecifierSet(specifier).contains(version)
        for version in VERSIONS
    )

    found = vulnerable([f"urllib3{specifier}"], [known])

    assert not takes or found


@pytest.mark.parametrize(
    "content",
    [
        FIXED,
        [FIXED],
        {"vulns": [FIXED]},
        [FIXED, {**FIXED, "id": "GHSA-2", "withdrawn": "2026-01-01T00:00:00Z"}],
    ],
)
def test_an_osv_file_in_each_of_its_forms(content: Any, tmp_path: Path) -> None:
    """One, a list, or what the API gives; withdrawn ones do not count."""
    (tmp_path / "osv.json").write_text(json.dumps(content))

    assert [one["id"] for one in load_osv(tmp_path / "osv.json")] == ["GHSA-1"]


@pytest.mark.parametrize("content", ["", "{", "[1]", '{"vulns": 7}', "7"])
def test_a_file_that_is_no_osv(content: str, tmp_path: Path) -> None:
    """It is an error, never "nothing is known"."""
    (tmp_path / "osv.json").write_text(content)

    with pytest.raises(SettingsError, match=r"osv\.json"):
        load_osv(tmp_path / "osv.json")
    with pytest.raises(SettingsError, match="cannot be read"):
        load_osv(tmp_path / "none.json")


def test_requirements_that_differ() -> None:
    """New, gone, another range; not what is only spelt otherwise."""
    found = dependency_changes(["A_b>=1", "c", "d"], ["a-b >= 1", "c>=2", "e"])

    assert [one.to_json() for one in found] == [
        {"name": "a-b", "before": "A_b>=1", "after": "a-b>=1"},
        {"name": "c", "before": "c", "after": "c>=2"},
        {"name": "d", "before": "d", "after": None},
        {"name": "e", "before": None, "after": "e"},
    ]


def wheel(path: Path, members: dict[str, bytes]) -> Path:
    """A zip with members."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def test_a_code_diff_shows_text_and_sums_up_the_rest(tmp_path: Path) -> None:
    """Lines of text, sizes and hashes of binaries, nothing that a terminal obeys."""
    old = wheel(
        tmp_path / "a.whl",
        {"b/x.py": b"a\nb\n", "b/l.pdf": b"%\0a", "b-1.dist-info/RECORD": b"1", "gone": b"g"},
    )
    new = wheel(
        tmp_path / "b.whl",
        {"b/x.py": b"a\n\x1b[31mc", "b/l.pdf": b"%\0bb", "b-2.dist-info/RECORD": b"2", "b/empty": b""},
    )

    found = code_diff(old, new)

    assert [(one.kind, one.name, one.added, one.removed, one.is_binary) for one in found.files] == [
        ("new", "b/empty", 0, 0, False),
        ("changed", "b/l.pdf", 0, 0, True),
        ("changed", "b/x.py", 1, 1, False),
        ("gone", "gone", 0, 1, False),
    ]
    assert "+\\x1b[31mc\n" in found.text
    assert "Binary file b/l.pdf is changed: 3 bytes" in found.text
    assert "\x1b" not in found.text


def test_a_huge_diff_is_bounded_and_says_so(tmp_path: Path) -> None:
    """What is left out is counted."""
    new = wheel(tmp_path / "b.whl", {"x.py": b"a\n" * 5000, "y.py": b"b\n" * 5})

    found = code_diff(None, new)

    assert len(found.text.splitlines()) == 4001
    assert found.left_out == 5003 - 4000 + 8
    assert [one.added for one in found.files] == [5000, 5]


def test_a_wheel_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    """A damaged file is no empty diff."""
    (tmp_path / "a.whl").write_bytes(b"no zip")

    with pytest.raises(StorageError, match="cannot be read"):
        code_diff(None, tmp_path / "a.whl")


def test_a_review_compares_with_the_last_certified_version(
    registry: Registry, put: Callable[..., int]
) -> None:
    """A new call, a tighter setting, a new requirement, new code and what it does: all are there."""
    seen = {"kind": "network", "place": "a.py:1", "text": "import socket"}
    moved = {"kind": "subprocess", "place": "a.py:9", "text": "subprocess.run(...)"}
    report = {"findings": [], "observations": [moved]}
    put(version="1.0.0", state="certified", report=report)
    put(version="1.0.1", state="published")
    schema = {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "window_days": {
                "type": "integer", "default": 10, "minimum": 1, "maximum": 30, "description": "Days.",
            }
        },
    }  # fmt: skip
    population = {
        "attribute": "population",
        "name": "PopulationRegister",
        "version": "1",
        "calls": [{"method": "person"}, {"method": "household"}],
    }
    post = {
        "attribute": "post",
        "name": "DigitalPost",
        "version": "1",
        "calls": [{"method": "send", "effect": "keyed"}],
    }
    put(
        version="1.1.0",
        state="in_review",
        manifest={"capabilities": [population, post], "settings_schema": schema},
        requires=("rpa-commons>=0.1", "urllib3>=1"),
        files={"welcome_letters/fees.py": "FEE = 7\n"},
        report={"findings": [], "observations": [seen, {**moved, "place": "a.py:12"}]},
    )
    (registry.settings.folder / "osv.json").write_text(json.dumps(FIXED))
    object.__setattr__(
        registry, "settings", registry.settings.model_copy(update={"advisories_file": "osv.json"})
    )

    found = review(registry, "welcome-letters", "1.1.0")

    assert found.compared_to == "1.0.0"
    assert [(one["key"], one["text"]) for one in found.permissions] == [
        ("PopulationRegister.household", "new: household: query")
    ]
    assert [one["key"] for one in found.settings] == ["window_days"]
    assert found.observations == (seen,)
    assert [one.name for one in found.dependencies] == ["urllib3"]
    assert [one.id for one in found.vulnerabilities] == ["GHSA-1"]
    assert "welcome_letters/fees.py" in [one.name for one in found.code.files]
    assert [one for one in found.notes if "vulnerabilities" in one] == []
    assert json.loads(json.dumps(found.to_json()))["release"]["version"] == "1.1.0"


def test_a_first_version_shows_all_it_asks_for(registry: Registry, put: Callable[..., int]) -> None:
    """Nothing to compare with: every capability, the legal facts, each setting, step and language."""
    put()

    found = review(registry, "welcome-letters", "1.0.0")

    told = {one["key"]: one["text"] for one in found.permissions}
    assert (found.compared_to, list(told)[:2]) == ("", ["PopulationRegister", "DigitalPost"])
    assert told["DigitalPost"] == "it asks for DigitalPost 1 (effects: send)"
    assert told["purpose"] == "To greet new residents."
    assert told["legal_basis"] == "GDPR art. 6(1)(e)"
    assert told["data_categories"] == "name and address"
    assert told["decisions"] == "none"
    assert [one["key"] for one in found.settings] == ["window_days"]
    assert [(one["kind"], one["key"]) for one in found.others] == [
        ("step", "recipient"),
        ("language", "da"),
        ("language", "en"),
    ]
    marked = {one["key"] for one in found.permissions if one["sensitive"]}
    assert marked == {"DigitalPost", "legal_basis", "data_categories"}


def test_what_was_not_looked_at_is_said(registry: Registry, put: Callable[..., int]) -> None:
    """No file of vulnerabilities, no members, a broken file: each has its sentence."""
    put()
    first = review(registry, "welcome-letters", "1.0.0").notes
    (registry.settings.folder / "osv.json").write_text("{")
    update = {"advisories_file": "osv.json", "members_folder": "nowhere"}
    object.__setattr__(registry, "settings", registry.settings.model_copy(update=update))

    second = review(registry, "welcome-letters", "1.0.0").notes

    assert [one.split(":")[0] for one in first] == [
        "known vulnerabilities were not looked at",
        "members were not looked at",
    ]
    assert "osv.json: cannot be read" in second[0]
    assert "nowhere" in second[1]


def test_a_review_tells_which_members_break(
    registry: Registry, put: Callable[..., int], tmp_path: Path
) -> None:
    """The members' published folders are checked against the new version."""
    put()
    folder = registry.settings.folder / "members" / "lejre"
    (folder / "bots").mkdir(parents=True)
    municipality = (
        'name = "Lejre"\ncode = "0350"\ncvr = "29188548"\ncooperation = "DIGIT"\nlanguages = ["da"]\n'
    )
    letterhead = '[letterhead]\nname = "Lejre Kommune"\n'
    (folder / "municipality.toml").write_text(municipality + letterhead)
    (folder / "bots" / "letters.toml").write_text('bot = "welcome-letters"\n[settings]\nwindow_days = 900\n')
    update = {"members_folder": "members"}
    object.__setattr__(registry, "settings", registry.settings.model_copy(update=update))

    found = review(registry, "welcome-letters", "1.0.0")

    assert found.fleet is not None
    assert [(one["code"], one["verdict"]) for one in found.fleet["members"]] == [("0350", "breaks")]


def test_a_review_of_nothing(registry: Registry, put: Callable[..., int]) -> None:
    """An unknown version is told."""
    put()

    with pytest.raises(NotFoundError, match=r"no version 9"):
        review(registry, "welcome-letters", "9")
