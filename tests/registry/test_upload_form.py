"""The upload address with everything that real programs do not send."""

import contextlib
import http.client
import socket
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
import sqlalchemy as sa

from rpa_registry.context import Registry
from rpa_registry.db import releases
from rpa_registry.errors import RefusedError, TooLargeError
from rpa_registry.server._form import UploadForm, boundary_of

Serve = Callable[[Registry], str]
KEPT = frozenset({":action", "name"})


def _post(url: str, token: str, wheel: Path, *, path: str = "/legacy/", **fields: str) -> requests.Response:
    with wheel.open("rb") as stream:
        return requests.post(
            f"{url}{path}",
            data={":action": "file_upload", "protocol_version": "1", **fields},
            files={"content": (wheel.name, stream, "application/octet-stream")},
            auth=("__token__", token),
            timeout=30,
        )


def _count(registry: Registry) -> int:
    with registry.database.read() as connection:
        return int(connection.scalar(sa.select(sa.func.count()).select_from(releases)) or 0)


def _incoming(registry: Registry) -> list[Path]:
    folder = registry.settings.data_dir / "incoming"
    return list(folder.iterdir()) if folder.exists() else []


def test_the_answer_says_what_is_next(
    registry: Registry, serve: Serve, token: Callable[..., str], bot_wheel: Callable[..., Path]
) -> None:
    """Plain text, never kept by a cache; the four spellings of the address are one; nothing is left."""
    url, mine, wheel = serve(registry), token("mette", "upload"), bot_wheel()
    first = _post(url, mine, wheel)
    others = [_post(url, mine, wheel, path=path) for path in ("/legacy", "/upload/", "/upload")]

    assert (200, "no-store") == (first.status_code, first.headers["cache-control"])
    assert first.text.startswith("welcome-letters 1.0.0 is staged. SHA-256 ")
    assert "rpac-registry submit welcome-letters 1.0.0" in first.text
    assert [(200, True)] * 3 == [(one.status_code, "was here already" in one.text) for one in others]
    assert [] == _incoming(registry)


@pytest.mark.parametrize(
    ("fields", "status", "reason"),
    [
        ({"version": "9.9"}, 400, "the form says version '9.9', the wheel '1.0.0'"),
        ({"sha256_digest": "0" * 64}, 400, "the form says sha256_digest"),
        ({":action": "submit"}, 400, "the form's :action is 'submit'"),
        ({"name": "x" * 5000}, 400, "the form's field name is too long"),
    ],
)
def test_a_form_that_is_wrong_is_refused_in_status_line_and_body(
    registry: Registry,
    serve: Serve,
    token: Callable[..., str],
    bot_wheel: Callable[..., Path],
    fields: Mapping[str, str],
    status: int,
    reason: str,
) -> None:
    """Both say the same; nothing is staged, nothing is left."""
    answer = _post(serve(registry), token("mette"), bot_wheel(), **fields)

    assert status == answer.status_code
    assert reason in answer.text
    assert reason in answer.reason
    assert (0, []) == (_count(registry), _incoming(registry))


def test_fields_that_say_nothing_of_the_wheel_are_ignored(
    registry: Registry, serve: Serve, token: Callable[..., str], bot_wheel: Callable[..., Path]
) -> None:
    """Attestations, signatures and long descriptions pass by."""
    answer = _post(
        serve(registry), token("mette"), bot_wheel(), attestations="[{}]", description="word " * 100_000
    )

    assert 200 == answer.status_code, answer.text


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({}, b"x", 401),
        ({"Authorization": "Bearer rpac_x"}, b"x", 401),
        ({"Authorization": "Basic !!!"}, b"x", 401),
        ({"Authorization": "Basic " + b64encode(b"nocolon").decode()}, b"x", 401),
        ({"Authorization": "Basic " + b64encode(b"\xff:\xff").decode()}, b"x", 401),
        ({"Authorization": "TOKEN"}, b"x", 400),
        ({"Authorization": "TOKEN", "Content-Type": "application/json"}, b"{}", 400),
        ({"Authorization": "TOKEN", "Content-Type": "multipart/form-data"}, b"x", 400),
        ({"Authorization": "TOKEN", "Content-Type": "multipart/form-data; boundary=" + "b" * 500}, b"x", 400),
        ({"Authorization": "TOKEN", "Content-Type": "multipart/form-data; boundary=b"}, b"", 400),
        ({"Authorization": "TOKEN", "Content-Type": "multipart/form-data; boundary=b"}, b"nonsense", 400),
        ({"Authorization": "TOKEN", "Content-Type": "multipart/form-data; boundary=b"}, b"--b\r\n", 400),
        ({"Authorization": "TOKEN", "Content-Type": "multipart/form-data; boundary=b"}, b"--b--\r\n", 400),
    ],
)
def test_malformed_requests_are_the_senders_fault(
    registry: Registry,
    serve: Serve,
    token: Callable[..., str],
    headers: Mapping[str, str],
    body: bytes,
    status: int,
) -> None:
    """Never a 500, whatever arrives."""
    right = "Basic " + b64encode(f"__token__:{token('mette')}".encode()).decode()
    sent = {name: right if value == "TOKEN" else value for name, value in headers.items()}
    answer = requests.post(f"{serve(registry)}/legacy/", data=body, headers=sent, timeout=30)

    assert status == answer.status_code
    if status == 401:
        assert answer.headers["www-authenticate"].startswith("Basic ")


