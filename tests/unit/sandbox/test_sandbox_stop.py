"""A stop or a crash at a bad moment leaves neither a thread nor half a certificate."""

import errno
import os
import socket
import ssl
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import pkcs12

from rpa_commons.sandbox import Journal, Response, _certificates
from rpa_commons.sandbox._certificates import Authority
from rpa_commons.sandbox._http import Server, tls_context


def test_a_stop_in_the_middle_of_a_handshake_waits_for_nobody(tmp_path: Path) -> None:
    """A connection that turns into TLS while the server looks for what to cut is cut all the same."""
    authority = Authority(tmp_path)
    real = tls_context(str(authority.server()), str(authority.bundle), mutual=False)
    begun = threading.Event()

    class Slow:
        def wrap_socket(self, raw: socket.socket, **how: Any) -> ssl.SSLSocket:
            wrapped = real.wrap_socket(raw, **how)
            begun.set()
            server.stopping.wait(5)
            time.sleep(0.1)  # by now the server has looked
            return wrapped

    slow: Any = Slow()
    server = Server(0, lambda _: Response(200), slow)
    with socket.create_connection(("127.0.0.1", server.port), timeout=5):
        assert begun.wait(5)
        before = time.monotonic()
        server.close()

    assert time.monotonic() - before < 5


def test_a_crash_while_a_certificate_is_renewed_leaves_none_that_cannot_be_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Password and PKCS#12 always belong together, and hold the certificate of the PEM file."""
    authority = Authority(tmp_path)
    files = authority.client("0265", "29189404")
    write = _certificates.write_private

    def full_disk(path: Path, content: bytes) -> None:
        if path.suffix == ".p12":
            raise OSError(errno.ENOSPC, "full")
        write(path, content)

    with monkeypatch.context() as patched:
        patched.setattr(_certificates, "_RENEW_BEFORE", _certificates._LEAF_LIFE)
        patched.setattr(_certificates, "write_private", full_disk)
        with pytest.raises(OSError, match="full"):
            authority.client("0265", "29189404")
    files = authority.client("0265", "29189404")
    packed = pkcs12.load_pkcs12(files.pkcs12.read_bytes(), files.password_file.read_bytes())

    assert packed.cert
    assert x509.load_pem_x509_certificate(files.pem.read_bytes()) == packed.cert.certificate


def test_what_did_not_reach_the_disk_was_never_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its sender is told so, and a restart does not find it either."""
    journal = Journal(tmp_path / "effects.jsonl")

    def full_disk(_: int) -> None:
        raise OSError(errno.ENOSPC, "full")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full_disk)
        with pytest.raises(OSError, match="full"):
            journal.append({"service": "ledger", "outcome": "accepted", "key": "lost"})
    journal.append({"service": "ledger", "outcome": "accepted", "key": "kept"})
    journal.close()

    assert [(1, "kept")] == [(one["n"], one["key"]) for one in Journal.read(journal.path)]
