"""What a wheel must not hold or say, each refused with its reason by a wheel made here."""

import json
import py_compile
import re
from collections.abc import Callable
from importlib.metadata import EntryPoints
from pathlib import Path
from typing import Any

import pytest

from rpa_commons.conformance import WheelReport, examine
from rpa_commons.manifest import Benefit, Decisions, ProcessingRecord
from tests.support.wheels import WheelMaker, bot_manifest, connector_entry

_HEADERS = WheelMaker().headers
_HOOK = b"[rpa_commons]\nq = quiet_bot\n"
_COMMAND = b"[console_scripts]\nevil = quiet_bot:main\n"
_ENTRY_POINTS = [
    _HOOK + before + _COMMAND.replace(b"\n", end)
    for before in (b"", b" ", b"\t", b"\xef\xbb\xbf", b"\x0c", b"\x85", b";")
    for end in (b"\n", b"\r", b"\r\n", b"\x0b", b"\x0c", b"\x1e", b"\xe2\x80\xa8")
]


def report_on(maker: WheelMaker, folder: Path, **how: Any) -> WheelReport:
    """What is said of a wheel."""
    return examine(maker.build(folder, **how))


def codes_of(report: WheelReport) -> set[str]:
    """The codes that refuse a wheel."""
    return {finding.code for finding in report.findings if finding.severity == "error"}


def said_of(report: WheelReport, code: str) -> str:
    """The messages of a code, each with its place."""
    return "; ".join(f"{one.place}: {one.message}" for one in report.findings if one.code == code)


# RECORD


@pytest.mark.parametrize(
    ("change", "code", "said"),
    [
        (lambda text: text.replace("sha256=", "sha256=A", 1), "A112", "is not the file that RECORD"),
        (lambda text: text.replace("sha256=", "md5=", 1), "A112", "is not the file that RECORD"),
        (lambda text: re.sub(r",\d+\n", ",7\n", text, count=1), "A112", "is not the file that RECORD"),
        (lambda text: text + "quiet_bot/gone.py,sha256=AAAA,1\n", "A112", "which is not in the wheel"),
        (lambda text: text.partition("\n")[2], "A112", "is in the wheel and not in RECORD"),
        (lambda text: text + text.partition("\n")[0] + "\n", "A112", "a row twice"),
        (lambda text: text + "quiet_bot/x\n", "A112", "of the wrong length"),
        (lambda _: '"quiet_bot,1\n', "A111", "cannot be read"),
    ],
)
def test_a_record_that_does_not_agree_is_refused(
    tmp_path: Path, change: Callable[[str], str], code: str, said: str
) -> None:
    """Another hash, a weak one, another size, files too many and too few."""
    report = report_on(WheelMaker(), tmp_path, record=change)

    assert code in codes_of(report)
    assert said in said_of(report, code)


@pytest.mark.parametrize("name", ["RECORD.jws", "RECORD.p7s"])
def test_a_signature_that_nobody_checks_is_refused(tmp_path: Path, name: str) -> None:
    """RECORD need not name them, so they could hold anything; pip and uv install them."""
    report = report_on(
        WheelMaker(info={name: b"anything"}), tmp_path, record=lambda text: _without(text, name)
    )

    assert {"A112"} == codes_of(report)
    assert "stands outside of RECORD" in said_of(report, "A112")


def _without(record: str, name: str) -> str:
    return "".join(line for line in record.splitlines(keepends=True) if name not in line)


def test_a_hidden_file_is_refused(tmp_path: Path) -> None:
    """What RECORD does not name is installed all the same, and never removed."""
    report = report_on(WheelMaker(), tmp_path, unrecorded={"quiet_bot/hidden.py": b"pass\n"})

    assert {"A112"} == codes_of(report)
    assert "quiet_bot/hidden.py" in said_of(report, "A112")


def test_a_wheel_without_record_is_refused(tmp_path: Path) -> None:
    """Nothing in it can be compared with anything."""
    content = WheelMaker().content().replace(b"dist-info/RECORD", b"dist-info/RECARD")
    path = tmp_path / WheelMaker().filename
    path.write_bytes(content)

    assert "A111" in codes_of(examine(path))


# Names, METADATA, WHEEL


