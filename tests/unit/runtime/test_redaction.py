"""Secrets out of texts, trees and streams."""

import base64
import html
import io
import json
import threading
from urllib.parse import quote, quote_plus

import pytest

from rpa_commons.runtime._redact import RedactedStream, Redactor

SECRET = "p/w: \"Ærø\" <&> 'x' \\ 100%"  # noqa: S105 - invented


@pytest.fixture
def redact() -> Redactor:
    """One that knows the secret."""
    redactor = Redactor()
    redactor.learn(SECRET)
    return redactor


@pytest.mark.parametrize(
    "form",
    [
        SECRET,
        quote(SECRET),
        quote(SECRET, safe=""),
        quote_plus(SECRET),
        json.dumps(SECRET)[1:-1],
        json.dumps(SECRET, ensure_ascii=False)[1:-1],
        repr(SECRET)[1:-1],
        html.escape(SECRET),
        html.escape(SECRET, quote=False),
    ],
)
def test_a_secret_is_found_in_every_way_of_writing_it(redact: Redactor, form: str) -> None:
    """As it is, percent-encoded, in JSON, in XML, as Python shows it."""
    assert redact(f"login {form} failed") == "login … failed"


@pytest.mark.parametrize("before", ["", "u:", "us:", "user:", "rpac-robot:"])
@pytest.mark.parametrize("after", ["", ";", "::", "xyz"])
def test_a_secret_is_found_in_base64_at_any_alignment(redact: Redactor, before: str, after: str) -> None:
    """A basic login has the user before it; the other characters of the text may stay."""
    text = base64.b64encode(f"{before}{SECRET}{after}".encode()).decode()

    shown = redact(text)

    assert "…" in shown
    assert len(shown) < len(base64.b64encode(f"{before}{after}".encode())) + 8


def test_a_text_without_a_secret_stays(redact: Redactor) -> None:
    """Also before anything was learnt."""
    assert redact("nothing to see") == "nothing to see"
    assert Redactor()(SECRET) == SECRET


def test_a_very_short_secret_is_left_alone() -> None:
    """It would be found in every other word."""
    redact = Redactor()
    redact.learn("abc")

    assert redact("abcdef") == "abcdef"


def test_the_longer_secret_goes_first() -> None:
    """One that begins another leaves no end of it."""
    redact = Redactor()
    redact.learn("secret")
    redact.learn("secret-and-more")

    assert redact("secret-and-more, secret") == "…, …"


def test_a_secret_of_several_lines_is_found_line_by_line() -> None:
    """As a log prints a key in PEM."""
    redact = Redactor()
    redact.learn("-----BEGIN KEY-----\nMIIEvQIBADANBg\nkqhkiG9w0BAQEF\n-----END KEY-----\n")

    assert redact("  MIIEvQIBADANBg\n  kqhkiG9w0BAQEF") == "  …\n  …"


def test_the_blanks_around_a_secret_do_not_hide_it() -> None:
    """A file's value is shown stripped."""
    redact = Redactor()
    redact.learn("  hunter22\n")

    assert redact("with hunter22") == "with …"


def test_a_tree_is_looked_through(redact: Redactor) -> None:
    """Texts, lists, tables and the names of a bot's own values; other numbers stay."""
    tree = {"reason": SECRET, "facts": {SECRET: [SECRET, 1, None, True]}}

    assert redact.tree(tree) == {"reason": "…", "facts": {"…": ["…", 1, None, True]}}


def test_the_words_of_our_own_stay_though_a_secret_is_called_so() -> None:
    """Somebody's password is ``item``: events still say what they are."""
    redact = Redactor()
    redact.learn("item")
    redact.learn("reason")

    shown = redact.tree({"event": "item", "state": "item", "reason": "no item"})

    assert shown == {"event": "item", "state": "item", "reason": "no …"}


def test_a_stream_puts_together_what_is_printed_in_pieces(redact: Redactor) -> None:
    """A secret in two halves is one when its line ends."""
    out = io.StringIO()
    stream = RedactedStream(out, redact)

    stream.write(f"a {SECRET[:5]}")
    stream.write(f"{SECRET[5:]}\nnext")

    assert out.getvalue() == "a …\n"
    stream.flush()
    assert out.getvalue() == "a …\nnext"


def test_bytes_are_looked_through_too(redact: Redactor) -> None:
    """Whoever writes to the buffer below."""
    out = io.StringIO()
    stream = RedactedStream(out, redact)

    written = stream.buffer.write(f"{SECRET}\n".encode())

    assert out.getvalue() == "…\n"
    assert written == len(f"{SECRET}\n".encode())


def test_a_stream_says_of_itself_what_print_and_libraries_ask() -> None:
    """It is writable, and no terminal where the one below is none."""
    stream = RedactedStream(io.StringIO(), Redactor())

    assert stream.writable()
    assert not stream.isatty()
    assert stream.buffer.writable()


