"""``rpac build`` for a baseline: everything wrong is named, only what is read goes in, equal bytes."""

import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner

from rpa_commons.cli._main import cli
from rpa_commons.config import baseline_members
from rpa_commons.config.municipality import unpack_baseline
from rpa_commons.environments import (
    BuildRefusedError,
    InstallError,
    WheelRefusedError,
    build_wheel,
    check_wheel,
)
from rpa_commons.environments._given_wheels import check_given
from rpa_commons.environments._uv import Uv

WHEEL = "digit_baseline-2026.1-py3-none-any.whl"
POLICY = """\
[[policy]]
key = "window_days"
max = 30
why = "The register keeps moves for a month."
owner = "DIGIT"
"""
WAIVER = """\
[[waiver]]
municipality = "0167"
key = "window_days"
reason = "Its register is late."
granted_by = "DIGIT"
until = 2099-03-31
"""
FILES = {
    "baseline.toml": 'name = "DIGIT baseline"\nversion = "2026.1"\n',
    "stack.toml": '[DigitalPost]\nconnector = "sf1601"\n[DigitalPost.settings]\n',
    "policies.toml": POLICY,
    "waivers.toml": WAIVER,
    "bots/welcome-letters.toml": "[settings]\nwindow_days = 21\n",
    "letters/welcome-letters/adults.md.j2": "{% extends 'bot:adults.md.j2' %}\n",
    "tables/welcome-letters/fees.csv": "from,fee\n2026-01-01,10\n",
    "tables/welcome-letters/fees.by_age.csv": "from,fee\n",
    "tables/welcome-letters/fees.examples.csv": "day,fee\n2026-01-01,10\n",
    "profiles/kombit/stack.toml": '[DigitalPost]\nconnector = "sf1601"\n',
    "profiles/kombit/bots/welcome-letters.toml": "[settings]\nwindow_days = 20\n",
    "profiles/kombit/tables/welcome-letters/fees.toml": "",
}
ASIDE = {
    ".git/config": "x",
    ".gitignore": "*\n",
    "README.md": "# ours",
    "LICENSE": "free",
    "CHANGELOG.md": "x",
    "dist/old.whl": "x",
    "stack.toml~": "x",
    "bots/welcome-letters.toml.bak": "x",
    "bots/.welcome-letters.toml.swp": "x",
    "letters/welcome-letters/#adults.md.j2#": "x",
    "letters/.DS_Store": "x",
    "tables/welcome-letters/~$fees.csv": "x",
}


def quiet(_: str) -> None:
    """Whom nobody listens to."""


def folder_with(place: Path, files: Mapping[str, str | bytes] = FILES) -> Path:
    """A folder with these files."""
    for name, content in files.items():
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return place


