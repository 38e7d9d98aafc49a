"""Secrets and personal numbers that were packed with a wheel: found, and told without repeating them."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rpa_commons.conformance import Limits, WheelReport, examine
from rpa_commons.conformance._personal import find_personal_numbers
from rpa_commons.conformance._report import Findings
from rpa_commons.conformance._secrets import find_secrets
from rpa_commons.conformance._texts import Batch
from tests.support.wheels import WheelMaker


def report_on(folder: Path, name: str, content: bytes) -> WheelReport:
    """What is said of a wheel with this file."""
    return examine(WheelMaker(files={f"quiet_bot/{name}": content}).build(folder))


def found_in(text: str | bytes, name: str = "quiet_bot/x.py") -> list[tuple[str, str]]:
    """Code and place of what is found in a file."""
    batch = Batch()
    batch.add("before.txt", b"nothing here\n")
    batch.add(name, text.encode() if isinstance(text, str) else text)
    findings = Findings(Limits())
    find_secrets(batch, findings)
    find_personal_numbers(batch, findings)
    return [(one.code, one.place) for one in findings.result()]


# Put together here, so that no search for secrets finds them in this file.
_SECRETS = [
    "-----BEGIN RSA PRIVATE" + " KEY-----\nMIIEpAIBAAKCAQEA0Z3VS5JJcds3xfn/ygWyF0nV\n",
    "-----BEGIN PRIVATE" + " KEY-----\\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\\n",
    "-----BEGIN OPENSSH PRIVATE" + " KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAE\n",
    "-----BEGIN PGP PRIVATE" + " KEY BLOCK-----\nVersion: GnuPG v2\n\nlQOYBFy8k0sBCADJ0Z3VS5JJcds3\n",
    "PuTTY-User-Key" + "-File-3: ssh-ed25519\n",
    'aws = "AKIA' + 'Q3EGRIXT7ZOPLMNB"',
    "export GH=ghp_" + "16C7e42F292c6912E7710c838347Ae178B4a",
    "github_pat_" + "11ABCDEFG0abcdefghijkl_mnopqrstuvwxyz0123456789ABCDEFG",
    "glpat-" + "zY3xW1vU9tS7rQ5pO3nM",
    "xoxb-" + "123456789012-abcdefGHIJ",
    "https://hooks.slack.com/services/T" + "00000000/B00000000/XXXXabcdXXXX",
    "pypi-AgE" + "IcHlwaS5vcmcCJDU3ZjM0YjY4LTc4ZjMtNDI1Zi1iYjY0LWE5ZTcxYmE1",
    "rpac_" + "a" * 20 + "B_c-" + "1" * 19,
    "AIza" + "SyD-9tSrke72PouQMnMX-a7eZSW0jkFMBWY",
    "sk_live_" + "4eC39HqLyjWDarjtT1zdp7dc",
    "DefaultEndpointsProtocol=https;AccountKey=" + "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6==",
    "eyJhbGciOiJIUzI1NiJ9." + "eyJzdWIiOiIxMjM0NTY3ODkwIn0." + "dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U",
    "postgresql://bot:" + "Sommer2026!@db.roskilde.example/cases",
    'password = "' + 'Sommer2026!"',
    "'smtp_password': '" + "kX9#mm2p'",
    'ADGANGSKODE: str = "' + 'Hemmeligt123"',
    'client_secret="' + '7Fq~8Zr1LmKp0Xw3TnVb5Yc2Hd9Gs4"',
    'token = "' + '9f86d081884c7d659a2feaa0c55ad015"',
    'login(user="bot", password="' + 'Tr0ub4dor")',
    'if secret == "' + 'c0ffee1234deadBEEF99aa":',
]


@pytest.mark.parametrize("text", _SECRETS)
def test_a_secret_is_refused_and_not_repeated(tmp_path: Path, text: str) -> None:
    """Keys, tokens and passwords have a shape, or stand beside a name that says what they are."""
    report = report_on(tmp_path, "notes.txt", f"first line\n\n{text}\n".encode())
    found = [one for one in report.findings if one.severity == "error"]

    assert {("A151", "quiet_bot/notes.txt:3")} == {(one.code, one.place) for one in found}
    assert not any(part in str(report.to_json()) for part in text.split() if len(part) > 24)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1"])
def test_a_secret_is_found_in_any_encoding(encoding: str) -> None:
    """Files saved on Windows are looked through as well."""
    text = 'navn = "Bj\u00f8rn"\npassword = "' + 'Sommer2026!"\n'

    assert "A151" in {code for code, _ in found_in(text.encode(encoding), "quiet_bot/notes.txt")}


@pytest.mark.parametrize(
    "text",
    [
        "password = os.environ['SMTP_PASSWORD']",
        'password = ""',
        'password = "changeme"',
        'password = "<your password here>"',
        'password = "{{ password }}"',
        'password = { env = "SMTP_PASSWORD" }',
        'Field(description="The password of the mailbox: ask IT for it")',
        'token_type = "access_token"',
        'token_url = "https://sts.example.org/oauth2/token"',
        'TOKEN_PATH = "/auth/v2.0/token/refresh-now"',
        'if "-----BEGIN PRIVATE' + ' KEY-----" in text:',
        'aws = "AKIA' + 'IOSFODNN7EXAMPLE"',
        "postgresql://user:password@localhost/db",
        "https://example.org/a:b@c",
        "http://{user}:{password}@{host}/",
        'secret_names = ["one", "two"]',
        "# a token is a word",
        'error = "the password is wrong, try it again"',
        "sk-learn and desk-lamp and task-" + "force",
        'key: "letters.token.label"',
    ],
)
def test_words_about_secrets_are_no_secrets(text: str) -> None:
    """References, placeholders, names and sentences pass."""
    assert [] == found_in(text + "\n")


def test_a_plain_word_as_password_is_a_warning() -> None:
    """It may be one, or a name."""
    assert [("A181", "quiet_bot/x.py:1")] == found_in('password = "kirsebaer"\n')


def test_files_without_quotes_are_read_as_settings() -> None:
    """In a .env or .ini file a value has no quotes."""
    line = "SMTP_PASSWORD=" + "kX9#mm2p!\n"

    assert [("A151", "quiet_bot/x.ini:1")] == found_in(line.replace("#", "+"), "quiet_bot/x.ini")
    assert [] == found_in("password = settings.password\n", "quiet_bot/x.py")


@pytest.mark.parametrize(
    "name", [".env", "id_rsa", "client.p12", "cert.pfx", "vault.kdbx", ".pypirc", "server.key"]
)
def test_a_file_that_keeps_secrets_is_refused(tmp_path: Path, name: str) -> None:
    """Whatever is in it: key stores, and files that programs keep passwords in."""
    found = report_on(tmp_path, name, b"\x30\x82").findings

    assert ["A151"] == [one.code for one in found if one.severity == "error"]


# Personal numbers. Those here have a birth date in the years that nobody has yet, or break a rule on purpose.


@pytest.mark.parametrize(
    "text",
    [
        "070761-4285",
        "070761 4285",
        "07.07.61-4285",
        "070761\u20134285",
        "cpr=0707614285;",
        "670761-4285",
        "010107-0000",
    ],
)
def test_a_danish_personal_number_is_refused(tmp_path: Path, text: str) -> None:
    """Also a test number of the register, for some of those are real people's; also a replacement number."""
    report = report_on(tmp_path, "people.csv", f"navn;nummer\nx;{text}\n".encode())

    assert [("A152", "quiet_bot/people.csv:2")] == [(one.code, one.place) for one in report.findings]
    assert text[-4:] not in str([one.message for one in report.findings])


