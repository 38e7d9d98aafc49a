"""XML from outside: what is refused, why, and that nothing of it is repeated."""

import io

import pytest

from rpa_commons.validators.xml import InvalidXmlError, XmlLimits, safe_xml

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
ISO_8859_1 = "it declares the encoding ISO-8859-1; only UTF-8 is read"
BOMB = f'<!DOCTYPE a [<!ENTITY l0 "ha">{LAUGHS}]><a>&l9;</a>'


def refused(source: bytes | io.BytesIO, **limits: int) -> str:
    """The problem that a document is refused for."""
    with pytest.raises(InvalidXmlError) as caught:
        safe_xml(source, limits=XmlLimits(**limits))
    return caught.value.problem


def test_a_document_is_read_without_comments_and_instructions() -> None:
    """Rules and readers see elements, attributes and text alone."""
    root = safe_xml(b"<?xml version='1.0'?><!-- a --><a><?x y?>1<!-- -->2<b c='d'/></a>")

    assert "a" == root.tag
    assert ("12", ["b"]) == (root.text, [child.tag for child in root])


@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf", b"<?xml version='1.0' encoding='utf-8'?>", b" \n"])
def test_utf_8_in_its_usual_beginnings(start: bytes) -> None:
    """A byte order mark, a declaration or neither; white space is no XML declaration's place but is ours."""
    root = safe_xml(start + "<a>æøå</a>".encode())

    assert "æøå" == root.text


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        (b"", "it is empty"),
        (b" \n\t ", "it is empty"),
        ("<a>æ</a>".encode("utf-16"), "it is UTF-16; only UTF-8 is read"),
        ("<a>æ</a>".encode("utf-16-le"), "it is UTF-16; only UTF-8 is read"),
        ("<a>æ</a>".encode("utf-16-be"), "it is UTF-16; only UTF-8 is read"),
        ("<a/>".encode("utf-32-be"), "it is UTF-32; only UTF-8 is read"),
        ("<?xml version='1.0'?><a/>".encode("cp037"), "it is EBCDIC; only UTF-8 is read"),
        (b"<?xml version='1.0' encoding='ISO-8859-1'?><a/>", ISO_8859_1),
        (b"<?xml version='1.0' encoding='UTF-7'?><a/>", "it declares the encoding UTF-7; only UTF-8 is read"),
        ("<a>æ</a>".encode("latin-1"), "not UTF-8"),
        (b"\xef\xbb\xbf<?xml version='1.0' encoding=\"ISO-8859-1\"?><a/>", ISO_8859_1),
    ],
)  # fmt: skip
def test_other_encodings_are_refused(document: bytes, problem: str) -> None:
    """A document that is read in another encoding than its sender meant is another document."""
    assert problem == refused(document)


@pytest.mark.parametrize(
    "document",
    [
        "<!DOCTYPE a><a/>",
        "\ufeff<?xml version='1.0'?>\n<!-- - -->\n<?x y?><!DOCTYPE a><a/>",
        "<!DOCTYPE a SYSTEM 'http://127.0.0.1:9/a.dtd'><a/>",
        "<!DOCTYPE a [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><a>&e;</a>",
        "<!DOCTYPE a [<!ENTITY % e SYSTEM 'http://127.0.0.1:9/'>%e;]><a/>",
        BOMB,
    ],
)
def test_a_document_type_is_refused_before_parsing(document: str) -> None:
    """No entity ever exists: neither laughs, nor files, nor addresses."""
    assert "it has a document type" == refused(document.encode())


@pytest.mark.parametrize(
    "inside", ["<![CDATA[<!DOCTYPE a>]]>", "<!-- <!DOCTYPE a> -->", "&lt;!DOCTYPE a&gt;"]
)
def test_words_about_a_document_type_are_no_document_type(inside: str) -> None:
    """A letter may be about XML."""
    assert "a" == safe_xml(f"<!-- <!DOCTYPE b> --><a>{inside}</a>".encode()).tag


