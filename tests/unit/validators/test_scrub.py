"""Recordings without personal numbers and secrets: what goes, what stays, and in what time."""

import json
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rpa_commons.validators import StandIns, find_identifiers, scrub

CPR, FNR, PNR = "070661-4818", "20036914700", "19640823-3234"
NUMBERS = (CPR, "0706614818", "07 06 61 4818", FNR, "200369 147 00", PNR, "640823-3234", "20000101-T220")
KEYS = ("Authorization", "Set-Cookie", "client_secret", "password", "X-Api-Key", "access_token")
pieces = st.one_of(
    st.sampled_from(NUMBERS),
    st.sampled_from(KEYS),
    st.sampled_from(
        ['"', '\\"', ": ", "=", "<", ">", "</", "[", "{", "]", "}", "\n", "\n  - ", "&lt;", "\\n"]
    ),
    st.sampled_from(
        [
            '"name":"',
            '","value":"',
            "eyJhbGciOiJI.x",
            "Bearer ",
            "01 ",
            "0105",
            " ",
            "29 02 ",
            "%20",
            "%2D",
            "\\u00a0",
        ]
    ),
    st.text(max_size=8),
    st.text("0123456789 -.+", max_size=14),
)
texts = st.lists(pieces, max_size=30).map("".join)


@pytest.mark.parametrize(
    ("number", "stand_in"),
    [
        (CPR, "999900-0001"),
        ("0706614818", "9999000001"),
        ("07 06 61 4818", "99 99 00 0001"),
        ("070661-1BC8", "999900-0001"),
        (FNR, "99999000001"),
        ("200369 147 00", "999990 000 01"),
        (PNR, "99999900-0001"),
        ("196408233234", "999999000001"),
        ("20000101-T220", "99999900-0001"),
        ("?q=%200706614818", "?q=%209999000001"),
        ("070661%2D4818", "999900%2D0001"),
        ("\\u00a0070661-4818", "\\u00a0999900-0001"),
    ],
)
def test_a_stand_in_has_length_and_separators_and_is_no_number(number: str, stand_in: str) -> None:
    """There is no day 99, no month 99, and no Norwegian number begins with 9."""
    result = scrub(f'{{"id":"{number}"}}')

    assert f'{{"id":"{stand_in}"}}' == result.text
    assert () == find_identifiers(result.text)
    assert 1 == sum(result.counts.values())


def test_the_same_number_has_the_same_stand_in_in_all_files() -> None:
    """With and without separator or century, so that what belongs together still does."""
    known = StandIns()

    first = scrub(f"{CPR} {PNR}", known).text
    second = scrub("640823-3234 0706614818 0101505555", known).text

    assert "999900-0001 99999900-0002" == first
    assert "999900-0002 9999000001 9999000003" == second
    assert 3 == len(known)