def test_every_disagreement_about_the_name_is_told(tmp_path: Path) -> None:
    """File name, folder, METADATA and manifest are compared; spellings of one name are one."""
    metadata = b"Metadata-Version: 2.4\nName: other\nVersion: 9\nSummary: x\n"
    lying = WheelMaker(info={"METADATA": metadata}, manifest={"name": "third", "version": "1.2.1"})
    honest = WheelMaker(headers=(*_HEADERS,), info={})
    honest.info["METADATA"] = honest.members()[f"{honest.info_folder}/METADATA"].replace(
        b"Name: quiet-bot\nVersion: 1.2.0", b"Name: Quiet.Bot\nVersion: 1.2"
    )
    said = said_of(report_on(lying, tmp_path), "A103")

    assert 4 == said.count("the file name")
    assert "METADATA says 'other'" in said
    assert "the manifest says '1.2.1'" in said
    assert set() == codes_of(report_on(honest, tmp_path))


@pytest.mark.parametrize(
    ("metadata", "said"),
    [
        (b"", "no field"),
        (b"Metadata-Version: 1.0\nName: quiet-bot\nVersion: 1.2.0\n", "Metadata-Version"),
        (b"Name: quiet-bot\nVersion: 1.2.0\nSummary: x\n", "Metadata-Version"),
        (b"Metadata-Version: 2.4\nName: quiet-bot\nName: other\nVersion: 1.2.0\n", "Name twice"),
        (b"Metadata-Version: 2.4\nName: quiet-bot\nVersion: 1.2.0\nEvil: 1\n", "does not know"),
        (b"Metadata-Version: 2.4\nName: quiet-bot\nhello\nVersion: 1.2.0\n", "no field"),
        (b"Metadata-Version: 2.4\nName: quiet-bot\rName: other\nVersion: 1.2.0\n", "control character"),
        (b"Metadata-Version: 2.4\nName: quiet-bot\nVersion: 1.2.0\nSummary: \xff\n", "not UTF-8"),
        (b"Metadata-Version: 2.4\nName: quiet-bot\nVersion: 1.2.0\n", "needs a Summary"),
        (b"Metadata-Version: 2.4\nName: quiet-bot\nVersion: 1.2.0\nSummary: x\n", "which Python"),
        (b"Name: quiet-bot\nVersion: 1.2.0\nRequires-Python: never\n", "Requires-Python that is none"),
        (b"Name: quiet-bot\nVersion: 1.2.0\nSummary: x\n", "no description"),
        (b"Name: quiet-bot\nVersion: 1.2.0\nDescription-Content-Type: text/html\n\n<p>", "text/html"),
        (b"X: " + b"x" * 400_000, "bytes of fields"),
    ],
)
def test_metadata_that_is_not_sane_is_refused(tmp_path: Path, metadata: bytes, said: str) -> None:
    """Programs would read two different things, or somebody would install what does not run."""
    report = report_on(WheelMaker(info={"METADATA": metadata}), tmp_path)

    assert said in said_of(report, "A121")


