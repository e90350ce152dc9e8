"""What must never be written down, and how it is taken out. Fails closed: unknown query values, tokens and
anything that looks like an identifier go, whoever they belong to."""

import re
from collections.abc import Mapping
from functools import partial
from urllib.parse import parse_qsl, quote, quote_plus, urlsplit, urlunsplit

_HARMLESS_PARAMETERS = frozenset(
    {"response_type", "access_type", "client_id", "scope", "error", "token_type", "grant_type", "from"}
)
"""Query parameters whose values may be shown; every other value is masked."""

# Sites print phones with hyphens that do not break, and a URL has its own way to write a space.
_GAP = r"(?:[\s()+\u2010-\u2015-]|%(?:20|28|29|2B|C2%A0|E2%80%9[0-5]))*"
_DASH = r"[ \u00a0\u2010-\u2015-]"
_START = r"(?:(?<!\d)|(?<=%[\dA-F]{2}))"
_ID = r"(?P<id>\b[\da-f]{8}(?:-?[\da-f]{4}){3}-?[\da-f]{12}\b)"
"""A UUID, which is harmless, and may hold as many digits in a row as an ИНН."""
_PATTERNS = {
    "token": re.compile(r"\beyJ[\w-]{8,}(?:\.[\w-]+){0,2}"),
    "parameter": re.compile(r"(?<=[?&])[\w.-]*(?:code|state|token|secret|password|login)=[^\s&#\"'<>‹]+"),
    "snils": re.compile(rf"\b\d{{3}}{_DASH}\d{{3}}{_DASH}\d{{3}}{_DASH}\d{{2}}\b"),
    "email": re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    "phone": re.compile(
        rf"{_ID}|(?<![\d.])(?:(?:\+|%2B)7|8){_GAP}\d{{3}}{_GAP}\d{{3}}{_GAP}\d{{2}}{_GAP}\d{{2}}(?!\d)"
    ),
    "number": re.compile(rf"{_ID}|(?<![\d.])(?:\d{{16}}|\d{{12}})(?![\d.])"),
}
"""What looks private whoever it belongs to: a screen may show another person's data by mistake."""


class Redactor:
    """Takes the secrets of one run out of text. ``secrets`` maps a label to the value that it stands for."""

    def __init__(self, secrets: Mapping[str, str]) -> None:
        self._known: list[tuple[str, str, re.Pattern[str]]] = []
        for label, value in secrets.items():
            self.learn(label, value)

    def learn(self, label: str, value: str) -> None:
        """From now on ``value`` is masked as ‹label›: a one-time code, or data that a screen showed."""
        value = value.strip()
        if len(value) > 1 and all(value != known for known, *_ in self._known):
            self._known.append((value, label, _spellings(value)))
            # Longest first, so that a full name goes before the surname in it.
            self._known.sort(key=lambda entry: -len(entry[0]))

    def text(self, text: str) -> str:
        """``text`` with everything known, and everything that looks private, masked."""
        for _, label, pattern in self._known:
            text = pattern.sub(f"‹{label}›", text)
        for label, pattern in _PATTERNS.items():
            text = pattern.sub(partial(_masked, label), text)
        return text

    def url(self, url: str) -> str:
        """``url`` with the values of all but harmless query parameters masked, and without a fragment."""
        parts = urlsplit(url)
        query = "&".join(
            f"{name}={value if name in _HARMLESS_PARAMETERS else '‹masked›'}"
            for name, value in parse_qsl(parts.query, keep_blank_values=True)
        )
        host = parts.netloc.rpartition("@")[2]
        return self.text(urlunsplit((parts.scheme, host, parts.path, query, "")))

    def leaks(self, text: str) -> bool:
        """Whether a known secret is in ``text``."""
        return any(pattern.search(text) for *_, pattern in self._known)


def _masked(label: str, found: re.Match[str]) -> str:
    return found.groupdict().get("id") or f"‹{label}›"


def _spellings(value: str) -> re.Pattern[str]:
    """A pattern for ``value`` as it is, as it stands in a URL, and, if it is a number, with any grouping."""
    digits = re.sub(r"\D", "", value)
    if digits and not re.search(r"[^\d\s()+-]", value):
        # A phone is written with 8 or +7, a СНИЛС with hyphens or spaces, a code with or without a gap.
        grouped = _GAP.join(digits)
        if re.fullmatch(r"[78]\d{10}", digits):
            grouped = rf"(?:[78]{_GAP})?{_GAP.join(digits[1:])}"
        return re.compile(rf"{_START}\+?{grouped}(?!\d)", re.IGNORECASE)
    cases = (value, value.lower(), value.upper())
    forms = {form for cased in cases for form in (cased, quote(cased, safe=""), quote_plus(cased, safe=""))}
    return re.compile("|".join(map(re.escape, sorted(forms, key=len, reverse=True))), re.IGNORECASE)
