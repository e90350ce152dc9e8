"""The rules that ЕСИА sets for a password."""

from collections.abc import Callable
from datetime import timedelta

PASSWORD_LIVES = timedelta(days=90)

RULES: tuple[tuple[str, Callable[[str], bool]], ...] = (
    ("не короче 8 символов", lambda password: len(password) >= 8),
    ("хотя бы одна заглавная буква", lambda password: any(letter.isupper() for letter in password)),
    ("хотя бы одна строчная буква", lambda password: any(letter.islower() for letter in password)),
    ("хотя бы одна цифра", lambda password: any(letter.isdigit() for letter in password)),
    ("хотя бы один специальный символ", lambda password: any(not letter.isalnum() for letter in password)),
)


def broken_rules(password: str, current: str, skipped: int | None = None) -> list[str]:
    """What a new password lacks; empty when it will do. ``skipped`` is the number of a rule that is not enforced."""
    broken = [words for number, (words, kept) in enumerate(RULES) if number != skipped and not kept(password)]
    return broken + (["не совпадает с прежним"] if password == current else [])