def test_what_is_no_personal_number_stays() -> None:
    """Digits in longer digits, UUIDs, company numbers and time stamps are the shape that is wanted."""
    text = (
        '{"id":"a1010150-5555-4000-8000-ab0101505555","cvr":"29189404","n":10101505555,"token_type":"Bearer"}'
    )

    assert text == scrub(text).text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            'GET / HTTP/1.1\r\nAuthorization: Digest a="b", c=d\r\nAccept: x',
            "Authorization: removed\r\nAccept: x",
        ),
        ("Cookie: a=hush; b=hush\nX: 1", "Cookie: removed\nX: 1"),
        ("< Set-Cookie: a=hush; Path=/\n< X: 1", "< Set-Cookie: removed\n< X: 1"),
        ("> Proxy-Authorization: Basic hush", "> Proxy-Authorization: removed"),
        ('{"access_token" : "hu\\"sh", "a": 1}', '{"access_token" : "removed", "a": 1}'),
        ('{"password": 123456, "a": 1}', '{"password": "removed", "a": 1}'),
        ('{"set-cookie": ["hush=1]", "b"], "a": 1}', '{"set-cookie": ["removed"], "a": 1}'),
        ('{"credentials": {"x": {"y": "hush"}}, "a": 1}', '{"credentials": "removed", "a": 1}'),
        (
            '{"text":"{\\"refresh_token\\":\\"hu\\\\\\"sh\\",\\"a\\":1}"}',
            '{\\"refresh_token\\":\\"removed\\",\\"a\\":1}',
        ),
        ('{"name": "Authorization", "value": "hush"}', '{"name": "Authorization", "value": "removed"}'),
        ('{"cookies": [{"name": "s", "value": "hush"}], "a": 1}', '{"cookies": ["removed"], "a": 1}'),
        ("grant_type=x&client_secret=hush&scope=y", "grant_type=x&client_secret=removed&scope=y"),
        ("https://a.example/?api-key=hush&b=1", "?api-key=removed&b=1"),
        ('<u Password="hush" a="1"/>', '<u Password="removed" a="1"/>'),
        ('<w:Password Type="t">hush</w:Password><a/>', '<w:Password Type="t">removed</w:Password><a/>'),
        (
            "<s:Assertion ID='1'><s:X>hush</s:X></s:Assertion><a/>",
            "<s:Assertion ID='1'>removed</s:Assertion><a/>",
        ),
        (
            "&lt;s:Assertion&gt;hush&lt;/s:Assertion&gt;&lt;a",
            "&lt;s:Assertion&gt;removed&lt;/s:Assertion&gt;&lt;a",
        ),
        (
            "h:\n  Authorization:\n  - hush\n  - hush\n  X:\n  - 1",
            "  Authorization:\n  - removed\n  X:\n  - 1",
        ),
        ("password: |\n  hush\n  hush\nb: 1", "password: removed\nb: 1"),
        ("api_key: hush\nb: 1", "api_key: removed\nb: 1"),
        ('{"t": "POST /\\r\\nAuthorization: hush\\r\\nA: 1"}', "Authorization: removed\\r\\nA: 1"),
        ('x; name="password"\r\n\r\nhush\r\n--b', 'name="password"\r\n\r\nremoved\r\n--b'),
        ("curl -H 'Authorization: hush' -d 1", "-H 'Authorization: removed' -d 1"),
        ('{"jwt": "eyJhbGciOiJIUzI1NiJ9.hush.hush"}', '{"jwt": "removed"}'),
        ("{'password': 'hush', 'a': 1}", "{'password': 'removed', 'a': 1}"),
        ("Authorization = Bearer hush", "Authorization = removed"),
        ("Cookie=a=hush; b=hush", "Cookie=removed"),
        ("https://me:hush@a.example/", "https://me:removed@a.example/"),
        ('<add key="password" value="hush"/>', '<add key="password" value="removed"/>'),
        ('<header name="Authorization">hush</header>', '<header name="Authorization">removed</header>'),
        ("- name: Authorization\n  value: hush\n- a", "- name: Authorization\n  value: removed\n- a"),
        ('{"value": "hush", "name": "Cookie"}', '{"value": "removed", "name": "Cookie"}'),
        ("-----BEGIN PRIVATE KEY-----\nhush\n-----END PRIVATE KEY-----", "KEY-----removed-----END"),
        ('{"content": "' + "hush" * 60 + '"}', '{"content": "removed"}'),
    ],
)
def test_a_secret_is_removed_and_what_stands_around_stays(text: str, expected: str) -> None:
    """As header, key, pair, form, attribute or element, also inside a string; JSON stays JSON."""
    result = scrub(text)

    assert expected in result.text
    assert "hush" not in result.text
    assert result.counts["secret"] >= 1
    assert result.text == scrub(result.text).text
    if text.startswith('{"'):
        json.loads(result.text)


@pytest.mark.parametrize(
    "text", ['{"password": null}', '{"password": ""}', "<Password/>", "Cookie: removed", "token"]
)
def test_what_holds_no_secret_is_not_counted(text: str) -> None:
    """An empty value is part of the shape."""
    assert (text, {}) == (scrub(text).text, scrub(text).counts)


@given(texts)
def test_no_number_is_left_and_twice_is_once(text: str) -> None:
    """Whatever the text: no exception, nothing that reads as a number, nothing new the second time."""
    result = scrub(text)
    again = scrub(result.text)

    assert () == find_identifiers(result.text)
    assert (result.text, {}) == (again.text, again.counts)


@given(texts)
def test_numbers_alone_keep_every_place(text: str) -> None:
    """What is replaced by stand-ins is as long as before, and differs in digits and capitals only."""
    result = StandIns().replace(text).text

    assert re.sub("[0-9A-Zx]", "#", text) == re.sub("[0-9A-Zx]", "#", result)


@pytest.mark.parametrize(
    "unit",
    [
        '"token":"',
        '"token":[',
        "<a:token>",
        "&lt;token ",
        "token: ",
        "token=",
        "a-",
        "\\",
        "eyJaaaaaaaaa.",
        "01 01 50 ",
        "0706614818 ",
        '"name":"token","value":',
        "-----BEGIN PRIVATE KEY-----",
        "token:\n ",
        "Bearer ",
    ],
)
def test_time_grows_with_the_length_and_no_faster(unit: str) -> None:
    """A text that repeats what opens something and never closes it is no trap."""
    begun = time.process_time()
    scrub(unit * (400_000 // len(unit)))

    assert time.process_time() - begun < 15
