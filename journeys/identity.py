"""Whether two portals name the same person, and by which rule they do not (S2).

Values go in and rules come out: a rule says what is wrong with a name or a number, never what it is.
"""

import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from types import MappingProxyType

from stdnum import luhn
from stdnum.ru import inn

NAME_FIELDS = ("Фамилия", "Имя", "Отчество")
MAY_BE_MISSING = "Отчество"
"""Not everybody has one, and records may lack it: its absence on one side is no mismatch."""
BIRTH_DATE = "Дата рождения"
INN = "ИНН"

_MONTHS = (
    *("января", "февраля", "марта", "апреля", "мая", "июня"),
    *("июля", "августа", "сентября", "октября", "ноября", "декабря"),
)
_DATE = re.compile(r"(\d{1,2})(?:\.(\d{1,2})\.|\s([а-я]+)\s)(\d{4})(?:\s*г\.?|\s*года)?")
"""As sites write one: «01.02.1980», «1 февраля 1980 г.»."""
_UNCHECKED_SNILS = "001001998"
"""Up to this number a СНИЛС was given out without a control number."""

_LOOK_ALIKES = str.maketrans("abcehkmoptxy", "авсенкмортху")
"""Of small letters, after the case is gone: some look alike as capitals only."""
_TRANSLITERATED = str.maketrans(
    dict(zip("абвгдеёзийклмнопрстуфыэ", "abvgdeeziiklmnoprstufie", strict=True))
    | {"ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "ie", "ь": "", "ю": "iu", "я": "ia"}
)
"""As in passports, ICAO Doc 9303."""
_WAYS_OF_WRITING = (
    (r"['’`ʹ]", ""),
    (r"[yj]", "i"),
    ("x", "ks"),
    ("kh", "h"),
    ("tz", "ts"),
    ("shch|sch", "sh"),
    ("i+", "i"),
    ("i?e|io", "e"),
)
"""What one table writes so and another otherwise: Yuliya and Iuliia, Alexey and Aleksei, Schukin and Shchukin."""


class Rule(StrEnum):
    """What is wrong with a name or a number. The values are variants of a diagnosis."""

    EXTRA_SPACE = "extra-space"
    PATRONYMIC_MISSING = "patronymic-missing"
    HYPHEN = "hyphen"
    LETTER_CASE = "letter-case"
    YO = "letter-yo"
    LATIN_LETTERS = "latin-letters"
    TRANSLITERATION = "transliteration"
    NAME_DIFFERS = "name-differs"
    SNILS_FORMAT = "snils-format"
    SNILS_CONTROL = "snils-control-number"
    SNILS_DIFFERS = "snils-differs"
    INN_CONTROL = "inn-control-number"
    OMS_CONTROL = "oms-control-number"
    DIFFERS = "differs"


def compare(field: str, one: str, other: str) -> Rule | None:
    """By which rule two values of a field, as the portals show them, do not agree; None when they do."""
    if field in NAME_FIELDS:
        if field == MAY_BE_MISSING and not (one and other):
            return None
        return compare_names(one, other)
    if one == other:
        return None
    judge = _JUDGES.get(field)
    return judge(one, other) if judge else Rule.DIFFERS


def compare_names(one: str, other: str) -> Rule | None:
    """By which rule two spellings of a name do not agree. Of several that are broken at once the gravest is named."""
    if one == other:
        return None
    reduced = {one, other}
    for rule, reduce in _FROM_THE_SLIGHTEST:
        reduced = {reduce(name) for name in reduced}
        if len(reduced) == 1:
            return rule
    latin = {name for name in reduced if re.search("[a-z]", name)}
    if len({_in_cyrillic(name) for name in reduced}) == 1:
        return Rule.LATIN_LETTERS
    if len(latin) != 1 or len({_romanised(name) for name in reduced}) != 1:
        return Rule.NAME_DIFFERS
    return Rule.LATIN_LETTERS if re.search("[а-я]", latin.pop()) else Rule.TRANSLITERATION


def compare_snils(one: str, other: str) -> Rule | None:
    """By which rule two СНИЛС do not agree; a number that cannot be one is named before the difference."""
    faults = {snils_fault(one), snils_fault(other)}
    for rule in (Rule.SNILS_FORMAT, Rule.SNILS_CONTROL):
        if rule in faults:
            return rule
    return None if _digits(one) == _digits(other) else Rule.SNILS_DIFFERS


def snils_fault(text: str) -> Rule | None:
    """What is wrong with a СНИЛС, written ``XXX-XXX-XXX YY`` or in groups separated by spaces; None when nothing is."""
    if not re.fullmatch(r"\d{3}[- ]\d{3}[- ]\d{3} \d{2}", text.strip()):
        return Rule.SNILS_FORMAT
    digits = _digits(text)
    if digits[:9] <= _UNCHECKED_SNILS:
        return None
    total = sum((9 - position) * int(digit) for position, digit in enumerate(digits[:9]))
    return None if total % 101 % 100 == int(digits[9:]) else Rule.SNILS_CONTROL


def _compare_inn(one: str, other: str) -> Rule | None:
    numbers = _without_groups(one), _without_groups(other)
    if not all(len(number) == 12 and inn.is_valid(number) for number in numbers):
        return Rule.INN_CONTROL
    return None if numbers[0] == numbers[1] else Rule.DIFFERS


def _compare_oms(one: str, other: str) -> Rule | None:
    numbers = _without_groups(one), _without_groups(other)
    if not all(len(number) == 16 and luhn.is_valid(number) for number in numbers):
        return Rule.OMS_CONTROL
    return None if numbers[0] == numbers[1] else Rule.DIFFERS


def _compare_dates(one: str, other: str) -> Rule | None:
    date = _date(one)
    return None if date and date == _date(other) else Rule.DIFFERS


def _date(text: str) -> tuple[int, int, int] | None:
    """Year, month and day; None for what is not written as a date."""
    written = _DATE.fullmatch(text.strip().lower())
    if not written:
        return None
    day, number, name, year = written.groups()
    if name and name not in _MONTHS:
        return None
    return int(year), _MONTHS.index(name) + 1 if name else int(number), int(day)


_JUDGES: Mapping[str, Callable[[str, str], Rule | None]] = MappingProxyType(
    {"СНИЛС": compare_snils, BIRTH_DATE: _compare_dates, INN: _compare_inn, "Полис ОМС": _compare_oms}
)
"""Field that is no name -> how two values of it that are not written alike are compared."""


def _without_groups(number: str) -> str:
    """Some sites write a number in groups."""
    return re.sub(r"[\s-]", "", number)


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _without_spaces(name: str) -> str:
    return re.sub(r"\s", "", name)


def _without_hyphens(name: str) -> str:
    return re.sub(r"[\s\-‐‑‒–—]", "", name)


def _without_yo(name: str) -> str:
    return name.replace("ё", "е")


def _in_cyrillic(name: str) -> str:
    """With Latin letters taken for the Cyrillic ones that they look like, where any other letter is Cyrillic."""
    looked_at = name.translate(_LOOK_ALIKES)
    return name if re.search("[a-z]", looked_at) else looked_at


def _romanised(name: str) -> str:
    written = name.translate(_TRANSLITERATED)
    for pattern, usual in _WAYS_OF_WRITING:
        written = re.sub(pattern, usual, written)
    return written


_FROM_THE_SLIGHTEST: tuple[tuple[Rule, Callable[[str], str]], ...] = (
    (Rule.EXTRA_SPACE, _without_spaces),
    (Rule.LETTER_CASE, str.casefold),
    (Rule.YO, _without_yo),
    (Rule.HYPHEN, _without_hyphens),
)
"""Each takes one kind of difference away, after those before it; what is left then is in the letters themselves."""
