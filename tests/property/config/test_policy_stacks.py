"""Whole municipalities, random layers, tables, policies, waivers: what is accepted keeps every policy."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from rpa_commons.config import Examination, examine_instance, open_municipality
from rpa_commons.manifest import Manifest
from rpa_commons.sdk import BotSettings, Column, Field, Table, table

DAY = date(2026, 6, 15)
MUNICIPALITY = 'name = "R"\ncode = "0265"\ncvr = "29189404"\nbaseline = "../baseline"\nenvironment = "test"\n'
LETTERHEAD = 'state_dir = "../state"\n[letterhead]\nname = "R"\naddress = ["A"]\n'
INSTANCE = 'bot = "a-bot"\nid = "0b6f0c1e-2c9c-4c0e-9f3d-6d1f1e8f9a10"\n'
SHARED = {"baseline": "../baseline/", "profile": "../baseline/profiles/kombit/"}
OWN = {"municipality": "", "environment": "environments/test/"}
KEYS = ("n", "l", "inner.n", "inner", "fees")


class Inner(BotSettings):
    """Settings in settings."""

    n: int = Field(3, description="N.", unit="x")


class Settings(BotSettings):
    """A number, a list, a table inside, a decision table."""

    n: int = Field(3, description="N.", unit="x")
    l: tuple[int, ...] = Field((3,), description="L.", unit="x")  # noqa: E741 - a short key
    inner: Inner = Field(Inner(), description="Inner.")
    fees: Table = table(
        Column.input("code", "whole", unit="x", description="Code."),
        Column.output("fee", "whole", unit="x", description="Fee."),
        description="Fees.",
        complete=False,
    )


MANIFEST = Manifest(
    kind="bot", name="a-bot", version="1.0.0", summary="S.", sdk_version="0.1.0", capabilities=(),
    settings_schema=Settings.model_json_schema(),
)  # fmt: skip


@dataclass
class World:
    """Files of a municipality and its cooperation, and what its policies say."""

    files: dict[str, str] = field(default_factory=dict)
    policies: list[dict[str, Any]] = field(default_factory=list)
    waivers: list[dict[str, Any]] = field(default_factory=list)

    def examine(self, *, today: date = DAY, waived: bool = True, only_shared: bool = False) -> Examination:
        """Write everything, and read it."""
        with TemporaryDirectory() as root:
            for name, text in self._all(waived=waived).items():
                if only_shared and name.split("/")[0] in {"environments", "tables"}:
                    continue
                path = Path(root) / "town" / name
                path.parent.mkdir(parents=True, exist_ok=True)
                text = INSTANCE + "[settings]\n" if only_shared and name.startswith("bots/") else text  # noqa: PLW2901
                path.write_text(text, "utf-8")
            town = open_municipality(Path(root) / "town")
            return examine_instance(town, "a-bot", lambda _: MANIFEST, connectors={}, today=today)

    def _all(self, *, waived: bool) -> dict[str, str]:
        found = {"municipality.toml": MUNICIPALITY + LETTERHEAD, "stack.toml": 'profiles = ["kombit"]\n'}
        found |= {"../baseline/baseline.toml": 'name = "B"\nversion = "1"\n', "bots/a-bot.toml": INSTANCE}
        found |= {"../baseline/profiles/kombit/stack.toml": "", **self.files}
        found["../baseline/policies.toml"] = "".join(_entry("policy", one) for one in self.policies)
        if waived:
            found["../baseline/waivers.toml"] = "".join(_entry("waiver", one) for one in self.waivers)
        return found

    def is_waived(self, key: str, today: date) -> bool:
        """Whether a waiver for exactly this key holds."""
        return any(one["key"] == key and today <= one["until"] for one in self.waivers)


def _entry(kind: str, values: dict[str, Any]) -> str:
    return f"[[{kind}]]\n" + "".join(f"{key} = {_toml(value)}\n" for key, value in values.items())


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)


def _settings(source: random.Random) -> str:
    lines = []
    if source.random() < 0.5:
        lines.append(f"n = {source.randint(0, 6)}")
    if source.random() < 0.5:
        items = [source.randint(0, 6) for _ in range(source.randint(0, 2))]
        forms = (f"l = {items}", f"l = {{ append = {items} }}", f"l = {{ remove = {items} }}")
        lines.append(source.choice(forms))
    if source.random() < 0.5:
        lines.append(f"inner.n = {source.randint(0, 6)}")
    return "[settings]\n" + "".join(f"{line}\n" for line in lines)


def a_world(seed: int) -> World:
    """Any layers, tables, policies and waivers."""
    source, world = random.Random(seed), World()  # noqa: S311 - a test's
    for layer, folder in (SHARED | OWN).items():
        if source.random() < 0.7:
            head = INSTANCE if layer == "municipality" else ""
            world.files[f"{folder}bots/a-bot.toml"] = head + _settings(source)
        if source.random() < 0.4:
            codes = source.sample(range(4), source.randint(1, 3))
            rows = "".join(f"{code};{source.randint(0, 1)}\n" for code in codes)
            world.files[f"{folder}tables/a-bot/fees.csv"] = "code;fee\n" + rows
    for _ in range(source.randint(0, 3)):
        says: dict[str, Any] = {"key": source.choice(KEYS), "why": "W.", "owner": "O"}
        kind = source.choice(("locked", "max", "min", "one_of"))
        values = {"locked": True, "max": source.randint(0, 6), "min": source.randint(0, 6)}
        says[kind] = values.get(kind, [source.randint(0, 6) for _ in range(3)])
        if says["key"] == "fees":
            says = {**{key: says[key] for key in ("key", "why", "owner")}, "locked": True}
        world.policies.append(says)
    for key in sorted({one["key"] for one in world.policies}):
        if source.random() < 0.5:
            until = DAY + timedelta(days=source.choice((-40, -1, 0, 1, 90)))
            texts = {"municipality": "0265", "key": key, "reason": "R.", "granted_by": "G"}
            world.waivers.append({**texts, "until": until})
    return world


def values_of(examination: Examination) -> dict[str, Any]:
    """The value of each leaf, rows without places."""
    found: dict[str, Any] = {}
    section = examination.sections[0]
    for path, candidates in section.merged.leaves.items():
        value = candidates[-1].effective
        if path[-1] == "fees":
            value = sorted((row["when"]["code"], row["then"]["fee"]) for row in value)
        found[".".join(map(str, path[1:]))] = list(value) if isinstance(value, tuple) else value
    return found


def below(key: str, values: dict[str, Any]) -> Iterator[Any]:
    """What a policy for a key is about."""
    return (value for name, value in values.items() if name == key or name.startswith(f"{key}."))


def _keeps(policy: dict[str, Any], value: Any) -> bool:
    items = value if isinstance(value, list) else [value]
    return all(
        policy.get("min", item) <= item <= policy.get("max", item) and item in policy.get("one_of", [item])
        for item in items
    )


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 2**32))
def test_what_is_accepted_keeps_every_policy_that_is_not_waived(seed: int) -> None:
    """Locks keep the cooperation's own value, bounds hold whoever says it, tables and lists too."""
    world = a_world(seed)
    accepted = world.examine()
    if accepted.instance is None:
        return
    values = values_of(accepted)
    shared = values_of(world.examine(only_shared=True))
    for policy in world.policies:
        if world.is_waived(policy["key"], DAY):
            continue
        if "locked" in policy:
            assert list(below(policy["key"], shared)) == list(below(policy["key"], values))
        else:
            assert all(_keeps(policy, value) for value in below(policy["key"], values))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32))
