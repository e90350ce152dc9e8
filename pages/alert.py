"""What stands out on a screen while something else is awaited there."""

from dataclasses import dataclass

from playwright.sync_api import Error, Page

from pages.screen import CODE, QUOTED

# By class as well: the line of an error has no role on the real screens, and a code has none anywhere.
_ERROR_LINE = ".error-label:visible"
_ALERT = "[role=alert]:visible"
_CODE = ".error-code:visible"
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
        page.locator(f"{_ERROR_LINE}, {_ALERT}, {_CODE}").first.wait_for(timeout=_LOOK_MS)
        lines = page.locator(_ERROR_LINE).all_inner_texts()
        texts = lines or page.locator(_ALERT).all_inner_texts()
        codes = page.locator(_CODE).all_inner_texts()
    except Error:
        return None
    text = " ".join(next(iter((*texts, *codes)), "").split())
    if not text:  # the screen has changed under our eyes
        return None
    code = CODE.search(" ".join((text, *codes)))
    return Alert(text[:QUOTED], code.group() if code else None, bool(lines))
