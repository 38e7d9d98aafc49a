"""The table of what is known by checksum, as it is shipped."""

import re
from itertools import pairwise
from pathlib import Path, PurePosixPath

import pytest

from rpa_commons.specs import Family, families, family

_SHA256 = re.compile(r"[0-9a-f]{64}")


@pytest.mark.parametrize("one", families(), ids=lambda one: one.name)
def test_a_family_is_whole(one: Family) -> None:
    """Each file has a checksum and a path of its own, each entry is a file of every version."""
    assert one.versions
    assert one.kind in {"xsd", "xslt", "schematron", "compiler"}
    for version in one.versions:
        assert version.source.startswith(("https://", "http://www.klxml.dk/"))
        assert all(_SHA256.fullmatch(digest) for digest in version.files.values())
        assert len(version.files) == len(set(version.files.values()))
        assert not any(PurePosixPath(path).is_absolute() or ".." in path for path in version.files)
        assert set(one.entries.values()) <= set(version.files)


@pytest.mark.parametrize("one", [one for one in families() if one.for_invoices], ids=lambda one: one.name)
def test_the_versions_of_rules_are_dated_and_in_order(one: Family) -> None:
    """The date is what a version is chosen by; a family has dates throughout or none."""
    dates = [version.valid_from for version in one.versions if version.valid_from]

    assert len(dates) in {0, len(one.versions)}
    assert all(first < second for first, second in pairwise(dates))
    assert all(version.basis for version in one.versions if version.valid_from)


def test_no_two_versions_share_a_file_by_mistake() -> None:
    """A file belongs to one version, or adding it would keep two."""
    digests = [
        digest for one in families() for version in one.versions for digest in set(version.files.values())
    ]

    assert len(set(digests)) == len(digests)


def test_the_compiler_of_schematron_is_the_one_version_that_keeps_fatal_rules() -> None:
    """Later ones lose them, so no other is in the table."""
    peppol = family("peppol-bis3-ubl")

    assert peppol is not None
    compiler = family(peppol.compiler)
    assert compiler is not None
    assert (["1.3.4"], "compiler") == ([one.version for one in compiler.versions], compiler.kind)


def test_the_reference_page_names_every_version() -> None:
    """A page that lags behind the table would send people to the wrong file."""
    page = (Path(__file__).parents[3] / "docs" / "reference" / "specs.md").read_text("utf-8")
    rows = {one.name: ", ".join(version.version for version in one.versions) for one in families()}

    assert [] == [name for name, versions in rows.items() if f"| `{name}` | {versions} |" not in page]


def test_what_an_invoice_check_uses() -> None:
    """In the order in which it is applied: the schema first."""
    assert ["ubl-xsd", "en16931-ubl", "peppol-bis3-ubl", "oioubl"] == [
        one.name for one in families() if one.for_invoices
    ]
