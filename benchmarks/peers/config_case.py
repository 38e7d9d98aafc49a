"""The configuration that every contestant resolves: 41 keys in five layers, three of them files.

Weakest first: the author's defaults (in :class:`Settings`), the cooperation's baseline, the municipality, its
test environment, and what was said for this run. No list stands in two files, since dynaconf joins lists.
Needs nothing but pydantic, so that it runs in every peer's environment.
"""

from datetime import date, time
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

LAYERS = (
    ("baseline", "baseline/bots/housing-benefit.toml"),
    ("municipality", "town/bots/housing-benefit.toml"),
    ("environment", "town/environments/test/bots/housing-benefit.toml"),
)
OVERRIDES: dict[str, Any] = {"window_days": 21, "limits.per_run": 40}
LEAVES = 41

BASELINE = """\
# What all members share.
[settings]
window_days = 14
mode = "slow"
reviewed = 2026-02-01

[settings.retry]
times = 5 # the register is slow on the first of a month
pause = 2.5

[settings.limits]
per_run = 200
largest = 25_000.0
manual_above = 12_500.0

[settings.letters]
language = "da"
reply_days = 21

[settings.report]
to = ["controller@digit.example"]
weekday = "mon"

[settings.offices.north]
name = "Borgerservice Nord"
code = "N1"
share = 0.5
"""
MUNICIPALITY = """\
bot = "housing-benefit"
id = "9b2d5c1e-7f0a-4d1b-8a55-0c6a4f5b7e21"
owner = "Borgerservice"
start_from = 2026-03-01

[settings]
window_days = 30
title = "Boligstøtte, årlig gennemgang"
kle = ["32.06.04", "32.06.08"]

[settings.letters]
sender = "Boligstøtte"
contact = ["Telefon 46 31 30 00", "boligstoette@roskilde.example"]
reply_days = 28
priority = "low"

[settings.limits]
per_run = 120
per_day = 900
oldest_days = 400

[settings.period]
first = 2026-03-01
last = 2026-12-31
opens = 07:30:00
closes = 16:00:00

[settings.files]
folder = "G:/Boligstoette/ind" # shared drive of the department
pattern = "*.csv"
keep_days = 45
password = { env = "HOUSING_FILES_PASSWORD" }

[settings.offices.north]
share = 0.4

[settings.offices.south]
name = "Borgerservice Syd"
code = "S1"
share = 0.6
"""
ENVIRONMENT = """\
owner = "Testhold"

[settings]
enabled = false

[settings.limits]
per_run = 10
largest = 1.0

[settings.retry]
times = 1
quiet = true

[settings.files]
folder = "G:/Boligstoette/test"

[settings.report]
detail = "full"
"""
TEXTS = (BASELINE, MUNICIPALITY, ENVIRONMENT)


class Model(BaseModel):
    """Strict and closed, as ours."""

    model_config = ConfigDict(strict=True, extra="forbid")


class SecretRef(Model):
    """Where a secret stands."""

    env: str = Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")


class Retry(Model):
    """Trying again."""

    times: int = Field(3, ge=1, le=10)
    pause: float = Field(1.0, ge=0, le=600)
    factor: float = Field(2.0, ge=1, le=5)
    quiet: bool = False


class Letters(Model):
    """What a citizen gets."""

    sender: str = Field(min_length=2, max_length=60)
    contact: list[str] = Field(min_length=1)
    reply_days: int = Field(14, ge=7, le=90)
    language: Literal["da", "nb", "sv", "en"] = "da"
    priority: Literal["high", "low"] = "high"
    attach_form: bool = True


class Limits(Model):
    """How much in one go."""

    per_run: int = Field(50, ge=1, le=1000)
    per_day: int = Field(500, ge=1)
    largest: float = Field(10_000.0, ge=0, le=100_000)
    manual_above: float = Field(5_000.0, ge=0)
    oldest_days: int = Field(365, ge=1)


class Period(Model):
    """When it runs."""

    first: date
    last: date
    opens: time = time(6)
    closes: time = time(18)


class Files(Model):
    """Where cases come from."""

    folder: str = Field(min_length=1)
    pattern: str = "*"
    keep_days: int = Field(30, ge=1)
    encoding: Literal["utf-8", "iso-8859-1"] = "utf-8"
    password: SecretRef


class Office(Model):
    """Who gets which share of the cases."""

    name: str = Field(min_length=1)
    code: str = Field(pattern=r"^[A-Z][0-9]$")
    share: float = Field(ge=0, le=1)


class Report(Model):
    """What is told, to whom."""

    to: list[str]
    weekday: Literal["mon", "tue", "wed", "thu", "fri"] = "fri"
    hour: int = Field(7, ge=0, le=23)
    detail: Literal["short", "full"] = "short"


class Settings(Model):
    """41 keys with both offices."""

    window_days: int = Field(10, ge=1, le=60)
    mode: Literal["fast", "slow"] = "fast"
    enabled: bool = True
    title: str = Field("Housing benefit", max_length=80)
    kle: list[Annotated[str, Field(pattern=r"^\d\d\.\d\d\.\d\d$")]] = []
    reviewed: date
    note: str = ""
    retry: Retry = Retry()
    letters: Letters
    limits: Limits = Limits()
    period: Period
    files: Files
    offices: dict[str, Office] = {}
    report: Report


class Instance(Model):
    """A whole instance file."""

    bot: str = Field(min_length=1)
    id: str = Field(min_length=1)
    owner: str = ""
    start_from: date | None = None
    settings: Settings


def write(root: Path) -> None:
    """The three files, and what ours needs around them."""
    files = {
        **{name: text for (_, name), text in zip(LAYERS, TEXTS, strict=True)},
        "baseline/baseline.toml": 'name = "DIGIT baseline"\nversion = "2026.1"\n',
        "town/municipality.toml": 'name = "Roskilde"\ncode = "0265"\ncvr = "29189404"\n'
        'baseline = "../baseline"\nenvironment = "test"\nstate_dir = "../state"\n\n'
        '[letterhead]\nname = "Roskilde Kommune"\naddress = ["Rådhusbuen 1", "4000 Roskilde"]\n',
    }
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")


def plain(value: Any) -> Any:  # noqa: ANN401 - a tree of settings
    """The tree with dates and times as ISO 8601 text: the form in which results are compared."""
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return value.isoformat() if isinstance(value, date | time) else value


def unfolded(dotted: dict[str, Any]) -> dict[str, Any]:
    """``{"a.b": 1}`` as ``{"a": {"b": 1}}``."""
    tree: dict[str, Any] = {}
    for key, value in dotted.items():
        *tables, name = key.split(".")
        node = tree
        for table in tables:
            node = node.setdefault(table, {})
        node[name] = value
    return tree
