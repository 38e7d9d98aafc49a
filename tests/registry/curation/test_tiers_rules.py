"""Bronze to platinum: rules, exemptions, and the page about them."""

import importlib.util
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rpa_registry import curation
from rpa_registry.accounts import Identity
from rpa_registry.context import Registry
from rpa_registry.errors import ConflictError, ForbiddenError, NotFoundError, RegistryError
from rpa_registry.tiers import RULES, TIERS, Exemption, Facts, TestReport, assess, quality_facts

DOCS = Path(__file__).parents[3] / "docs"
BEST = Facts(
    kind="bot",
    owner="0265",
    state="certified",
    summary="Greets.",
    readme="x" * 400,
    licence="MIT",
    manifest={
        "record": {"purpose": "x"},
        "benefit": {"minutes_per_case": 6},
        "languages": ["da", "nb", "sv", "en"],
        "templates": [{"name": "a"}],
        "settings_schema": {"properties": {"days": {"description": "Days."}}},
    },
    report={"findings": [], "observations": []},
    quality={
        "responsible": {"maintainer": "Mette", "process_owner": "Roskilde"},
        "operation": {"tried_in_sandbox": True, "tried_against_real_systems": True},
        "rules": {"each_rule_has_a_test": True},
        "law": {"reviewed_by_a_jurist": True, "record_confirmed_by_a_dpo": True},
        "letters": {"read_by_a_language_editor": ["da", "nb", "sv", "en"]},
        "benefit": {"minutes_per_case_measured": True},
    },
    tests=(TestReport("test-systems", True, "0167"), TestReport("tests", True, "0350")),
    runs_at=frozenset({"0265", "0167", "0350"}),
)

# What breaks exactly one rule of the best bot there is, and the tier that is left.
BREAKS: dict[str, tuple[dict[str, Any], str]] = {
    "admitted": ({"report": {"findings": [{"severity": "error"}]}}, "none"),
    "described": ({"readme": "short"}, "none"),
    "licence": ({"licence": " "}, "none"),
    "settings-described": (
        {"manifest": {**BEST.manifest, "settings_schema": {"$defs": {"A": {"properties": {"x": {}}}}}}},
        "none",
    ),
    "record": ({"manifest": {**BEST.manifest, "record": None}}, "none"),
    "maintainer": ({"quality": {**BEST.quality, "responsible": {"process_owner": "R"}}}, "none"),
    "certified": ({"state": "published"}, "bronze"),
    "no-warnings": ({"report": {"findings": [{"severity": "warning"}]}}, "bronze"),
    "process-owner": ({"quality": {**BEST.quality, "responsible": {"maintainer": "M"}}}, "bronze"),
    "rules-tested": ({"quality": {**BEST.quality, "rules": {"each_rule_has_a_test": "yes"}}}, "bronze"),
    "sandbox": ({"quality": {**BEST.quality, "operation": {"tried_against_real_systems": True}}}, "bronze"),
    "runs-at-three": ({"runs_at": frozenset({"0265", "0167"})}, "gold"),
    "law-reviewed": ({"quality": {**BEST.quality, "law": {"reviewed_by_a_jurist": True}}}, "silver"),
    "benefit-known": ({"manifest": {**BEST.manifest, "benefit": None}}, "silver"),
    "real-systems": ({"quality": {**BEST.quality, "operation": {"tried_in_sandbox": True}}}, "gold"),
    "tested-by-two": (
        {"tests": (TestReport("tests", True, "0167"), TestReport("tests", True, "0265"))},
        "gold",
    ),
    "letters-edited": (
        {"quality": {**BEST.quality, "letters": {"read_by_a_language_editor": ["da"]}}},
        "gold",
    ),
}


def test_the_best_bot_is_platinum() -> None:
    """Every rule is done."""
    found = assess(BEST)

    assert (found.tier, {one.status for one in found.rules}) == ("platinum", {"done"})


@pytest.mark.parametrize("rule", BREAKS)
def test_one_rule_that_does_not_hold_costs_its_tier(rule: str) -> None:
    """Exactly this rule is to do, and the tier below is what is left."""
    changes, tier = BREAKS[rule]
    found = assess(replace(BEST, **changes))

    assert [one.rule.id for one in found.rules if one.status == "todo"] == [rule]
    assert found.tier == tier


def test_rules_that_come_in_pairs() -> None:
    """Without members and reports the gold and the platinum rule of each are to do."""
    found = assess(replace(BEST, runs_at=frozenset(), tests=(TestReport("tests", False, "0167"),)))

    todo = [one.rule.id for one in found.rules if one.status == "todo"]
    assert (found.tier, todo) == (
        "silver",
        ["tested-by-another", "runs-at-two", "runs-at-three", "tested-by-two"],
    )