def test_metadata_may_use_carriage_returns_and_continued_lines(tmp_path: Path) -> None:
    """A wheel that was built on Windows is as good."""
    maker = WheelMaker(headers=(*_HEADERS, "Author: A\n       B"))
    maker.info["METADATA"] = maker.members()[f"{maker.info_folder}/METADATA"].replace(b"\n", b"\r\n")

    assert () == report_on(maker, tmp_path).findings


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"Wheel-Version: 2.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n", "Wheel-Version"),
        (b"Wheel-Version: 1.0\nTag: py3-none-any\n", "Root-Is-Purelib"),
        (b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\n", "tagged for none"),
        (b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: cp311-abi3-win_amd64\n", "tagged for cp311"),
        (b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: any\nTag: py3-none-any\n", "a Tag that is none"),
        (b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\nRun: evil\n", "no known field"),
        (b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nRoot-Is-Purelib: false\n", "twice"),
        (b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nBuild: 7\nTag: py3-none-any\n", "another Build"),
        (b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\n" + b"Tag: a.b.c-d.e.f-g.h.i\n" * 900, "tagged for"),
    ],
)
def test_a_wheel_file_that_is_not_sane_is_refused(tmp_path: Path, text: bytes, said: str) -> None:
    """It says what installers must know, and what the file name says."""
    assert said in said_of(report_on(WheelMaker(info={"WHEEL": text}), tmp_path), "A122")


@pytest.mark.parametrize("name", ["INSTALLER", "REQUESTED", "direct_url.json"])
def test_what_only_installers_write_is_refused(tmp_path: Path, name: str) -> None:
    """It would say of the wheel where it came from, and that need not be so."""
    assert "A122" in codes_of(report_on(WheelMaker(info={name: b"x"}), tmp_path))


def test_two_folders_of_metadata_are_refused(tmp_path: Path) -> None:
    """Which of the two counts depends on the installer."""
    files = {"other-1.0.dist-info/METADATA": b"Name: other\n"}

    assert "A101" in codes_of(report_on(WheelMaker(files=files), tmp_path))


# Requirements and licence


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("helper @ https://example.org/helper.whl", "from a URL"),
        ("helper @ git+https://example.org/helper", "from a URL"),
        ("helper @ file:///tmp/helper.whl ; python_version > '3'", "from a URL"),
        ("helper == 1.0+local", "a local version"),
        ("helper === 1.0", "letter by letter"),
        ("not a requirement", "is none"),
        ("helper[" + "[" * 5000, "is none"),
    ],
)
def test_a_requirement_that_no_index_resolves_is_refused(tmp_path: Path, line: str, said: str) -> None:
    """What lies at a URL changes unseen; a local version exists on one machine."""
    report = report_on(WheelMaker(headers=(*_HEADERS, f"Requires-Dist: {line}")), tmp_path)

    assert {"A123"} == codes_of(report)
    assert said in said_of(report, "A123")


def test_too_many_requirements_are_refused(tmp_path: Path) -> None:
    """Two hundred are enough for any bot."""
    lines = tuple(f"Requires-Dist: helper{n}" for n in range(300))

    assert "300 requirements" in said_of(report_on(WheelMaker(headers=_HEADERS + lines), tmp_path), "A123")


def test_a_name_that_nobody_answers_for_is_refused(tmp_path: Path) -> None:
    """Dependency confusion: the registry says which names it knows, in normalised spelling."""
    asked = []

    def owned(name: str) -> bool:
        asked.append(name)
        return name != "roskilde-helper"

    headers = (*_HEADERS, "Requires-Dist: Roskilde_Helper>=1", "Requires-Dist: rpa-commons>=0.1")
    path = WheelMaker(headers=headers).build(tmp_path)
    report = examine(path, owned=owned)

    assert ["roskilde-helper", "rpa-commons"] == asked
    assert {"A124"} == codes_of(report)
    assert not examine(path).refused


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (("License-Expression: MIT",), "MIT"),
        (("License-Expression: mit OR eupl-1.2",), "MIT OR EUPL-1.2"),
        (
            ("License-Expression: GPL-3.0-only WITH Classpath-exception-2.0",),
            "GPL-3.0-only WITH Classpath-exception-2.0",
        ),
        (("License: EUPL-1.2",), "EUPL-1.2"),
        (("Classifier: License :: OSI Approved :: MIT License",), "MIT"),
        (("License: MIT License", "Classifier: License :: OSI Approved :: MIT License"), "MIT"),
        ((), ""),
        (("License-Expression: Roskilde",), ""),
        (("License: All rights reserved",), ""),
        (("License-Expression: LicenseRef-Proprietary",), "LicenseRef-Proprietary"),
        (("License-Expression: CC-BY-NC-4.0",), "CC-BY-NC-4.0"),
        (("Classifier: License :: Other/Proprietary License",), ""),
        (("License-Expression: " + "(" * 400 + "MIT" + ")" * 400,), ""),
    ],
)
def test_a_licence_must_be_known_and_open(tmp_path: Path, headers: tuple[str, ...], expected: str) -> None:
    """An SPDX expression, or a classifier that stands for one; members must be allowed to share the code."""
    report = report_on(WheelMaker(headers=(*headers, "Requires-Python: >=3.11")), tmp_path)
    is_open = expected.startswith(("MIT", "GPL", "EUPL"))

    assert expected == report.licence
    assert (set() if is_open else {"A125"}) == codes_of(report)


# What runs, and where files land


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("quiet_bot.pth", "A131"),
        ("quiet_bot/evil.PTH", "A131"),
        ("sitecustomize.py", "A131"),
        ("usercustomize/__init__.py", "A131"),
        ("quiet_bot/sitecustomize.py", "A131"),
        ("quiet_bot-1.2.0.data/scripts/run", "A132"),
        ("quiet_bot-1.2.0.data/data/etc/cron.d/evil", "A132"),
        ("quiet_bot-1.2.0.data/purelib/requests/__init__.py", "A132"),
        ("quiet_bot-1.2.0.data/headers/x.h", "A132"),
        ("other.data/scripts/run", "A132"),
        ("requests/__init__.py", "A133"),
        ("json.py", "A133"),
        ("rpa_commons/evil.py", "A133"),
        ("helper.py", "A133"),
        ("data.txt", "A133"),
        ("tests/__init__.py", "A133"),
        ("quiet_bot-1.2.0.dist-info/evil.py", "A133"),
        ("quiet_bot/gone.pyc", "A134"),
        ("quiet_bot/__pycache__/gone.cpython-311.pyc", "A134"),
        ("quiet_bot/__init__.pyc", "A134"),
        ("quiet_bot/fast.cpython-311-x86_64-linux-gnu.so", "A135"),
        ("quiet_bot/fast.pyd", "A135"),
        ("quiet_bot/tool.EXE", "A135"),
        ("quiet_bot/lib.so.1", "A135"),
    ],
)
def test_a_file_where_none_belongs_is_refused(tmp_path: Path, name: str, code: str) -> None:
    """Start-up code, commands, other people's packages, and what cannot be read."""
    report = report_on(WheelMaker(files={name: b""}), tmp_path)

    assert {code} == codes_of(report)
    assert said_of(report, code).startswith(name.partition("/")[0])


