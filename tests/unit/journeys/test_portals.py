"""What both portals show of a person, as a run compares it."""

from collections.abc import Mapping
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import MagicMock

import pytest
from playwright.sync_api import Page
from pydantic import SecretStr

from journeys import data_match, first_visit, identity_match
from journeys.cause import Cause
from journeys.identity import Rule
from journeys.inbox import Inbox
from journeys.journey import Step
from journeys.persona import Persona
from journeys.portals import differences
from journeys.system import System
from journeys.target import Target
from journeys.visit import OutcomeError, Visit

ANNA = {
    "Фамилия": "Соколова",
    "Имя": "Анна",
    "Отчество": "Ильинична",
    "Дата рождения": "01.02.1980",
    "СНИЛС": "112-233-445 95",
    "ИНН": "500100732259",
    "Полис ОМС": "8451999122899990",
}


@pytest.fixture
def visit() -> Visit:
    anna = Persona("anna", SecretStr("anna"), SecretStr("password"))
    target = Target("stage", "https://nmo.example", "https://gos.example", "https://esia.example")
    return Visit(MagicMock(Page), target, anna, cast(Inbox, None))


def showing(shown: Mapping[str, str]) -> Any:
    opened = SimpleNamespace(read=lambda: shown)
    return lambda _: SimpleNamespace(open=lambda _: opened)


def test_not_everybody_has_an_inn(visit: Visit) -> None:
    without = {name: value for name, value in ANNA.items() if name != "ИНН"}
    assert differences(visit, ANNA, without, without) == {}


def test_fields_that_differ_have_their_rule_and_all_are_kept(visit: Visit) -> None:
    assert differences(visit, ANNA, ANNA, ANNA | {"ИНН": "7", "Отчество": ""}) == {"ИНН": Rule.INN_CONTROL}
    assert [one.field for one in visit.compared] == list(ANNA)


@pytest.mark.parametrize(
    ("compare", "module", "fields"),
    [
        (data_match.compare_portals, data_match, data_match.FIELDS),
        (identity_match.compare_portals, identity_match, identity_match.FIELDS),
        (first_visit.compare_with_gosuslugi, first_visit, first_visit.COMPARED),
    ],
    ids=["data-match", "identity-match", "first-visit"],
)
def test_what_both_portals_lack_is_not_the_same(
    compare: Step, module: Any, fields: tuple[str, ...], visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit.persona = replace(visit.persona, inn=SecretStr(ANNA["ИНН"]))
    for field in fields:
        shown = {name: value for name, value in ANNA.items() if name != field}
        visit.carried["nmo"] = shown
        monkeypatch.setattr(module, "PersonalDataPage", showing(shown))
        monkeypatch.setattr(module, "ProfilePage", showing(shown))
        if field == "Отчество":
            compare.act(visit)
            continue
        with pytest.raises(OutcomeError, match=f"lack «{field}»") as raised:
            compare.act(visit)
        assert (raised.value.system, raised.value.cause) == (System.GOSUSLUGI, Cause.UNEXPECTED_SCREEN)