@pytest.mark.parametrize(
    "document",
    [
        b"<a>",
        b"<a></b>",
        b"<a/><b/>",
        b"&e;",
        b"<a>&e;</a>",
        b"text",
        b"<!-- ",
        b"<?x ",
        b"<a b='1' b='2'/>",
    ],
)
def test_what_is_not_well_formed(document: bytes) -> None:
    """Half documents, two roots, entities from nowhere."""
    assert "not well-formed" == refused(document)


def test_more_bytes_than_allowed_are_not_read() -> None:
    """From a stream at most one byte above the limit is taken."""
    stream = io.BytesIO(b"<a>" + b"x" * 5_000_000 + b"</a>")

    assert "more than 1000 bytes" == refused(stream, size=1000)
    assert 1001 == stream.tell()
    assert "more than 1000 bytes" == refused(b"x" * 1001, size=1000)


class Generous(io.BytesIO):
    """A stream that gives three bytes more than it was asked for."""

    def read(self, size: int | None = -1, /) -> bytes:
        """More than was asked for."""
        return super().read((size or 0) + 3)


def test_a_stream_that_gives_more_than_asked_is_stopped_all_the_same() -> None:
    """What a stream does wrong must not lift the limit."""
    stream = Generous(b"<a>" + b"x" * 5_000_000)

    assert "more than 1000 bytes" == refused(stream, size=1000)
    assert 1004 == stream.tell()


def test_a_stream_of_exactly_the_limit_is_read() -> None:
    """The limit is what may be, not what may not."""
    document = b"<a>xyz</a>"

    assert "xyz" == safe_xml(io.BytesIO(document), limits=XmlLimits(size=len(document))).text


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        (b"<a>" * 257 + b"</a>" * 257, "more than 256 elements in one another"),
        (b"<a>" * 200_000, "more than 256 elements in one another"),
        (b"<a>" + b"<b/>" * 1_000_000 + b"</a>", "more than 1000000 signs of markup"),
        (b"<a " + b"b='' " * 1_000_000 + b"/>", "more than 1000000 signs of markup"),
        (b"<a>" + b"x" * 10_000_001 + b"</a>", "a text of more than 10000000 bytes"),
    ],
    ids=["deep", "deep and open", "wide", "attributes", "long"],
)  # fmt: skip
def test_the_shape_is_bounded(document: bytes, problem: str) -> None:
    """A small file cannot become a large tree."""
    assert problem == refused(document)


@pytest.mark.parametrize("long_texts", [False, True])
@pytest.mark.parametrize(("depth", "elements"), [(256, 256), (40, 40)])
def test_the_depth_is_bounded_alike_with_and_without_long_texts(
    long_texts: bool, depth: int, elements: int
) -> None:
    """The parser's own limit is lifted for letters; ours is not."""
    limits = XmlLimits(long_texts=long_texts, depth=depth)

    assert "a" == safe_xml(b"<a>" * elements + b"</a>" * elements, limits=limits).tag
    with pytest.raises(InvalidXmlError, match=f"more than {depth} elements in one another"):
        safe_xml(b"<a>" * (elements + 1) + b"</a>" * (elements + 1), limits=limits)


def test_a_long_text_is_read_where_it_is_allowed() -> None:
    """A letter of 99.5 MB in base64 is one text."""
    limits = XmlLimits(long_texts=True, size=30_000_000)

    assert 20_000_000 == len(safe_xml(b"<a>" + b"x" * 20_000_000 + b"</a>", limits=limits).text or "")


def test_the_line_is_told_and_nothing_of_the_document() -> None:
    """Messages end up in logs."""
    with pytest.raises(InvalidXmlError) as caught:
        safe_xml(b"<a>\n<secret0706614818>\n</other>\n</a>")

    assert "not readable as XML: not well-formed (line 3)" == str(caught.value)
    assert 3 == caught.value.line
    assert caught.value.__cause__ is caught.value.__context__ is None
