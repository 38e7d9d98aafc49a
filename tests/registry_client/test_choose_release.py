"""Which version is installed, and why another is not."""

from typing import Any

import pytest

from rpa_commons.registry_client import (
    NoSuchReleaseError,
    Project,
    ReleaseRefusedError,
    Wish,
    choose,
    parse_wanted,
    release_of,
    state_text,
)
from rpa_commons.registry_client._install import WantedError, is_file_wish

FILE = {"filename": "quiet_bot-1.0.0-py3-none-any.whl", "sha256": "a" * 64, "size": 5, "path": "files/x"}
SINCE = {
    "staged": "2026-11-18",
    "in_review": "2026-11-20",
    "published": "2026-11-21",
    "certified": "2026-11-22",
}
ALL = Wish("all", "the summer's letters")


def release(version: str, base: str = "certified", **changes: Any) -> dict[str, Any]:
    """A release in a state."""
    file = FILE if base in {"published", "certified"} else None
    values = {"version": version, "state": base, "base_state": base, "since": SINCE, "file": file}
    return values | changes


def project(*releases: dict[str, Any], **changes: Any) -> Project:
    """A project with these releases, newest first."""
    owner = {"code": "0265", "name": "Roskilde"}
    return Project.model_validate({"name": "quiet-bot", "owner": owner, "releases": releases} | changes)


def refused(found: Project, version: str = "", wish: Wish | None = None) -> ReleaseRefusedError:
    """The refusal that a wish meets."""
    with pytest.raises(ReleaseRefusedError) as caught:
        choose(found, version, wish or Wish())
    assert caught.value.exit_code == 5
    return caught.value


def test_the_newest_certified_version_is_chosen_by_its_number() -> None:
    """1.10 is newer than 1.9, in whatever order the registry lists them."""
    found = project(release("1.9.0"), release("1.10.0"), release("2.0.0", "published"))

    choice = choose(found, "", Wish())

    assert choice.release.version == "1.10.0"
    assert choice.passed_over == ("2.0.0 is not certified: published since 2026-11-21",)


def test_channel_all_takes_what_is_published() -> None:
    """With a reason, the newest published version is chosen; what is in review never."""
    found = project(release("3.0.0", "in_review"), release("2.0.0", "published"), release("1.0.0"))

    assert choose(found, "", ALL).release.version == "2.0.0"


def test_what_is_in_review_says_since_when() -> None:
    """And what can be installed instead."""
    error = refused(project(release("1.1.0", "in_review"), release("1.0.0")), "1.1.0")

    assert error.message == "quiet-bot 1.1.0 is not certified: in review since 2026-11-20"
    assert "1.0.0 can be installed" in error.remedy


def test_what_is_published_names_the_way_out() -> None:
    """The two options that it takes."""
    error = refused(project(release("1.1.0", "published")), "1.1.0")

    assert "use --channel all and record why with --because" in error.remedy


def test_a_recalled_version_is_refused_in_every_channel() -> None:
    """With the advisory's id; the flag comes before the state below it."""
    recalled = release("1.1.0", state="quarantined", quarantined={"advisory": "DIGIT-2026-0001"}, file=None)

    for wish in (Wish(), ALL):
        error = refused(project(recalled, release("1.0.0")), "1.1.0", wish)
        assert error.message == "quiet-bot 1.1.0 is recalled by DIGIT-2026-0001"
    assert choose(project(recalled, release("1.0.0")), "", Wish()).release.version == "1.0.0"


def test_a_yanked_version_is_refused_also_by_number() -> None:
    """Who locked it before keeps it; nobody gets it anew."""
    yanked = release("1.1.0", state="yanked", yanked="sends twice")

    error = refused(project(yanked, release("1.0.0")), "1.1.0")

    assert error.message == "quiet-bot 1.1.0 was yanked by its owner: sends twice"
    assert error.remedy == "1.0.0 can be installed"


def test_a_deprecated_version_is_installed_with_a_note() -> None:
    """It works; what replaces it is said."""
    old = release("1.0.0", state="deprecated", deprecated={"reason": "slow", "use": "quick-bot"})

    choice = choose(project(old), "", Wish())

    assert choice.notes == ("quiet-bot 1.0.0 is deprecated: slow; use quick-bot",)