def test_a_waiver_that_has_ended_is_none(seed: int) -> None:
    """On the day after the last one, everything is refused that is refused without waivers."""
    world = a_world(seed)
    after = max((one["until"] for one in world.waivers), default=DAY) + timedelta(days=1)
    ended, never = world.examine(today=after), world.examine(today=after, waived=False)

    assert [(one.code, one.key, one.message) for one in never.findings] == [
        (one.code, one.key, one.message) for one in ended.findings
    ]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32))
def test_a_waiver_only_ever_takes_refusals_away(seed: int) -> None:
    """What is accepted without waivers is accepted with them."""
    world = a_world(seed)
    with_them, without = world.examine(), world.examine(waived=False)

    assert without.instance is None or with_them.instance is not None


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32))
def test_what_is_explained_is_what_holds(seed: int) -> None:
    """The winner that explain names is the value that the bot gets, and the last layer that says anything."""
    examination = a_world(seed).examine()
    if examination.instance is None:
        return
    resolved = examination.instance.settings
    for one in examination.instance.explain():
        if one.key.startswith("instance."):
            continue
        value: Any = resolved
        for part in one.key.split("."):
            value = value[part]
        winners = [each.layer for each in one.candidates if each.wins]

        assert value == one.value
        assert [one.candidates[-1].layer] == winners
        assert one.origin == one.candidates[-1].origin
