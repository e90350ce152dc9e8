"""What stands out on a screen while something else is awaited there."""

import pytest
from playwright.sync_api import Page

from pages.alert import Alert, alert_on

pytestmark = pytest.mark.browser

LINE = "<div class=error-label>Пароль <b>уже</b> был</div>"
NEWS = "<div role=alert>5 декабря пройдут технические работы</div>"

SHOWN = {
    "a line of an error": (LINE, Alert("Пароль уже был", error=True)),
    "one with a code": (
        "<div class=error-label role=alert>Файл велик <span class=error-code>NMO-3101</span></div>",
        Alert("Файл велик NMO-3101", "NMO-3101", error=True),
    ),
    "a page of an error": (
        "<section role=alert><h1>Сбой</h1><p class=error-code>NMO-7003</p></section>",
        Alert("Сбой NMO-7003", "NMO-7003"),
    ),
    "a code alone": ("<p class=error-code>NMO-7003</p>", Alert("NMO-7003", "NMO-7003")),
    "news": (NEWS, Alert("5 декабря пройдут технические работы")),
    "news above an error": (NEWS + LINE, Alert("Пароль уже был", error=True)),
    "much": (f"<p role=alert>{'х' * 2001}</p>", Alert("х" * 2000)),
    "nothing": ("<p role=status>Готово</p>", None),
    "what is hidden": ("<p role=alert hidden>Сбой</p>", None),
}


@pytest.mark.parametrize(("body", "alert"), SHOWN.values(), ids=SHOWN.keys())
def test_an_alert(page: Page, body: str, alert: Alert | None) -> None:
    page.set_content(f"<h1>Профиль</h1>{body}")

    assert alert_on(page) == alert


def test_a_page_that_does_not_answer_is_not_waited_for(page: Page) -> None:
    page.set_content(LINE)
    with page.expect_console_message():
        page.evaluate(
            "setTimeout(() => { console.log('busy'); for (const end = Date.now() + 2000; Date.now() < end;); })"
        )

    assert alert_on(page) is None
