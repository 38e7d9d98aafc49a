"""Whatever is typed: the file is changed as the configuration allows, or an error of ours says why not."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rpa_commons.capabilities import RpaCommonsError
from rpa_commons.config import FileNotWrittenError, check_municipality, open_municipality
from rpa_commons.editing import EditRequest, EditTools, edit
from rpa_commons.manifest import Manifest
from rpa_commons.sdk import BotSettings, Field

_MUNICIPALITY = """\
name = "R" # ours
code = "0265"
cvr = "29189404"
environment = "test"
state_dir = "../state"

[letterhead]
name = "R Kommune"
"""
_INSTANCE = """\
bot = "letters"
id = "0b6f0c1e-2c9c-4c0e-9f3d-6d1f1e8f9a10"

[settings]
# contact = "" # must be filled in
hosts = ["a"] # first
words.x = "y"
"""


class Settings(BotSettings):
    """A little of everything."""

    contact: str = Field("", description="Who.", personal=True)
    hosts: tuple[str, ...] = Field((), description="Where.")
    words: dict[str, Any] = Field({}, description="Anything.")
    limit: int = Field(5, description="Most.", unit="cases", sensitive=True, le=100)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A municipality of one bot; each example begins with its files anew."""
    folder = tmp_path_factory.mktemp("towns") / "roskilde"
    (folder / "bots").mkdir(parents=True)
    return folder


def _tools() -> EditTools:
    manifest = Manifest(
        kind="bot",
        name="letters",
        version="1",
        summary="",
        sdk_version="0.1.0",
        settings_schema=Settings.model_json_schema(),
    )
    return EditTools(lambda _: lambda _: manifest, {})


_WORD = st.text(max_size=6)
_KEY = (
    st.sampled_from(
        ["contact", "hosts", "words", "limit", "words.x", "words.x.y", "instance.owner", "stack.A"]
    )
    | st.sampled_from(
        ["municipality.letterhead.web", "municipality.code", "instance", "settings.limit", "a..b"]
    )
    | _WORD
    | st.builds("words.{}".format, _WORD)
)
_VALUE = st.sampled_from(
    ["", "7", "true", "[1", '["b"]', "{a=1}", '{ env = "X" }', "2026-01-01", "1e9", '"""', "nan"]
) | st.text(max_size=12)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    key=_KEY,
    value=_VALUE,
    how=st.sampled_from(["set", "unset", "append", "remove"]),
    where=st.sampled_from([None, "production", "tset"]),
)
def test_set_keeps_the_configuration_or_says_why_not(
    town: Path, key: str, value: str, how: Any, where: str | None
) -> None:
    """Nothing that was right is wrong afterwards, every comment is there, and no other error appears."""
    shutil.rmtree(town / "environments", ignore_errors=True)
    files = {"municipality.toml": _MUNICIPALITY, "bots/letters.toml": _INSTANCE, "stack.toml": "# none\n"}
    for name, text in files.items():
        (town / name).write_text(text, encoding="utf-8")
    request = EditRequest(town, key, "letters", value, how, for_environment=where, person="anna")
    change, refused = None, None
    try:
        change = edit(request, _tools(), write=True)
    except RpaCommonsError as error:
        refused = error
    if change is None:
        assert refused is not None
        assert not isinstance(refused, FileNotWrittenError)
        assert str(refused).encode()
        assert all(text == (town / name).read_text(encoding="utf-8") for name, text in files.items())
        return

    written = change.target.file.read_text(encoding="utf-8") if change.is_written else ""
    assert change.is_written == bool(change.diff)
    assert "# ours" in written or change.target.name != "municipality.toml" or not written
    opened = open_municipality(town, environment=where)
    checked = check_municipality(opened, lambda _: _tools().manifest_of(opened)("letters"), connectors={})
    assert [] == [one for one in checked.findings if not one.is_warning and one.code not in {"E304", "E402"}]
