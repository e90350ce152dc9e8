"""What must never be written down, and how it is taken out. Fails closed: unknown query values, tokens and
anything that looks like an identifier go, whoever they belong to."""

import re
from collections.abc import Iterator, Mapping

from synthetic.redaction.address import shown
from synthetic.redaction.spelling import Known
from synthetic.redaction.views import View, plain, views

_GAP = r"[\s()+-]{0,6}"
_WHOLE = r"(?<!\d)(?<!\d\.){}(?!\d|\.\d)"
"""A number by itself, not a part of a longer one or of a fraction."""
_ID = r"(?P<id>\b[\da-f]{8}(?:-?[\da-f]{4}){3}-?[\da-f]{12}\b)"
"""A UUID, which is harmless, and may hold as many digits in a row as an ИНН."""
_VALUE = r"[\"']?\s{0,2}[:=]\s{0,2}[\"']?(?!https?://)(?P<secret>[^\s&#\"'<>‹›]+(?<![.,;:!?)\]}]))"

_PATTERNS = {
    "token": re.compile(r"\beyJ[\w-]{8,}(?:\.[\w-]+){0,2}|\bbearer\s+(?P<secret>(?=[^\s\d]*\d)[\w.~+/=-]{8,})", re.I),
    "header": re.compile(
        r"(?:authorization[\"']?\s*[:=]|cookie[\"']?\s*:(?=[^\n=:;]*=))\s*[\"']?(?P<secret>[^\s\"'‹][^\r\n\"'‹]*)", re.I
    ),
    "credentials": re.compile(r"(?<=://)(?P<secret>[^\s/?#@‹›]+)@"),
    "password": re.compile(rf"(?:passw(?:or)?d|secret|(?<![^\W_])(?:pwd|otp|pin)){_VALUE}", re.I),
    "parameter": re.compile(
        rf"(?:code|state|token|login|session|sess(?:ion)?_?id|api_?key|(?<![^\W_])(?:sid|oid)){_VALUE}", re.I
    ),
    "email": re.compile(r"(?<![\w.+•*-])[\w.+•*-]+@(?:[\w-]+\.)+[^\W\d_]{2,}"),
    "snils": re.compile(_WHOLE.format(r"\d{3}[ -]\d{3}[ -]\d{3}[ -]?\d{2}")),
    "phone": re.compile(
        rf"{_ID}|(?<![\d.])(?:\+[1-9]\d{{0,2}}{_GAP}\d{{2,3}}|(?:(?:8|7(?={_GAP}9)){_GAP}|\()\d{{3}})"
        rf"{_GAP}\d{{3}}{_GAP}\d{{2}}{_GAP}\d{{2}}(?!\d)"
    ),
    # ЕСИА says where a code went as «+7 ••• •••-10-11»: four digits of a phone tell people apart.
    "masked": re.compile(
        r"(?<![•*])(?<![•*][\s()-])(?<![•*][\s()-]{2})(?:[•*][\s()-]{0,2}){5,}\d{2}(?:[\s-]?\d{2})?(?!\d)"
        rf"|(?<![\d.])(?:\+7|8){_GAP}9\d\d{_GAP}[•*]{{3}}(?:[\s-]?[\d•*]{{2}}){{2}}(?!\d)"
    ),
    "number": re.compile(rf"{_ID}|" + _WHOLE.format(r"(?:\d{16}|\d{12}|\d{4}(?:[ -]\d{4}){3})")),
    "passport": re.compile(_WHOLE.format(r"\d{2} ?\d{2} (?:№ ?)?\d{6}")),
    "eleven": re.compile(rf"{_ID}|" + _WHOLE.format(r"\d{11}")),
}
"""What looks private whoever it belongs to: a screen may show another person's data by mistake."""

_CUES = {
    "token": ("eyj", "bearer"),
    "header": ("authorization", "cookie"),
    "credentials": ("@",),
    "password": ("passw", "secret", "pwd", "otp", "pin"),
    "parameter": ("code", "state", "token", "login", "sess", "key", "sid", "oid"),
    "email": ("@",),
    "masked": ("•", "*"),
}
"""What a text must hold, in small letters, for a pattern to be worth a search."""
_FEWEST_DIGITS = 10
"""What the other patterns look for has as many: a passport, a phone without its 8."""

