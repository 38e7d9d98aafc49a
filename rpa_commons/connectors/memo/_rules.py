"""What the guidance demands of a message beyond the schema, for messages that we send.

Sources: Digitaliseringsstyrelsen's guidance on MeMo (a notification has at most 150 characters) and its
requirements in force since 10 September 2025 (characters of file names, https links).
"""

import re
from collections.abc import Iterator

from rpa_commons.validators import InvalidIdentifierError, dk

from ._element import MemoError
from ._model import Action, File, Message

__all__ = ["check_outgoing", "safe_file_name"]

_LONGEST_NOTIFICATION = 150
_LONGEST_FILE_NAME = 256
_FORBIDDEN = re.compile(r'[<>:"/\\?*|\x00-\x1f\x7f-\x9f]')


def check_outgoing(message: Message) -> None:
    """Refuse a message that the receiver would.

    Raises:
        MemoError: with every problem found.
    """
    problems = tuple(_problems(message))
    if problems:
        raise MemoError(problems)


def safe_file_name(title: str, suffix: str) -> str:
    """A file name for a document: the title without what a name may not hold.

    Args:
        title: Words for the citizen.
        suffix: With its dot, e.g. ``.pdf``.
    """
    stem = " ".join(_FORBIDDEN.sub(" ", title).split())[: _LONGEST_FILE_NAME - len(suffix)].rstrip(". ")
    return (stem or "document") + suffix


def _problems(message: Message) -> Iterator[str]:
    header = message.message_header
    if header.notification is not None and len(header.notification) > _LONGEST_NOTIFICATION:
        yield f"notification: more than {_LONGEST_NOTIFICATION} characters"
    if header.message_type == "NEMSMS" and not header.notification:
        yield "notification: a text message needs its text"
    if header.message_type == "DIGITALPOST" and message.message_body is None:
        yield "MessageBody: a letter needs a document"
    yield from _identifier("senderID", header.sender.id_type, header.sender.sender_id, only="CVR")
    yield from _identifier("recipientID", header.recipient.id_type, header.recipient.recipient_id)
    for file in _files(message):
        if _FORBIDDEN.search(file.filename) or not file.filename.strip(". "):
            yield 'filename: it is empty or holds one of < > : " / \\ ? * | or a control character'
        if not file.content:
            yield "content: the file is empty"
    for action in _actions(message):
        if action.entry_point is not None and not action.entry_point.url.lower().startswith("https://"):
            yield "url: the link of an action must be https"


def _identifier(name: str, id_type: str, value: str, *, only: str = "") -> Iterator[str]:
    if only and id_type != only:
        yield f"{name}: it must be a {only} number"
    kinds: dict[str, type[dk.Cvr | dk.Cpr]] = {"CVR": dk.Cvr, "CPR": dk.Cpr}
    kind = kinds.get(id_type)
    try:
        if kind is not None and kind.parse(value) != value:
            yield f"{name}: digits only"
    except InvalidIdentifierError as error:
        yield f"{name}: {error}"


def _files(message: Message) -> Iterator[File]:
    body = message.message_body
    if body is not None:
        yield from body.main_document.file
        for extra in body.additional_document:
            yield from extra.file
        for technical in body.technical_document:
            yield from technical.file


def _actions(message: Message) -> Iterator[Action]:
    body = message.message_body
    if body is not None:
        yield from body.main_document.action
        for document in body.additional_document:
            yield from document.action
