"""What a body of 100 MB costs each reader of files and answers, measured in a process of its own."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="peak memory is read as Linux counts it")

MEGABYTE = 1024 * 1024
LARGE = 100 * MEGABYTE
_SCRIPT = """
import resource
resource.setrlimit(resource.RLIMIT_AS, (2 * 1024**3, 2 * 1024**3))
import sys
from pathlib import Path
from rpa_commons.capabilities import RpaCommonsError
from rpa_commons.connectors import Surroundings
from rpa_commons.sdk import Municipality
folder = Path(sys.argv[1])
surroundings = Surroundings(Municipality("0265", "Roskilde"), "test", folder, lambda _: "k" * 32)
{prepare}
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
said = ""
try:
    said = str({call})
except RpaCommonsError as error:
    said = str(error)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024, said)
"""
_EXTRACT = """
from rpa_commons.connectors.register_extract import RegisterExtract, RegisterExtractSettings
columns = {"cpr": "a", "name": "b", "status": "c", "protected": "d", "children_under_18": "e"}
settings = RegisterExtractSettings.model_validate({"file": "large.xml", "columns": columns})
register = RegisterExtract(settings, surroundings)
"""
_INBOX = """
from rpa_commons.connectors.invoice_folder import InvoiceFolder
settings = InvoiceFolder.Settings.model_validate({"folder": ".", "settle_seconds": 0})
inbox = InvoiceFolder(settings, surroundings)
def waiting():
    assert not inbox.waiting()
    return inbox.problems
"""
_RECEIPTS = """
from rpa_commons.connectors.sf1601._receipts import Receipts
receipts = Receipts("sf1601", folder)
def problems():
    receipts.of("x")
    return receipts.problems
"""
_HTTP = """
from rpa_commons.connectors.http import HttpClient, HttpSettings
address = (folder / "address").read_text()
client = HttpClient("system", HttpSettings(attempts=1, longest_wait=0), surroundings, addresses=[address])
"""
_JSON = """
from rpa_commons.connectors.http import Answer
body = b"[" + b"{}," * 6_900_000 + b"{}]"
"""
_MEMO = """
from rpa_commons.connectors.memo import read_memo
body = b"<a>" + b"<b/>" * 25_000_000 + b"</a>"
"""
_EVENT = """
from rpa_commons.connectors.sf1461._message import read_envelope
from rpa_commons.connectors.sf1461._errors import MessageError
body = b"<a>" + b"x" * 100 * 1024**2 + b"</a>"
def read():
    try:
        return read_envelope(body)
    except MessageError as error:
        return error
"""


def run(script: str, folder: Path) -> tuple[int, str]:
    """Megabytes that a call took above what the process had before, and what it said."""
    done = subprocess.run(
        [sys.executable, "-c", script, str(folder)], capture_output=True, text=True, check=True, timeout=120
    )
    megabytes, _, said = done.stdout.partition(" ")
    return int(megabytes), said.strip()


def written(path: Path, piece: bytes, size: int) -> None:
    """A file of that many bytes, of one piece again and again."""
    with path.open("wb") as file:
        for _ in range(size // MEGABYTE):
            file.write(piece * (MEGABYTE // len(piece)))


@pytest.mark.parametrize(
    ("content", "script", "most", "problem"),
    [
        ((b"x", 101), (_EXTRACT, "register.person('0101505555')"), 10, "more than max_megabytes"),
        ((b"\n", 99), (_EXTRACT, "register.person('0101505555')"), 110, "more than 5000000 lines"),
        ((b"\r", 99), (_EXTRACT, "register.person('0101505555')"), 110, "more than 5000000 lines"),
        ((b"<a/>", 100), (_INBOX, "waiting()"), 10, "it is over 20 MB"),
        ((b"<a/>", 100), (_RECEIPTS, "problems()"), 10, "more than 1048576 bytes"),
    ],
    ids=["extract", "extract of line ends", "extract of old line ends", "invoice", "receipt"],
)
def test_a_file_of_100_mb_is_refused(
    tmp_path: Path, content: tuple[bytes, int], script: tuple[str, str], most: int, problem: str
) -> None:
    """Before it is read where its size tells, else before it is taken apart."""
    piece, megabytes = content
    written(tmp_path / "large.xml", piece, megabytes * MEGABYTE)

    taken, said = run(_SCRIPT.format(prepare=script[0], call=script[1]), tmp_path)

    assert problem in said
    assert taken <= most


class _Endless(BaseHTTPRequestHandler):
    """Answers with 100 MB."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(LARGE))
        self.end_headers()
        try:
            for _ in range(100):
                self.wfile.write(b"x" * MEGABYTE)
        except OSError:  # the client has had enough
            pass

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Be silent."""


@pytest.fixture
def address() -> Iterator[str]:
    """Where the answer of 100 MB is."""
    server = HTTPServer(("127.0.0.1", 0), _Endless)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_an_answer_of_100_mb_is_not_taken_in(tmp_path: Path, address: str) -> None:
    """It is read to the limit of 20 MB and let go."""
    (tmp_path / "address").write_text(address)

    taken, said = run(
        _SCRIPT.format(prepare=_HTTP, call="client.request('GET', address, kind='query')"), tmp_path
    )

    assert "the answer is over 20971520 bytes" in said
    assert taken <= 50


@pytest.mark.parametrize(
    ("prepare", "call", "most", "problem"),
    [
        (_JSON, "Answer('system', 200, {}, body).json()", 10, "more than 1000000 values"),
        (_MEMO, "read_memo(body)", 110, "signs of markup"),
        (_EVENT, "read()", 10, "more than 5242880 bytes"),
    ],
    ids=["json", "memo", "event"],
)
def test_a_body_in_memory_costs_little_more_than_itself(
    tmp_path: Path, prepare: str, call: str, most: int, problem: str
) -> None:
    """Many small values or elements, or a message far above its limit: refused before they are objects."""
    try:
        taken, said = run(_SCRIPT.format(prepare=prepare, call=call), tmp_path)
    except subprocess.CalledProcessError as error:
        pytest.fail(error.stderr)

    assert problem in said
    assert taken <= most