_READINGS = 3
_ADDRESS = re.compile(r"https?://[^\s\"'<>«»]*[^\s\"'<>«».,;:!?)\]}]")
_TELLS_NOTHING = re.compile(r"\d{1,3}|[A-Z]{2,}[A-Z_]*[-_][A-Z\d_]+|[a-z]+(?:_[a-z]+)+|")
"""HTTP statuses and error codes (503, ESIA-007055, ERR_FAILED, invalid_grant) are shown."""
_WORD = re.compile(r"[a-zа-я]+(?:-[a-zа-я]+)*")


class Redactor:
    """Takes the secrets of one run out of text. ``secrets`` maps a label to the value that it stands for."""

    def __init__(self, secrets: Mapping[str, str]) -> None:
        self._known: list[Known] = []
        for label, value in secrets.items():
            self.learn(label, value)

    def copy(self) -> "Redactor":
        """Another that knows as much, and may learn more by itself."""
        other = Redactor({})
        other._known = list(self._known)
        return other

    def learn(self, label: str, value: str) -> None:
        """From now on ``value`` is masked as ‹label›: a one-time code, or data that a screen showed."""
        value = value.strip()
        if len(plain(value)) > 1 and all(value != known.value for known in self._known):
            self._known.append(Known(label, value))
            # Longest first, so that a full name goes before the surname in it.
            self._known.sort(key=lambda known: -len(known.value))

    def text(self, text: str) -> str:
        """``text`` with everything known, and everything that looks private, masked; what is left can be written."""
        return _ADDRESS.sub(lambda found: shown(found[0]), self._masked(_writable(text)))

    def url(self, url: str) -> str:
        """``url`` with all but readable words masked, and without a fragment."""
        return self._masked(_writable(shown(url)))

    def found(self, text: str) -> set[str]:
        """Everything in ``text`` that `text` would mask, as it is written there."""
        told = {address for address in _ADDRESS.findall(text) if shown(address) != address}
        return told | {text[start:end] for start, end, _ in self._spans(text)}

    def leaks(self, text: str) -> bool:
        """Whether a known secret is in ``text``."""
        return any(known.within(view) for view in views(text) for known in self._known)

    def _masked(self, text: str) -> str:
        # A number that stood right at a secret is found once that is gone, so it is read again.
        for _ in range(_READINGS):
            pieces: list[str] = []
            at = 0
            for start, end, label in self._spans(text):
                pieces += text[at:start], f"‹{label}›"
                at = end
            if not pieces:
                break
            text = "".join([*pieces, text[at:]])
        return text

    def _spans(self, text: str) -> list[tuple[int, int, str]]:
        """Start, end and label of what is to be masked, in order and apart from each other."""
        spans: list[tuple[int, int, int, str]] = []
        for view in views(text):
            for rank, known in enumerate(self._known):
                spans += ((*span, rank, known.label) for span in known.within(view))
            spans += ((*span, len(self._known), label) for span, label in _private(view))
        apart: list[tuple[int, int, int, str]] = []
        for start, end, rank, label in sorted(spans):
            if apart and start < apart[-1][1]:
                first, last, other, name = apart.pop()
                apart.append((first, max(last, end), *min((other, name), (rank, label))))
            else:
                apart.append((start, end, rank, label))
        return [(start, end, label) for start, end, _, label in apart]


def _writable(text: str) -> str:
    """Without half a character: a site that cuts an emoji in two has one, and no file or database takes it."""
    return text.encode(errors="replace").decode()


def _private(view: View) -> Iterator[tuple[tuple[int, int], str]]:
    """Where something stands that looks private, and its label."""
    for label, pattern in _PATTERNS.items():
        cues = _CUES.get(label)
        if not any(cue in view.lower for cue in cues) if cues else len(view.digits) < _FEWEST_DIGITS:
            continue
        for found in pattern.finditer(view.text):
            groups = found.groupdict()
            if groups.get("id") or (label == "parameter" and _tells_nothing(found)):
                continue
            if label != "eleven":
                yield view.span(found, "secret" if groups.get("secret") else 0), label
            elif _is_snils(found[0]):
                yield view.span(found), "snils"


def _tells_nothing(found: re.Match[str]) -> bool:
    """Whether what follows «code:» or «state=» is a status, an error code or, in prose, a word."""
    value = found["secret"].rstrip(".,;:!?)]}")
    said = re.search(r"(?:^|\w):\s", found[0]) is not None
    return bool(_TELLS_NOTHING.fullmatch(value) or (said and _WORD.fullmatch(value)))


def _is_snils(digits: str) -> bool:
    """Whether the control number is right: eleven digits may also be an identifier of anything."""
    weighted = sum(int(digit) * weight for digit, weight in zip(digits, range(9, 0, -1), strict=False))
    return weighted % 101 % 100 == int(digits[9:])
