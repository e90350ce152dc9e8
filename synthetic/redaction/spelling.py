"""How a known value may be written: a phone with any grouping, a name in any case, a date in any order."""

import re
from dataclasses import dataclass
from functools import cached_property

from synthetic.redaction.views import View, plain

_NAMES = frozenset({"surname", "given-name", "patronymic", "full-name"})
"""Labels of values that are declined."""
_IN_GROUPS = "totp-secret"
"""The label of a value that is shown in groups of letters, or without."""

_GAP = r"[\s()+._/-]{0,6}"
_SHORT_GAP = r"[\s()+-]{0,3}"
"""A one-time code may be printed in two halves, but «12.34» and «12/34» are other things."""
_GROUPED_DIGITS = 9

_LETTER = r"[^\W\d_]"
_ENDINGS = (
    "ами|ями|ыми|ими|ого|его|ому|ему|ией|ием|ая|яя|ую|юю|ой|ей|ою|ею|ью|ом|ем|ым|им|ый|ий|ых|их|ам|ям|ах|ях"
    "|ов|ев|ия|ии|ию|ие|а|я|ы|и|у|ю|е|о|ь|й"
)
_ENDING = re.compile(r"(?:ая|яя|ий|ый|ой|[аеоиыуюяьй])$", re.IGNORECASE)
_SURE_STEM = 5
"""A shorter stem also begins common words: with it, only a capital letter makes a name («Вере», not «верой»)."""
_SURE_NAME = 6
"""A shorter name is also a part of common words («Лев» of «слева»): it must stand by itself."""

_DATE = re.compile(r"(?P<d>\d{1,2})[./-](?P<m>\d{1,2})[./-](?P<y>\d{4})|(?P<Y>\d{4})-(?P<M>\d{1,2})-(?P<D>\d{1,2})")
_MONTHS = ["янв", "фев", "мар", "апр", "ма[йя]", "июн", "июл", "авг", "сен", "окт", "ноя", "дек"]


@dataclass(frozen=True)
class Known:
    """A value that must not be shown, and the label that stands for it."""

    label: str
    value: str

    def within(self, view: View) -> list[tuple[int, int]]:
        """Where the value stands in the source of ``view``, however it is written."""
        # Most texts hold none of it: a plain search costs less than a pattern, and less than compiling one.
        if self._cue not in (view.digits if self._cue.isdigit() else view.lower):
            return []
        return [view.span(found) for found in self._pattern.finditer(view.text)]

    @cached_property
    def _cue(self) -> str:
        """What is in every spelling: small letters, or only digits."""
        if date := _DATE.fullmatch(self.value):
            return (date["y"] or date["Y"])[2:]
        if digits := _number(self.value):
            return digits[-10:]
        if self.label in _NAMES:
            return max((_stems(word)[-1] for word in _words(self.value)), key=len, default="").lower()
        if self.label == _IN_GROUPS:
            return ""
        return max(plain(self.value).split(), key=len).lower()

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        if date := _DATE.fullmatch(self.value):
            source = _date(int(date["d"] or date["D"]), int(date["m"] or date["M"]), date["y"] or date["Y"])
        elif digits := _number(self.value):
            # As it is, too: a short number takes few signs between its digits, and may have others of its own.
            source = rf"{_digits(digits)}|(?<!\d){re.escape(plain(self.value))}(?!\d)"
        elif self.label in _NAMES:
            source = _name(self.value)
        elif self.label == _IN_GROUPS:
            source = r"[\s+-]?".join(map(re.escape, "".join(plain(self.value).split())))
        else:
            source = r"[\s+]+".join(map(re.escape, plain(self.value).split()))
        return re.compile(source, re.IGNORECASE)


def _number(value: str) -> str:
    """The digits of a value that is nothing but a number, else ''."""
    return "" if re.search(r"[^\d\s()+._/-]", plain(value)) else re.sub(r"\D", "", value)


def _digits(digits: str) -> str:
    gap = _GAP if len(digits) >= _GROUPED_DIGITS else _SHORT_GAP
    if phone := re.fullmatch(r"[78](\d{10})|(9\d{9})", digits):
        # A phone is written with 8 or +7, or without.
        return rf"(?<!\d)\+?(?:[78]{gap})?\(?{gap.join(phone[1] or phone[2])}(?!\d)"
    return rf"(?<!\d)\+?{gap.join(digits)}(?!\d)"


def _date(day: int, month: int, year: str) -> str:
    gap = r"[\s./_-]{1,3}"
    named = rf"(?<!\d)0?{day}\s+{_MONTHS[(month - 1) % 12]}{_LETTER}*\.?\s+{year}(?!\d)"
    orders = rf"(?:0?{day}{gap}0?{month}|0?{month}{gap}0?{day}){gap}{year}|{year}{gap}0?{month}{gap}0?{day}"
    close = rf"{day:02}{month:02}{year}|{year}{month:02}{day:02}"
    short = rf"{day:02}[./-]{month:02}[./-]{year[2:]}"
    return rf"{named}|(?<!\d)(?:{orders}|{close})(?!\d)|(?<![\d.]){short}(?![\d.]\d|\d)"


def _name(value: str) -> str:
    words = _words(value)
    exact = r"[\s+_.-]+".join(map(re.escape, words))
    alone = rf"(?<!{_LETTER})(?:{{}})(?!{_LETTER})"
    declined = r"[\s+_.-]+".join(map(_declined, words))
    if sum(map(len, words)) >= _SURE_NAME:
        return f"{alone.format(declined)}|{exact}"
    return alone.format(f"{exact}|{declined}")


def _words(value: str) -> list[str]:
    return [word for word in re.split(r"[\s.-]+", plain(value)) if word]


def _stems(word: str) -> list[str]:
    """What stays of a word in every case; the second, if any, is without the vowel of «Павел, Павла»."""
    if not re.fullmatch(r"[а-я]{3,}", word, re.IGNORECASE):
        return [word]
    stem = _ENDING.sub("", word)
    if len(stem) < 3:
        stem = word[:-1] if _ENDING.search(word) else word
    if stem == word and re.search(r"[ео][кцрлн]$", word, re.IGNORECASE) and len(word) > _SURE_STEM - 1:
        return [stem, stem[:-2] + stem[-1], stem[:-2]]
    return [stem]


def _declined(word: str) -> str:
    if not re.fullmatch(r"[а-я]{3,}", word, re.IGNORECASE):
        return re.escape(word)
    stems = _stems(word)
    heads = "|".join(stems[:2])
    if len(stems[-1]) < _SURE_STEM:
        heads = "|".join(f"(?-i:{stem[0].upper()}){stem[1:]}" for stem in stems[:2])
    return rf"(?:{heads})(?:{_ENDINGS})?"
