"""What is read of a screen that shows more, or other things, than it should."""

import pytest
from playwright.sync_api import Page

from pages.details import read_times, seconds_between
from pages.nmo.mismatch import MismatchPage
from pages.screen import ElementMissing

pytestmark = pytest.mark.browser

STARTED, ENDED = "2026-11-27T10:00:00+03:00", "2026-11-27T10:15:00+03:00"


def test_the_code_of_a_refusal_is_nothing_but_the_code(page: Page) -> None:
    page.set_content("<p class=error-code>Код NMO-2001 (Соколова Анна)</p>")

    assert MismatchPage(page).code() == "NMO-2001"


def test_the_times_of_a_process(page: Page) -> None:
    page.set_content(f"<time datetime='{STARTED}'></time><time datetime='{ENDED}'></time><time datetime=2026></time>")

    assert seconds_between(page) == 900
    assert [moment.isoformat() for moment in read_times(page, 2)] == [STARTED, ENDED]


@pytest.mark.parametrize("shown", ["27.11.2026 10:00", "2026-11-27T10:00:00", "soon"])
def test_a_time_that_says_no_moment_is_missing(page: Page, shown: str) -> None:
    page.set_content(f"<time datetime='{STARTED}'></time><time datetime='{shown}'></time>")

    with pytest.raises(ElementMissing, match="a time that cannot be read"):
        read_times(page, 2)
    with pytest.raises(ElementMissing, match="a time that cannot be read"):
        seconds_between(page)


def test_one_time_is_no_process(page: Page) -> None:
    page.set_content(f"<time datetime='{STARTED}'></time>")

    with pytest.raises(ElementMissing, match="when it started and ended"):
        seconds_between(page)