def test_a_version_for_another_python_is_passed_over() -> None:
    """The newest that fits is chosen, and the newer one is told."""
    found = project(release("2.0.0", requires_python=">=3.99"), release("1.0.0"))

    choice = choose(found, "", Wish())

    assert choice.release.version == "1.0.0"
    assert "needs Python >=3.99" in choice.passed_over[0]


def test_a_version_for_another_rpa_commons_is_passed_over() -> None:
    """The environment would be resolved in vain."""
    found = project(release("2.0.0", requires_dist=["rpa-commons>=99"]), release("1.0.0"))

    assert choose(found, "", Wish()).release.version == "1.0.0"
    assert "needs rpa-commons >=99" in refused(found, "2.0.0").message


def test_a_prerelease_is_taken_only_when_named_or_alone() -> None:
    """As every other installer does."""
    found = project(release("2.0.0rc1"), release("1.0.0"))

    assert choose(found, "", Wish()).release.version == "1.0.0"
    assert choose(found, "2.0.0rc1", Wish()).release.version == "2.0.0rc1"
    assert choose(project(release("2.0.0rc1")), "", Wish()).release.version == "2.0.0rc1"


def test_nothing_published_yet_says_what_there_is() -> None:
    """The state of the version that comes closest."""
    assert "staged since 2026-11-18" in refused(project(release("1.0.0", "staged"))).message
    assert "has no published version" in refused(project()).message


@pytest.mark.parametrize("version", ["", "1.0.0"])
def test_a_quarantined_project_gives_nothing(version: str) -> None:
    """Whatever its versions say, and also to whoever asks for one by its number."""
    gone = project(release("1.0.0"), status="quarantined", status_reason="stolen token")
    error = refused(gone, version)

    assert error.message == "quiet-bot is quarantined as a whole"
    assert error.remedy == "stolen token"


def test_an_unknown_version_lists_the_known_ones() -> None:
    """Newest first."""
    with pytest.raises(NoSuchReleaseError) as caught:
        choose(project(release("1.9.0"), release("1.10.0")), "3.0", Wish())

    assert caught.value.remedy == "versions: 1.10.0, 1.9.0"


def test_a_version_is_found_however_it_is_spelt() -> None:
    """1.0 is 1.0.0."""
    assert choose(project(release("1.0.0")), "1.0", Wish()).release.version == "1.0.0"


def test_info_looks_at_the_certified_version_first() -> None:
    """What a municipality would get."""
    found = project(release("2.0.0", "published"), release("1.0.0"), certified="1.0.0", latest="2.0.0")

    shown = release_of(found, "")

    assert shown is not None
    assert state_text(shown) == "certified since 2026-11-22"
    with pytest.raises(NoSuchReleaseError):
        release_of(found, "9.9")


@pytest.mark.parametrize(
    ("text", "name", "version"),
    [("Quiet_Bot", "quiet-bot", ""), ("quiet-bot==1.0", "quiet-bot", "1.0"), (" a == 1.0.0 ", "a", "1.0.0")],
)
def test_names_are_normalised(text: str, name: str, version: str) -> None:
    """As the registry calls them (PEP 503)."""
    wanted = parse_wanted(text)

    assert (wanted.name, wanted.version) == (name, version)


@pytest.mark.parametrize("text", ["", "quiet bot", "quiet-bot==", "quiet-bot==x", "quiet-bot>=1", "-x"])
def test_what_is_no_name_is_refused(text: str) -> None:
    """With the three forms there are."""
    with pytest.raises(WantedError, match="neither a wheel file nor the name"):
        parse_wanted(text)


@pytest.mark.parametrize(
    ("text", "is_file"), [("a.whl", True), ("./a", True), ("..\\a", True), ("a", False), ("a==1.0", False)]
)
def test_a_path_is_never_taken_for_a_name(text: str, is_file: bool) -> None:
    """A wheel that is missing is not looked up somewhere else."""
    assert is_file_wish(text) is is_file
