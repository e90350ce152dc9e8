"""What a section of the cabinet must say, as far as no browser is needed to tell."""

from typing import cast
from unittest.mock import MagicMock

import pytest
from playwright.sync_api import Page
from pydantic import SecretStr

from journeys import cabinet
from journeys.cause import Cause
from journeys.inbox import Inbox
from journeys.persona import Persona
from journeys.target import Target
from journeys.visit import OutcomeError, Visit
from pages.screen import ElementMissing, ErrorShown, PageError, UnexpectedScreen
from staging.section import SECTIONS

PLAN, OWNER = "Номер плана", "Специалист"


class Report:
    """A report that has loaded."""

    def __init__(self, *numbers: str) -> None:
        self.numbers = numbers

    def certificates(self) -> tuple[str, ...]:
        return self.numbers


@pytest.fixture
def visit() -> Visit:
    anna = Persona("anna", SecretStr("anna"), SecretStr("password"))
    made = Visit(cast(Page, None), cast(Target, None), anna, cast(Inbox, None))
    made.carried["own"] = {PLAN: "ПЛ-1"}
    made.carried["certificates"] = {"НМО-1": "", "НМО-2": ""}
    return made


def test_the_sections_are_those_of_the_staging() -> None:
    assert {section.slug: section.title for section in SECTIONS} == cabinet.TITLES
    assert {role for section in SECTIONS for role in section.roles} <= set(cabinet.OF_ROLE)
    assert all(section in cabinet.TITLES for section, _ in cabinet.OF_ROLE.values())


@pytest.mark.parametrize(
    ("shown", "cause"),
    [
        ({PLAN: "ПЛ-1", OWNER: "Анна"}, None),
        ({PLAN: "ПЛ-2", OWNER: "Анна"}, Cause.WRONG_ACCOUNT),
        ({PLAN: "", OWNER: "Анна"}, Cause.SECTION_UNAVAILABLE),
        ({PLAN: "ПЛ-1"}, Cause.SECTION_UNAVAILABLE),
    ],
    ids=["own", "of-another-plan", "no-plan", "nobodys"],
)
def test_a_namesake_is_told_by_the_number_of_the_plan(visit: Visit, shown: dict[str, str], cause: Cause | None) -> None:
    """The persona does not say who it is: only the plan of the overview can tell."""
    if cause is None:
        return cabinet.check_own(visit, "courses", shown)
    with pytest.raises(OutcomeError) as told:
        cabinet.check_own(visit, "courses", shown)
    assert (told.value.cause, told.value.variant) == (cause, "courses")
    assert "ПЛ-" not in str(told.value)
    assert "Анна" not in str(told.value)
    return None


@pytest.mark.parametrize(
    ("error", "menu_stands", "of_the_section"),
    [
        (ElementMissing("«Курсы» is not in the menu of the cabinet"), True, True),
        (ErrorShown("the screen says «Раздел не загрузился»", "NMO-3204"), False, True),
        (ErrorShown("the screen says «Что-то не так»", "NMO-3204"), False, True),
        (ErrorShown("the screen says «Ведутся технические работы»"), False, False),
        (ErrorShown("the screen says «Что-то пошло не так»", "NMO-5001"), False, False),
        (UnexpectedScreen("«Новости» is shown instead"), True, True),
        (UnexpectedScreen("«Вход» is shown instead"), False, False),
    ],
)
def test_only_what_is_of_the_section_makes_it_unavailable(
    error: PageError, menu_stands: bool, of_the_section: bool, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    menu = MagicMock()
    menu.return_value.choose.side_effect = error
    menu.return_value.sections.is_visible.return_value = menu_stands
    monkeypatch.setattr(cabinet, "CabinetPage", menu)
    visit.page = MagicMock(Page)
    with pytest.raises(OutcomeError if of_the_section else type(error)) as told:
        cabinet.read_section(visit, "courses")
    assert getattr(told.value, "variant", None) == ("courses" if of_the_section else None)


@pytest.mark.parametrize("numbers", [("НМО-1",), ("НМО-1", "НМО-3"), ()], ids=["short", "other", "none"])
def test_a_report_with_other_certificates_is_not_the_persons(
    visit: Visit, monkeypatch: pytest.MonkeyPatch, numbers: tuple[str, ...]
) -> None:
    monkeypatch.setattr(cabinet, "read_section", lambda *_: Report(*numbers))
    with pytest.raises(OutcomeError, match="other certificates") as told:
        cabinet.read_report.act(visit)
    assert (told.value.cause, told.value.variant) == (Cause.WRONG_ACCOUNT, "report")


def test_a_report_with_the_same_certificates_is(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cabinet, "read_section", lambda *_: Report("НМО-2", "НМО-1"))
    cabinet.read_report.act(visit)
