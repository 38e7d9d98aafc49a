"""Only declared hosts are called, however an address is written."""

import socket
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from hypothesis import example, given
from hypothesis import strategies as st
from requests.auth import AuthBase
from urllib3.util import parse_url

from rpa_commons.capabilities import TransientError
from rpa_commons.connectors import Surroundings
from rpa_commons.connectors.http import AddressRefusedError, HttpClient, HttpSettings
from rpa_commons.connectors.http._transport import host_of

CPR = "2211771212"


def make(surroundings: Surroundings, *addresses: str, auth: AuthBase | None = None) -> HttpClient:
    """A client that may call these."""
    settings = HttpSettings(ca_bundle="ca.pem", read_timeout=0.3, connect_timeout=0.5, attempts=1)
    return HttpClient("system", settings, surroundings, addresses=addresses, auth=auth)


@pytest.fixture
def client(surroundings: Surroundings) -> Iterator[HttpClient]:
    """May call one host that there is not."""
    client = make(surroundings, "https://api.example.invalid")
    yield client
    client.close()


@pytest.mark.parametrize(
    "url",
    [
        "https://api.example.invalid.",  # another name for DNS caches and certificates
        "https://api.example.invalid:8443",
        "https://api.example.invalid:0",
        "http://api.example.invalid",
        "https://evil.invalid/api.example.invalid",
        "https://evil.invalid?api.example.invalid",
        "https://evil.invalid#api.example.invalid",
        "https://api.example.invalid@evil.invalid",
        "https://api.example.invalid:443@evil.invalid",
        "https://evil.invalid\\@api.example.invalid",
        "https://evil.invalid\\.api.example.invalid",
        "https://api.example.invalid\\.evil.invalid",
        "https://api.example.invalid%2eevil.invalid",
        "https://api.example.invalid\t.evil.invalid",
        "https://api.exam\nple.invalid",
        " https://api.example.invalid",
        "https://аpi.example.invalid",  # a Cyrillic a
        "https://api.example.invalid⁄.evil.invalid",  # a fraction slash
        "https://api.example.invalid℀evil.invalid",  # becomes a/c in NFKC
        "https://[::1",
        "https://[::1]",
        "//api.example.invalid/path",
        "/path",
        "",
        "file:///etc/passwd",
    ],
)
def test_another_address_is_refused_before_anything_is_sent(client: HttpClient, url: str) -> None:
    """Other names, ports, schemes and every trick with userinfo, backslashes and blanks."""
    with pytest.raises(AddressRefusedError):
        client.request("GET", url, kind="query")


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://API.Example.Invalid/x", "api.example.invalid:443"),
        ("https://api.example.invalid:0443", "api.example.invalid:443"),
        ("https://bücher.example/", "xn--bcher-kva.example:443"),
        ("https://BÜCHER.example:8443/", "xn--bcher-kva.example:8443"),
        ("https://[2001:DB8::1]/", "2001:db8::1:443"),
        ("http://127.0.0.1:80", "127.0.0.1:80"),
    ],
)
def test_one_host_has_one_name(url: str, host: str) -> None:
    """Capitals, a written-out port and letters beyond ASCII make no other host."""
    assert host == host_of("system", url)


def test_a_host_with_danish_letters_can_be_called(
    surroundings: Surroundings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name it is declared by is the name that is connected to."""
    asked: list[object] = []

    def unknown(host: object, *_: object, **__: object) -> None:
        asked.append(host)
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    client = make(surroundings, "https://kommune-æøå.invalid")

    with pytest.raises(TransientError, match="is not known"):
        client.request("GET", "https://KOMMUNE-ÆØÅ.invalid/x", kind="query")
    client.close()

    assert {"xn--kommune--h0aj2r.invalid"} == {
        host.decode() if isinstance(host, bytes) else host for host in asked
    }


class GoesElsewhere(AuthBase):
    """A login that sends the answer's request on to another address."""

    def __init__(self, elsewhere: str) -> None:
        self.elsewhere = elsewhere

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """As ``requests`` wants it."""
        request.register_hook("response", self.again)
        return request

    def again(self, response: requests.Response, **options: Any) -> requests.Response:
        """Send it there."""
        response.close()
        request = response.request.copy()
        request.url = self.elsewhere
        return response.connection.send(request, **options)  # type: ignore[attr-defined,no-any-return]


def test_a_login_cannot_lead_elsewhere(surroundings: Surroundings, stub: Any, plain_stub: Any) -> None:
    """Not only the first request is looked at: nothing goes out to a host that is not declared."""
    stub.then(stub.reply(200))
    client = make(surroundings, stub.url, auth=GoesElsewhere(f"{plain_stub.url}/{CPR}"))

    with pytest.raises(AddressRefusedError) as caught:
        client.request("GET", stub.url, kind="query")
    client.close()

    assert 0 == plain_stub.connections
    assert CPR not in str(caught.value)


@given(st.text(max_size=40).map("https://".__add__) | st.text(max_size=40))
@example("https://a\\@b")
@example("https://a:99999999999999999999")
@example("https://" + "a" * 300 + "ø")
@example("https://xn--a")
@example("https://{")
@example("https://[v1.x]")
def test_an_address_is_read_the_same_by_both_parsers_or_refused(url: str) -> None:
    """What is let through is what the parser that connects reads; anything else is our error."""
    try:
        host = host_of("system", url)
    except AddressRefusedError:
        return
    prepared = requests.Request("GET", url)
    try:
        parts = parse_url(str(prepared.prepare().url))
    except (ValueError, requests.RequestException):
        return  # never sent

    assert f"{(parts.host or '').strip('[]').lower()}:{parts.port or 443}" == host
