"""The documents that come into a tab, one after the other, as its own events tell of them.

Playwright looks for an element after 20, 70, 170 and 270 ms, and then every 100 or 500: a document that comes in
between is looked at that much later. An event tells at once.
"""

from contextlib import suppress
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from playwright.sync_api import Frame, Page
from playwright.sync_api import TimeoutError as WaitTimeout


@dataclass
class _Told:
    """How many documents a tab has gone to since we listen, and whether the one that it shows has come to its end."""

    gone_to: int = 0
    whole: bool = False


_tabs: WeakKeyDictionary[Page, _Told] = WeakKeyDictionary()


def documents_so_far(page: Page) -> int:
    """How many documents have begun to come since this was first asked of a tab; moves within one count as well."""
    return _told(page).gone_to


def wait_for_another(page: Page, so_far: int, limit_ms: float) -> None:
    """Wait until more documents have begun to come than ``so_far``, ``limit_ms`` at most."""
    if documents_so_far(page) == so_far:
        with suppress(WaitTimeout):
            page.wait_for_event("framenavigated", _is_the_tabs_own, timeout=limit_ms)


def wait_until_whole(page: Page) -> None:
    """Wait for the rest of a document whose heading is there: what is read of half of it is taken for missing. Raises
    Playwright's timeout."""
    if not _told(page).whole:
        # It began before we listened, or it is a move within a document: Playwright knows.
        page.wait_for_load_state("domcontentloaded")


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
        told.gone_to += 1
        told.whole = False


def _on_whole(page: Page) -> None:
    _tabs[page].whole = True