@pytest.fixture(autouse=True)
def _packed_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hatchling packs in this environment: what uv would fetch it for, without a network."""

    def run(_: Uv, __: str, command: Sequence[str], *, resolving: bool, extra: Mapping[str, str]) -> str:
        *_options, out_dir, out, project = command
        assert (resolving, "build", "--out-dir") == (True, command[0], out_dir)
        pack = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", out]
        return subprocess.run(
            pack, cwd=project, env={"PATH": "", **extra}, capture_output=True, check=True, text=True
        ).stdout

    monkeypatch.setattr(Uv, "run", run)


def build(folder: Path, out: Path, progress: Callable[[str], None] = quiet) -> Path:
    """Build as the command does."""
    return build_wheel(folder, out, progress=progress)


def problems_of(place: Path, files: Mapping[str, str | bytes]) -> tuple[str, ...]:
    """Why a folder with these files besides the good ones is refused; no wheel may appear."""
    folder = folder_with(place / "baseline", {**FILES, **files})
    with pytest.raises(BuildRefusedError) as caught:
        build(folder, place / "out")

    assert not (place / "out").exists()
    assert sorted({**FILES, **files}) == sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    )
    return caught.value.problems


def test_a_baseline_becomes_a_wheel_that_holds_its_files(tmp_path: Path) -> None:
    """What was in the folder is in the wheel, byte by byte, and what it says of itself is right."""
    wheel = build(folder_with(tmp_path / "baseline"), tmp_path / "out")
    manifest, members = baseline_members(wheel)

    assert WHEEL == wheel.name
    assert {name: content.encode() for name, content in FILES.items()} == members
    assert ("baseline", "digit-baseline", "2026.1") == (manifest.kind, manifest.name, manifest.version)
    assert "DIGIT baseline" == manifest.summary
    assert [WHEEL] == [path.name for path in (tmp_path / "out").iterdir()]


def test_it_is_a_wheel_as_installers_understand_it(tmp_path: Path) -> None:
    """RECORD, METADATA and file name agree; nothing in it is code."""
    wheel = build(folder_with(tmp_path / "baseline"), tmp_path / "out")
    checked = check_wheel(wheel)

    assert ("digit-baseline", "2026.1") == (checked.name, checked.version)
    with zipfile.ZipFile(wheel) as archive:
        assert [] == [
            name for name in archive.namelist() if name.endswith((".py", ".pth", "entry_points.txt"))
        ]
        assert "Requires-Dist" not in archive.read("digit_baseline-2026.1.dist-info/METADATA").decode()


def test_a_municipality_opens_what_was_built(tmp_path: Path) -> None:
    """From the coordinator's folder to a member's."""
    wheel = build(folder_with(tmp_path / "baseline"), tmp_path / "out")

    folder = unpack_baseline(wheel, tmp_path / "state").folder

    assert POLICY == (folder / "policies.toml").read_text()


def test_equal_sources_give_equal_bytes(tmp_path: Path) -> None:
    """Neither the folder's place and name nor times and rights of its files show."""
    first = build(folder_with(tmp_path / "baseline"), tmp_path / "out")
    other = folder_with(tmp_path / "elsewhere" / "other", dict(reversed(FILES.items())))
    (other / "stack.toml").chmod(0o755)
    second = build(other, tmp_path / "out2")

    assert first.read_bytes() == second.read_bytes()


def test_what_every_folder_collects_is_left_out_and_said(tmp_path: Path) -> None:
    """Hidden files, backups and a README do no harm; the coordinator is told what did not go in."""
    said: list[str] = []
    clean = build(folder_with(tmp_path / "clean"), tmp_path / "out")
    folder = folder_with(tmp_path / "baseline", {**FILES, **ASIDE})
    wheel = build(folder, tmp_path / "out2", said.append)

    assert clean.read_bytes() == wheel.read_bytes()
    [line] = [one for one in said if one.startswith("left out: ")]
    assert "README.md" in line
    assert "bots/welcome-letters.toml.bak" in line


def test_a_gitignore_around_it_changes_nothing(tmp_path: Path) -> None:
    """A coordinator's repository may ignore wheels, or everything."""
    (tmp_path / ".git").mkdir()
    (tmp_path / ".gitignore").write_text("*\n")
    wheel = build(folder_with(tmp_path / "baseline"), tmp_path / "baseline" / "dist")

    assert FILES.keys() == baseline_members(wheel)[1].keys()


