"""The real twine and the real ``uv publish`` against a served registry, unmodified."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from rpa_registry.accounts import Identity
from rpa_registry.context import Registry
from rpa_registry.curation import act
from rpa_registry.db import projects, releases, tokens

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def _environment(tmp_path: Path) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("TWINE_", "UV_", "PIP_"))}
    return {
        **kept,
        "HOME": str(tmp_path),
        "NO_COLOR": "1",
        "COLUMNS": "400",
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        "no_proxy": "127.0.0.1",
    }


@pytest.fixture
def twine(tmp_path: Path) -> Run:
    """Upload with twine; the token in the environment, as CI does it."""

    def run(url: str, token: str, *words: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "twine", "upload", "--non-interactive", "--disable-progress-bar"]
        return subprocess.run(
            [*command, "--repository-url", f"{url}/legacy/", *words],
            env={**_environment(tmp_path), "TWINE_USERNAME": "__token__", "TWINE_PASSWORD": token},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    return run


@pytest.fixture
def uv_publish(tmp_path: Path) -> Run:
    """Upload with ``uv publish``."""

    def run(url: str, token: str, *words: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "uv", "publish", "--publish-url", f"{url}/legacy/", *words],
            env={**_environment(tmp_path), "UV_PUBLISH_TOKEN": token, "UV_NO_CONFIG": "1"},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    return run


def _releases(registry: Registry) -> list[tuple[str, str, str, str]]:
    query = sa.select(releases.c.project, releases.c.version, releases.c.state, releases.c.uploaded_by)
    with registry.database.read() as connection:
        return [tuple(row) for row in connection.execute(query.order_by(releases.c.id))]


def test_twine_uploads_and_repeats(
    registry: Registry,
    serve: Callable[[Registry], str],
    twine: Run,
    token: Callable[..., str],
    bot_wheel: Callable[..., Path],
) -> None:
    """The first upload stages the release and takes the name; the same bytes again are no error."""
    url, wheel, mine = serve(registry), bot_wheel(), token("mette", "upload")
    first = twine(url, mine, str(wheel))
    second = twine(url, mine, str(wheel))

    assert [0, 0] == [run.returncode for run in (first, second)], first.stdout + first.stderr
    assert [("welcome-letters", "1.0.0", "staged", "mette")] == _releases(registry)
    with registry.database.read() as connection:
        assert "0265" == connection.scalar(sa.select(projects.c.owner))
        assert connection.scalar(sa.select(tokens.c.last_used))


def test_twines_own_word_for_repeats_is_not_needed(
    registry: Registry,
    serve: Callable[[Registry], str],
    twine: Run,
    token: Callable[..., str],
    bot_wheel: Callable[..., Path],
) -> None:
    """Twine refuses ``--skip-existing`` for every index but its own, before it asks us: nothing is sent."""
    refused = twine(serve(registry), token("mette", "upload"), "--skip-existing", str(bot_wheel()))

    assert 1 == refused.returncode
    assert "UnsupportedConfiguration" in refused.stdout
    assert [] == _releases(registry)


def test_twine_prints_why_other_bytes_are_refused(
    registry: Registry,
    serve: Callable[[Registry], str],
    twine: Run,
    token: Callable[..., str],
    bot_wheel: Callable[..., Path],
) -> None:
    """A version number means one wheel; the reason stands on twine's screen without --verbose."""
    url, mine = serve(registry), token("mette", "upload")
    assert 0 == twine(url, mine, str(bot_wheel())).returncode
    refused = twine(url, mine, str(bot_wheel(readme="# Other words\n")))

    assert 1 == refused.returncode
    assert "welcome-letters 1.0.0 is here already with other bytes" in refused.stdout + refused.stderr
    assert 1 == len(_releases(registry))


def test_twine_verbose_prints_what_to_do(
    registry: Registry,
    serve: Callable[[Registry], str],
    twine: Run,
    token: Callable[..., str],
    bot_wheel: Callable[..., Path],
) -> None:
    """The body holds the help of each reason."""
    wheel = bot_wheel(requires=("rpa-commons", "kommune-helpers"))
    refused = twine(serve(registry), token("mette", "upload"), "--verbose", str(wheel))
    screen = refused.stdout + refused.stderr

    assert 1 == refused.returncode
    assert "welcome_letters-1.0.0-py3-none-any.whl is refused: A124" in screen
    assert "requires kommune-helpers, which nobody in this cooperation publishes" in screen
    assert "ask a coordinator to approve it" in screen
    assert "`rpac check welcome_letters-1.0.0-py3-none-any.whl`" in screen


