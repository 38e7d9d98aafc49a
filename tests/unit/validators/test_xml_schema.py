"""XML Schema from files in memory, and problems without values."""

import threading

import pytest

from rpa_commons.validators.xml import safe_xml
from rpa_commons.validators.xsd import InvalidSchemaError, XmlSchema

XS = 'xmlns:xs="http://www.w3.org/2001/XMLSchema"'
NUMBER = "0706614818"
MAIN = f"""<xs:schema {XS} xmlns:t="urn:t" targetNamespace="urn:t" elementFormDefault="qualified">
<xs:include schemaLocation="../common/types.xsd"/>
<xs:element name="person"><xs:complexType><xs:sequence>
  <xs:element name="number" type="t:Number"/>
  <xs:element name="born" type="xs:date" minOccurs="0"/>
  <xs:element name="sex" minOccurs="0"><xs:simpleType><xs:restriction base="xs:string">
    <xs:enumeration value="F"/><xs:enumeration value="M"/></xs:restriction></xs:simpleType></xs:element>
  <xs:element name="code" minOccurs="0" type="xs:string" fixed="one"/>
</xs:sequence><xs:attribute name="age" type="xs:int"/></xs:complexType></xs:element></xs:schema>"""
TYPES = f"""<xs:schema {XS} targetNamespace="urn:t"><xs:simpleType name="Number">
<xs:restriction base="xs:string"><xs:pattern value="[a-z]+"/><xs:maxLength value="4"/></xs:restriction>
</xs:simpleType></xs:schema>"""
FILES = {"main/person.xsd": MAIN.encode(), "common/types.xsd": TYPES.encode()}


@pytest.fixture
def schema() -> XmlSchema:
    """A schema of two files."""
    return XmlSchema(FILES, "main/person.xsd")


def person(inside: str, attributes: str = "") -> bytes:
    """A document of it."""
    return f'<person xmlns="urn:t"{attributes}>\n{inside}\n</person>'.encode()


def test_a_valid_document_has_no_problems(schema: XmlSchema) -> None:
    """Types come from the included file."""
    assert () == schema.problems(safe_xml(person("<number>abc</number>")))


def test_a_problem_names_rule_line_and_element(schema: XmlSchema) -> None:
    """All are found at once, namespaces left out."""
    problems = schema.problems(safe_xml(person("<number>abc</number>\n<shoe/>")))

    assert [("ELEMENT_CONTENT", 3)] == [(one.rule, one.line) for one in problems]
    assert (
        "Element 'shoe': This element is not expected. Expected is one of ( born, sex, code )."
        == problems[0].text
    )


@pytest.mark.parametrize(
    ("inside", "attributes"),
    [
        (f"<number>{NUMBER}</number>", ""),
        (f"<number>it's {NUMBER}' is not a valid value of</number>", ""),
        (f"<number>a</number><born>{NUMBER}</born>", ""),
        (f"<number>a</number><sex>{NUMBER}</sex>", ""),
        (f"<number>a</number><sex>x\n{NUMBER}' is a\ny</sex>", ""),
        (f"<number>a</number><code>{NUMBER}</code>", ""),
        ("<number>a</number>", f' age="{NUMBER}{NUMBER}"'),
        ("<number>a</number>", f' xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:type="t{NUMBER}"'),
        (f"{NUMBER}<number>a</number>", ""),
    ],
)
def test_no_value_stands_in_a_problem(schema: XmlSchema, inside: str, attributes: str) -> None:
    """A value may be a personal number, and may try to look like the sentence around it."""
    problems = schema.problems(safe_xml(person(inside, attributes)))

    assert problems
    assert [] == [one for one in problems if NUMBER in one.text + one.path]


@pytest.mark.parametrize(
    ("files", "entry", "problem"),
    [
        ({}, "a.xsd", "there is no 'a.xsd'"),
        ({"a.xsd": b"<a"}, "a.xsd", "Start Tag a"),
        ({"a.xsd": b"<a/>"}, "a.xsd", "not a schema"),
        ({"main/person.xsd": MAIN.encode()}, "main/person.xsd", "pack:///common/types.xsd"),
        (
            {"a.xsd": f'<xs:schema {XS}><xs:include schemaLocation="file:///etc/passwd"/></xs:schema>'.encode()},
            "a.xsd",
            "file:///etc/passwd",
        ),
        (
            {"a.xsd": f'<xs:schema {XS}><xs:include schemaLocation="../../../b.xsd"/></xs:schema>'.encode()},
            "a.xsd",
            "b.xsd",
        ),
        (
            {"a.xsd": f'<xs:schema {XS}><xs:include schemaLocation="http://127.0.0.1:9/b"/></xs:schema>'.encode()},
            "a.xsd",
            "http://127.0.0.1:9/b",
        ),
    ],
)  # fmt: skip
def test_a_schema_is_built_from_its_files_alone(files: dict[str, bytes], entry: str, problem: str) -> None:
    """Nothing is fetched or opened, and what is missing is said."""
    with pytest.raises(InvalidSchemaError, match="not usable as XML Schema") as caught:
        XmlSchema(files, entry)

    assert problem in caught.value.problem


def test_two_threads_do_not_mix_their_problems(schema: XmlSchema) -> None:
    """The parser keeps the errors of a run in the schema."""
    good, bad = safe_xml(person("<number>a</number>")), safe_xml(person("<shoe/>"))
    seen: dict[str, set[int]] = {"good": set(), "bad": set()}

    def run(name: str, document: object) -> None:
        for _ in range(300):
            seen[name].add(len(schema.problems(document)))  # type: ignore[arg-type]

    threads = [threading.Thread(target=run, args=pair) for pair in (("good", good), ("bad", bad))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {"good": {0}, "bad": {1}} == seen
