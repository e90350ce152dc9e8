"""By which rule two portals do not name the same person."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from stdnum.ru import inn

from journeys.identity import Rule, compare, compare_names, compare_snils, snils_fault

LETTERS = "абвгдежзийклмнопрстуфхцчшщъыьэюя"
names = st.text(LETTERS, min_size=2, max_size=20).map(str.capitalize)
numbers = st.integers(min_value=1_001_999, max_value=999_999_999)


def written(number: int, control: int) -> str:
    digits = f"{number:09d}"
    return f"{digits[:3]}-{digits[3:6]}-{digits[6:]} {control:02d}"


def controls(number: int) -> list[int]:
    return [control for control in range(100) if snils_fault(written(number, control)) is None]


@pytest.mark.parametrize(
    ("one", "other", "rule"),
    [
        ("Соколова", "Соколова ", Rule.EXTRA_SPACE),
        ("Соколова", "Соко лова", Rule.EXTRA_SPACE),
        ("Петрова-Водкина", "Петрова Водкина", Rule.HYPHEN),
        ("Петрова-Водкина", "Петрова–Водкина", Rule.HYPHEN),
        ("Соколова", "СОКОЛОВА", Rule.LETTER_CASE),
        ("Фёдорова", "Федорова", Rule.YO),
        ("Соколова", "Coкoлова", Rule.LATIN_LETTERS),
        ("Соколова", "Sokolova", Rule.TRANSLITERATION),
        ("Щукин", "Shchukin", Rule.TRANSLITERATION),
        ("Щукин", "Schukin", Rule.TRANSLITERATION),
        ("Юлия", "Yuliya", Rule.TRANSLITERATION),
        ("Юлия", "IULIIA", Rule.TRANSLITERATION),
        ("Алексей", "Alexey", Rule.TRANSLITERATION),
        ("Алексеев", "Alekseyev", Rule.TRANSLITERATION),
        ("Фёдоров", "Fyodorov", Rule.TRANSLITERATION),
        ("Хохлова", "Khokhlova", Rule.TRANSLITERATION),
        ("Петрова-Водкина", "Petrova Vodkina", Rule.TRANSLITERATION),
        ("Пак", "Pak", Rule.TRANSLITERATION),
        ("Ахмет", "Akhmet", Rule.TRANSLITERATION),
        ("Пахом", "Pakhom", Rule.TRANSLITERATION),
        ("Катя", "Katya", Rule.TRANSLITERATION),
        ("Соловьёв", "Solov'ev", Rule.TRANSLITERATION),
        ("Иванов", "Iванов", Rule.LATIN_LETTERS),
        ("Соколова", "СОКОЛОВА ", Rule.LETTER_CASE),
        ("Фёдорова", "ФЕДОРОВА", Rule.YO),
        ("Вера", "BEPA", Rule.LATIN_LETTERS),
        ("Мельников", "Мелников", Rule.NAME_DIFFERS),
        ("Андрей", "Андреи", Rule.NAME_DIFFERS),
        ("Эвелина", "Евелина", Rule.NAME_DIFFERS),
        ("Соколова", "Sokolovskaia", Rule.NAME_DIFFERS),
        ("Соколова", "Соколовская", Rule.NAME_DIFFERS),
        ("Соколова", "", Rule.NAME_DIFFERS),
    ],
)
def test_a_difference_of_names_has_its_rule(one: str, other: str, rule: Rule) -> None:
    assert compare_names(one, other) is rule
    assert compare_names(other, one) is rule


def test_a_patronymic_may_be_missing_and_may_not_differ() -> None:
    assert compare("Отчество", "Ильинична", "") is None
    assert compare("Отчество", "", "Ильинична") is None
    assert compare("Отчество", "Ильинична", "Игоревна") is Rule.NAME_DIFFERS
    assert compare("Имя", "Мария", "") is Rule.NAME_DIFFERS


@given(names)
def test_a_name_agrees_with_itself(name: str) -> None:
    assert compare_names(name, name) is None


@given(names, names)
def test_a_rule_holds_both_ways(one: str, other: str) -> None:
    assert compare_names(one, other) is compare_names(other, one)


@given(names, st.integers(min_value=0, max_value=20))
def test_a_space_anywhere_is_named(name: str, at: int) -> None:
    assert compare_names(name, f"{name[:at]} {name[at:]}") is Rule.EXTRA_SPACE


@pytest.mark.parametrize("number", ["112-233-445 95", "087-654-303 00", "637-345-331 00", "112 233 445 95"])
def test_valid_snils(number: str) -> None:
    assert snils_fault(number) is None


@pytest.mark.parametrize("number", ["000-000-600 01", "000-000-600 09", "001-001-998 00", "001-001-998 77"])
def test_up_to_the_threshold_there_is_no_control_number(number: str) -> None:
    assert snils_fault(number) is None


def test_the_first_number_beyond_the_threshold_has_one() -> None:
    assert len(controls(1_001_999)) == 1
    assert len(controls(1_001_998)) == 100


@pytest.mark.parametrize(
    "number", ["", "112-233-445", "112-233-445-95", "11223344595", "112-233-445 9a", "12-233-445 95"]
)
def test_what_is_not_written_as_a_snils(number: str) -> None:
    assert snils_fault(number) is Rule.SNILS_FORMAT


@given(numbers)
def test_one_control_number_fits(number: int) -> None:
    assert len(controls(number)) == 1


@given(numbers, st.integers(min_value=0, max_value=8), st.integers(min_value=1, max_value=9))
def test_one_wrong_digit_is_found_or_is_another_persons_number(number: int, at: int, step: int) -> None:
    (control,) = controls(number)
    right = written(number, control)
    places = [place for place, sign in enumerate(right) if sign.isdigit()]
    place = places[at]
    wrong = right[:place] + str((int(right[place]) + step) % 10) + right[place + 1 :]
    assume(wrong[:11] > "001-001-998")
    # Weights below 101 and a step below 10: only 100 standing for 00 can hide a single wrong digit.
    found = compare_snils(right, wrong)
    assert found is Rule.SNILS_CONTROL or (found is Rule.SNILS_DIFFERS and control == 0)


def test_ways_of_writing_a_snils_agree() -> None:
    assert compare("СНИЛС", "112-233-445 95", "112 233 445 95") is None


@given(st.integers(min_value=0, max_value=9_999_999_999))
def test_an_inn_with_a_wrong_control_digit_is_named(number: int) -> None:
    right = f"{number:010d}" + inn.calc_personal_check_digits(f"{number:010d}")
    wrong = right[:-1] + str((int(right[-1]) + 1) % 10)
    assert compare("ИНН", right, right) is None
    assert compare("ИНН", right, wrong) is Rule.INN_CONTROL


policies = st.integers(min_value=0, max_value=10**15 - 1).map(lambda number: with_luhn(f"{number:015d}"))


def with_luhn(digits: str) -> str:
    """The digits with their control digit, counted from the right: every second one, the last of them, is doubled."""
    doubled = (int(digit) * (2 - place % 2) for place, digit in enumerate(reversed(digits)))
    return digits + str(-sum(sum(divmod(number, 10)) for number in doubled) % 10)


@given(policies)
def test_a_policy_agrees_with_itself(policy: str) -> None:
    assert compare("Полис ОМС", policy, policy) is None


@given(policies)
def test_a_policy_in_groups_is_the_same(policy: str) -> None:
    for between in (" ", "-", "\u00a0"):
        grouped = between.join(policy[start : start + 4] for start in range(0, 16, 4))
        assert compare("Полис ОМС", policy, grouped) is None
        assert compare("Полис ОМС", grouped, policy[:-1]) is Rule.OMS_CONTROL


@given(policies, policies)
def test_two_right_policies_differ_and_break_no_rule(one: str, other: str) -> None:
    assume(one != other)
    assert compare("Полис ОМС", one, other) is Rule.DIFFERS


@given(policies, st.integers(min_value=0, max_value=15), st.integers(min_value=1, max_value=9))
def test_one_wrong_digit_of_a_policy_is_named(right: str, at: int, step: int) -> None:
    wrong = right[:at] + str((int(right[at]) + step) % 10) + right[at + 1 :]
    assert compare("Полис ОМС", right, wrong) is Rule.OMS_CONTROL
    assert compare("Полис ОМС", wrong, right) is Rule.OMS_CONTROL


@given(policies, st.integers(min_value=0, max_value=14))
def test_neighbours_that_changed_places_are_named_but_for_0_and_9(right: str, at: int) -> None:
    one, other = right[at], right[at + 1]
    assume(one != other)
    swapped = right[:at] + other + one + right[at + 2 :]
    # Doubled, 0 and 9 stay what they are by Luhn: the one pair whose exchange it cannot see.
    expected = Rule.DIFFERS if {one, other} == {"0", "9"} else Rule.OMS_CONTROL
    assert compare("Полис ОМС", right, swapped) is expected


@given(policies, st.integers(min_value=1, max_value=14))
def test_a_policy_that_is_too_short_is_named_whatever_its_control_digit(right: str, length: int) -> None:
    assert compare("Полис ОМС", right, with_luhn(right[:length])) is Rule.OMS_CONTROL


def test_policies_and_dates() -> None:
    assert with_luhn("845199912289999") == "8451999122899990"
    assert compare("Полис ОМС", "8451999122899990", "8451999122899991") is Rule.OMS_CONTROL
    assert compare("Дата рождения", "01.02.1980", "02.01.1980") is Rule.DIFFERS


@pytest.mark.parametrize(
    "written", ["1 февраля 1980", "01 Февраля 1980 г.", "1.2.1980", "01.02.1980 г", "1 февраля 1980 года"]
)
def test_a_date_is_the_same_however_it_is_written(written: str) -> None:
    assert compare("Дата рождения", written, "01.02.1980") is None
    assert compare("Дата рождения", "01.02.1980", written) is None
    assert compare("Дата рождения", written, "01.03.1980") is Rule.DIFFERS


@pytest.mark.parametrize("written", ["1 фаврале 1980", "февраль 1980", "", "01.02.80"])
def test_what_is_no_date_is_not_that_of_another(written: str) -> None:
    assert compare("Дата рождения", written, "01.02.1980") is Rule.DIFFERS
    assert compare("Дата рождения", written, "нет данных") is Rule.DIFFERS


def test_a_taxpayers_number_in_groups_is_the_same() -> None:
    assert compare("ИНН", "500100732259", "5001 0073 2259") is None
    assert compare("ИНН", "500100732259", "5001\u00a000732259") is None
    assert compare("ИНН", "500100732259", "5001 0073 2258") is Rule.INN_CONTROL
