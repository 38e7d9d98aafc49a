"""`examples/digit` from the author to the citizen and back: every step by the programs that people use.

Roskilde uploads with an unmodified twine and with `rpac publish`; two coordinators certify; Hvidovre finds,
installs, runs, upgrades and is stopped by a recall. One story is played once; each test looks at one step.
"""

import json
import re
import urllib.request
from datetime import UTC, datetime

import pytest

from rpa_commons.cli._demo._next import make_next
from rpa_commons.cli._demo._stage import next_morning, set_the_stage
from rpa_commons.sandbox import Sandbox
from tests.e2e.registry.digit_stage import BOT, ROOT, Story, copy_the_example, served, set_up, status_of

pytestmark = pytest.mark.network


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """Everything, once."""
    told = Story(tmp_path_factory.mktemp("digit"))
    copy_the_example(told.home)
    set_up(told)
    with served(told) as server:
        folder = told.hvidovre / "municipality.toml"
        text = folder.read_text("utf-8").replace("\nbaseline =", f'\nregistry = "{told.url}"\nbaseline =')
        folder.write_text(text, encoding="utf-8")
        with Sandbox(told.home / "box", municipality={"0167": "55606617"}, people=40) as box:
            set_the_stage(box, told.hvidovre, "0167", hold_back=12)
        _first_version(told)
        _next_version(told)
        _recall(told)
        server.terminate()
        server.wait()
        told.admin("without registry", "status", "--json")
        told.admin("run without registry", "run", BOT)
        _run_on_without_it(told)
    return told


def _first_version(told: Story) -> None:
    build = told.run(
        "build", "rpac", "build", ROOT / "plugins" / BOT, "--out", told.home / "wheels", "--json"
    ).json
    wheel, token = build["wheel"], told.steps["token"].out.strip()
    secret = {"RPAC_REGISTRY_TOKEN": token}
    login = {"TWINE_USERNAME": "__token__", "TWINE_PASSWORD": token, "TWINE_NON_INTERACTIVE": "1"}
    twine = ("twine", "upload", "--disable-progress-bar", "--repository-url", f"{told.url}/legacy/", wheel)
    told.run("twine", *twine, **login)
    told.run("twine again", *twine, **login)
    told.run("rpac publish again", "rpac", "publish", wheel, "--registry", told.url, **secret)
    told.admin("install new name", "install", BOT)
    told.registry("own name", "accept", BOT, "--reason", "ours", "--as", "jens")
    told.registry("accept", "accept", BOT, "--reason", "means nothing else", "--as", "anna")
    told.admin("install staged", "install", BOT)
    told.registry("submit", "submit", BOT, "1.0.0", "--as", "mette")
    told.admin("install in review", "install", BOT)
    told.registry("publish", "publish", BOT, "1.0.0", "--as", "mette")
    told.admin("search", "search", "velkomst", "--json")
    told.admin("info", "info", BOT, "--json")
    told.registry("tier", "tier", BOT, "1.0.0", "--json")
    told.admin("install published", "install", BOT)
    told.registry("own coordinator", "certify", BOT, "1.0.0", "--as", "jens")
    told.registry("first signature", "certify", BOT, "1.0.0", "--as", "anna", "--json")
    told.registry("same signature", "certify", BOT, "1.0.0", "--as", "anna")
    told.admin("install half certified", "install", BOT)
    told.registry("second signature", "certify", BOT, "1.0.0", "--as", "bo", "--json")
    told.admin("install", "install", BOT)
    lock = told.hvidovre / "rpac.lock"
    told.files["lock"] = lock.read_text("utf-8") if lock.exists() else ""
    told.admin("check", "config", "check")
    told.admin("run", "run", BOT, "--json")


def _next_version(told: Story) -> None:
    patch = ROOT / "examples" / "digit" / "next" / f"{BOT}-1.1.0.patch"
    source = make_next(ROOT / "plugins" / BOT, patch, told.home / "next")
    built = told.run("build next", "rpac", "build", source, "--out", told.home / "wheels", "--json").json
    secret = {"RPAC_REGISTRY_TOKEN": told.steps["token"].out.strip()}
    told.run("publish next", "rpac", "publish", built["wheel"], "--registry", told.url, **secret)
    told.registry("submit next", "submit", BOT, "1.1.0", "--as", "mette")
    for name in ("roskilde", "hvidovre", "lejre"):
        folder = told.home / "digit" / name
        told.run(
            f"choices of {name}", "rpac", "-C", folder, "config", "publish", "--to", told.home / "members"
        )
    told.registry("review", "review", BOT, "1.1.0", "--json")
    told.registry("publish it", "publish", BOT, "1.1.0", "--as", "mette")
    told.admin("outdated before", "outdated", "--json")
    for login in ("anna", "bo"):
        told.registry(f"{login} certifies", "certify", BOT, "1.1.0", "--as", login)
    told.admin("outdated", "outdated", "--json")
    told.files["before"] = told.instance_file
    told.admin("plan", "upgrade", BOT, "--plan", "--json")
    told.files["planned"] = told.instance_file
    told.admin("upgrade", "upgrade", BOT, "--yes")
    told.files["after"] = told.instance_file
    next_morning(told.hvidovre)
    told.admin("second run", "run", BOT, "--json")


