"""What every screen has in common: how it is recognised, and what it raises when it is not there.

PageError
├── ErrorShown          the site shows an error: its code and text
├── HttpError           a bare error page of a server or proxy: its status
├── ConnectionFailed    the browser's own error page: its net error
├── BlankPage           a document with nothing on it
├── NeverReady          a screen that says it is loading, and goes on saying so
├── UnexpectedScreen    another screen than the one that should follow
├── ElementMissing      the right screen, without something a user needs on it
└── Unfinished          the right screen, with something on it that does not come to its end
"""

import re
import time
from collections.abc import Sequence
from functools import reduce
from typing import ClassVar, Self

from playwright.sync_api import Error, Locator, Page
from playwright.sync_api import TimeoutError as WaitTimeout

from pages.documents import news_so_far, wait_for_news, wait_for_the_rest, wait_until_whole
from pages.patience import patience_s

# By class as well: the line of an error has no role on the real screens, and a code has none anywhere.
ERROR_LINE = ".error-label:visible"
ERROR_CODE = ".error-code:visible"
ALERT = "[role=alert]:visible"
"""An error or news: sites announce works in it that are to come, while all goes well."""
_NEWS_S = 3.0
"""How long a screen is still waited for where an alert shows, and nothing that has a code or is marked as an error."""
_STATUS_HEADING = re.compile(r"^\s*([45]\d\d)\b")
CODE = re.compile(r"\b[A-Z]{2,6}-\d{3,6}\b")
"""An error code, as sites show it."""
_BUSY = "[aria-busy=true]:visible, [role=progressbar]:visible:not([aria-valuenow])"
"""What turns while something loads; a bar that says how far it has come is content."""
_SOON_MS = 500
"""A screen mostly shows within this time, and nothing else is looked for: to look for trouble as well takes 4 ms more
a screen, 3 % of a whole run. Trouble is noticed this much later."""
_LOOK_EVERY_MS = 100
"""Between two looks at a document that may change by itself; a new one is looked at when it begins to come and when it
is whole."""
_LOOK_LATER_EVERY_MS = 250
"""The same, when it has not come soon and trouble is looked for as well."""
_LOOKS = 5
"""How often a screen is looked for that showed and was gone again. «Персональные данные» reload when a check ends: with
both cores busy a look fell between two lives of the page, and a clean run was told as failed."""
QUOTED = 2000
"""Characters of a screen's text that go into a message. Many: a name that is cut in two is known for one no more, so it
is cut to what people read when it has been redacted."""
_NET_ERROR = re.compile(r"\bERR_[A-Z0-9_]+\b")


class PageError(Exception):
    """A screen did not show. ``code`` is an error code, an HTTP status or a net error, where one is shown."""

    def __init__(self, message: str, code: str | None = None) -> None:
        super().__init__(message)
        self.code = code


class ErrorShown(PageError):
    """The site shows an error. ``code`` is the one on the screen, if any."""


class HttpError(PageError):
    """A server or proxy answered with a bare error page. ``code`` is the HTTP status."""


class ConnectionFailed(PageError):
    """The browser shows its own error page. ``code`` is the net error, as ``ERR_EMPTY_RESPONSE``."""


class BlankPage(PageError):
    """The document came and holds no text."""


class NeverReady(PageError):
    """The screen says that it is loading, and never ends."""


class UnexpectedScreen(PageError):
    """Another screen than the one that should follow; the message quotes its heading."""


class ElementMissing(PageError):
    """The screen lacks something that a user needs; the message says what."""


class Unfinished(PageError):
    """Something that the screen shows as under way does not come to its end; the message says what."""


class Screen:
    """One screen. A subclass says its ``heading``, and offers locators and actions.

    >>> LoginPage(page).loaded().submit("+79001234567", "…")
    """

    heading: ClassVar[str]
    path: ClassVar[str] = "/"

    def __init__(self, page: Page) -> None:
        self.page = page

    @property
    def marker(self) -> Locator:
        """What shows that this screen is there: its main heading, as a user reads it."""
        return self.page.get_by_role("heading", name=self.heading, exact=True, level=1)

    def open(self, base_url: str) -> Self:
        """Go to the screen by its address and wait for it."""
        self.page.goto(base_url + self.path, wait_until="commit")
        return self.loaded()

    def loaded(self) -> Self:
        """Wait until the screen shows. Raises PageError, or Playwright's timeout while it is still coming."""
        first_of(self.page, self)
        return self

    def said(self, text: str) -> Self:
        """Wait until the screen confirms an action with this status message, and is whole."""
        self.page.get_by_role("status").filter(has_text=text).first.wait_for()
        wait_for_the_rest(self.page)
        return self