def test_a_source_archive_is_refused(
    registry: Registry,
    serve: Callable[[Registry], str],
    twine: Run,
    token: Callable[..., str],
    tmp_path: Path,
) -> None:
    """Building one would execute it; twine shows the reason."""
    import io
    import tarfile

    path = tmp_path / "welcome_letters-1.0.0.tar.gz"
    text = b"Metadata-Version: 2.1\nName: welcome-letters\nVersion: 1.0.0\n"
    with tarfile.open(path, "w:gz") as archive:
        info = tarfile.TarInfo("welcome_letters-1.0.0/PKG-INFO")
        info.size = len(text)
        archive.addfile(info, io.BytesIO(text))
        archive.addfile(tarfile.TarInfo("welcome_letters-1.0.0/setup.py"), io.BytesIO(b""))
    refused = twine(serve(registry), token("mette", "upload"), str(path))

    assert 1 == refused.returncode
    assert "welcome_letters-1.0.0.tar.gz is no wheel: a release is exactly one wheel" in (
        refused.stdout + refused.stderr
    )


def test_a_foreign_municipality_is_told_whose_it_is(
    registry: Registry,
    serve: Callable[[Registry], str],
    twine: Run,
    token: Callable[..., str],
    bot_wheel: Callable[..., Path],
    admitted: Callable[..., object],
) -> None:
    """The name belongs to whoever was first; the others see who that is."""
    admitted()
    refused = twine(serve(registry), token("dorte", "upload"), str(bot_wheel(version="1.1.0")))

    assert 1 == refused.returncode
    assert "welcome-letters belongs to Roskilde (0265), and dorte is of Lejre (0350)" in (
        refused.stdout + refused.stderr
    )


@pytest.mark.parametrize("case", ["unknown", "revoked", "expired", "read only"])
def test_a_token_that_will_not_do_is_refused_with_its_reason(
    registry: Registry,
    serve: Callable[[Registry], str],
    twine: Run,
    token: Callable[..., str],
    bot_wheel: Callable[..., Path],
    case: str,
) -> None:
    """401 for a token that says nothing, 403 for one that is for something else."""
    text = token("mette", "read" if case == "read only" else "upload")
    change = {"revoked": {"revoked": "2026-01-01T00:00:00Z"}, "expired": {"expires": "2026-01-01T00:00:00Z"}}
    if case in change:
        with registry.database.write() as connection:
            connection.execute(sa.update(tokens).values(**change[case]))
    refused = twine(serve(registry), "rpac_none" if case == "unknown" else text, str(bot_wheel()))
    wanted = {
        "unknown": "this token is not known here",
        "revoked": "token 1 was revoked on 2026-01-01T00:00:00Z",
        "expired": "token 1 expired on 2026-01-01T00:00:00Z",
        "read only": "this token is not for upload",
    }

    assert 1 == refused.returncode
    assert f"HTTPError: {403 if case == 'read only' else 401}" in refused.stdout
    assert wanted[case] in refused.stdout + refused.stderr
    assert [] == _releases(registry)


def test_uv_publishes_repeats_and_prints_the_reason(
    registry: Registry,
    serve: Callable[[Registry], str],
    uv_publish: Run,
    token: Callable[..., str],
    bot_wheel: Callable[..., Path],
) -> None:
    """The same answers serve ``uv publish``."""
    url, mine = serve(registry), token("mette", "upload")
    wheel = bot_wheel()
    first, second = uv_publish(url, mine, str(wheel)), uv_publish(url, mine, str(wheel))
    other = uv_publish(url, mine, str(bot_wheel(readme="# Other words\n")))

    assert 0 == first.returncode, first.stderr
    assert 0 == second.returncode, second.stderr
    assert 2 == other.returncode
    assert "welcome-letters 1.0.0 is here already with other bytes" in other.stderr
    assert [("welcome-letters", "1.0.0", "staged", "mette")] == _releases(registry)


def test_uv_asks_the_index_first_and_sends_nothing_twice(
    registry: Registry,
    serve: Callable[[Registry], str],
    uv_publish: Run,
    token: Callable[..., str],
    identity: Callable[[str], Identity],
    admitted: Callable[..., object],
    bot_wheel: Callable[..., Path],
) -> None:
    """``--check-url`` finds a published wheel by its hash and skips it; other bytes it does not even send."""
    admitted(accepted_by="anna")
    for name in ("submit", "publish"):
        act(registry, identity("mette"), name, "welcome-letters", "1.0.0")
    url, mine = serve(registry), token("mette", "upload")
    check = ("--check-url", f"{url}/all/simple/")
    same = uv_publish(url, mine, *check, str(bot_wheel()))
    other = uv_publish(url, mine, *check, str(bot_wheel(readme="# Other words\n")))
    newer = uv_publish(url, mine, *check, str(bot_wheel(version="1.1.0")))

    assert (0, True) == (same.returncode, "already exists, skipping" in same.stderr)
    assert 2 == other.returncode
    assert "Local file and index file do not match" in other.stderr
    assert 0 == newer.returncode, newer.stderr
    assert ["1.0.0", "1.1.0"] == [version for _, version, _, _ in _releases(registry)]
