"""A list of a person's data: terms and their values, as both portals show them; and the times of a process."""

from datetime import datetime
from pathlib import Path

from playwright.sync_api import FilePayload, Page

from pages.screen import ElementMissing

# One call for the whole list: a call a field costs a round trip each.
_READ = (
    "lists => Object.fromEntries(lists.flatMap(l => [...l.querySelectorAll('dt')].map("
    "t => [t.innerText.trim(), (t.nextElementSibling?.innerText ?? '').trim()])))"
)


def read_details(page: Page) -> dict[str, str]:
    """Term -> value of every description list on the page, whitespace trimmed."""
    fields: dict[str, str] = page.locator("dl").evaluate_all(_READ)
    return fields


def seconds_between(page: Page, first: int = 0, second: int = 1) -> float:
    """Seconds from one time on the page to another, by its own clock. Raises ElementMissing without them."""
    times: list[str] = page.locator("time[datetime]").evaluate_all("all => all.map(t => t.dateTime)")
    try:
        started, completed = (datetime.fromisoformat(times[number]) for number in (first, second))
        return (completed - started).total_seconds()
    except (ValueError, TypeError, IndexError):
        raise ElementMissing("the page does not show when it started and ended") from None


def png_or_path(scan: Path | bytes) -> Path | FilePayload:
    """A scan as a file field takes it: its path, or a PNG under a name."""
    return scan if isinstance(scan, Path) else {"name": "scan.png", "mimeType": "image/png", "buffer": scan}
