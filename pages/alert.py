"""What stands out on a screen while something else is awaited there."""

from dataclasses import dataclass

from playwright.sync_api import Error, Page

from pages.screen import ALERT, CODE, ERROR_CODE, ERROR_LINE, QUOTED

_LOOK_MS = 500
"""Bounds the look at a page that does not answer; one without an alert is looked at as long."""


@dataclass(frozen=True)
class Alert:
    """``error`` is whether the page marks it as one; in an alert sites tell news as well. ``code`` is an error code
    that stands in it or beside it."""

    text: str
    code: str | None = None
    error: bool = False


def alert_on(page: Page) -> Alert | None:
    """The error that the screen shows, or else its first alert; None without one, or when the page does not answer.
    For what has failed already: it may take half a second."""
    try:
        page.locator(f"{ERROR_LINE}, {ALERT}, {ERROR_CODE}").first.wait_for(timeout=_LOOK_MS)
        lines = page.locator(ERROR_LINE).all_inner_texts()
        texts = lines or page.locator(ALERT).all_inner_texts()
        codes = page.locator(ERROR_CODE).all_inner_texts()
    except Error:
        return None
    text = " ".join(next(iter((*texts, *codes)), "").split())
    if not text:  # the screen has changed under our eyes
        return None
    code = CODE.search(" ".join((text, *codes)))
    return Alert(text[:QUOTED], code.group() if code else None, bool(lines))