def test_looking_at_the_address_is_answered(registry: Registry, serve: Serve) -> None:
    """A browser at the upload address gets an answer for people, no 500."""
    assert requests.get(f"{serve(registry)}/legacy/", timeout=30).status_code in {404, 405}


def test_more_bytes_than_allowed_are_refused_after_the_sender_finished(
    registry: Registry, serve: Serve, token: Callable[..., str], tmp_path: Path
) -> None:
    """The sender hears 413 and not a broken connection."""
    path = tmp_path / "welcome_letters-1.0.0-py3-none-any.whl"
    with path.open("wb") as stream:
        stream.truncate(registry.settings.limits.largest_wheel + 10 * 1024 * 1024)
    answer = _post(serve(registry), token("mette"), path)

    assert 413 == answer.status_code
    assert "more than the 67108864 bytes" in answer.reason
    assert [] == _incoming(registry)


def test_a_sender_without_a_token_is_not_listened_to_for_ever(registry: Registry, serve: Serve) -> None:
    """They hear why, if they send no more than an upload may have; then the connection ends."""
    bound = registry.settings.limits.largest_wheel + 17 * 1024 * 1024
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        while sent < 4 * bound:
            sent += 1024 * 1024
            yield bytes(1024 * 1024)

    with contextlib.suppress(requests.ConnectionError):
        requests.post(f"{serve(registry)}/legacy/", data=endless(), timeout=60)

    assert 2 * bound > sent


def test_a_token_has_its_share_of_uploads(
    registry: Registry, serve: Serve, token: Callable[..., str], bot_wheel: Callable[..., Path]
) -> None:
    """The one too many is told how long to wait; another token is not concerned."""
    url, mine, other, wheel = serve(registry), token("mette"), token("jens"), bot_wheel()
    for _ in range(registry.settings.limits.uploads_per_minute):
        registry.upload_rate.take("token 1 mette")
    refused, fine = _post(url, mine, wheel), _post(url, other, wheel)

    assert (429, 200) == (refused.status_code, fine.status_code)
    assert "more than 30 uploads in a minute" in refused.reason
    assert "wait" in refused.text


def test_a_sender_who_hangs_up_leaves_nothing(
    registry: Registry, serve: Serve, token: Callable[..., str], bot_wheel: Callable[..., Path]
) -> None:
    """Half an upload is no upload; the server goes on."""
    parts, mine = urlsplit(serve(registry)), token("mette")
    basic = b64encode(f"__token__:{mine}".encode()).decode()
    head = (
        f"POST /legacy/ HTTP/1.1\r\nHost: x\r\nAuthorization: Basic {basic}\r\n"
        "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 100000\r\n\r\n"
        '--b\r\nContent-Disposition: form-data; name="content"; filename="a-1-py3-none-any.whl"\r\n\r\nPK'
    )
    for _ in range(3):
        with socket.create_connection((parts.hostname, parts.port), timeout=10) as connection:
            connection.sendall(head.encode())
    answer = _post(f"http://{parts.netloc}", mine, bot_wheel())

    assert 200 == answer.status_code
    deadline = threading.Event()
    for _ in range(200):
        if not _incoming(registry):
            break
        deadline.wait(0.02)
    assert [] == _incoming(registry)


