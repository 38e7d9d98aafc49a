"""Which registry a municipality installs from, and what it lets it do: ``registry`` in ``municipality.toml``.

Rules this module keeps: the short form, an address alone, means every default; an address is https, or http
on this machine; nothing is asked over the network here.

Usage::

    RegistryChoice.of("https://registry.digit.dk").channel  # "certified"
"""

import base64
import binascii
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

__all__ = ["RegistryChoice", "registry_problems"]

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_KEY_BYTES = 32


@dataclass(frozen=True)
class RegistryChoice:
    """What a municipality says of its registry.

    Attributes:
        url: Its address; empty when there is none.
        channel: ``certified`` or ``all``: what is installed unless a command says otherwise.
        on_recall: ``pause`` or ``warn``: what happens to an instance whose version was recalled.
        share_usage: Whether the registry is told which bots are installed.
        keys: The coordinators' public keys (Ed25519, base64); empty: as the registry first gave them.
    """

    url: str = ""
    channel: str = "certified"
    on_recall: str = "pause"
    share_usage: bool = False
    keys: tuple[str, ...] = ()

    @classmethod
    def of(cls, value: str | Mapping[str, Any]) -> "RegistryChoice":
        """From a value that its schema has checked."""
        if isinstance(value, str):
            return cls(url=value)
        return cls(
            url=value["url"],
            channel=value.get("channel", cls.channel),
            on_recall=value.get("on_recall", cls.on_recall),
            share_usage=value.get("share_usage", cls.share_usage),
            keys=tuple(value.get("keys", ())),
        )


def registry_problems(value: str | Mapping[str, Any]) -> Iterator[tuple[tuple[str | int, ...], str, str]]:
    """What its schema cannot say: path below ``registry``, message, help."""
    url = value if isinstance(value, str) else value.get("url", "")
    at: tuple[str | int, ...] = () if isinstance(value, str) else ("url",)
    if isinstance(url, str) and url and not _is_address(url):
        advice = "write https://host[:port], without user or password; plain http is for this machine only"
        yield at, "no address of a registry", advice
    keys = value.get("keys", ()) if isinstance(value, Mapping) else ()
    for index, key in enumerate(keys):
        if isinstance(key, str) and not _is_key(key):
            yield ("keys", index), "no Ed25519 public key in base64", "`rpac-registry key show` prints one"


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    if parts.username or parts.password or parts.query or parts.fragment or url.strip() != url:
        return False
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK))


def _is_key(text: str) -> bool:
    try:
        return len(base64.b64decode(text, validate=True)) == _KEY_BYTES
    except binascii.Error:
        return False