def test_building_into_its_own_folder_again_gives_the_same(tmp_path: Path) -> None:
    """``dist/`` of the folder, where the command writes unless told otherwise, does not go in."""
    folder = folder_with(tmp_path / "baseline")
    first = build(folder, folder / "dist").read_bytes()

    assert first == build(folder, folder / "dist").read_bytes()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("polices.toml", "did you mean policies.toml? rename it"),
        ("stack.tml", "did you mean stack.toml?"),
        ("municipality.toml", "a baseline has baseline.toml, stack.toml"),
        ("setup.py", "move anything else out of the folder"),
        ("bot/welcome-letters.toml", "did you mean bots?"),
        ("hooks/welcome_letters.py", "nothing ever reads this in a baseline"),
        ("bots/Welcome_Letters.toml", "bots/BOT.toml"),
        ("bots/welcome-letters.toml.txt", "bots/BOT.toml"),
        ("bots/sub/welcome-letters.toml", "bots/BOT.toml"),
        ("letters/adults.md.j2", "letters/BOT/NAME.md.j2"),
        ("letters/welcome-letters/deep/adults.md.j2", "letters/BOT/NAME.md.j2"),
        ("letters/welcome-letters/Adults.md.j2", "in small letters"),
        ("letters/welcome-letters/adults.md", "letters/BOT/NAME.md.j2"),
        ("tables/welcome-letters/fees.xlsx", "tables/BOT/FIELD.csv"),
        ("profiles/kombit/policies.toml", "a profile is profiles/NAME/"),
        ("profiles/stack.toml", "a profile is profiles/NAME/"),
    ],
)
def test_a_file_that_nobody_would_read_is_refused(tmp_path: Path, name: str, words: str) -> None:
    """It is most likely misspelt, and a policy that nobody reads is worse than none."""
    [problem] = problems_of(tmp_path, {name: "x = 1\n"})

    assert "E101" in problem
    assert words in problem


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"stack.toml": "[DigitalPost\n"}, "stack.toml:1: E104"),
        ({"bots/welcome-letters.toml": b"\xff\xfe[\0"}, "bots/welcome-letters.toml:1: E104"),
        ({"bots/a.toml": "x = 1\n" * 3}, "bots/a.toml:2: E104"),
        ({"policies.toml": "# x\n" * 2_600_000}, "policies.toml: E103: is 9.9 MiB"),
        ({"bots/a.toml": 'owner = "x"\n'}, "bots/a.toml:1: E101 owner: the baseline cannot say this"),
        ({"bots/a.toml": "settings = 1\n"}, "bots/a.toml:1: E201 settings: expected a table"),
        ({"stack.toml": "DigitalPost = 1\n"}, "stack.toml:1: E201 DigitalPost: expected a table"),
        ({"stack.toml": 'profiles = ["kombit"]\n'}, "stack.toml:1: E101 stack.profiles"),
        ({"policies.toml": POLICY.replace("why", "wy")}, "policies.toml:4: E305"),
        (
            {"policies.toml": POLICY.replace("max = 30", "max = 30\nmin = 40")},
            "nothing lies between min and max",
        ),
        ({"waivers.toml": WAIVER.replace("window_days", "widow_days")}, "no policy is about widow_days"),
        ({"waivers.toml": WAIVER.replace("0167", "167")}, "is no municipality's official code"),
        ({"baseline.toml": 'name = "DIGIT baseline"\n'}, "baseline.toml: E102 version"),
        ({"baseline.toml": 'name = "---"\nversion = "1"\n'}, "name has no letter or digit"),
        ({"baseline.toml": 'name = "D"\nversion = "spring"\n'}, "'spring' is no version"),
        ({"baseline.toml": 'name = "D"\nversion = "2026.01"\n'}, 'version = "2026.1"'),
        ({"bots/a.toml": '[settings]\napi_token = "s3cr3t"\n'}, "bots/a.toml:2: E401 settings.api_token"),
        (
            {"profiles/kombit/bots/a.toml": '[settings.sftp]\npassword = "s3cr3t"\n'},
            "E401 settings.sftp.password",
        ),
        (
            {"stack.toml": '[CaseSystem]\nconnector = "ours"\nsettings.password = "s3cr3t"\n'},
            "stack.toml:3: E401",
        ),
    ],
)
def test_what_is_wrong_in_a_file_is_named_with_its_line(
    tmp_path: Path, files: dict[str, str | bytes], words: str
) -> None:
    """The coordinator learns it here, not ninety-eight municipalities; a secret is not repeated."""
    problems = problems_of(tmp_path, files)

    assert any(words in problem for problem in problems)
    assert 1 == len({problem.split(":", 1)[0] for problem in problems})
    assert "s3cr3t" not in "".join(problems)