def test_a_compiled_file_in_the_cache_beside_its_source_is_a_warning(tmp_path: Path) -> None:
    """Some backends pack them; Python compares them with the source."""
    source = tmp_path / "module.py"
    source.write_text("x = 1\n", encoding="utf-8")
    compiled = Path(py_compile.compile(str(source), str(tmp_path / "module.pyc"), doraise=True)).read_bytes()
    files = {"quiet_bot/m.py": b"x = 1\n", "quiet_bot/__pycache__/m.cpython-311.pyc": compiled}
    report = report_on(WheelMaker(files=files), tmp_path)

    assert ["A185"] == [one.code for one in report.findings]


@pytest.mark.parametrize(
    "name", ["quiet_extra", "json", "certifi", "RPA_COMMONS", "Quiet_Bot", "rpa_commons.x"]
)
def test_a_second_package_is_refused_whatever_metadata_says(tmp_path: Path, name: str) -> None:
    """PEP 794's Import-Name could name a package that every environment has, and replace it."""
    folder = name.replace(".", "/")
    maker = WheelMaker(headers=(*_HEADERS, f"Import-Name: {name} ; private"))
    maker.files = {f"{folder}/__init__.py": b""}
    declared = WheelMaker(headers=(*_HEADERS, f"Import-Name: {name}"))

    assert "A133" in codes_of(report_on(maker, tmp_path))
    assert {"A133"} == codes_of(report_on(declared, tmp_path))


def test_its_own_package_may_be_declared(tmp_path: Path) -> None:
    """What METADATA says of its own package is no second one."""
    maker = WheelMaker(headers=(*_HEADERS, "Import-Name: quiet_bot", "Import-Name: quiet_bot.parts"))

    assert () == report_on(maker, tmp_path).findings


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        (
            b"[console_scripts]\nquiet = quiet_bot:main\n[rpa_commons]\nq = quiet_bot\n",
            "A132",
            "console_scripts",
        ),
        (b"[gui_scripts]\nquiet = quiet_bot:main\n[rpa_commons]\nq = quiet_bot\n", "A132", "gui_scripts"),
        (b"[pytest11]\nquiet = quiet_bot\n[rpa_commons]\nq = quiet_bot\n", "A132", "pytest11"),
        (b"[rpa_commons\nq = quiet_bot\n", "A132", ":1: is no line"),
        (b"\xff\xfe", "A132", "is not UTF-8"),
        (_HOOK + b" [console_scripts]\nevil = quiet_bot:main\n", "A132", ":3: is no line"),
        (_HOOK + b"# x\x0c[console_scripts]\x0cevil = quiet_bot:main\n", "A132", ":3: is no line"),
        (_HOOK + b"# x\r[console_scripts]\revil = quiet_bot:main\n", "A132", ":3: is no line"),
        (_HOOK + "# x\u2028[console_scripts]\n".encode(), "A132", ":3: is no line"),
        (_HOOK + b"\tp = quiet_bot\n", "A132", ":3: is no line"),
        (_HOOK + b"p = quiet_bot [extra]\n", "A132", ":3: is no line"),
        (_HOOK + b"p : quiet_bot\n", "A132", ":3: is no line"),
        (b"p = quiet_bot\n" + _HOOK, "A132", ":1: is no line"),
        (_HOOK + b"[rpa_commons]\n", "A132", "the group rpa_commons twice"),
        (_HOOK + b"q = quiet_bot\n", "A132", "the name q twice"),
        (b"[rpa_commons]\nq = quiet_bot.gone\n", "A138", "quiet_bot.gone"),
        (b"", "A138", "names no module"),
    ],
)
def test_entry_points_must_be_ours_and_there(tmp_path: Path, text: bytes, code: str, said: str) -> None:
    """A bot hooks into rpa-commons alone, with a module that is in the wheel."""
    report = report_on(WheelMaker(info={"entry_points.txt": text}), tmp_path)

    assert code in codes_of(report)
    assert said in said_of(report, code)