def test_a_chunked_upload_is_an_upload(
    registry: Registry, serve: Serve, token: Callable[..., str], bot_wheel: Callable[..., Path]
) -> None:
    """The length is unknown beforehand, and the pieces end anywhere."""
    wheel, mine = bot_wheel(), token("mette")
    content = (
        b'--b\r\nContent-Disposition: form-data; name=":action"\r\n\r\nfile_upload\r\n'
        b'--b\r\nContent-Disposition: form-data; name="content"; filename="'
        + wheel.name.encode()
        + b'"\r\n\r\n'
        + wheel.read_bytes()
        + b"\r\n--b--\r\n"
    )
    pieces = (content[at : at + 100] for at in range(0, len(content), 100))
    parts = urlsplit(serve(registry))
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    basic = b64encode(f"__token__:{mine}".encode()).decode()
    headers = {"Authorization": f"Basic {basic}", "Content-Type": "multipart/form-data; boundary=b"}
    connection.request("POST", "/legacy/", body=pieces, headers=headers, encode_chunked=True)
    answer = connection.getresponse()
    status, text = answer.status, answer.read()
    connection.close()

    assert 200 == status, text


def _form(*parts: tuple[str, bytes], largest: int = 1000) -> UploadForm:
    form = UploadForm(b"b", BytesIO(), kept=KEPT, largest=largest)
    for disposition, content in parts:
        form.write(b"--b\r\nContent-Disposition: form-data; " + disposition.encode() + b"\r\n\r\n" + content)
        form.write(b"\r\n")
    form.write(b"--b--\r\n")
    return form


def test_a_form_gives_the_fields_that_are_asked_for() -> None:
    """And the last part of whatever path stands in the file's name."""
    form = _form(
        ('name=":action"', b"file_upload"),
        ('name="name"', "brev-ø".encode()),
        ('name="other"', b"x"),
        ('name="content"; filename="C:\\\\temp\\\\a.whl"', b"PK"),
    )

    assert {"name": "brev-ø"} == form.finish()
    assert ("a.whl", 2) == (form.filename, form.size)


def test_two_files_in_one_form_are_refused() -> None:
    """A release is one wheel."""
    with pytest.raises(RefusedError, match="two files"):
        _form(('name="content"; filename="a.whl"', b"PK"), ('name="content"; filename="b.whl"', b"PK"))


def test_a_form_of_endless_parts_is_refused() -> None:
    """Each costs a little; two thousand are enough for every honest wheel."""
    with pytest.raises(RefusedError, match="more than 2000 parts"):
        _form(*[('name="x"', b"")] * 2001)


def test_a_form_with_too_long_headers_is_refused() -> None:
    """The parser's own bound becomes our answer."""
    with pytest.raises(RefusedError, match="cannot be read"):
        _form(('name="' + "x" * 100_000 + '"', b""))


def test_bytes_are_counted_while_they_come() -> None:
    """The limit is noticed before the form ends."""
    form = UploadForm(b"b", BytesIO(), kept=KEPT, largest=10)
    form.write(b'--b\r\nContent-Disposition: form-data; name="content"; filename="a.whl"\r\n\r\n')
    with pytest.raises(TooLargeError):
        form.write(b"x" * 100)


def test_what_stands_beside_the_file_has_a_bound() -> None:
    """A field that nobody keeps once took as many bytes as its sender had."""
    form = UploadForm(b"b", BytesIO(), kept=KEPT, largest=10)
    form.write(b'--b\r\nContent-Disposition: form-data; name="description"\r\n\r\n')
    for _ in range(8):
        form.write(b"x" * 1024 * 1024)
    with pytest.raises(TooLargeError, match="beside the file"):
        form.write(b"x")


@pytest.mark.parametrize(
    "text", ["", "text/plain", "multipart/form-data", "multipart/mixed; boundary=b", "\x00"]
)
def test_what_is_no_form_has_no_boundary(text: str) -> None:
    """The answer names the right programs."""
    with pytest.raises(RefusedError) as refused:
        boundary_of(text)

    assert "twine" in refused.value.remedy