def test_settings_of_a_connector_that_is_known_are_checked(tmp_path: Path) -> None:
    """Unknown keys and secrets in clear are found by its schema; what a member must add is not missing."""
    stack = '[PopulationRegister]\nconnector = "sf1520"\n[PopulationRegister.settings]\nulr = "x"\n'
    problems = problems_of(tmp_path, {"stack.toml": stack})

    assert ["stack.toml:4: E101 stack.PopulationRegister.settings.ulr"] == [
        one.rsplit(": ", 1)[0] for one in problems
    ]


def test_every_problem_is_named_at_once(tmp_path: Path) -> None:
    """Nobody builds ten times to learn ten things."""
    wrong = {
        "polices.toml": "",
        "stack.toml": "=",
        "bots/a.toml": "x = 1",
        "baseline.toml": 'name = "D"\nversion = "x"',
    }

    assert 4 == len(problems_of(tmp_path, wrong))


@pytest.mark.skipif(sys.platform == "win32", reason="making a link needs a right on Windows")
def test_links_are_refused(tmp_path: Path) -> None:
    """A link could bring in any file of the coordinator's machine."""
    folder = folder_with(tmp_path / "baseline")
    (tmp_path / "secret.toml").write_text("x = 1")
    (folder / "bots" / "a.toml").symlink_to(tmp_path / "secret.toml")
    (folder / "tables" / "away").symlink_to(tmp_path)

    with pytest.raises(BuildRefusedError) as caught:
        build(folder, tmp_path / "out")

    assert 2 == len(caught.value.problems)
    assert all("is a link or no regular file" in one for one in caught.value.problems)


def test_a_name_that_not_every_system_can_hold_is_refused(tmp_path: Path) -> None:
    """A baseline built on Linux must open on Windows."""
    folder = folder_with(tmp_path / "baseline", {**FILES, "profiles/con/stack.toml": ""})

    with pytest.raises(BuildRefusedError, match="not every system can hold"):
        build(folder, tmp_path / "out")


def test_a_plugin_is_still_a_plugin(tmp_path: Path) -> None:
    """With a pyproject.toml the folder is a plugin's, whatever lies in it; with neither, both are named."""
    folder = folder_with(tmp_path / "both", {**FILES, "pyproject.toml": "[project]\n"})
    empty = tmp_path / "empty"
    empty.mkdir()

    with pytest.raises(BuildRefusedError, match="has no name"):
        build(folder, tmp_path / "out")
    with pytest.raises(BuildRefusedError, match="or a baseline's"):
        build(empty, tmp_path / "out")


def test_a_full_disk_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing half written is left."""

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    folder = folder_with(tmp_path / "baseline")
    monkeypatch.setattr(Path, "replace", refuse)

    with pytest.raises(InstallError, match="no space left"):
        build(folder, tmp_path / "out")
    assert [] == list((tmp_path / "out").iterdir())


def test_install_refuses_a_baseline_and_says_where_it_belongs(tmp_path: Path) -> None:
    """A baseline is named in municipality.toml, not installed."""
    wheel = build(folder_with(tmp_path / "baseline"), tmp_path / "out")

    with pytest.raises(WheelRefusedError) as caught:
        check_given([wheel])

    assert "it is a baseline, not a bot" in caught.value.message
    assert "municipality.toml" in caught.value.remedy
    assert "baseline = " in caught.value.remedy


def test_the_command_prints_what_it_made(tmp_path: Path) -> None:
    """Name, version and digests to stdout; exit code 0."""
    folder = folder_with(tmp_path / "baseline")

    result = CliRunner().invoke(cli, ["build", str(folder), "--out", str(tmp_path / "out")])

    assert 0 == result.exit_code, result.output
    assert "digit-baseline" in result.stdout
    assert str(tmp_path / "out" / WHEEL) in result.stdout