def test_many_threads_learn_at_once() -> None:
    """No secret is lost."""
    redact = Redactor()
    words = [f"secret-{number:04}" for number in range(40)]
    threads = [threading.Thread(target=redact.learn, args=(word,)) for word in words]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert redact(" ".join(words)) == " ".join("…" for _ in words)


def test_masked_takes_out_personal_numbers_as_well(redact: Redactor) -> None:
    """For log lines."""
    assert redact.masked(f"{SECRET} of 0706614285") == "… of …"


def test_a_secret_of_digits_is_hidden_as_a_number_too() -> None:
    """A bot's number; our own counts stay, whatever the secret, and so do ``true`` and ``false``."""
    redact = Redactor()
    redact.learn("123456")
    redact.learn("True")
    tree = {"facts": {"code": 123456, "run": 123456, "new": -1234567, "yes": True}, "found": 123456}

    assert redact.tree(tree) == {
        "facts": {"code": "…", "run": "…", "new": "-…7", "yes": True},
        "found": 123456,
    }
    assert redact.tree([123456, 1.5]) == ["…", 1.5]
    assert redact.tree({"states": {"done": 123456}}) == {"states": {"done": 123456}}


def test_a_flush_keeps_back_what_may_begin_a_secret() -> None:
    """``print("...", end="", flush=True)`` twice; the rest of the line is shown at once."""
    out, redact = io.StringIO(), Redactor()
    redact.learn("hunter2secret")
    stream = RedactedStream(out, redact)

    print("pass hunter2", end="", flush=True, file=stream)
    shown = out.getvalue()
    print("secret", file=stream)

    assert shown == "pass "
    assert out.getvalue() == "pass …\n"


@pytest.mark.parametrize("cuts", [(3, 6), (1, 2), (8, 12), (5, 11)])
def test_a_flush_anywhere_shows_what_one_print_would_show(cuts: tuple[int, int]) -> None:
    """Secrets that overlap, or begin one another, leave no end of them either."""
    text = "x abcdefgh abcdefXY efghij"
    out, redact = io.StringIO(), Redactor()
    for secret in ("abcdef", "efghij", "abcdefXY"):
        redact.learn(secret)
    stream = RedactedStream(out, redact)
    for piece in (text[: cuts[0]], text[cuts[0] : cuts[1]], text[cuts[1] :]):
        print(piece, end="", flush=True, file=stream)
    stream.finish()

    assert out.getvalue() == redact(text) == "x …gh … …"


def test_a_match_whose_end_begins_another_is_hidden_whole() -> None:
    """What is kept back never begins within a secret."""
    redact = Redactor()
    redact.learn("abcdef")
    redact.learn("efgh")

    assert redact.settled("x abcdef") == len("x abcdef")
    assert redact.settled("x abcde") == len("x ")
    assert redact.settled("nothing") == len("nothing")


def test_the_end_shows_what_was_kept_back() -> None:
    """Nothing follows, so it begins nothing."""
    out, redact = io.StringIO(), Redactor()
    redact.learn("hunter2secret")
    stream = RedactedStream(out, redact)
    stream.write("on the hunt")
    stream.flush()
    shown = out.getvalue()
    stream.finish()

    assert shown == "on the "
    assert out.getvalue() == "on the hunt"


def test_a_character_in_two_pieces_is_one(redact: Redactor) -> None:
    """Bytes are cut anywhere; half a one at the end is shown as such."""
    out = io.StringIO()
    stream = RedactedStream(out, redact)
    data = f"æ {SECRET}\n".encode()
    for at in range(len(data)):
        stream.buffer.write(data[at : at + 1])
        stream.buffer.flush()
    stream.buffer.write("æ".encode()[:1])
    stream.finish()

    assert out.getvalue() == "æ …\n\N{REPLACEMENT CHARACTER}"


def test_a_line_without_an_end_is_not_held_for_ever() -> None:
    """It is written in pieces, and a secret across two of them is found."""
    out, redact = io.StringIO(), Redactor()
    redact.learn("hunter2secret")
    stream = RedactedStream(out, redact)
    stream.write("." * (64 * 1024 - 3) + "hunter2")
    shown = out.getvalue()
    stream.write("secret" + "." * 64 * 1024)

    assert shown == "." * (64 * 1024 - 3)
    assert out.getvalue() == "." * (64 * 1024 - 3) + "…" + "." * 64 * 1024


def test_personal_values_are_hidden_but_kept_in_records() -> None:
    """A log must not say who; the record of the case must."""
    redact = Redactor()
    redact.learn("hunter22")
    redact.learn_personal("Niels Ebbesen")

    assert redact("hunter22 of Niels Ebbesen") == "… of …"
    assert redact.masked("ask Niels Ebbesen") == "ask …"
    assert redact.tree({"facts": {"who": "Niels Ebbesen"}}) == {"facts": {"who": "…"}}
    assert redact.kept({"who": "Niels Ebbesen", "login": "hunter22"}) == {
        "who": "Niels Ebbesen",
        "login": "…",
    }
