"""In which words a code is refused, and an account locked."""

import pytest

from journeys.refusal import ABOUT_THE_CODE, LOCKED


@pytest.mark.parametrize(
    ("said", "of_the_code"),
    [
        ("Неверный код", True),
        ("Неверный SMS-код", True),
        ("Неправильный СМС-код", True),
        ("Неверный одноразовый код подтверждения", True),
        ("Код подтверждения введён неверно", True),
        ("Код недействителен", True),
        ("Срок действия кода истёк", True),
        ("Срок действия кода из письма истек", True),
        ("Код устарел, запросите новый", True),
        ("Неверные логин или пароль", False),
        ("Неверный формат телефона", False),
        ("Введите код", False),
        ("Код отправлен на ваш номер", False),
        ("Срок действия пароля истёк", False),
    ],
)
def test_a_refusal_is_of_the_code_or_not(said: str, of_the_code: bool) -> None:
    assert bool(ABOUT_THE_CODE.search(said)) == of_the_code


@pytest.mark.parametrize(
    ("said", "locked"),
    [
        ("Учётная запись временно заблокирована", True),
        ("ВХОД ЗАБЛОКИРОВАН", True),
        ("Неверный код. Осталось 2 попытки, затем вход будет заблокирован", False),
        ("После трёх ошибок вход будет временно заблокирован", False),
    ],
)
def test_a_lock_is_told_from_a_warning_of_one(said: str, locked: bool) -> None:
    assert bool(LOCKED.search(said)) == locked
