"""СНИЛС, ИНН and ОМС: numbers known to be right and wrong, and made-up ones."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from staging.identifiers import is_inn, is_oms, is_snils, oms, person_inn, snils


@pytest.mark.parametrize("text", ["112-233-445 95", "087-654-303 00", "637-345-331 00", "000-000-600 01"])
def test_a_right_snils(text: str) -> None:
    assert is_snils(text)


@pytest.mark.parametrize("text", ["112-233-445 96", "087-654-303 01", "11223344595", "112-233-445-95", ""])
def test_a_wrong_snils(text: str) -> None:
    assert not is_snils(text)


def test_right_and_wrong_inn() -> None:
    assert is_inn("500100732259")
    assert not is_inn("500100732258")
    assert not is_inn("7707083893"), "of a company"


def test_right_and_wrong_oms() -> None:
    assert is_oms("8451999122899990")
    assert not is_oms("8451999122899991")


@given(st.integers(min_value=0, max_value=99_999_999))
@example(0)
@example(99_999_999)
def test_made_up_numbers_are_right(serial: int) -> None:
    assert is_snils(snils(serial))
    assert is_inn(person_inn(serial))
    assert is_oms(oms(serial))
