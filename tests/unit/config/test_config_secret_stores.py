"""Stores of secrets: a look that reads no value, the built-in ones, and the seam for others."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pydantic import ValidationError

from rpa_commons.config import (
    BUILT_IN_STORES,
    SecretMissingError,
    SecretRef,
    check_municipality,
    resolve_secret,
    resolve_secret_bytes,
)
from rpa_commons.config.secrets import secret_problem

if TYPE_CHECKING:
    from conftest import Town

posix_only = pytest.mark.skipif(
    os.name != "posix", reason="Windows keeps rights in access lists, not in a mode"
)


class Vault:
    """A store as a plugin brings it."""

    name = "vault"

    def look(self, ref: SecretRef, folder: Path) -> SecretMissingError | None:
        """Sealed places are seen."""
        if ref.place == "sealed":
            return SecretMissingError(ref, f"is sealed for {folder.name}", remedy="unseal it")
        return None

    def read(self, ref: SecretRef, folder: Path) -> bytes:
        """The place in capitals."""
        if problem := self.look(ref, folder):
            raise problem
        return ref.place.upper().encode()


STORES = {"vault": Vault()}


def test_the_three_stores_are_there_by_the_key_of_their_references() -> None:
    """Each answers to its own name."""
    assert sorted(BUILT_IN_STORES) == ["env", "file", "keyring"]
    assert all(store.name == name for name, store in BUILT_IN_STORES.items())


@pytest.mark.parametrize(
    ("ref", "kind", "place", "words"),
    [
        (SecretRef(env="A"), "env", "A", "environment variable A"),
        (SecretRef(file="a/b"), "file", "a/b", "file a/b"),
        (SecretRef(keyring="a/b"), "keyring", "a/b", "keyring entry a/b"),
        (SecretRef(store="vault:kv/a#b"), "vault", "kv/a#b", "secret store vault, kv/a#b"),
    ],
)
def test_a_reference_says_its_store_and_the_place_in_it(
    ref: SecretRef, kind: str, place: str, words: str
) -> None:
    """And in words; never a value."""
    assert (ref.kind, ref.place, str(ref)) == (kind, place, words)


@pytest.mark.parametrize("store", ["vault", "vault:", "Vault:x", ":x", "a b:x", "vault:\0"])
def test_a_place_in_a_store_has_its_form(store: str) -> None:
    """``STORE:PLACE``, the store in small letters."""
    with pytest.raises(ValidationError):
        SecretRef(store=store)


def test_two_kinds_at_once_are_none() -> None:
    """One reference, one place."""
    with pytest.raises(ValidationError, match="exactly one of env, file, keyring and store"):
        SecretRef(env="A", store="vault:x")


def test_a_plugins_store_is_read(tmp_path: Path) -> None:
    """By whoever has it."""
    ref = SecretRef(store="vault:word")

    assert resolve_secret(ref, tmp_path, STORES) == "WORD"
    assert resolve_secret_bytes(ref, tmp_path, STORES) == b"WORD"


def test_a_plugins_store_says_what_is_missing(tmp_path: Path) -> None:
    """In the same words, whether it is looked at or read."""
    ref = SecretRef(store="vault:sealed")
    problem = secret_problem(ref, tmp_path, STORES)

    assert problem is not None
    assert problem.message == f"secret missing: secret store vault, sealed is sealed for {tmp_path.name}"
    with pytest.raises(SecretMissingError, match="is sealed"):
        resolve_secret(ref, tmp_path, STORES)


def test_a_host_does_not_ask_a_store_that_it_does_not_have(tmp_path: Path) -> None:
    """Only the worker loads plugins; reading there names the stores there are."""
    ref = SecretRef(store="valt:word")

    assert secret_problem(ref, tmp_path) is None
    with pytest.raises(SecretMissingError) as caught:
        resolve_secret(ref, tmp_path, STORES)
    assert "there is no secret store valt here" in caught.value.message
    assert caught.value.remedy.startswith("did you mean vault? there are: env, file, keyring, vault")


def test_a_plugin_does_not_take_the_place_of_a_built_in_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A variable is a variable, whatever a plugin calls itself."""
    monkeypatch.setenv("A_SECRET", "mine")

    assert resolve_secret(SecretRef(env="A_SECRET"), tmp_path, {"env": Vault()}) == "mine"


@pytest.mark.parametrize(("value", "problem"), [(None, "is not set"), ("", "is empty"), ("x", "")])
def test_a_variable_is_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str | None, problem: str
) -> None:
    """Set and not empty."""
    monkeypatch.delenv("A_SECRET", raising=False)
    if value is not None:
        monkeypatch.setenv("A_SECRET", value)

    found = secret_problem(SecretRef(env="A_SECRET"), tmp_path)

    assert (found.problem if found else "") == problem


