"""From a letter as data to a tagged PDF, by one fixed typst template of ours.

Rules this module keeps: the source given to typst is always the same bytes, the package file ``letter.typ``;
everything a letter says travels as JSON in ``sys.inputs`` and is shown as text. Only the fonts inside the
typst wheel are used, so that every machine makes the same bytes. typst refuses to export what PDF/UA-1
forbids.
"""

import datetime as dt
import importlib.resources
import json
import queue
from typing import Any

import typst

from ._errors import TypesettingError, UnprintableCharacterError

__all__ = ["Typesetter"]

_NO_GLYPH = "could not be displayed with font"


class Typesetter:
    """Makes PDFs; safe to share between threads.

    A ``typst.Compiler`` keeps its fonts and is twice as fast as ``typst.compile``, but serves one thread at a
    time (it raises when borrowed twice). So compilers wait in a pool: there are as many as threads ever
    typeset at the same moment.
    """

    def __init__(self) -> None:
        self._source = importlib.resources.files(__package__).joinpath("letter.typ").read_bytes()
        self._idle: queue.SimpleQueue[typst.Compiler] = queue.SimpleQueue()

    def pdf(self, data: dict[str, Any], date: dt.date, template: str) -> bytes:
        """The PDF/UA-1 of a letter; equal data and date give equal bytes.

        Args:
            data: What ``letter.typ`` reads.
            date: The letter's date; midnight UTC becomes the PDF's creation time.
            template: Name of the letter, for errors.

        Raises:
            UnprintableCharacterError: a character has no glyph in the fonts.
            TypesettingError: typst refused for another reason.
        """
        midnight = dt.datetime.combine(date, dt.time(), dt.UTC)
        compiler = self._compiler()
        try:
            made = compiler.compile(
                self._source,  # a compiler forgets source given as bytes after each letter
                format="pdf",
                pdf_standards=["ua-1"],
                sys_inputs={"data": json.dumps(data, ensure_ascii=False, sort_keys=True)},
                timestamp=int(midnight.timestamp()),
            )
        except typst.TypstError as error:
            if _NO_GLYPH in error.message:
                raise UnprintableCharacterError(template) from None
            # typst quotes what it could not show; keep its words up to the first quotation
            raise TypesettingError(template, error.message.partition("`")[0].strip()) from None
        finally:
            self._idle.put(compiler)
        if not isinstance(made, bytes):
            raise TypesettingError(template, "no PDF came back")
        return made

    def _compiler(self) -> typst.Compiler:
        try:
            return self._idle.get_nowait()
        except queue.Empty:
            return typst.Compiler(ignore_system_fonts=True)