@pytest.mark.parametrize(
    "text",
    [
        b"[rpa_commons]\r\nq = quiet_bot\r\n",
        b"# our hook\n\n[rpa_commons]\nq=quiet_bot:hooks.all\n\n",
    ],
)
def test_the_plain_forms_of_entry_points_are_taken(tmp_path: Path, text: bytes) -> None:
    """Lines of Windows, comments, no blanks: every installer reads them the same."""
    groups = {one.group for one in EntryPoints._from_text(text.decode())}

    assert () == report_on(WheelMaker(info={"entry_points.txt": text}), tmp_path).findings
    assert {"rpa_commons"} == groups


@pytest.mark.parametrize("text", _ENTRY_POINTS)
def test_a_command_is_found_however_it_is_written(tmp_path: Path, text: bytes) -> None:
    """Installers see a command behind any of these; it is refused whether it is one or not."""
    assert "A132" in codes_of(report_on(WheelMaker(info={"entry_points.txt": text}), tmp_path))


@pytest.mark.parametrize("entry", ["quiet_bot.gone:QuietBot", "other:QuietBot"])
def test_an_entry_that_is_not_in_the_wheel_is_refused(tmp_path: Path, entry: str) -> None:
    """The manifest names the class that a worker would load."""
    assert {"A138"} == codes_of(report_on(WheelMaker(manifest={"entry": entry}), tmp_path))


def test_the_checks_of_check_wheel_contents_are_warnings(tmp_path: Path) -> None:
    """A module that cannot be imported under its name is untidy, and not dangerous."""
    report = report_on(WheelMaker(files={"quiet_bot/my-module.py": b""}), tmp_path)

    assert [("A183", "quiet_bot/my-module.py")] == [(one.code, one.place) for one in report.findings]
    assert "W004" in said_of(report, "A183")


@pytest.mark.parametrize(
    "source",
    [
        b"def broken(:\n",
        b"x = '\xe6'\n",
        b"# -*- coding: latin-1 -*-\nx = 1\n",
        b"#!/usr/bin/python\n# vim: set fileencoding=utf-7 :\nx = 1\n",
        b"x = 1\0",
        b"x = " + b"-" * 100_000 + b"1\n",
        b"x = " + b"(" * 5_000 + b")" * 5_000,
        b"a" + b".b" * 200_000,
        b"x = [" + b",".join(b"%d" % n for n in range(200_000)) + b"]",
    ],
)
def test_a_module_that_cannot_be_read_is_refused(tmp_path: Path, source: bytes) -> None:
    """No Python, another encoding, or nested until the parser gives up."""
    report = report_on(WheelMaker(files={"quiet_bot/odd.py": source}), tmp_path)

    assert {"A136"} == codes_of(report)


# Baselines and connectors


def test_an_honest_baseline_and_connector_are_taken(tmp_path: Path) -> None:
    """A baseline has no code and perhaps no licence; a connector no legal fields."""
    baseline = WheelMaker(
        name="digit-baseline", kind="baseline", files={"digit_baseline/policies.toml": b"# none\n"}
    )
    bare = WheelMaker(
        name="digit-baseline", kind="baseline", headers=("Requires-Python: >=3",), description=""
    )
    connector = WheelMaker(name="kmd-nova", kind="connector")

    assert () == report_on(baseline, tmp_path).findings
    assert ["A184"] == [one.code for one in report_on(bare, tmp_path).findings]
    assert () == report_on(connector, tmp_path).findings


