import pytest

from rpa_commons.sharing._publish_fit import Taboo, is_fit_key, is_fit_name, is_fit_number, is_fit_text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-01-01",
        "fra 2026-01-01, 12 dage",
        "4000 Roskilde, kl. 10-12",
        "10/11/2026 og/eller",
        "10.11.2026 til 12.12.2026",
        "127.0.0.1:35325",
        "https://prod.serviceplatformen.dk/service/CPR/PersonBaseDataExtended/4",
        "http://localhost:8080/x",
        "sf1520.local_office",
        "KombiPostAfsend_1",
        "RPAC_KOMBIT_P12",
        "token",
        "secret santa",
        "a = b",
        "%Y-%m-%d",
        "æøå ÆØÅ – én",
        "x" * 4000,
    ],
)
def test_a_plain_choice_fits(text: str) -> None:
    """Dates, short numbers, public addresses and words are what members compare."""
    assert is_fit_text(text)


@pytest.mark.parametrize(
    "text",
    [
        "010170 1234",
        "010170\u20131234",
        "010170\u20111234",
        "01 01 70 12 34",
        "01-01-70-12-34",
        "010170_1234",
        "\uff10\uff11\uff10\uff11\uff17\uff10\uff11\uff12\uff13\uff14",
        "ring\n0101701234",
        "19700101-1234",
        "19700161-1234",
        "01017012345",
        "41017012345",
        "131052-308T",
        "131052\u2013308T",
        "sotu 131052 A 308t",
        "010190/1234",
        "01 01 90 12 34",
        "19900101-1239",
        "199001011239",
        "2019-01-01-1239",
        "01019000083",
    ],
)
def test_a_personal_number_does_not_fit_however_it_is_written(text: str) -> None:
    """With other dashes, spaces and widths, and those of Norway, Sweden and Finland too."""
    assert not is_fit_text(text)


@pytest.mark.parametrize(
    "text",
    [
        "jens\uff20roskilde.example",
        "https://host.example/#access_token=abc",
        "https://host.example/a;jsessionid=abc",
        "see https://host.example/?a=1 there",
        "Server=db;User Id=sa;Password=hunter2",
        "pwd: hunter2",
        '{"api_key": "abc"}',
        "adgangskode = x",
        "SharedAccessKey=abc=",
        "Bearer abcdefghijkl",
        "Basic c2E6aHVudGVyMg==",
        "AKIAIOSFODNN7EXAMPLE",
        "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
        "xoxb-1-2",
        "eyJhbGciOiJIUzI1NiJ9.e30.x",
        "-----BEGIN PRIVATE KEY-----\nMIIE",
        "https://hooks.example/services/T0aB1cD2eF3gH4iJ5kL6mN7oP8",
        "0123456789abcdef0123456789abcdef",
        "x" * 4001,
    ],
)
def test_what_looks_like_a_secret_does_not_fit(text: str) -> None:
    """Keys as services hand them out, words that only chance makes, and texts nobody reads to the end."""
    assert not is_fit_text(text)


@pytest.mark.parametrize(
    "text",
    [
        "Telefon 36 39 36 39",
        "46 31 30 00 / 46 31 30 01",
        "+45 (46) 31-30-00",
        "aftale 12345678",
        "f. 1970-05-01",
        "514d874d-d046-450e-ae8d-bca4c0210385",
        "id {514D874D-D046-450E-AE8D-BCA4C0210385}",
        "514d874dd046450eae8dbca4c0210385",
        "mette.hansen @ roskilde.dk",
        "mette.hansen (at) roskilde.dk",
        "password: hunter2",
        "https://a.dk/#tok",
        "https://fagsystem.roskilde.local/api",
        "srv01.kommune.lan",
        "10.1.2.3:8080",
        "http://192.168.0.4/x",
        "172.20.1.9",
        "https://srv01/api",
        "fd12:3456::1",
    ],
)
def test_what_leads_to_a_person_or_into_the_house_does_not_fit(text: str) -> None:
    """Telephones, accounts, ids of agreements, mail and machines inside: withheld rather than judged."""
    assert not is_fit_text(text)


@pytest.mark.parametrize(("number", "is_fit"), [(45, True), (-1234567, True), (46313000, False)])
def test_a_long_number_does_not_fit(number: int, is_fit: bool) -> None:
    """Eight digits are a telephone, an account or a case."""
    assert is_fit is is_fit_number(number)


def test_an_absurd_text_is_answered_at_once() -> None:
    """A file may hold 1 MiB in one text: no pattern runs over it again and again."""
    for part in ("://", "a/", "aA1", "/a-", "0 ", "password "):
        assert not is_fit_text(part * 300_000)


@pytest.mark.parametrize(
    ("key", "is_fit"),
    [
        ("window_days", True),
        ("a-b", True),
        ("_x1", True),
        ("", False),
        ("Jens Hansen", False),
        ("øre", False),
        ("born_1970", False),
        ("x" * 41, False),
        ("ghp_abcdefghijklmnopqrst", False),
    ],
)
def test_an_unknown_key_is_shown_only_when_it_looks_like_one(key: str, is_fit: bool) -> None:
    """A key that is a name, a number or a token of somebody is data."""
    assert is_fit is is_fit_key(key)


@pytest.mark.parametrize(
    ("name", "is_fit"),
    [
        ("welcome-letters", True),
        ("små_breve", True),
        ("Jens Hansen", False),
        ("0101701234", False),
        ("a\nb", False),
        ("a\x1b[2J", False),
        ("a\udcff", False),
        ("x" * 201, False),
    ],
)
def test_a_files_name_is_shown_only_when_every_system_takes_it(name: str, is_fit: bool) -> None:
    """No blank, no sign a terminal obeys, no byte that is no letter."""
    assert is_fit is is_fit_name(name)


@pytest.mark.parametrize(
    "text",
    [
        "Jens Hansen",
        "JENS HANSEN",
        "ring til Jens  Hansen i dag",
        "jens_hansen-breve",
        "Jens\nHansen",
        "\uff2aens.Hansen",
    ],
)
def test_a_repeated_text_is_found_however_it_is_written(text: str) -> None:
    """Case, spaces, hyphens and width are no disguise."""
    taboo = Taboo()
    taboo.add("  Jens Hansen ")

    assert taboo.is_in(text)


def test_a_short_text_is_no_taboo() -> None:
    """Three letters stand in every other word."""
    taboo = Taboo()
    taboo.add("bor")
    taboo.add(" - ")

    assert not taboo.is_in("Borgerservice - bor")


def test_several_texts_with_one_beginning_are_all_found() -> None:
    """The shorter one does not hide the longer one, nor the other way round."""
    taboo = Taboo()
    for text in ("Jens Hansen", "Jens", "Jens Holm"):
        taboo.add(text)

    assert taboo.is_in("x jens y")
    assert not taboo.is_in("Jen Hansen")
    assert not Taboo().is_in("Jens")
