"""The words in which a code is refused, and an account said to be locked."""

import re

ABOUT_THE_CODE = re.compile(
    r"(?:невер|неправиль)\w*(?: [\w-]+){0,2} (?:[\w-]+-)?код"
    r"|\bкод\w*(?: [\w-]+){0,3} (?:невер|неправиль|ист[её]к|устарел|недействител)"
    r"|срок действия кода",
    re.IGNORECASE,
)
"""«Неверный код», «Неправильный СМС-код», «Код подтверждения введён неверно», «Срок действия кода истёк»."""
LOCKED = re.compile(r"(?<!будет )(?<!будет временно )заблокирован", re.IGNORECASE)
"""Not the warning that the account will be."""