def _recall(told: Story) -> None:
    told.registry(
        *("recall", "quarantine", BOT, "1.1.0", "--severity", "high", "--as", "anna"),
        *("--summary", "names the wrong school where a district was redrawn"),
        *("--remedy", "wait for 1.1.1, and look at the letters it sent"),
        *("--key", told.home / "anna.pem", "--json"),
    )
    told.admin("run recalled", "run", BOT)
    told.admin("install recalled", "install", f"{BOT}==1.1.0")
    today = datetime.now(UTC).date().isoformat()
    told.admin("touched", "items", "list", BOT, "--bot-version", "1.1", "--since", today, "--json")
    told.admin("before it", "items", "list", BOT, "--bot-version", "1.0", "--json")
    sha256 = told.steps["build next"].json["sha256"]
    told.files["withheld"] = status_of(
        f"{told.url}/files/{sha256[:2]}/{sha256}/welcome_letters-1.1.0-py3-none-any.whl"
    )
    told.files["channel"] = urllib.request.urlopen(f"{told.url}/all/simple/{BOT}/").read().decode()  # noqa: S310 - ours
    told.registry("log", "log", "--json")
    told.registry("log holds", "log", "--verify", "--json")
    told.registry("verify", "verify", "--json")


def _ok(story: Story, *names: str) -> None:
    failed = {name: story.steps[name] for name in names if story.steps[name].code}
    assert not failed


def _run_on_without_it(told: Story) -> None:
    """A municipality that only warns of recalls, and whose registry does not answer any more."""
    path = told.hvidovre / "municipality.toml"
    text = path.read_text("utf-8").replace(f'registry = "{told.url}"\n', "")
    table = f'\n[registry]\nurl = "{told.url}"\non_recall = "warn"\n'
    path.write_text(text + table, encoding="utf-8")
    # Another seed: nobody whom the runs before have greeted.
    with Sandbox(told.home / "later", municipality={"0167": "55606617"}, seed=7, people=5) as box:
        set_the_stage(box, told.hvidovre, "0167")
        told.admin("run on", "run", BOT, "--json")


def test_a_registry_is_set_up_by_five_commands(story: Story) -> None:
    """Members, people, a token and a key; the token is printed once and alone."""
    _ok(story, "init", "person", "token", "key", "register key")

    assert re.fullmatch(r"rpac_[A-Za-z0-9_-]{43}\n", story.steps["token"].out)


def test_unmodified_twine_uploads(story: Story) -> None:
    """Once, and again with the same bytes; our own command finds the same."""
    _ok(story, "build", "twine", "twine again", "rpac publish again")


@pytest.mark.parametrize(
    ("step", "why"),
    [
        ("install in review", "is not certified: in review since"),
        ("install published", "is not certified: published since"),
        ("install half certified", "is not certified: published since"),
    ],
)
def test_what_is_not_certified_is_refused(story: Story, step: str, why: str) -> None:
    """By policy, with the state, since when, and the way out."""
    said = story.steps[step]

    assert 5 == said.code, said
    assert why in said.err
    assert "help:" in said.err


def test_the_bot_is_found_by_a_danish_word(story: Story) -> None:
    """Though its summary is in English; and it would run on Hvidovre's stack."""
    _ok(story, "search", "info")

    assert [BOT] == [one["name"] for one in story.steps["search"].json]
    assert story.steps["search"].json[0]["stack"]["runs"] is True
    assert "Roskilde" == story.steps["info"].json["owner"]["name"]


def test_two_other_coordinators_certify(story: Story) -> None:
    """Roskilde's own may not, one is not enough, the same one twice is one."""
    first, second = story.steps["first signature"].json, story.steps["second signature"].json

    assert story.steps["own coordinator"].code == 5
    assert story.steps["same signature"].code != 0
    assert ("published", "certified") == (first["state"], second["state"])
    assert ["anna", "bo"] == [one["person"] for one in second["signatures"]]


def test_it_is_installed_from_the_registry_and_runs(story: Story) -> None:
    """The lock names the registry and the wheel that Roskilde built."""
    _ok(story, "install", "check", "run")

    assert f'registry = "{story.url}"' in story.files["lock"]
    assert story.steps["build"].json["sha256"] in story.files["lock"]
    assert story.steps["run"].json["effects"]["DigitalPost.send"] > 0


