"""What survives: journal, keys, ports; and that a sandbox ends cleanly."""

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import requests

from rpa_commons.sandbox import FolderInUseError, Journal, Sandbox, UnknownMunicipalityError
from rpa_commons.validators import InvalidIdentifierError

KEY = "8c2ea15d-61fb-4ba9-9366-42f8b194c114"


def test_a_restart_keeps_journal_certificates_and_people(
    start: Callable[..., Sandbox], calling: Any, good_letter: Callable[..., str]
) -> None:
    """On the same folder everything goes on; a repeated key is still known."""
    box = start()
    caller = calling(box)
    caller.send(good_letter(KEY))
    kept = (box.journal(), box.client_certificate.read_bytes(), box.ca_bundle.read_bytes(), list(box.people))
    box.stop()
    again = start()
    answer = calling(again).send(good_letter(KEY))

    assert kept[0] == again.journal()[:1]
    assert kept[1:3] == (again.client_certificate.read_bytes(), again.ca_bundle.read_bytes())
    assert kept[3] == list(again.people)
    assert 200 == answer.status_code
    assert {KEY: 1} == again.letters()


def test_a_restart_keeps_what_is_not_said_again(folder: Path) -> None:
    """Seed, day, people and municipalities are read back from the folder."""
    with Sandbox(folder, seed=7, municipality={"0167": "55606617"}, people=50, today=date(2026, 3, 1)) as box:
        people = list(box.people)
    again = Sandbox(folder)

    assert {"0167": "55606617"} == again.municipalities
    assert list(again.people) == people


def test_ports_are_kept_when_asked(folder: Path) -> None:
    """A connected municipality finds the sandbox again; a taken port does not stop it."""
    with Sandbox(folder) as box:
        first = (box.url, box.page_url)
    with Sandbox(folder, keep_ports=True) as again:
        second = (again.url, again.page_url)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", int(first[0].rpartition(":")[2])))
        taken.listen()
        with Sandbox(folder, keep_ports=True) as elsewhere:
            third = (elsewhere.url, elsewhere.page_url)

    assert first == second
    assert first[0] != third[0]
    assert first[1] == third[1]


