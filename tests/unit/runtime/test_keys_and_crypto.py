"""Idempotency keys, sealed values and keyed digests."""

import base64
import os
import secrets
import threading
import uuid
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rpa_commons.runtime._crypto import Digester, Sealer, ephemeral_keys, open_keys
from rpa_commons.runtime._errors import JournalKeyError
from rpa_commons.runtime._keys import ItemScope

_WORDS = st.text(max_size=12)
_CALLS = st.tuples(_WORDS, _WORDS, _WORDS, st.integers(1, 9), _WORDS, _WORDS)


def _key(call: tuple[str, str, str, int, str, str]) -> str:
    municipality, owner, reference, generation, effect, call_key = call
    return ItemScope(municipality, owner, reference, generation).key(effect, call_key)


@given(_CALLS, _CALLS)
def test_keys_are_equal_for_equal_calls_and_for_no_others(one: object, other: object) -> None:
    """No two different calls are written the same before they are hashed."""
    assert (_key(one) == _key(other)) is (one == other)  # type: ignore[arg-type]


def test_a_key_is_64_hex_digits_and_fits_into_a_version_4_uuid() -> None:
    """As receivers want it; the value is pinned, for a changed key would send every letter again."""
    key = ItemScope("0265", "0b6f0c1e-0000-4000-8000-000000000001", "case-1", 1).key("DigitalPost.send", "")

    assert key == "b8a97b74aa97e33a2f0f9f0987c12b791e4d39f97bc713f7f305ad195d911242"
    assert uuid.UUID(bytes=bytes.fromhex(key)[:16], version=4).version == 4


def test_an_items_uuid_is_stable_and_told_apart_by_name() -> None:
    """Of version-4 shape, and never the key."""
    scope = ItemScope("0265", "id", "case-1", 1)

    assert scope.uuid("a") == scope.uuid("a") != scope.uuid("b")
    assert uuid.UUID(scope.uuid("a")).version == 4


def test_a_sealed_value_opens_in_its_own_place_only() -> None:
    """Another place, another key and a changed byte are all refused."""
    sealer = Sealer([secrets.token_bytes(32)])
    blob = sealer.seal(b"secret", "items/1")

    assert sealer.unseal(blob, "items/1") == b"secret"
    with pytest.raises(JournalKeyError, match="changed or moved"):
        sealer.unseal(blob, "items/2")
    with pytest.raises(JournalKeyError, match="changed or moved"):
        sealer.unseal(blob[:-1] + bytes([blob[-1] ^ 1]), "items/1")
    with pytest.raises(JournalKeyError, match="another key"):
        Sealer([secrets.token_bytes(32)]).unseal(blob, "items/1")


def test_a_new_key_in_front_reads_what_the_old_one_wrote() -> None:
    """Rotation: the first key writes, all read."""
    old, new = secrets.token_bytes(32), secrets.token_bytes(32)
    blob = Sealer([old]).seal(b"secret", "place")
    rotated = Sealer([new, old])

    assert rotated.unseal(blob, "place") == b"secret"
    with pytest.raises(JournalKeyError):
        Sealer([old]).unseal(rotated.seal(b"more", "place"), "place")


def test_digests_keep_parts_apart_and_need_the_key() -> None:
    """32 hex digits."""
    digester = Digester(b"k" * 32)

    assert len(digester.of_parts("a", "b")) == 32
    assert digester.of_parts("ab", "c") != digester.of_parts("a", "bc")
    assert digester.of_parts("a") != Digester(b"j" * 32).of_parts("a")


def test_rotating_the_journal_key_changes_no_digest(tmp_path: Path) -> None:
    """References built from digests must stay what they are."""
    first = base64.urlsafe_b64encode(b"1" * 32).decode()
    second = base64.urlsafe_b64encode(b"2" * 32).decode()
    before = open_keys(tmp_path, first, create=True)
    after = open_keys(tmp_path, f"{second} {first}", create=True)

    assert before.digester.of_parts("a") == after.digester.of_parts("a")
    assert after.sealer.unseal(before.sealer.seal(b"x", "p"), "p") == b"x"


def test_eight_first_starts_at_once_agree_on_one_key(tmp_path: Path) -> None:
    """A key file is created whole, once, for its owner only; no draft is left."""
    found: list[str] = []

    def start() -> None:
        found.append(open_keys(tmp_path, None, create=True).digester.of_parts("a"))

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(set(found)) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["digest.key", "journal.key"]
    if os.name == "posix":
        assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}


def test_a_reader_creates_no_key(tmp_path: Path) -> None:
    """It says which file is missing."""
    with pytest.raises(JournalKeyError, match=r"journal\.key does not exist"):
        open_keys(tmp_path, None, create=False)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("secret", ["", "too short"])
def test_a_weak_key_is_refused_without_being_repeated(tmp_path: Path, secret: str) -> None:
    """With a way to make a good one."""
    with pytest.raises(JournalKeyError) as caught:
        open_keys(tmp_path, secret, create=True)

    assert "too short" not in str(caught.value)


def test_keys_of_a_plan_on_a_fresh_municipality_are_forgotten() -> None:
    """Two plans do not share them."""
    assert ephemeral_keys().digester.of_parts("a") != ephemeral_keys().digester.of_parts("a")
