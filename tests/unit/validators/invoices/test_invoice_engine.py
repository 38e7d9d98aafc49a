"""Saxon, with nothing to read or write but the document."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from rpa_commons.validators.invoices import InvalidRulesError, MissingEngineError
from rpa_commons.validators.invoices._saxon import Engine, engine

XSL = 'xmlns:xsl="http://www.w3.org/1999/XSL/Transform"'


def result(body: str, document: str = "<a/>") -> str:
    """What a stylesheet makes of a document."""
    template = f'<xsl:template match="/"><o>{body}</o></xsl:template>'
    sheet = f'<xsl:stylesheet version="3.0" {XSL}>{template}</xsl:stylesheet>'
    return engine().compile(sheet, "test 1")(document)


def test_there_is_one_engine_in_a_process() -> None:
    """The native library keeps one virtual machine for all."""
    assert engine() is engine()
    assert "<o>a</o>" in result('<xsl:value-of select="name(/*)"/>')


@pytest.mark.parametrize(
    "expression",
    [
        "doc('{file}')",
        "document('{file}')",
        "unparsed-text('{file}')",
        "unparsed-text-lines('{file}')",
        "json-doc('{file}')",
        "collection('{folder}?select=*.xml')",
        "uri-collection('{folder}')",
        "doc('http://127.0.0.1:9/a.xml')",
        "unparsed-text('https://127.0.0.1:9/a.xml')",
        "doc('ftp://127.0.0.1/a.xml')",
        "doc('jar:{file}!/a.xml')",
        "doc('data:text/xml,&lt;a/&gt;')",
        "transform(map{{'stylesheet-location':'{file}','source-node':/}})?output",
    ],
)
def test_rules_cannot_read_anything(expression: str, tmp_path: Path) -> None:
    """Neither files nor addresses, whatever a pack asks for."""
    secret = tmp_path / "secret.xml"
    secret.write_text("<s>SECRET</s>", encoding="utf-8")
    asked = expression.format(file=secret.as_uri(), folder=tmp_path.as_uri())

    with pytest.raises(InvalidRulesError) as caught:
        result(f'<xsl:value-of select="{asked}"/>')

    assert "SECRET" not in str(caught.value)


@pytest.mark.parametrize("asked", ["doc-available('{file}')", "unparsed-text-available('{file}')"])
def test_rules_cannot_learn_that_a_file_is_there(asked: str, tmp_path: Path) -> None:
    """Asking is answered with no."""
    secret = tmp_path / "secret.xml"
    secret.write_text("<s/>", encoding="utf-8")

    assert "<o>false</o>" in result(f'<xsl:value-of select="{asked.format(file=secret.as_uri())}"/>')


def test_rules_cannot_read_the_environment() -> None:
    """Secrets are often there."""
    assert "<o/>" in result("<xsl:value-of select=\"environment-variable('HOME')\"/>")
    assert "<o/>" in result("<xsl:value-of select=\"environment-variable('PATH')\"/>")


def test_rules_cannot_write(tmp_path: Path) -> None:
    """No result document beside the answer."""
    target = tmp_path / "out.xml"

    with pytest.raises(InvalidRulesError):
        result(f'<xsl:result-document href="{target.as_uri()}"><a/></xsl:result-document>')

    assert not target.exists()


@pytest.mark.parametrize("import_", ["import", "include"])
def test_rules_cannot_bring_other_rules(import_: str, tmp_path: Path) -> None:
    """What was verified is what runs."""
    other = tmp_path / "other.xsl"
    other.write_text(f'<xsl:stylesheet version="3.0" {XSL}/>', encoding="utf-8")
    sheet = f'<xsl:stylesheet version="3.0" {XSL}><xsl:{import_} href="{other.as_uri()}"/></xsl:stylesheet>'

    with pytest.raises(InvalidRulesError, match="test 1"):
        engine().compile(sheet, "test 1")


@pytest.mark.parametrize(
    "start",
    [
        '<!DOCTYPE a [<!ENTITY e SYSTEM "{file}">]>',
        '<!DOCTYPE a [<!ENTITY e "x">]>',
        '<!DOCTYPE a SYSTEM "{file}">',
    ],
)
def test_a_document_type_does_not_reach_it_either(start: str, tmp_path: Path) -> None:
    """Our parser refuses it first; if it did not, Saxon would."""
    secret = tmp_path / "secret.txt"
    secret.write_text("SECRET", encoding="utf-8")

    with pytest.raises(InvalidRulesError):
        result('<xsl:value-of select="/"/>', f"{start.format(file=secret.as_uri())}<a>&e;</a>")


def test_without_saxonche_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is an extra."""
    monkeypatch.setitem(sys.modules, "saxonche", None)

    with pytest.raises(MissingEngineError, match=r"install rpa-commons\[invoices\]"):
        Engine()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_forked_child_is_told_to_be_spawned() -> None:
    """The virtual machine's threads do not survive a fork, and a lock might be held in the copy for ever."""
    script = (
        "import os, sys\n"
        "from rpa_commons.validators.invoices._saxon import ForkedEngineError, engine\n"
        f"sheet = '''<xsl:stylesheet version=\"3.0\" {XSL}/>'''\n"
        "engine().compile(sheet, 'a')\n"
        "child = os.fork()\n"
        "if not child:\n"
        "    try:\n"
        "        engine().compile(sheet, 'a')\n"
        "    except ForkedEngineError as error:\n"
        "        os._exit(7 if 'spawn' in str(error) else 1)\n"
        "    os._exit(1)\n"
        "sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))\n"
    )

    done = subprocess.run([sys.executable, "-c", script], check=False, timeout=60)

    assert 7 == done.returncode


def test_nothing_heavy_is_imported_by_asking_for_the_package() -> None:
    """Saxon's library is 100 MB and starts a virtual machine."""
    script = (
        "import sys, rpa_commons.validators.invoices, rpa_commons.specs; sys.exit('saxonche' in sys.modules)"
    )

    assert 0 == subprocess.run([sys.executable, "-c", script], check=False).returncode
