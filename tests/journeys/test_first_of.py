"""What is awaited may show, be gone for a moment, and show again: a page that reloads itself does."""

import time

import pytest
from playwright.sync_api import Locator, Page
from playwright.sync_api import TimeoutError as WaitTimeout

from pages import documents
from pages import screen as screens
from pages.patience import limit_waits, patience_s
from pages.screen import ErrorShown, Screen, UnexpectedScreen, first_of

pytestmark = pytest.mark.browser


class Elsewhere(Screen):
    """A screen that never shows."""

    heading = "Другое"


class Reloading(Screen):
    """A screen that is away for a moment the first ``times`` that somebody looks whether it shows."""

    heading = "Персональные данные"

    def __init__(self, page: Page, times: int) -> None:
        super().__init__(page)
        self._left = times
        self._awaited = False

    @property
    def marker(self) -> Locator:
        """Its heading; the first to ask waits for it, all others look."""
        if self._awaited and self._left:
            self._left -= 1
            return self.page.get_by_text("between two lives of the page")
        self._awaited = True
        return super().marker


def reloading(page: Page, times: int) -> Reloading:
    page.set_content(f"<h1>{Reloading.heading}</h1>")
    return Reloading(page, times)


def test_a_screen_that_is_away_while_it_is_looked_at_is_waited_for_again(page: Page) -> None:
    screen = reloading(page, times=2)

    assert first_of(page, Elsewhere(page), screen) is screen


def test_a_screen_that_goes_on_reloading_is_not_waited_for_for_ever(page: Page) -> None:
    with pytest.raises(UnexpectedScreen, match="reloading itself"):
        first_of(page, Elsewhere(page), reloading(page, times=1000))


AT_ONCE, LATER = 20, 700
"""Milliseconds, before and after those in which a screen mostly shows."""


@pytest.mark.parametrize("comes_after", [AT_ONCE, LATER])
def test_a_screen_that_comes_without_a_new_document_is_seen(page: Page, comes_after: int) -> None:
    page.set_content("<p>")
    page.evaluate(
        "([heading, ms]) => { setTimeout(() => { document.body.innerHTML = `<h1>${heading}</h1>` }, ms) }",
        [Reloading.heading, comes_after],
    )

    Reloading(page, times=0).loaded()


@pytest.mark.parametrize("comes_after", [AT_ONCE, LATER])
def test_a_screen_that_comes_with_a_new_document_is_seen_at_once(
    page: Page, comes_after: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    soon, seldom = (60_000, 60_000) if comes_after == AT_ONCE else (100, 60_000)
    for name, value in {"_SOON_MS": soon, "_LOOK_EVERY_MS": seldom, "_LOOK_LATER_EVERY_MS": seldom}.items():
        monkeypatch.setattr(screens, name, value)
    limit_waits(page.context, 60)
    html = f"<h1>{Reloading.heading}</h1>"
    page.route("http://site.example/", lambda route: route.fulfill(body=html, content_type="text/html; charset=utf-8"))
    page.set_content("<p>")
    page.evaluate("ms => { setTimeout(() => { location.href = 'http://site.example/' }, ms) }", comes_after)
    started = time.monotonic()

    Reloading(page, times=0).loaded()

    assert time.monotonic() - started < 30


def test_nothing_is_waited_for_longer_than_the_step_allows(page: Page) -> None:
    assert patience_s(page) == 30
    limit_waits(page.context, 0.3)
    page.set_content("<p>something else")
    started = time.monotonic()

    with pytest.raises(WaitTimeout, match=r"within 0\.3 s"):
        Elsewhere(page).loaded()

    assert time.monotonic() - started < 15
    with pytest.raises(WaitTimeout):
        page.get_by_text("Другое").wait_for()


@pytest.fixture
def half_an_error(page: Page, monkeypatch: pytest.MonkeyPatch) -> Page:
    """A page with an error, of which the awaited heading and the code come when the rest of it is waited for."""
    page.set_content("<p role=alert>Данные")

    def bring_the_rest(page: Page, _limit_ms: float) -> None:
        page.evaluate(
            "document.body.innerHTML = '<h1>Персональные данные</h1><p role=alert>Данные расходятся NMO-2001'"
        )

    monkeypatch.setattr(documents, "wait_until_whole", bring_the_rest)
    return page


def test_an_error_is_read_when_it_is_whole(half_an_error: Page) -> None:
    with pytest.raises(ErrorShown, match="Данные расходятся NMO-2001") as raised:
        Elsewhere(half_an_error).loaded()
    assert raised.value.code == "NMO-2001"


def test_a_screen_that_comes_with_the_rest_of_an_error_is_no_error(half_an_error: Page) -> None:
    screen = Reloading(half_an_error, times=0)

    assert first_of(half_an_error, Elsewhere(half_an_error), screen) is screen


def test_an_error_on_a_page_that_never_ends_is_told_all_the_same(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    limits = []

    def never(_: Page, limit_ms: float) -> None:
        limits.append(limit_ms)
        raise WaitTimeout("the rest does not come")

    monkeypatch.setattr(documents, "wait_until_whole", never)
    limit_waits(page.context, 5)
    page.set_content("<p role=alert>Вход закрыт NMO-1001")

    with pytest.raises(ErrorShown, match="Вход закрыт"):
        Elsewhere(page).loaded()

    (limit_ms,) = limits
    assert 0 < limit_ms <= 5000


NEWS = "<p role=alert>5 декабря с 22:00 пройдут технические работы</p>"


def test_a_screen_that_comes_after_news_is_seen(page: Page) -> None:
    """As on a site that draws its frame, with what it announces, before the screen."""
    page.set_content(NEWS)
    page.evaluate(
        "([heading, ms]) => { setTimeout(() => { document.body.innerHTML += `<h1>${heading}</h1>` }, ms) }",
        [Reloading.heading, LATER],
    )
    screen = Reloading(page, times=0)

    assert first_of(page, Elsewhere(page), screen) is screen


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        (f"{NEWS}<p class=error-label>Вход закрыт</p>", "Вход закрыт"),
        (f"{NEWS}<p role=alert>Вход закрыт NMO-1001</p>", "Вход закрыт NMO-1001"),
        (NEWS, "5 декабря с 22:00 пройдут технические работы"),
    ],
    ids=["marked", "with a code", "nothing else"],
)
def test_an_error_is_told_before_news_and_news_where_nothing_else_comes(
    page: Page, shown: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screens, "_NEWS_S", 0.5)
    page.set_content(shown)
    with pytest.raises(ErrorShown, match=f"«{said}»"):
        Elsewhere(page).loaded()