def test_every_rule_was_broken_above() -> None:
    """No rule is left without a test that it can fail."""
    pairs = {"tested-by-another", "runs-at-two"}
    languages = assess(replace(BEST, manifest={**BEST.manifest, "languages": ["da"]}))

    assert [one.rule.id for one in languages.rules if one.status == "todo"] == ["all-languages"]
    assert {*BREAKS, *pairs, "all-languages"} == set(RULES)


def test_a_connector_needs_nothing_that_only_bots_have() -> None:
    """It is exempt from those by itself, and says so."""
    found = assess(replace(BEST, kind="connector", manifest={}))

    exempt = [one for one in found.rules if one.status == "exempt"]
    assert found.tier == "platinum"
    assert {one.reason for one in exempt} == {"a connector has none of this"}


def test_an_exemption_counts_unless_the_rule_has_none() -> None:
    """A reason stands for the rule, but never for safety."""
    facts = replace(
        BEST,
        state="published",
        summary="",
        exemptions={
            "described": Exemption("described", "an internal tool", "anna"),
            "certified": Exemption("certified", "no time", "anna"),
        },
    )
    found = {one.rule.id: one for one in assess(facts).rules}

    assert (found["described"].status, found["described"].reason, found["described"].person) == (
        "exempt",
        "an internal tool",
        "anna",
    )
    assert found["certified"].status == "todo"
    assert assess(facts).tier == "bronze"


def test_a_report_of_another_version_or_a_failed_one_counts_nothing() -> None:
    """Only what passed, and only others than the owner, for the rules that ask for others."""
    facts = replace(BEST, tests=(TestReport("sandbox", False, "0167"), TestReport("tests", True, "0265")))

    found = {one.rule.id: one.status for one in assess(facts).rules}

    assert (found["tested-by-another"], found["tested-by-two"]) == ("todo", "todo")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b'[responsible]\nmaintainer = "Mette"\n', {"responsible": {"maintainer": "Mette"}}),
        (b"when = 2026-11-22\n", {"when": "2026-11-22"}),
        (b"x = nan\n", {}),
        (b"broken", {}),
        (b"\xff", {}),
        (b"x = " + b"[" * 5000, {}),
    ],
)
def test_what_the_owner_says_travels_in_the_wheel(content: bytes, expected: Any, tmp_path: Path) -> None:
    """Whatever cannot be read says nothing."""
    path = tmp_path / "a.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a-1.dist-info/extra_metadata/quality.toml", content)
        archive.writestr("a/quality.toml", b'[responsible]\nmaintainer = "nobody"\n')

    assert expected == quality_facts(path)
    assert quality_facts(tmp_path / "none.whl") == {}


def test_an_exemption_is_a_coordinators_of_another_municipality(
    registry: Registry, put: Callable[..., int], identity: Callable[[str], Identity]
) -> None:
    """Kept with person and reason, shown with the tier, ended by another."""
    put(state="published")
    exempt, name = curation.exempt, "welcome-letters"

    for login, problem in [
        ("mette", "for coordinators"),
        ("rita", "for coordinators"),
        ("jens", "their own"),
    ]:
        with pytest.raises(ForbiddenError, match=problem):
            exempt(registry, identity(login), name, "described", reason="because")
    with pytest.raises(NotFoundError, match="no rule 'nice'"):
        exempt(registry, identity("anna"), name, "nice", reason="because")
    with pytest.raises(RegistryError, match="nothing is exempt from licence"):
        exempt(registry, identity("anna"), name, "licence", reason="because")
    exempt(registry, identity("anna"), name, "described", reason="known to all who use it")
    with pytest.raises(ConflictError, match="already"):
        exempt(registry, identity("bo"), name, "described", reason="because")
    during = {one.rule.id: one for one in curation.tier_of(registry, name, "1.0.0").rules}["described"]
    curation.withdraw_exemption(registry, identity("bo"), name, "described", reason="no longer")
    afterwards = {one.rule.id: one for one in curation.tier_of(registry, name, "1.0.0").rules}["described"]

    assert (during.status, during.reason, during.person) == ("exempt", "known to all who use it", "anna")
    assert afterwards.status == "todo"
    with pytest.raises(NotFoundError, match="not exempt"):
        curation.withdraw_exemption(registry, identity("bo"), name, "described", reason="no longer")


@pytest.mark.parametrize("page", ["registry-api.md", "registry-tiers.md"])
def test_the_pages_are_what_the_registry_declares(page: str) -> None:
    """A rule or an address that changes is written into the documentation."""
    spec = importlib.util.spec_from_file_location("generate_registry", DOCS / "generate_registry.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    made = {"registry-api.md": module.api_page, "registry-tiers.md": module.tiers_page}[page]()

    assert made == (DOCS / "reference" / page).read_text(encoding="utf-8")


def test_tiers_and_rules_are_in_order() -> None:
    """Rules stand lowest tier first, each in one of the tiers."""
    order = [TIERS.index(one.tier) for one in RULES.values()]

    assert order == sorted(order)
    assert 0 not in order
