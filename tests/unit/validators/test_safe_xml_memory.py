"""How much memory a hostile document costs, measured in a process of its own."""

import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="peak memory is read as Linux counts it")

_MAKE = {
    "bomb": "f'<!DOCTYPE a [<!ENTITY l0 \"ha\">{laughs}]><a>&l9;</a>'.encode()",
    "quadratic": "b'<!DOCTYPE a [<!ENTITY x \"' + b'y' * 100_000 + b'\">]><a>' + b'&x;' * 100_000 + b'</a>'",
    "deep": "b'<a>' * 5_000_000",
    "wide": "b'<a>' + b'<b/>' * 4_000_000 + b'</a>'",
    "namespaces": "b'<a ' + b' '.join(b'xmlns:n%d=\"u%d\"' % (n, n) for n in range(600_000)) + b'/>'",
    "comment": "b'<!--' + b'x' * 18_000_000 + b'<a/>'",
    "utf-16": "('<a>' + 'x' * 9_000_000 + '</a>').encode('utf-16')",
}
_SCRIPT = """
import resource
from rpa_commons.validators.xml import InvalidXmlError, safe_xml
safe_xml(b"<a/>")
laughs = "".join(f'<!ENTITY l{{n}} "{{("&l%d;" % (n - 1)) * 10}}">' for n in range(1, 10))
document = {document}
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    safe_xml(document)
except InvalidXmlError as error:
    print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024, error.problem)
"""
_STREAM = """
import resource
from rpa_commons.validators.xml import InvalidXmlError, safe_xml
class Endless:
    given = 0
    def read(self, size):
        if self.given >= 100 * 1024 * 1024:
            return b""
        self.given += size
        return b"x" * size
body = Endless()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    safe_xml(body)
except InvalidXmlError as error:
    print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024, body.given, error.problem)
"""


def run(script: str) -> str:
    """What a script prints, in a process whose memory is limited to 2 GB."""
    limit = "import resource; resource.setrlimit(resource.RLIMIT_AS, (2 * 1024**3, 2 * 1024**3))\n"
    done = subprocess.run([sys.executable, "-c", limit + script], capture_output=True, text=True, check=True)
    return done.stdout


@pytest.mark.parametrize("kind", _MAKE)
def test_a_hostile_document_costs_little_more_than_itself(kind: str) -> None:
    """Each is within the limit of 20 MB; none costs more than 40 MB on top of its own bytes."""
    megabytes, _, problem = run(_SCRIPT.format(document=_MAKE[kind])).partition(" ")

    assert problem.strip()
    assert int(megabytes) <= 40


def test_a_body_of_100_mb_is_not_taken_in() -> None:
    """A stream is read to the limit of 20 MB and one byte; what was read is joined once."""
    megabytes, given, problem = run(_STREAM).split(maxsplit=2)

    assert "more than 20971520 bytes" == problem.strip()
    assert 20 * 1024 * 1024 + 1 == int(given)
    assert int(megabytes) <= 50
