"""Russian identifiers: СНИЛС, ИНН and the ОМС policy, checked and made up.

Made-up numbers lie in ranges that nobody holds: СНИЛС from 900-000-000, ИНН of region 99, ОМС of region 99.
"""

import re

from stdnum import luhn
from stdnum.ru import inn

_UNCHECKED_SNILS = 1_001_998
"""Numbers up to 001-001-998 were given out before the control number existed."""


def snils_control(number: int) -> int:
    """Control number of a nine-digit СНИЛС number: Σ digit×(9…1) mod 101, where 100 stands for 00."""
    weighted = sum(int(digit) * weight for digit, weight in zip(f"{number:09d}", range(9, 0, -1), strict=True))
    return weighted % 101 % 100


def is_snils(text: str) -> bool:
    """Whether the text is a СНИЛС as it is written, ``XXX-XXX-XXX YY``, with the right control number."""
    if not re.fullmatch(r"\d{3}-\d{3}-\d{3} \d{2}", text):
        return False
    digits = re.sub(r"\D", "", text)
    number, control = int(digits[:9]), int(digits[9:])
    return number <= _UNCHECKED_SNILS or control == snils_control(number)


def is_inn(text: str) -> bool:
    """Whether the text is the ИНН of a person: twelve digits, the last two of them control digits."""
    return len(text) == 12 and bool(inn.is_valid(text))


def is_oms(text: str) -> bool:
    """Whether the text is the number of an ОМС policy: sixteen digits, the last by Luhn."""
    return len(text) == 16 and bool(luhn.is_valid(text))


def snils(serial: int) -> str:
    """A valid made-up СНИЛС; one serial, 0 to 99 999 999, one number."""
    number = 900_000_000 + serial
    digits = f"{number:09d}"
    return f"{digits[:3]}-{digits[3:6]}-{digits[6:]} {snils_control(number):02d}"


def person_inn(serial: int) -> str:
    """A valid made-up ИНН of a person; serial 0 to 99 999 999."""
    number = f"99{serial:08d}"
    return number + str(inn.calc_personal_check_digits(number))


def oms(serial: int) -> str:
    """A valid made-up number of an ОМС policy; serial 0 to 99 999 999."""
    number = f"9900000{serial:08d}"
    return number + str(luhn.calc_check_digit(number))
