"""Texts that strangers wrote, in one safe form: lines and file names.

Rules this module keeps: the same text gives the same result, and a safe one itself; nothing is refused that
can be made safe; no result can lead to another folder, be a device, or run over several lines.
"""

import re
import unicodedata

__all__ = ["one_line", "safe_file_name"]

_NAME_BYTES = 200  # a file system takes 255; a connector may need to put something before it
_EXTENSION = 16  # characters; what is longer is part of the name
_DEVICE = re.compile(r"(?i)(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])")  # reserved by Windows
_UNSAFE = re.compile(r'[<>:"/\\|?*]')
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})  # control, direction marks, lone surrogates, separators


def one_line(text: str) -> str:
    """The text in one line: control characters and white space as single spaces, ends trimmed."""
    spaced = "".join(" " if unicodedata.category(one) in _UNSEEN else one for one in text)
    return " ".join(spaced.split())


def safe_file_name(name: str) -> str:
    r"""A file name that Windows, SharePoint and Linux take, and that is only a name.

    Path separators and ``< > : " | ? *`` become ``_``, control characters spaces; a device's name (``CON``)
    gets a ``_`` in front; what is longer than 200 bytes of UTF-8 is cut before its extension.

    Args:
        name: What the sender called the file.

    Returns:
        The safe name; ``document`` where nothing is left.
    """
    safe = _UNSAFE.sub("_", one_line(unicodedata.normalize("NFC", name))).strip(". ") or "document"
    stem, dot, extension = safe.rpartition(".")
    if not dot or not 0 < len(extension.strip()) <= _EXTENSION:
        stem, extension = safe, ""
    if _DEVICE.fullmatch(stem.partition(".")[0].strip()):
        stem = f"_{stem}"
    tail = f".{extension.strip()}" if extension else ""
    room = _NAME_BYTES - len(tail.encode())
    return stem.encode()[:room].decode(errors="ignore").strip(". ") + tail