@pytest.mark.parametrize("name", ["hook.py", "lib.so", "run.sh", "run.ps1", "x.pyc", "setup.EXE"])
def test_code_in_a_baseline_is_refused(tmp_path: Path, name: str) -> None:
    """A baseline is settings, tables and letters."""
    maker = WheelMaker(name="digit-baseline", kind="baseline", files={f"digit_baseline/{name}": b""})

    assert {"A137"} == codes_of(report_on(maker, tmp_path))


def test_a_baseline_that_says_more_than_it_is_is_refused(tmp_path: Path) -> None:
    """No entry points, no settings, no requirements; and its own file must be there."""
    maker = WheelMaker(name="digit-baseline", kind="baseline", manifest={"entry": "x:Y"})
    maker.info = {"entry_points.txt": b"[rpa_commons]\nx = digit_baseline\n"}
    maker.headers = (*_HEADERS, "Requires-Dist: requests")
    said = said_of(report_on(maker, tmp_path), "A137")
    empty = WheelMaker(name="digit-baseline", kind="baseline")
    empty.files = {"digit_baseline/other.toml": b""}
    content = empty.content().replace(b"digit_baseline/baseline.toml", b"digit_baseline/bassline.toml")
    path = tmp_path / empty.filename
    path.write_bytes(content)

    assert "rpac.json: entry" in said
    assert "entry_points.txt" in said
    assert "requires" in said
    assert "holds no digit_baseline/baseline.toml" in said_of(examine(path), "A137")


# The manifest


def test_a_wheel_without_manifest_is_refused(tmp_path: Path) -> None:
    """The remedy names the command that packs it."""
    report = report_on(WheelMaker(manifest=None), tmp_path)

    assert {"A141"} == codes_of(report)
    assert "rpac build" in report.findings[0].help


@pytest.mark.parametrize(
    "text",
    [b"", b"[]", b"{", b"\xff", b'{"kind": "virus"}', b"[" * 100_000, b'{"a":' * 50_000, b" " * 5_000_000],
)
def test_a_manifest_that_is_none_is_refused(tmp_path: Path, text: bytes) -> None:
    """Broken, of another shape, nested without end, or too large."""
    codes = codes_of(report_on(WheelMaker(info={"extra_metadata/rpac.json": text}), tmp_path))

    assert codes & {"A141", "A109"}


_RECORD = {
    "kle": ("00.14.00",),
    "purpose": "none",
    "legal_basis": ("none",),
    "data_categories": ("none",),
    "person_categories": ("none",),
    "sources": ("none",),
    "recipients": ("none",),
    "retention": "none",
    "decisions": Decisions(kind="none", paragraph=""),
}


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"record": None}, "record"),
        ({"benefit": None}, "benefit"),
        ({"benefit": Benefit(minutes_per_case=1, method=" ")}, "benefit.method"),
        ({"languages": ()}, "languages"),
        ({"languages": ("klingon",)}, "languages"),
        ({"record": ProcessingRecord(**{**_RECORD, "kle": ("welfare",)})}, "record.kle"),
        ({"record": ProcessingRecord(**{**_RECORD, "legal_basis": (" ",)})}, "record.legal_basis"),
        ({"record": ProcessingRecord(**{**_RECORD, "recipients": ()})}, "record.recipients"),
        ({"record": ProcessingRecord(**{**_RECORD, "retention": " "})}, "record.retention"),
        (
            {
                "record": ProcessingRecord(
                    **{**_RECORD, "decisions": Decisions(kind="judgement", paragraph="")}
                )
            },
            "record.decisions",
        ),
    ],
)
def test_a_bot_without_its_legal_fields_is_refused(
    tmp_path: Path, changes: dict[str, Any], place: str
) -> None:
    """What a data protection officer asks on day one is there, and not blank."""
    report = report_on(WheelMaker(manifest=changes), tmp_path)

    assert {"A142"} == codes_of(report)
    assert f"rpac.json: {place}: " in said_of(report, "A142")


def settings(**fields: Any) -> dict[str, Any]:
    """A strict schema with these fields."""
    return {"type": "object", "additionalProperties": False, "properties": fields}


_TEXT = {"type": "string", "description": "A text."}
_LOOP: dict[str, Any] = {**settings(me={"$ref": "#/$defs/Loop", "description": "Itself."})}
_LOOP["$defs"] = {"Loop": settings(me={"$ref": "#/$defs/Loop", "description": "Itself."})}


