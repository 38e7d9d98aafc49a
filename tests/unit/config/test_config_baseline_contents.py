"""What can be seen in a baseline's files without any bot: found where they are built, not at every member."""

import errno
import os
from pathlib import Path

import pytest

from rpa_commons.config import Finding, check_baseline
from rpa_commons.config.municipality._baseline_files import sorted_files
from rpa_commons.letters import check_template
from rpa_commons.tables import sheet_problems

LETTER = "letters/welcome-letters/adults.md.j2"
TABLE = "tables/welcome-letters/fees.csv"


def _check(folder: Path, name: str, content: str | bytes) -> tuple[Finding, ...]:
    for file, text in {"baseline.toml": 'name = "B"\nversion = "1"\n', name: content}.items():
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return check_baseline(folder, connectors={}).findings


@pytest.mark.parametrize(
    "text",
    [
        "{% extends 'bot:adults.md.j2' %}\n{% block hello %}Hej {{ name }}{% endblock %}\n",
        "{% extends 'bot:adults.md.j2' %}\r\n{% block hello %}Hej{% endblock %}\r\n",
        "\ufeff{% extends 'bot:adults.md.j2' %}\n",
    ],
)
def test_a_letter_that_may_be_one_is_let_through(tmp_path: Path, text: str) -> None:
    """Which blocks and names the bot has is not known here."""
    assert () == _check(tmp_path, LETTER, text)


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (
            "{% extends 'bot:a.md.j2' %}\n{% block a %}\n{{ name }\n{% endblock %}\n",
            3,
            "is not a template",
        ),
        ("{% extends 'bot:a.md.j2' %}\n{% block a %}\nHej\n", None, "is not a template"),
        ("{% extends 'bot:a.md.j2' %}\n{% block a %}{% set x = 1 %}{% endblock %}\n", 2, "{% set %} is not"),
        ("{% extends 'bot:a.md.j2' %}\n{% block a %}{% include 'b' %}{% endblock %}\n", 2, "{% include %}"),
        ("{% extends 'bot:a.md.j2' %}\nHej\n", None, "outside"),
        (b"\xff\xfeH\x00e\x00", 1, "the file is UTF-16"),
    ],
)
def test_a_letter_for_no_bot_is_named_with_its_line(
    tmp_path: Path, text: str | bytes, line: int | None, said: str
) -> None:
    """Whatever bot it is for, it could never be sent."""
    [finding, *_] = _check(tmp_path, LETTER, text)

    assert said in finding.message
    assert tmp_path / LETTER == finding.file
    assert line is None or line == finding.line


@pytest.mark.parametrize(
    "text",
    [
        "from,fee\n2026-01-01,10\n",
        "from;fee\r\n2026-01-01;10,5\r\n",
        "sep=;\nfrom;fee\n2026-01-01;10\n",
        "# for people\n\nfrom\tfee\tnote\n2026-01-01\t10\n",
        '"fee, in all"\n10\n',
        "fee\n",
    ],
)
def test_a_sheet_that_may_be_a_table_is_let_through(tmp_path: Path, text: str) -> None:
    """Which columns the bot has is not known here."""
    assert () == _check(tmp_path, TABLE, text)


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("", 1, "no line with headings"),
        ("# only words\n", 1, "no line with headings"),
        ("from,fee\n1,2,3\n", 2, "has 3 cells, the headings"),
        ('from,fee\n"1,2\n3,4\n', 2, "cannot be read"),
        ("from,fee,fee\n1,2,3\n", 1, "the heading fee stands twice"),
        ("from,,fee\n1,2,3\n", 1, "a column has no heading"),
        (f"from\n{'x' * 501}\n", 2, "more than 500 characters"),
        (b"from\n\xe6\n", 2, "not UTF-8"),
    ],
)
@pytest.mark.parametrize("ending", [".csv", ".examples.csv"])
def test_a_sheet_for_no_bot_is_named_with_its_line(
    tmp_path: Path, text: str | bytes, line: int, said: str, ending: str
) -> None:
    """A row that no table could hold, in the rows as in the examples."""
    name = TABLE.replace(".csv", ending)
    [finding] = _check(tmp_path, name, text)

    assert said in finding.message
    assert (tmp_path / name, line) == (finding.file, finding.line)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[row]\nfee = 1\n", "row is no list of tables"),
        ("row = [1]\n", "row is no list of tables"),
        ("[[rows]]\nfee = 1\n", "unknown key rows"),
        ('"\\u0007" = 1\n', "unknown key \\u0007"),
    ],
)
def test_rows_in_toml_are_rows(tmp_path: Path, text: str, said: str) -> None:
    """Each begins with [[row]], whatever the bot's columns are called."""
    [finding] = _check(tmp_path, "profiles/p/tables/welcome-letters/fees.toml", text)

    assert ("E801", 1) == (finding.code, finding.line)
    assert said in finding.message
    assert () == _check(tmp_path, "profiles/p/tables/welcome-letters/fees.toml", "[[row]]\nfee = 1\n")


def test_the_example_has_nothing_wrong() -> None:
    """With its real letters and tables, if it has any."""
    folder = Path(__file__).parents[3] / "examples" / "digit" / "baseline"

    assert () == check_baseline(folder, connectors={}).findings


def test_the_municipalities_own_tables_and_letters_would_pass_too() -> None:
    """What works with its bot has the form that is asked for without it."""
    examples = Path(__file__).parents[3] / "examples"
    sheets = [*examples.glob("**/tables/*/*.csv")]
    letters = [*examples.glob("**/letters/*/*.md.j2")]

    assert sheets
    assert [] == [one for path in sheets for one in sheet_problems(path.read_text(encoding="utf-8-sig"))]
    assert [] == [
        one for path in letters for one in check_template(path.read_text(encoding="utf-8"), path.name)
    ]


def test_folders_without_end_are_not_entered(tmp_path: Path) -> None:
    """A file too deep is refused at the folder where its way leaves what is read; no depth is too much."""
    deep = tmp_path / "tables" / Path(*["a"] * 400)
    deep.mkdir(parents=True)
    [finding] = sorted_files(tmp_path)[2]

    assert ("E101", tmp_path / "tables/a/a/a/a") == (finding.code, finding.file)


def test_too_many_files_are_one_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever they are: somebody has named the wrong folder."""
    monkeypatch.setattr("rpa_commons.config.municipality._baseline_files._MOST_FILES", 3)
    (tmp_path / "bots").mkdir()
    for number in range(5):
        (tmp_path / f"bots/b{number}.toml").write_text("")
    [finding] = sorted_files(tmp_path)[2]

    assert ("holds more than 3 files", tmp_path) == (finding.message, finding.file)


def test_a_folder_that_cannot_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a finding: a baseline without the policies that lie in it would be worse than none."""
    real = os.scandir

    def scandir(path: Path) -> object:
        if Path(path).name == "bots":
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return real(path)

    (tmp_path / "bots").mkdir()
    monkeypatch.setattr("os.scandir", scandir)
    [finding] = sorted_files(tmp_path)[2]

    assert ("cannot be read: Permission denied", tmp_path / "bots") == (finding.message, finding.file)
