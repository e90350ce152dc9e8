"""A run of one step, made up to meet what no staging shows."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from pydantic import SecretStr

from journeys.cause import Cause
from journeys.journey import Act, Journey, Step
from journeys.persona import Persona
from journeys.result import RunResult, Verdict
from journeys.system import System
from journeys.target import Target
from journeys.visit import OutcomeError, Visit
from pages.esia.login import LoginPage
from synthetic.inbox import open_inbox
from synthetic.runner import Errand, run

pytestmark = pytest.mark.browser

ANNA = Persona(
    "anna",
    login=SecretStr("+79000001011"),
    password=SecretStr("Parol-2024!x"),
    surname=SecretStr("Соколова"),
    snils=SecretStr("112-233-445 95"),
)


@pytest.fixture
def run_of(launch_browser: Callable[[], Browser], target: Target, tmp_path: Path) -> Callable[[Act], RunResult]:
    """Runs one step, in a browser of its own."""

    def made(act: Act) -> RunResult:
        step = Step("look around", System.GOSUSLUGI, 5, act)
        journey = Journey("looking", "", (), (step,), budget_s=10, interval_s=60, states=("returning",))
        with launch_browser() as browser, open_inbox(ANNA, target, tmp_path) as inbox:
            visit = Visit(browser.new_page(), target, ANNA, inbox)
            return run(journey, visit, errand=Errand(evidence_dir=tmp_path))

    return made


def _tab_closes(visit: Visit) -> None:
    with visit.page.expect_popup() as tab:
        visit.page.evaluate("() => { window.open('about:blank'); }")
    visit.page = tab.value
    visit.page.evaluate("setTimeout(() => window.close())")
    visit.page.get_by_text("never").wait_for()


def _browser_closes(visit: Visit) -> None:
    browser = visit.page.context.browser
    assert browser
    browser.close()
    visit.page.get_by_text("never").wait_for()


@pytest.mark.parametrize(
    ("act", "blamed"),
    [
        (_tab_closes, (System.GOSUSLUGI, Cause.UNEXPECTED_SCREEN)),
        (_browser_closes, (System.MONITOR, Cause.BROWSER_DIED)),
    ],
)
def test_a_tab_is_closed_by_its_site_and_a_browser_dies(
    act: Act, blamed: tuple[System, Cause], run_of: Callable[[Act], RunResult]
) -> None:
    failure = run_of(act).failure

    assert failure
    assert (failure.system, failure.cause) == blamed


def test_a_wait_that_ran_out_is_told_as_the_error_that_the_screen_shows(run_of: Callable[[Act], RunResult]) -> None:
    def awaits_the_wrong_line(visit: Visit) -> None:
        visit.page.goto(visit.target.esia)
        visit.page.set_content("<h1>Смена пароля</h1><p class=error-label>Учётная запись временно заблокирована</p>")
        visit.page.get_by_role("status").wait_for(timeout=1)

    failure = run_of(awaits_the_wrong_line).failure

    assert failure
    assert (failure.system, failure.cause) == (System.ESIA, Cause.ACCOUNT_LOCKED)


def test_a_name_is_not_cut_in_two_before_it_is_known_for_one(run_of: Callable[[Act], RunResult]) -> None:
    def is_told_at_length(visit: Visit) -> None:
        visit.page.goto(visit.target.esia)
        visit.page.set_content(f"<h1>Ошибка</h1><p class=error-label>{'х ' * 57}Соколова Анна</p>")
        LoginPage(visit.page).loaded()

    failure = run_of(is_told_at_length).failure

    assert failure
    assert failure.message.endswith("…»")
    assert "Сок" not in failure.message


def test_nothing_of_what_a_screen_said_is_written_as_it_is(run_of: Callable[[Act], RunResult]) -> None:
    def refused(_: Visit) -> None:
        # As Chromium reads a text that was cut in the middle of an emoji.
        message = "Соколова не найдена \ud83d"
        raise OutcomeError(System.NMO, Cause.NMO_ACCOUNT_MISSING, message, "NMO-2001 (СНИЛС 112-233-445 95)")

    result = run_of(refused)

    written = result.to_json()
    assert RunResult.from_json(written) == result
    assert "Соколова" not in written
    assert "112-233-445" not in written
    assert json.loads(written)["failure"]["code"] == "NMO-2001 (СНИЛС ‹snils›)"


def test_a_soft_check_that_did_not_hold_is_told_beside_a_failure(run_of: Callable[[Act], RunResult]) -> None:
    def doubts_and_fails(visit: Visit) -> None:
        visit.doubt(System.NMO, Cause.UPDATE_OVERDUE, "late")
        raise OutcomeError(System.ESIA, Cause.ACCOUNT_LOCKED, "locked")

    result = run_of(doubts_and_fails)

    assert result.failure
    assert result.failure.cause is Cause.ACCOUNT_LOCKED
    assert [(doubt.system, doubt.cause) for doubt in result.doubts] == [(System.NMO, Cause.UPDATE_OVERDUE)]


def test_the_errors_of_the_console_are_counted_and_not_told(run_of: Callable[[Act], RunResult]) -> None:
    def complains(visit: Visit) -> None:
        said = "for (let i = 0; i < 30; i++) console.error(`${i} Соколова`); console.log('fine')"
        with visit.page.expect_console_message(lambda message: message.text == "fine"):
            visit.page.evaluate(said)

    result = run_of(complains)

    assert result.verdict is Verdict.PASSED
    assert result.console_errors == 30
    assert "Соколова" not in result.to_json()
