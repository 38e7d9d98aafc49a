"""Small rules of our own, in the three forms that publishers use, and invoices for them."""

from collections.abc import Mapping
from datetime import date

from rpa_commons.validators.invoices import Pack, RuleSet

UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
BASIC = f"{UBL}CommonBasicComponents-2"
_XSL = 'xmlns:xsl="http://www.w3.org/1999/XSL/Transform"'
_NAMES = f'{_XSL} xmlns:cbc="{BASIC}" xmlns:svrl="http://purl.oclc.org/dsdl/svrl"'

SVRL = f"""<?xml version="1.0" encoding="UTF-8"?>
<xsl:stylesheet version="2.0" {_NAMES}>
<xsl:template match="/"><svrl:schematron-output>
  <svrl:active-pattern id="a"/>
  <xsl:for-each select="/*"><svrl:fired-rule context="/"/>
    <xsl:if test="not(cbc:ID)"><svrl:failed-assert id="T-01" flag="fatal" location="/*:{{local-name()}}[namespace-uri()='{{namespace-uri()}}'][1]">
      <svrl:text>[T-01]-An invoice
        has a number.</svrl:text></svrl:failed-assert></xsl:if>
    <xsl:for-each select="cbc:Note[not(text())]"><svrl:failed-assert id="T-02" flag="warning"
      location="/Q{{{{{UBL}Invoice-2}}}}Invoice[1]/Q{{{{{BASIC}}}}}Note[{{1 + count(preceding-sibling::cbc:Note)}}]">
      <svrl:text>Notes say something.</svrl:text></svrl:failed-assert></xsl:for-each>
  </xsl:for-each>
</svrl:schematron-output></xsl:template></xsl:stylesheet>"""  # noqa: E501 - a stylesheet as it is written

OIOUBL = f"""<xsl:stylesheet version="1.0" {_NAMES}>
<xsl:template match="/"><Schematron><Information>Checking</Information>
  <xsl:for-each select="/*/cbc:ID[string-length() > 3]"><Error context="Invoice"><Pattern>p</Pattern>
    <Description>[F-INV900] A number is short</Description>
    <Xpath>/Invoice[1]/cbc:ID[1]</Xpath></Error></xsl:for-each>
  <xsl:for-each select="/*/cbc:Note"><Error context="Invoice"><Pattern>p</Pattern>
    <Description>[W-INV901] Notes are not read</Description><Xpath>/Invoice[1]/cbc:Note[1]</Xpath></Error>
  </xsl:for-each></Schematron></xsl:template></xsl:stylesheet>"""

# Stands in for SchXslt: it makes, of a <rule id="">, a stylesheet that always reports this rule.
COMPILER = f"""<xsl:stylesheet version="2.0" {_NAMES} xmlns:o="urn:out">
<xsl:namespace-alias stylesheet-prefix="o" result-prefix="xsl"/>
<xsl:template match="/rule"><o:stylesheet version="2.0"><o:template match="/"><svrl:schematron-output>
<svrl:failed-assert id="{{@id}}" location="/*"><svrl:text>Always.</svrl:text></svrl:failed-assert>
</svrl:schematron-output></o:template></o:stylesheet></xsl:template></xsl:stylesheet>"""

XSD = f"""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="{UBL}Invoice-2">
<xs:element name="Invoice"><xs:complexType><xs:sequence>
<xs:any namespace="{BASIC}" processContents="skip" minOccurs="1" maxOccurs="9"/>
</xs:sequence></xs:complexType></xs:element></xs:schema>"""


def pack(
    name: str, version: str, files: Mapping[str, str | bytes], *, valid_from: date | None = None
) -> Pack:
    """A pack of files in memory."""
    held = {path: text.encode() if isinstance(text, str) else text for path, text in files.items()}
    return Pack(name=name, version=version, load=lambda: held, valid_from=valid_from)


def rules(
    text: str | bytes = SVRL,
    *,
    name: str = "test-rules",
    kind: str = "xslt",
    customizations: tuple[str, ...] = ("urn:test",),
    profiles: tuple[str, ...] = (),
    compiler: Pack | None = None,
    versions: Mapping[str, date | None] | None = None,
) -> RuleSet:
    """A rule set whose versions all have the same one file."""
    versions = {"1.0": None} if versions is None else versions
    packs = tuple(pack(name, one, {"rules": text}, valid_from=day) for one, day in versions.items())
    return RuleSet(
        name=name,
        kind=kind,  # type: ignore[arg-type]
        entries={"Invoice": "rules", "CreditNote": "rules"},
        customizations=customizations,
        profiles=profiles,
        packs=packs,
        compiler=compiler,
    )


def invoice(
    *,
    number: str | None = "1",
    customization: str | None = "urn:test",
    profile: str | None = None,
    issued: str | None = "2026-11-02",
    notes: tuple[str, ...] = (),
    kind: str = "Invoice",
) -> bytes:
    """An invoice with what is said and nothing else."""
    given = {"CustomizationID": customization, "ProfileID": profile, "ID": number, "IssueDate": issued}
    lines = [f"<cbc:{name}>{text}</cbc:{name}>" for name, text in given.items() if text is not None]
    lines += [f"<cbc:Note>{note}</cbc:Note>" for note in notes]
    start = f'<{kind} xmlns="{UBL}{kind}-2" xmlns:cbc="{BASIC}">'
    return "\n".join((start, *lines, f"</{kind}>")).encode()