@pytest.mark.parametrize("text", ["2211771212", "251216-9996", "0706614818", "010150-5000", "311257-8888"])
def test_a_number_that_is_nobodys_is_let_through(text: str) -> None:
    """The published examples of Digital Post, and birth dates from 2040 to 2057."""
    assert [] == found_in(f"cpr = '{text}'\n")


@pytest.mark.parametrize(
    "text",
    [
        "1609459200.123",
        "0.0101650001",
        "a1b2-0101650001-ffff",
        "d41d8cd98f00b204e980010165000112",
        "3f2504e0-4f89-11d3-9a0c-010165000112",
        "KLE 00.14.00 and 27.60.04",
        "x0101650001",
        "123456789012345678",
        "2026-11-22T04:33:41Z",
        "310265-1234",
        "991365-1234",
    ],
)
def test_other_numbers_are_none(text: str) -> None:
    """Digests, decimals, times, subject numbers, dates that are none."""
    assert [] == found_in(f"{text}\n")


def test_ten_digits_without_check_digit_are_a_warning() -> None:
    """Such numbers are issued since 2007, and so are many others."""
    assert [("A182", "quiet_bot/x.py:1")] == found_in("n = 1609459201\n")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("01017012345", []),
        ("15108695088", [("A152", "quiet_bot/x.py:1")]),
        ("151086 95088", [("A152", "quiet_bot/x.py:1")]),
        ("15908695088", []),
    ],
)
def test_norwegian_numbers(text: str, expected: list[tuple[str, str]]) -> None:
    """Both check digits must be right; month + 80 is synthetic."""
    assert expected == found_in(f"f = '{text}'\n")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("640823-3234", [("A152", "quiet_bot/x.py:1")]),
        ("19640823-3234", [("A152", "quiet_bot/x.py:1")]),
        ("196408233234", [("A152", "quiet_bot/x.py:1")]),
        ("640823+3234", [("A152", "quiet_bot/x.py:1")]),
        ("640883-3238", [("A152", "quiet_bot/x.py:1")]),
        ("450823-3238", [("A152", "quiet_bot/x.py:1")]),
        ("450823-3239", []),
        ("450823-0002", []),
        ("19450823-3239", []),
        ("196413233234", []),
    ],
)
def test_swedish_numbers(text: str, expected: list[tuple[str, str]]) -> None:
    """The example of the Swedish tax agency's own page, with and without century; the check digit counts."""
    assert expected == found_in(f"p = '{text}'\n")


@given(st.binary(max_size=2_000))
def test_any_bytes_are_searched_without_a_crash(content: bytes) -> None:
    """Texts, pictures, noise."""
    found_in(content, "quiet_bot/noise.bin")


@pytest.mark.parametrize(
    "content",
    [
        b"password = " * 100_000,
        b'token="' * 100_000,
        b"://a:" * 100_000,
        b"-----BEGIN PRIVATE" + b" KEY-----" + b"a: b\n" * 100_000,
        b"eyJ" * 200_000,
        b"0101010" * 100_000,
        b"010165-" * 100_000,
        b"01 01 01 " * 100_000,
        b"secret" + b" " * 500_000,
        b"secret: " + b"a" * 500_000,
    ],
)
def test_hostile_text_is_searched_in_time_that_grows_with_it(content: bytes) -> None:
    """Half a megabyte that begins again and again what is searched for; a run of minutes would be noticed."""
    found_in(content, "quiet_bot/hostile.txt")
