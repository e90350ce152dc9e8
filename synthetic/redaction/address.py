"""What of a URL may be shown: host, readable path, names of parameters, and the values that tell no secret."""

import re
from urllib.parse import unquote, unquote_plus, urlsplit, urlunsplit

MASK = "‹masked›"

_HARMLESS_PARAMETERS = frozenset(
    {"response_type", "access_type", "client_id", "scope", "error", "token_type", "grant_type", "from"}
)
"""Query parameters whose values may be shown, if they are plain words; every other value is masked."""

_NAME = re.compile(r"[A-Za-z_.][\w.\[\]-]{0,39}", re.ASCII)
_WORDS = re.compile(r"[A-Za-z][\w.:-]*(?: [A-Za-z][\w.:-]*)*", re.ASCII)
_RUN = re.compile(r"(?<![\w~-])(?:[\w~-]{16,}|\d{8,15})(?![\w~-])=*")
_SHOWN = re.compile(r"\d{1,3}|‹[^‹›]*›")
"""The number of a page, and what is masked already."""
_UUID = re.compile(r"[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}", re.IGNORECASE)
_MIXED_LETTERS = 12


def shown(url: str) -> str:
    """``url`` without userinfo and fragment; parameters of path and query, and opaque parts of the path, masked."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return MASK
    if parts.scheme in {"data", "blob", "javascript"}:
        return f"{parts.scheme}:{MASK}"
    path = "/".join(map(_segment, parts.path.split("/")))
    query = "&".join(map(_parameter, parts.query.split("&"))) if parts.query else ""
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], path, query, ""))


def opaque(run: str) -> bool:
    """Whether a run of letters and digits is no name made of words and numbers, but a token or an identifier."""
    if len(run) < 16:
        return run.isdigit() and len(run) >= 8
    mixed = [part for part in re.split(r"[-_~]", run) if re.search(r"\d", part) and not part.isdigit()]
    return run.isdigit() or bool(_UUID.fullmatch(run)) or sum(map(len, mixed)) >= _MIXED_LETTERS


def _segment(segment: str) -> str:
    name, semicolon, _ = segment.partition(";")
    masked = _RUN.sub(lambda found: MASK if opaque(found[0].rstrip("=")) else found[0], unquote(name))
    # A readable segment stays as it was written.
    return (masked if MASK in masked else name) + (f";{MASK}" if semicolon else "")


def _parameter(parameter: str) -> str:
    name, _, value = parameter.partition("=")
    if not value.strip("=") and name not in _HARMLESS_PARAMETERS:
        # A token may be all there is of a query.
        return MASK
    name = name if _NAME.fullmatch(name) and not opaque(name) else MASK
    harmless = _SHOWN.fullmatch(value) or (name in _HARMLESS_PARAMETERS and _harmless(value))
    return f"{name}={value if harmless else MASK}"


def _harmless(value: str) -> bool:
    words = unquote_plus(value)
    return not words or (bool(_WORDS.fullmatch(words)) and not any(map(opaque, re.split(r"[ .:]", words))))