def test_the_review_shows_permission_setting_and_members(story: Story) -> None:
    """One new capability, one key called otherwise, who migrates and who breaks."""
    _ok(story, "publish next", "submit next", "review")
    review = story.steps["review"].json
    verdicts = {one["municipality"]: one["verdict"] for one in review["fleet"]["members"]}

    assert "SchoolDistricts" in [one["key"] for one in review["permissions"]]
    assert ["without_digital_post"] == [one["key"] for one in review["settings"]]
    assert ("migration", "breaks") == (verdicts["Hvidovre"], verdicts["Lejre"])


def test_a_new_version_is_told_when_it_is_certified(story: Story) -> None:
    """And not before, in the channel certified."""
    before, after = (story.steps[name].out for name in ("outdated before", "outdated"))

    assert "1.1.0" not in [one.get("newest") for one in json.loads(before)]
    assert "1.1.0" in after


def test_both_changes_are_seen_before_anything_happens(story: Story) -> None:
    """The plan names permission and key, shows the file as it will read, and writes nothing."""
    _ok(story, "plan")
    plan = story.steps["plan"].json
    kinds = {one["kind"]: one["key"] for one in plan["changes"] if one["kind"] in {"permission", "renamed"}}

    assert {"permission": "SchoolDistricts", "renamed": "without_digital_post"} == kinds
    assert "+without_digital_post = " in plan["files"][0]["diff"]
    assert story.files["before"] == story.files["planned"]


def test_the_upgrade_rewrites_the_file_and_keeps_its_comments(story: Story) -> None:
    """One line of it."""
    _ok(story, "upgrade")
    changed = set(story.files["after"].splitlines()) - set(story.files["before"].splitlines())

    assert {'without_digital_post = "physical" # everything goes by the print room'} == changed


def test_the_new_version_greets_the_new_ones_alone(story: Story) -> None:
    """Whoever was greeted by the version before is known."""
    _ok(story, "second run")
    first, second = story.steps["run"].json, story.steps["second run"].json

    assert 12 == second["new"]
    assert first["new"] == second["found"] - second["new"]


def test_a_recall_withholds_the_files(story: Story) -> None:
    """The wheel is gone, the channel does not name it, nobody can install it."""
    _ok(story, "recall")

    assert "410" == story.files["withheld"]
    assert "1.1.0" not in story.files["channel"]
    assert "1.0.0" in story.files["channel"]
    assert 5 == story.steps["install recalled"].code


def test_a_recall_stops_the_next_run(story: Story) -> None:
    """With the advisory's id and its remedy, by policy."""
    said = story.steps["run recalled"]

    assert 5 == said.code, said
    assert "DIGIT-2026-0001" in said.err
    assert "wait for 1.1.1" in said.err


def test_the_cases_it_touched_are_listed(story: Story) -> None:
    """The twelve of its own run and none of before; the version may be written short."""
    _ok(story, "touched", "before it")
    touched, before = story.steps["touched"].json, story.steps["before it"].json

    assert 12 == len(touched)
    assert {"1.1.0"} == {one["bot_version"] for one in touched}
    assert not {one["reference"] for one in touched} & {one["reference"] for one in before}


def test_the_log_tells_it_all_and_verifies(story: Story) -> None:
    """Every act in order, by whom; the chain holds and so does everything else."""
    _ok(story, "log", "log holds", "verify")
    acts = [one["act"] for one in story.steps["log"].json["entries"]]
    told = ["upload", "submit", "publish", "certify", "certify"]
    first = ["upload", "accept name", *told[1:]]

    assert [*first, *told, "quarantine"] == [one for one in acts if one in {*first, "quarantine"}]
    assert [] == story.steps["log holds"].json["problems"]


def test_the_registry_may_be_gone(story: Story) -> None:
    """What is installed can be looked at; what was recalled stays stopped; that nobody answered is said."""
    _ok(story, "without registry")
    run = story.steps["run without registry"]

    assert 5 == run.code
    assert "DIGIT-2026-0001" in run.err
    assert "recalls could not be asked for" in run.err


def test_what_is_installed_runs_on_without_it(story: Story) -> None:
    """New cases are worked on, where a recall only warns; that it was recalled is known and said."""
    run = story.steps["run on"]

    assert 0 == run.code, run
    assert run.json["new"] > 0
    assert 'it goes on since on_recall is "warn"' in run.err


def test_a_new_name_is_accepted_by_another_municipality(story: Story) -> None:
    """Until then clients do not know it, and its owner's own coordinator does not count."""
    _ok(story, "accept")

    assert 2 == story.steps["install new name"].code
    assert 0 != story.steps["own name"].code


def test_the_quality_tier_knows_what_the_owner_says(story: Story) -> None:
    """``quality.toml`` travels in the wheel."""
    rules = {one["rule"]: one["status"] for one in story.steps["tier"].json["rules"]}

    assert {"maintainer": "done", "rules-tested": "done", "sandbox": "done"} == {
        name: rules[name] for name in ("maintainer", "rules-tested", "sandbox")
    }
    assert "todo" == rules["law-reviewed"]