def test_an_asked_port_that_is_taken_is_an_error(folder: Path) -> None:
    """Nothing is left open or locked after a failed start."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(OSError, match="in use"):
            Sandbox(folder, port=taken.getsockname()[1]).start()
    with Sandbox(folder) as box:
        assert box.url.startswith("https://127.0.0.1:")


def test_two_sandboxes_on_one_folder_are_refused(box: Sandbox) -> None:
    """Both would write the journal."""
    with pytest.raises(FolderInUseError):
        Sandbox(box.folder).start()


def test_starting_and_stopping_twice_does_no_harm(box: Sandbox) -> None:
    """Both calls may be repeated."""
    assert box.start() is box
    box.stop()
    box.stop()


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_keys_are_private(box: Sandbox) -> None:
    """Every key, password and journal has mode 0600."""
    secret = [*box.folder.glob("certificates/*"), box.folder / "seal.key", box.journal_path]
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in secret}

    assert {0o600} == set(modes.values()), modes


def test_a_torn_last_line_is_dropped(folder: Path) -> None:
    """A crash in the middle of a line loses that line, whose sender was told nothing, and no other."""
    path = folder / "effects.jsonl"
    journal = Journal(path)
    journal.append({"outcome": "accepted", "message_uuid": KEY, "label": "æøå\u2028\n"})
    journal.close()
    with path.open("ab") as file:
        file.write(b'{"n":2,"outcome":"acc')
    seen = Journal.read(path)
    again = Journal(path)
    again.append({"outcome": "accepted", "message_uuid": "another"})
    letters = again.letters()
    again.close()

    assert [1] == [entry["n"] for entry in seen]
    assert {KEY: 1, "another": 1} == letters
    assert [1, 2] == [entry["n"] for entry in Journal.read(path)]


def test_queries_leave_the_journal_as_it_was(
    box: Sandbox, caller: Any, good_letter: Callable[..., str]
) -> None:
    """A plan asks registers and changes no byte of the effects journal."""
    caller.send(good_letter(KEY))
    before = box.journal_path.read_bytes()
    caller.registered("2211771212")
    caller.look_up(caller.soap("2211771212"))

    assert before == box.journal_path.read_bytes()
    assert ["postforespoerg", "sf1520"] == [call["service"] for call in box.calls()][-2:]


SERVER = """
import sys, time
from pathlib import Path
from rpa_commons.sandbox import Sandbox
box = Sandbox(Path(sys.argv[1]), municipality={"0265": "29189404"}).start()
print(box.url, flush=True)
time.sleep(120)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_the_journal_survives_kill_9(folder: Path, calling: Any, good_letter: Callable[..., str]) -> None:
    """Every letter whose receipt arrived is in the journal of the next sandbox on the folder."""
    with subprocess.Popen(
        [sys.executable, "-c", SERVER, str(folder)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        url = process.stdout.readline().strip()
        shadow = _Shadow(folder, url)
        caller = calling(shadow)
        token = caller.token("sf1601")
        killer = threading.Timer(0.02, process.kill)
        receipts = _send_until_dead(caller, token, good_letter, killer)
        killer.join()
        process.wait()
    with Sandbox(folder) as box:
        letters = box.letters()

    assert receipts
    assert set(receipts) <= set(letters)
    assert {1} == set(letters.values())
    assert -signal.SIGKILL == process.returncode


class _Shadow:
    """As much of a sandbox as a caller needs, when the sandbox is another process."""

    def __init__(self, folder: Path, url: str) -> None:
        self._box = Sandbox(folder)
        self.url = url
        self.municipalities = self._box.municipalities
        self.ca_bundle = folder / "certificates" / "ca.pem"

    def certificate(self, code: str) -> Any:
        """Where the client certificate lies."""
        pem = self.ca_bundle.with_name(f"client-{code}-{self.municipalities[code]}.pem")
        return type("Files", (), {"pem": pem})


def _send_until_dead(
    caller: Any, token: str, good_letter: Callable[..., str], killer: threading.Timer
) -> list[str]:
    receipts = []
    for number in range(100_000):
        key = f"{number:08x}-61fb-4ba9-9366-42f8b194c114"
        try:
            answer = caller.send(good_letter(key), token=token)
        except requests.RequestException:
            break
        if answer.status_code == 200:
            receipts.append(key)
        if len(receipts) == 20:  # it works; now let it die in the middle of some later letter
            killer.start()
    return receipts


def test_a_caller_without_a_certificate_is_refused(box: Sandbox) -> None:
    """TLS asks for a client certificate of the sandbox's own authority."""
    with requests.Session() as session:
        session.trust_env = False
        with pytest.raises((requests.ConnectionError, requests.exceptions.SSLError)):
            session.get(box.url + "/health", verify=str(box.ca_bundle))


def test_a_foreign_certificate_is_refused(box: Sandbox, tmp_path: Path) -> None:
    """Another sandbox's certificate opens nothing here."""
    with Sandbox(tmp_path / "other") as other, requests.Session() as session:
        session.trust_env = False
        with pytest.raises((requests.ConnectionError, requests.exceptions.SSLError)):
            session.get(box.url + "/health", verify=str(box.ca_bundle), cert=str(other.client_certificate))


def test_stopping_ends_what_still_hangs(box: Sandbox, caller: Any, good_letter: Callable[..., str]) -> None:
    """A caller in the middle of a time-out, a silent one and an idle one do not keep the sandbox alive."""
    token = caller.token("sf1601")
    box.fault("sf1601", "time-out")
    port = int(box.url.rpartition(":")[2])
    failed: list[Exception] = []

    def hang() -> None:
        try:
            caller.send(good_letter(), token=token, timeout=30)
        except requests.RequestException as error:
            failed.append(error)

    thread = threading.Thread(target=hang)
    with socket.create_connection(("127.0.0.1", port)):
        thread.start()
        while not box.journal():
            time.sleep(0.01)
        box.stop()
        thread.join(10)

    assert 1 == len(failed)
    assert not thread.is_alive()


def test_a_certificate_can_be_loaded_from_pkcs12(box: Sandbox) -> None:
    """The PKCS#12 file opens with the password in the file beside it."""
    from cryptography.hazmat.primitives.serialization import pkcs12

    password = box.client_pkcs12_password_file.read_bytes()
    key, certificate, others = pkcs12.load_key_and_certificates(box.client_pkcs12.read_bytes(), password)

    assert key is not None
    assert certificate is not None
    assert 1 == len(others)


def test_an_unserved_municipality_is_named(box: Sandbox) -> None:
    """Asking for a third municipality says which two are served."""
    with pytest.raises(UnknownMunicipalityError, match="0167, 0265"):
        box.agreement("0101")


@pytest.mark.parametrize(("code", "cvr"), [("265", "29189404"), ("0265", "29189405")])
def test_a_code_or_number_that_can_be_none_is_refused(folder: Path, code: str, cvr: str) -> None:
    """A lost leading zero or a wrong check digit shows at the start."""
    with pytest.raises(InvalidIdentifierError):
        Sandbox(folder, municipality={code: cvr})


def test_running_json_says_where_the_page_is(box: Sandbox) -> None:
    """The command line finds the running sandbox by it; it is gone after the stop."""
    path = box.folder / "running.json"
    said = json.loads(path.read_bytes())
    box.stop()

    assert said["pid"] == os.getpid()
    assert said["page_url"].startswith("http://127.0.0.1:")
    assert not path.exists()