def test_a_look_at_a_file_does_not_read_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its state on disk says enough."""
    (tmp_path / "secret").write_text("value")
    (tmp_path / "secret").chmod(0o600)
    monkeypatch.setattr(Path, "read_bytes", lambda _: pytest.fail("the secret was read"))

    assert secret_problem(SecretRef(file="secret"), tmp_path) is None


@posix_only
@pytest.mark.parametrize(
    ("content", "mode", "problem"),
    [
        (None, 0, "does not exist"),
        (b"", 0o600, "is empty"),
        (b"x", 0o640, "may be read by others (mode 0640)"),
        (b"x" * (1024 * 1024 + 1), 0o600, "is 1048577 bytes"),
    ],
)
def test_a_look_at_a_file_finds_what_reading_would(
    tmp_path: Path, content: bytes | None, mode: int, problem: str
) -> None:
    """The same words from both."""
    ref = SecretRef(file="secret")
    if content is not None:
        (tmp_path / "secret").write_bytes(content)
        (tmp_path / "secret").chmod(mode)

    found = secret_problem(ref, tmp_path)

    assert found is not None
    assert found.problem == problem
    with pytest.raises(SecretMissingError) as caught:
        resolve_secret(ref, tmp_path)
    assert caught.value.message == found.message


def test_a_key_store_is_not_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may want a person to unlock it."""
    monkeypatch.setattr("importlib.import_module", lambda _: pytest.fail("the key store was asked"))

    assert secret_problem(SecretRef(keyring="service/name"), tmp_path) is None


def test_a_check_reads_no_secret(town: "Town", monkeypatch: pytest.MonkeyPatch) -> None:
    """Every kind of reference, in settings and stack."""
    town.settings('password = { file = "password" }')
    (town.folder / "password").write_text("value")
    (town.folder / "password").chmod(0o600)
    monkeypatch.setenv("REGISTER_PASSWORD", "x")
    read: list[Path] = []
    monkeypatch.setattr(Path, "read_bytes", lambda self: read.append(self) or b"")

    check_municipality(town.open(), town.manifest_of, connectors=town.connectors)

    assert [path for path in read if path.name == "password"] == []


def test_a_reference_to_a_plugins_store_is_accepted_by_the_host(
    town: "Town", monkeypatch: pytest.MonkeyPatch
) -> None:
    """It checks the form alone."""
    monkeypatch.setenv("REGISTER_PASSWORD", "x")
    town.settings('password = { store = "vault:kv/register#password" }')

    assert town.resolve().settings["password"] == {"store": "vault:kv/register#password"}


def test_a_reference_of_an_unknown_kind_names_the_kinds_there_are(
    town: "Town", monkeypatch: pytest.MonkeyPatch
) -> None:
    """``{vault = "..."}`` is no kind of its own; what stands there is not shown."""
    monkeypatch.setenv("REGISTER_PASSWORD", "x")
    town.settings('password = { vault = "kv/register" }')

    text = "\n".join(finding.render() for finding in town.findings())

    assert "password" in text
    assert all(f"{{{kind} = " in text for kind in ("env", "file", "keyring", "store"))
    assert "kv/register" not in text


@pytest.mark.parametrize("reference", ['{ keyring = "x" }', '{ store = "vault" }'])
def test_a_place_that_cannot_be_one_is_a_finding(
    town: "Town", monkeypatch: pytest.MonkeyPatch, reference: str
) -> None:
    """With the forms there are, and no crash."""
    monkeypatch.setenv("REGISTER_PASSWORD", "x")
    town.settings(f"password = {reference}")

    checked = check_municipality(town.open(), town.manifest_of, connectors=town.connectors)

    [finding] = checked.findings
    assert (finding.code, finding.key, finding.line) == ("E201", "password", 5)
    assert 'store = "STORE:PLACE"' in finding.help


def test_the_journals_key_stands_where_the_host_can_read_it(
    town: "Town", monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever looks at a case needs it, and no plugin is loaded there."""
    monkeypatch.setenv("REGISTER_PASSWORD", "x")
    text = (town.folder / "municipality.toml").read_text(encoding="utf-8")
    town.write("municipality.toml", f'journal_key = {{ store = "vault:journal" }}\n{text}')

    [finding] = check_municipality(town.open(), town.manifest_of, connectors=town.connectors).findings

    assert (finding.code, finding.key) == ("E201", "journal_key")
    assert finding.help == "use env, file or keyring"
