"""The documents that come into a tab, one after the other, as its own events tell of them.

Playwright looks for an element after 20, 70, 170 and 270 ms, and then every 100 or 500: what a document brings in
between is seen that much later. An event tells at once.
"""

from contextlib import suppress
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from playwright.sync_api import Frame, Page
from playwright.sync_api import TimeoutError as WaitTimeout

_THE_REST_MS = 10_000
"""Beyond the time that a page takes by the byte; a step that waits for a check may allow 15 minutes."""


@dataclass
class _Told:
    """How much a tab has told since we listen, and whether the document that it shows has come to its end."""

    news: int = 0
    whole: bool = False


_tabs: WeakKeyDictionary[Page, _Told] = WeakKeyDictionary()


def news_so_far(page: Page) -> int:
    """How often a document has begun to come, or come to its end, since this was first asked of a tab."""
    return _told(page).news


def wait_for_news(page: Page, so_far: int, limit_ms: float) -> None:
    """Wait until there is more news than ``so_far``, ``limit_ms`` milliseconds at most."""
    told = _told(page)
    if told.news == so_far:
        with suppress(WaitTimeout):
            if told.whole:
                page.wait_for_event("framenavigated", _is_the_tabs_own, timeout=limit_ms)
            else:
                page.wait_for_event("domcontentloaded", timeout=limit_ms)


def wait_until_whole(page: Page, limit_ms: float | None = None) -> None:
    """Wait for the rest of a document whose heading is there: what is read of half of it is taken for missing. Raises
    Playwright's timeout, after as long as the step allows unless there is a limit."""
    if not _told(page).whole:
        # It began before we listened, or it is a move within a document: Playwright knows.
        page.wait_for_load_state("domcontentloaded", timeout=limit_ms)


def wait_for_the_rest(page: Page, limit_ms: float = _THE_REST_MS) -> None:
    """The same, and go on with what is there when the rest does not come: a script that hangs may hold up its end."""
    with suppress(WaitTimeout):
        wait_until_whole(page, limit_ms)


def _told(page: Page) -> _Told:
    if page not in _tabs:
        _tabs[page] = _Told()
        page.on("framenavigated", _on_navigated)
        page.on("domcontentloaded", _on_whole)
    return _tabs[page]


def _is_the_tabs_own(frame: Frame) -> bool:
    return frame.parent_frame is None


def _on_navigated(frame: Frame) -> None:
    if _is_the_tabs_own(frame):
        told = _tabs[frame.page]
        told.news += 1
        told.whole = False


def _on_whole(page: Page) -> None:
    told = _tabs[page]
    told.news += 1
    told.whole = True