def deep(levels: int) -> dict[str, Any]:
    """Tables inside each other."""
    node: dict[str, Any] = _TEXT
    for _ in range(levels):
        node = {**settings(inner=node), "description": "Deeper."}
    return node


@pytest.mark.parametrize(
    ("schema", "code", "said"),
    [
        ({}, "A143", "are no table"),
        ({"type": "object", "properties": {}}, "A143", "unknown keys"),
        ({"type": "object", "additionalProperties": True}, "A143", "unknown keys"),
        (settings(x={"description": "Anything."}), "A143", "has no type"),
        (settings(x={"type": "dragon", "description": "x"}), "A143", "does not know"),
        (settings(x="text"), "A143", "by no schema"),
        (settings(x={"type": "object", "description": "x"}), "A143", "a table of anything"),
        (settings(x={"$ref": "#/$defs/Gone", "description": "x"}), "A143", "which is not there"),
        (settings(x={"$ref": "https://example.org/x", "description": "x"}), "A143", "which is not there"),
        (
            settings(x={**settings(), "additionalProperties": True, "description": "x"}),
            "A143",
            "unknown keys",
        ),
        (
            settings(x={"type": "array", "description": "x", "items": {"type": "object"}}),
            "A143",
            "of anything",
        ),
        (deep(30), "A143", "deeper"),
        (settings(**{f"f{n}": _TEXT for n in range(3_000)}), "A143", "more than 2000 fields"),
        (settings(x={"type": "string"}), "A144", "no description"),
        (settings(x={"type": "string", "description": "  "}), "A144", "no description"),
        (settings(x={"type": "integer", "description": "x"}), "A144", "without a unit"),
        (settings(x={"type": "number", "description": "x", "unit": ""}), "A144", "without a unit"),
        (
            settings(x={"anyOf": [{"type": "number"}, {"type": "null"}], "description": "x"}),
            "A144",
            "without a unit",
        ),
        (
            settings(x={"type": "array", "description": "x", "items": {"type": "number"}}),
            "A144",
            "without a unit",
        ),
        (settings(x={**settings(y={"type": "string"}), "description": "x"}), "A144", "settings.x.y: has no"),
    ],
)
def test_settings_that_are_lax_are_refused(
    tmp_path: Path, schema: dict[str, Any], code: str, said: str
) -> None:
    """Unknown keys, no type, no description, no unit; nested without end."""
    report = report_on(WheelMaker(manifest={"settings_schema": schema}), tmp_path)

    assert code in codes_of(report)
    assert said in said_of(report, code)


def test_a_schema_that_leads_back_to_itself_is_walked_once(tmp_path: Path) -> None:
    """Nothing is wrong with it."""
    assert () == report_on(WheelMaker(manifest={"settings_schema": _LOOP}), tmp_path).findings


def test_secrets_are_a_connectors(tmp_path: Path) -> None:
    """A bot that asks for a secret is refused, a connector is not."""
    schema = {
        **settings(key={"$ref": "#/$defs/Secret", "description": "The key."}),
        "$defs": {"Secret": {"type": "object", "secret_reference": True}},
    }
    bot = report_on(WheelMaker(manifest={"settings_schema": schema}), tmp_path)
    shipped = (connector_entry(settings_schema=schema),)
    connector = WheelMaker(name="kmd-nova", kind="connector", manifest={"connectors": shipped})

    assert "is a secret" in said_of(bot, "A143")
    assert () == report_on(connector, tmp_path).findings


def test_the_report_as_json_names_everything_that_matters(tmp_path: Path) -> None:
    """It can be stored, and is what `rpac check --json` prints."""
    report = report_on(WheelMaker(manifest=None), tmp_path)
    stored = json.loads(json.dumps(report.to_json()))

    assert stored["refused"] is True
    assert "A141" == stored["findings"][0]["code"]
    assert None is stored["manifest_sha256"]
    assert bot_manifest().digest == report_on(WheelMaker(), tmp_path).to_json()["manifest_sha256"]


def test_of_many_faults_the_first_are_kept_and_the_rest_is_counted(tmp_path: Path) -> None:
    """A hostile wheel fills neither memory nor screen."""
    maker = WheelMaker(files={f"other{n}/x\x1b[31m.py": b"" for n in range(100)})
    report = report_on(maker, tmp_path)
    found = [one for one in report.findings if one.code == "A133"]

    assert 21 == len(found)
    assert "and 80 more like these" == found[-1].message
    assert all(one.place.isprintable() and one.message.isprintable() for one in report.findings)
