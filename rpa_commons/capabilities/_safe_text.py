"""Texts that strangers wrote, in one safe form: lines and file names.

Rules this module keeps: the same text gives the same result, and a safe one itself; nothing is refused that
can be made safe; no result can lead to another folder, be a device, or run over several lines.
"""

import re
import unicodedata

__all__ = ["one_line", "safe_file_name"]

_NAME_BYTES = 200  # a file system takes 255; a connector may need to put something before it
_EXTENSION = 16  # characters; what is longer is part of the name
_DEVICE = re.compile(r"(?i)(con|conin\$|conout\$|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])")  # reserved by Windows
_RESERVED = re.compile(r"(?i)~\$.*|desktop\.ini")  # by SharePoint, which also takes no _vti_ anywhere
_VTI = re.compile(r"(?i)_(vti)_")
_UNSAFE = re.compile(r'[<>:"/\\|?*]')
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})  # control, direction marks, lone surrogates, separators


def one_line(text: str) -> str:
    """The text in one line: control characters and white space as single spaces, ends trimmed, in NFC."""
    composed = unicodedata.normalize("NFC", text)  # or a title spelt in two ways would be two
    spaced = "".join(" " if unicodedata.category(one) in _UNSEEN else one for one in composed)
    return " ".join(spaced.split())


def safe_file_name(name: str) -> str:
    r"""A file name that Windows, SharePoint and Linux take, and that is only a name.

    Path separators and ``< > : " | ? *`` become ``_``, control characters spaces; a name of Windows' or
    SharePoint's own (``CON``, ``~$…``) begins with ``_`` instead; what is longer than 200 bytes of UTF-8 is
    cut before its extension.

    Args:
        name: What the sender called the file.

    Returns:
        The safe name; ``document`` where nothing is left.
    """
    safe = _VTI.sub(r"_\1-", _UNSAFE.sub("_", one_line(name)).strip(". ")) or "document"
    if _RESERVED.fullmatch(safe):
        safe = f"_{safe.removeprefix('~')}"
    stem, dot, extension = safe.rpartition(".")
    if not dot or not 0 < len(extension.strip()) <= _EXTENSION:
        stem, extension = safe, ""
    if _DEVICE.fullmatch(stem.partition(".")[0].strip()):
        stem = f"_{stem}"
    tail = f".{extension.strip()}" if extension else ""
    room = _NAME_BYTES - len(tail.encode())
    cut = stem.encode()[:room].decode(errors="ignore").strip(". ") + tail
    return cut if cut == name else safe_file_name(cut)  # where it was cut, another extension may begin
