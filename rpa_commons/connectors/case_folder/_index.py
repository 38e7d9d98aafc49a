"""``index.html`` of a case: what a caseworker opens in Explorer.

Rules this module keeps: every text is escaped and the page runs nothing; a link leads to a file of the folder
by its number; equal rows give equal bytes.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from rpa_commons.capabilities import Case, Document, Note, Task

from ._files import FolderState
from ._words import WORDS

__all__ = ["CasePage", "index_page"]

_HEAD = (
    '<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" '
    "content=\"default-src 'none'; style-src 'unsafe-inline'\">"
    '<meta name="viewport" content="width=device-width"><style>'
    "body{font-family:sans-serif;margin:2rem;max-width:60rem}table{border-collapse:collapse;width:100%}"
    "th,td{border-bottom:1px solid #ccc;padding:.3rem .6rem;text-align:left;vertical-align:top}"
    ".text{white-space:pre-wrap}</style>"
)


@dataclass(frozen=True)
class CasePage:
    """What stands on the page; ``files`` gives a document's file by its id, ``state`` what to mend."""

    case: Case
    documents: Sequence[Document]
    tasks: Sequence[Task]
    notes: Sequence[Note]
    files: Mapping[str, str]
    state: FolderState


def index_page(page: CasePage, language: str) -> bytes:
    """The page in one of ``da``, ``nb``, ``sv``, ``en``."""
    words, case = WORDS[language], page.case
    said = f"{words['case']} {case.number}"
    parts = [
        f'<!doctype html>\n<html lang="{language}"><head>{_HEAD}<title>{escape(said)}</title></head><body>',
        f"<h1>{escape(said)}: {escape(case.title)}</h1>",
        *(f"<p><strong>{escape(problem)}</strong></p>" for problem in _problems(page.state, words)),
        _facts(case, words),
        _table(words["parties"], [words["name"], words["id"]], ((one.name, one.id) for one in case.parties)),
        _documents(page, words),
        _table(
            words["tasks"],
            [words[key] for key in ("title", "deadline", "person", "status")],
            (
                (
                    f"{one.title}\n{one.description}",
                    _text(one.deadline),
                    one.person or one.unit,
                    words[one.status],
                )
                for one in page.tasks
            ),
        ),
        _table(
            words["notes"],
            [words["title"], words["made"]],
            ((f"{one.title}\n\n{one.text}", f"{one.written_at:%Y-%m-%d %H:%M} UTC") for one in page.notes),
        ),
        f"<p>{escape(words['ours'])}</p></body></html>\n",
    ]
    return "\n".join(part for part in parts if part).encode()


def _problems(state: FolderState, words: Mapping[str, str]) -> Iterator[str]:
    for name in state.lost:
        yield words["lost"].format(name=name)
    if state.strangers:
        yield words["strangers"].format(count=state.strangers)


def _facts(case: Case, words: Mapping[str, str]) -> str:
    facts = {
        "subject": f"{case.kle} {case.facet}".strip(),
        "status": words[case.status],
        "opened": _text(case.opened_on),
        "confidentiality": words[
            "plain" if case.confidentiality == "open" else case.confidentiality or "plain"
        ],
        "unit": case.unit,
        "person": case.person,
    }
    rows = (
        f'<tr><th scope="row">{escape(words[key])}</th><td>{escape(value)}</td></tr>'
        for key, value in facts.items()
        if value
    )
    return f"<table>{''.join(rows)}</table>"


def _documents(page: CasePage, words: Mapping[str, str]) -> str:
    if not page.documents:
        return ""
    heads = _heads([words[key] for key in ("file", "title", "name", "date", "direction")])
    rows = (
        f'<tr><td><a href="{escape(page.files[one.id])}">{escape(page.files[one.id])}</a></td>'
        + "".join(map(_cell, _words_of(one, words)))
        + "</tr>"
        for one in page.documents
    )
    return f"<h2>{escape(words['documents'])}</h2><table>{heads}{''.join(rows)}</table>"


def _words_of(document: Document, words: Mapping[str, str]) -> Sequence[str]:
    title = f"{document.title}\n{document.description}"
    direction = words[document.direction or "internal"]
    return title, document.file_name, _text(document.dated), direction


def _table(title: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = ["<tr>" + "".join(map(_cell, row)) + "</tr>" for row in rows]
    return f"<h2>{escape(title)}</h2><table>{_heads(heads)}{''.join(lines)}</table>" if lines else ""


def _cell(text: str) -> str:
    return f'<td class="text">{escape(text.strip())}</td>'


def _heads(words: Sequence[str]) -> str:
    return "<tr>" + "".join(f'<th scope="col">{escape(word)}</th>' for word in words) + "</tr>"


def _text(value: object) -> str:
    return "" if value is None else str(value)
