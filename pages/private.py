"""Where a screen shows personal data or secrets, so that a picture of it can leave them out."""

from collections.abc import Iterable

from playwright.sync_api import Locator, Page


def private_regions(page: Page, known: Iterable[str] = ()) -> list[Locator]:
    """Fields, values of description lists, the owner of a cabinet, and every text among ``known``."""
    fixed = page.locator("input, textarea, dd, [aria-label='Владелец кабинета']")
    return [fixed, *(page.get_by_text(text) for text in known)]
