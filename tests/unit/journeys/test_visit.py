from typing import cast

from playwright.sync_api import Page

from journeys.cause import Cause
from journeys.inbox import Inbox
from journeys.persona import Persona
from journeys.system import System
from journeys.target import Target
from journeys.visit import Visit


def test_a_doubt_is_kept_and_does_not_stop_the_visit() -> None:
    visit = Visit(cast(Page, None), cast(Target, None), cast(Persona, None), cast(Inbox, None))
    visit.doubt(System.NMO, Cause.SLOW, "it took its time")
    [doubt] = visit.doubts
    assert (doubt.system, doubt.cause, str(doubt)) == (System.NMO, Cause.SLOW, "it took its time")


def test_what_a_visit_carries_is_not_shown() -> None:
    visit = Visit(cast(Page, None), cast(Target, None), cast(Persona, None), cast(Inbox, None))
    visit.code = "428317"
    visit.carried["nmo"] = {"Фамилия": "Иванова"}
    assert "428317" not in repr(visit)
    assert "Иванова" not in repr(visit)
