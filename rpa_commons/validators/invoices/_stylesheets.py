"""From a pack's file to the stylesheet that runs: transpiled where it is Schematron, without its small talk.

A compiled Schematron also reports every rule that a document keeps, some hundreds for an invoice. Nobody
reads these, and writing them takes a third of the time, so the elements that make them (``svrl:fired-rule``,
``svrl:active-pattern``, ``svrl:ns-prefix-in-attribute-values``) are taken out before it is compiled. No test,
no context and no message is touched.

A rule can also stop on a document that has another shape than it expects. Saxon would write why, with the
document's value, to standard error; a template above all others catches it and keeps the code alone.
"""

from lxml import etree

from rpa_commons.validators.xml import InvalidXmlError, XmlLimits, safe_xml

from ._model import Pack, RuleSet
from ._saxon import InvalidRulesError, Stylesheet, engine

__all__ = ["STOPPED", "compiled"]

_SVRL = "{http://purl.oclc.org/dsdl/svrl}"
_SMALL_TALK = tuple(
    f"{_SVRL}{name}" for name in ("fired-rule", "active-pattern", "ns-prefix-in-attribute-values")
)
STOPPED = "{urn:rpa-commons:invoices}stopped"
"""The root of an answer that is none: its text is the code of the error."""
_GUARD = """<xsl:template xmlns:xsl="http://www.w3.org/1999/XSL/Transform" match="/" priority="1000000000">
<xsl:try><xsl:next-match/><xsl:catch xmlns:err="http://www.w3.org/2005/xqt-errors"
><s:stopped xmlns:s="urn:rpa-commons:invoices"><xsl:value-of select="local-name-from-QName($err:code)"
/></s:stopped></xsl:catch></xsl:try></xsl:template>"""
_LIMITS = XmlLimits(size=64 * 1024 * 1024, markup=10_000_000)


def compiled(rule_set: RuleSet, pack: Pack, data: bytes) -> Stylesheet:
    """A pack's file, ready to run.

    Args:
        rule_set: What it belongs to: its kind, and the compiler of Schematron.
        pack: Which version; for messages.
        data: The file.

    Raises:
        InvalidRulesError: it is no stylesheet or Schematron that compiles.
        MissingEngineError: saxonche is not installed.
    """
    text = _text(data, pack.label)
    if rule_set.kind == "schematron":
        text = _transpiled(rule_set, text, pack.label)
    return engine().compile(_guarded(text, pack.label), pack.label)


def _transpiled(rule_set: RuleSet, schematron: str, label: str) -> str:
    if rule_set.compiler is None:
        raise InvalidRulesError(label, "the compiler of its Schematron is not at hand")
    of_compiler = rule_set.compiler.label
    (stylesheet,) = rule_set.compiler.load().values()
    return engine().compile(_text(stylesheet, of_compiler), of_compiler)(schematron)


def _guarded(stylesheet: str, label: str) -> str:
    root = _parsed(stylesheet.encode(), label)
    for element in [*root.iter(*_SMALL_TALK)]:
        parent = element.getparent()
        if parent is not None and not (element.tail or "").strip():
            parent.remove(element)
    root.append(etree.fromstring(_GUARD))
    return etree.tostring(root, encoding="unicode")


def _text(data: bytes, label: str) -> str:
    """As text, whatever its declaration called its bytes."""
    return etree.tostring(_parsed(data, label), encoding="unicode")


def _parsed(data: bytes, label: str) -> etree._Element:
    try:
        return safe_xml(data, limits=_LIMITS)
    except InvalidXmlError as error:
        raise InvalidRulesError(label, str(error)) from None
