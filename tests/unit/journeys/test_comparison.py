"""What is said of a person's fields on two portals, and what is not."""

from string import ascii_letters

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeys.comparison import Comparison, as_markdown, outline, side_by_side
from journeys.identity import Rule


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Соколова", "Яяяяяяяя"),
        ("Coкoлова", "Zzяzяяяя"),
        ("Петрова-Водкина ", "Яяяяяяя-Яяяяяяя␣"),
        ("Петрова–Водкина", "Яяяяяяя–Яяяяяяя"),
        ("Анна\u00a0Мария", "Яяяя␣Яяяяя"),
        ("Анна\u200bМария", "Яяяя?Яяяяя"),
        ("Ёлкин", "Яяяяя"),
        ("112-233-445 95", "###-###-###␣##"),
        ("01.02.1980", "##.##.####"),
        ("²½α|`漢", "??????"),
        ("", ""),
        ("я" * 40, "я" * 40),
        ("я" * 41, "я" * 40 + "…"),
    ],
)
def test_an_outline_tells_what_a_value_is_made_of(value: str, expected: str) -> None:
    assert outline(value) == expected


@given(st.text(max_size=60))
def test_an_outline_holds_nothing_of_the_value(value: str) -> None:
    assert set(outline(value)) <= set("яЯzZ#␣?…-‐‑‒–—'’.,/()")


@given(st.text("абвгдеёжзийклмнопрстуфхцчшщъыьэюя", min_size=1, max_size=20), st.text(ascii_letters + "0", min_size=1))
def test_values_of_one_form_have_one_outline(cyrillic: str, other: str) -> None:
    assert outline(cyrillic) == "я" * len(cyrillic)
    assert outline(other.lower()) == outline(other.lower().translate(dict.fromkeys(map(ord, ascii_letters), "q")))


def test_each_field_stands_beside_the_other_portals() -> None:
    gosuslugi = {"Фамилия": "Соколова", "СНИЛС": "112-233-445 95", "Пол": "женский"}
    nmo = {"Фамилия": "Coкoлова", "СНИЛС": "112 233 445 95"}
    assert side_by_side(("Фамилия", "СНИЛС", "ИНН"), gosuslugi, nmo) == (
        Comparison("Фамилия", "Яяяяяяяя", "Zzяzяяяя", Rule.LATIN_LETTERS),
        Comparison("СНИЛС", "###-###-###␣##", "###␣###␣###␣##", None),
        Comparison("ИНН", "", "", None),
    )


@pytest.mark.parametrize("month", ["мая", "февраля", "сентября"])
def test_a_month_is_not_told_by_its_length(month: str) -> None:
    date = f"01 {month} 1980 г."
    assert Comparison.of("Дата рождения", date, "01.02.1980").gosuslugi == "##␣я␣####␣я."
    assert Comparison.of("Фамилия", month, "").gosuslugi == "я" * len(month)


def test_a_table_has_a_row_for_each_field_whatever_a_site_calls_it() -> None:
    compared = (Comparison("Имя", "Яяяя", "", Rule.NAME_DIFFERS), Comparison("a | b\nc", "#", "#", None))
    assert as_markdown(compared).splitlines()[:4] == [
        "| | Госуслуги | НМО | difference |",
        "| --- | --- | --- | --- |",
        "| Имя | `Яяяя` | — | name-differs |",
        r"| a \| b c | `#` | `#` | the same |",
    ]