def first_of(page: Page, *screens: "Screen", perhaps: Sequence["Screen"] = ()) -> "Screen":
    """Wait for whichever of ``screens`` shows first, and return it. Raises as `Screen.loaded`.

    What may show ``perhaps`` is looked for when nothing else comes soon: each marker that is looked for costs the page
    some time, 40 ms of a processor for two of them while a sign-in comes to its end.
    """
    until = time.monotonic() + patience_s(page)
    awaited = reduce(Locator.or_, (screen.marker for screen in screens))
    if _shows(page, awaited, time.monotonic() + _SOON_MS / 1000, _LOOK_EVERY_MS):
        if len(screens) == 1:
            wait_until_whole(page)
            return screens[0]
        if shown := _shown(page, screens):
            return shown
    alert = page.locator(ALERT)
    marked = page.locator(f"{ERROR_LINE}, #main-frame-error:visible").or_(alert.filter(has_text=CODE))
    marked = marked.or_(page.locator("h1").filter(has_text=_STATUS_HEADING))
    trouble = marked.or_(page.locator(ERROR_CODE)).or_(alert)
    told = reduce(Locator.or_, (screen.marker for screen in perhaps), awaited.or_(marked).or_(page.locator(ERROR_CODE)))
    for _ in range(_LOOKS):
        _wait(page, told.or_(alert), until)
        # What an error says may be half there yet, and a screen may have come since it was looked for.
        wait_for_the_rest(page, max((until - time.monotonic()) * 1000, _SOON_MS))
        if not told.first.is_visible():
            _shows(page, told, min(time.monotonic() + _NEWS_S, until), _LOOK_LATER_EVERY_MS)
        if shown := _shown(page, (*screens, *perhaps)):
            return shown
        if error := _trouble_shown(page, marked if marked.first.is_visible() else trouble):
            raise error
    raise UnexpectedScreen("the page goes on reloading itself")


def _shows(page: Page, awaited: Locator, until: float, look_every_ms: float) -> bool:
    """Whether it shows before the monotonic time ``until``. A look lasts until the page answers: one that never does is
    for the deadline of the run."""
    while True:
        so_far = news_so_far(page)
        if awaited.first.is_visible():
            return True
        left_ms = (until - time.monotonic()) * 1000
        if left_ms <= 0:
            return False
        wait_for_news(page, so_far, min(look_every_ms, left_ms))


def _shown(page: Page, screens: Sequence["Screen"]) -> "Screen | None":
    for screen in screens:
        if screen.marker.is_visible():
            wait_until_whole(page)
            return screen
    return None


def _wait(page: Page, awaited: Locator, until: float) -> None:
    """As long as the step allows; nothing that was awaited came, and something else shows: say what."""
    if not _shows(page, awaited, until, _LOOK_LATER_EVERY_MS):
        _explain_silence(page)
        raise WaitTimeout(f"nothing that was awaited came within {patience_s(page):g} s")


def _trouble_shown(page: Page, trouble: Locator) -> PageError | None:
    """What the error on the screen says; nothing when the screen has changed under our eyes."""
    try:
        text = " ".join(trouble.first.inner_text(timeout=_SOON_MS).split())[:QUOTED]
    except WaitTimeout:
        return None
    body = page.locator("body").inner_text()
    if net_error := _NET_ERROR.search(body):
        return ConnectionFailed("the browser could not load the page", net_error.group())
    if status := _STATUS_HEADING.match(text):
        return HttpError(f"the server answered «{text}»", status.group(1))
    code = CODE.search(body)
    return ErrorShown(f"the screen says «{text}»", code.group() if code else None)


def _explain_silence(page: Page) -> None:
    """Nothing awaited came in time: say what is there instead, or leave it a timeout."""
    try:
        headings = [text.strip() for text in page.locator("h1").all_inner_texts()]
        loading = page.evaluate("document.readyState") == "loading"
        text = page.locator("body").inner_text().strip()
        busy = page.locator(_BUSY).count() > 0
    except Error:
        # The page navigates under our eyes, again and again perhaps: there is no screen to speak of.
        return
    if busy:
        raise NeverReady("the page goes on loading") from None
    if headings:
        raise UnexpectedScreen(f"«{headings[0]}» is shown instead") from None
    if not loading and not text:
        raise BlankPage("the page is blank") from None
