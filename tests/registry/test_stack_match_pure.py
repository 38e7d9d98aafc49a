"""Will a bot run on a stack."""

import pytest

from rpa_commons.conformance import stack_match
from rpa_commons.manifest import CapabilityEntry, Manifest
from rpa_registry.catalogue import LARGEST_STACK, read_stack
from rpa_registry.errors import RegistryError, TooLargeError


def test_a_bot_runs_when_everything_is_bound() -> None:
    """More than it asks for does no harm."""
    match = stack_match(["DigitalPost"], {"DigitalPost", "CaseSystem"})

    assert match.runs
    assert str(match) == "yes"


def test_what_is_missing_is_named_in_the_bots_order_and_once() -> None:
    """A capability that is injected twice is needed once."""
    match = stack_match(["CaseSystem", "DigitalPost", "CaseSystem", "Payments"], {"DigitalPost"})

    assert match.needs == ("CaseSystem", "Payments")
    assert str(match) == "needs CaseSystem, Payments"


def test_a_manifest_says_what_it_asks_for() -> None:
    """The client compares before it installs."""
    asked = CapabilityEntry(attribute="post", name="DigitalPost", version="1.0", calls=())
    manifest = Manifest(
        kind="bot", name="x", version="1", summary="s", sdk_version="0.1.0", capabilities=(asked,)
    )

    assert stack_match(manifest, frozenset()).needs == ("DigitalPost",)


def test_a_stack_file_binds_its_tables() -> None:
    """Values are not looked at; what profiles bind is not in the file, so they are named."""
    stack = read_stack(
        'profiles = ["sf1601"]\n[DigitalPost]\nconnector = "x"\n[CaseSystem.settings]\na = 1\n'
    )

    assert stack.bound == {"DigitalPost", "CaseSystem"}
    assert stack.profiles == ("sf1601",)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x = 1",
        "[[[",
        "a = ",
        "\x00",
        "[a]\nb = [" + "[" * 5000,
        'x = "' + "\ud800" + '"',
    ],
)
def test_what_is_no_stack_is_refused(text: str) -> None:
    """Whatever is pasted ends in an answer."""
    with pytest.raises(RegistryError) as refused:
        read_stack(text)

    assert "stack.toml" in refused.value.remedy


def test_a_secret_in_a_broken_file_is_not_repeated() -> None:
    """The place is named, what stands there is not."""
    with pytest.raises(RegistryError) as refused:
        read_stack('[DigitalPost]\npassword = "hunter2" oops')

    assert "hunter2" not in str(refused.value)
    assert "line 2" in refused.value.message


def test_a_large_file_is_refused() -> None:
    """A stack file is a page long."""
    with pytest.raises(TooLargeError):
        read_stack("#" * (LARGEST_STACK + 1))
