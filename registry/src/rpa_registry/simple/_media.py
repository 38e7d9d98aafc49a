"""Which of the three forms of a page a client wants (PEP 691, RFC 9110 section 12.5.1).

Rules this module keeps: what the client names exactly is worth more than what a wildcard lets through; among
equals JSON comes first when the client named it, and HTML when it named nothing (old clients and browsers);
a quality of zero refuses.

Usage::

    negotiate("application/vnd.pypi.simple.v1+json, text/html;q=0.1") == JSON
"""

__all__ = ["HTML", "JSON", "LEGACY_HTML", "negotiate"]

JSON = "application/vnd.pypi.simple.v1+json"
HTML = "application/vnd.pypi.simple.v1+html"
LEGACY_HTML = "text/html"

_OFFERED = (JSON, HTML, LEGACY_HTML)
_BY_WILDCARD = (LEGACY_HTML, JSON, HTML)
_LATEST = {
    "application/vnd.pypi.simple.latest+json": JSON,
    "application/vnd.pypi.simple.latest+html": HTML,
}
_MOST_RANGES = 32  # an Accept header of more is nobody's, and its end is not read


def negotiate(accept: str, wanted: str = "") -> str | None:
    """The media type to send, or ``None`` when the client takes none of the three.

    Args:
        accept: The Accept header; empty when there was none.
        wanted: The ``format`` parameter of the address; it wins over the header.
    """
    if wanted:
        named = _LATEST.get(wanted, wanted)
        return named if named in _OFFERED else None
    if not accept.strip():
        return LEGACY_HTML
    ranges = _ranges(accept)
    best: tuple[float, int, int] | None = None
    found = None
    for media_type in _OFFERED:
        quality, exactness = _worth(media_type, ranges)
        order = _OFFERED if exactness == _EXACT else _BY_WILDCARD
        worth = (quality, exactness, -order.index(media_type))
        if quality > 0 and (best is None or worth > best):
            best, found = worth, media_type
    return found


_EXACT = 2


def _worth(media_type: str, ranges: dict[str, float]) -> tuple[float, int]:
    group = media_type.partition("/")[0] + "/*"
    for exactness, name in ((_EXACT, media_type), (1, group), (0, "*/*")):
        if name in ranges:
            return ranges[name], exactness
    return 0.0, 0


def _ranges(accept: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for part in accept.lower().split(",")[:_MOST_RANGES]:
        name, *parameters = (word.strip() for word in part.split(";"))
        name = _LATEST.get(name, name)
        found[name] = max(found.get(name, 0.0), _quality(parameters))
    return found


def _quality(parameters: list[str]) -> float:
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip() == "q":
            try:
                return min(max(float(value), 0.0), 1.0)
            except ValueError:
                return 0.0
    return 1.0
