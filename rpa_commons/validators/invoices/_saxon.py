"""Saxon, once a process: stylesheets compiled from memory, run with nothing to read but the document.

Rules this module keeps: there is one processor in a process, made at the first use and never ended, because
the native library keeps one virtual machine for all of them; one thread at a time is inside it (the binding
holds Python's lock while it runs, so waiting costs nothing); a forked child does not use its parent's: the
virtual machine's own threads are not in it, and a lock may be held there for ever. Neither rules nor
documents can read a file, an address or the environment, or write one: every protocol is prohibited and
extension functions are off; a document reaches Saxon as the text that our own parser made of it, so that no
two parsers can read it in two ways.
"""

import os
import threading
from functools import cache
from typing import Any

__all__ = [
    "Engine",
    "ForkedEngineError",
    "InvalidRulesError",
    "MissingEngineError",
    "RulesStoppedError",
    "Stylesheet",
    "engine",
]

_SAFE = {
    "http://saxon.sf.net/feature/allowedProtocols": "none",
    "http://saxon.sf.net/feature/allow-external-functions": "false",
    "http://saxon.sf.net/feature/parserFeature?uri="
    "http%3A//apache.org/xml/features/disallow-doctype-decl": "true",
}


class MissingEngineError(ImportError):
    """saxonche is not installed."""

    def __init__(self) -> None:
        super().__init__("invoice rules need saxonche: install rpa-commons[invoices]")


class ForkedEngineError(RuntimeError):
    """A process was forked after Saxon had started; its virtual machine does not support that."""

    def __init__(self) -> None:
        super().__init__("Saxon was started before this process was forked: start processes with 'spawn'")


class InvalidRulesError(ValueError):
    """A pack is no stylesheet that compiles, or answers in no known form.

    Attributes:
        pack: Name and version.
    """

    def __init__(self, pack: str, problem: str) -> None:
        super().__init__(f"{pack}: {problem}")
        self.pack = pack


class RulesStoppedError(ValueError):
    """Rules stopped with an error on a document: it has another shape than they expect.

    Attributes:
        pack: Name and version.
        code: The error's code, such as ``FORG0001`` (a text that is no number); never a value.
    """

    def __init__(self, pack: str, code: str) -> None:
        super().__init__(f"{pack} stopped on this document ({code})")
        self.pack = pack
        self.code = code


@cache
def engine() -> "Engine":
    """The one engine of this process.

    Raises:
        MissingEngineError: saxonche is not installed.
    """
    return Engine()


class Engine:
    """A processor behind a lock; use :func:`engine`."""

    def __init__(self) -> None:
        try:
            import saxonche
        except ImportError:
            raise MissingEngineError from None
        self._error = saxonche.PySaxonApiError
        self._lock = threading.Lock()
        self._process = os.getpid()
        self._processor = saxonche.PySaxonProcessor(license=False)
        for name, value in _SAFE.items():
            self._processor.set_configuration_property(name, value)

    def compile(self, stylesheet: str, pack: str) -> "Stylesheet":
        """A stylesheet that can be run many times.

        Raises:
            InvalidRulesError: it does not compile.
        """
        with self._mine():
            try:
                executable = self._processor.new_xslt30_processor().compile_stylesheet(
                    stylesheet_text=stylesheet
                )
            except self._error as error:
                raise InvalidRulesError(pack, _first_line(error)) from None
            executable.set_property("!indent", "no")  # white space that nobody reads
            executable.set_save_xsl_message(False)  # else messages of the rules go to standard error
        return Stylesheet(self, executable, pack)

    def run(self, executable: Any, document: str, pack: str) -> str:  # noqa: ANN401 - the binding is untyped
        """What a stylesheet makes of a document.

        Raises:
            InvalidRulesError: the stylesheet stopped with an error.
        """
        with self._mine():
            try:
                node = self._processor.parse_xml(xml_text=document)
                answer = executable.transform_to_string(xdm_node=node)
            except self._error as error:
                raise InvalidRulesError(pack, _first_line(error)) from None
        return str(answer)

    def _mine(self) -> threading.Lock:
        if os.getpid() != self._process:
            raise ForkedEngineError
        return self._lock


class Stylesheet:
    """A compiled stylesheet: text in, text out."""

    def __init__(self, owner: Engine, executable: Any, pack: str) -> None:  # noqa: ANN401 - the binding is untyped
        self._owner = owner
        self._executable = executable
        self._pack = pack

    def __call__(self, document: str) -> str:
        """Run it.

        Raises:
            InvalidRulesError: it stopped with an error.
        """
        return self._owner.run(self._executable, document, self._pack)


def _first_line(error: Exception) -> str:
    # Saxon's own words: they name the place in the rules; the lines behind the first are a Java trace.
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return " ".join(lines[:2])[:300] or "it stopped without a reason"
