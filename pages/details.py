"""A list of a person's data: terms and their values, as both portals show them; the times of a process; and the code
of a refusal."""

from contextlib import suppress
from datetime import datetime
from pathlib import Path

from playwright.sync_api import FilePayload, Locator, Page

from pages.documents import wait_for_the_rest
from pages.screen import CODE, ElementMissing

# One call for the whole list: a call a field costs a round trip each.
_READ = (
    "lists => Object.fromEntries(lists.flatMap(l => [...l.querySelectorAll('dt')].map("
    "t => [t.innerText.trim(), (t.nextElementSibling?.innerText ?? '').trim()])))"
)


def read_details(page: Page) -> dict[str, str]:
    """Term -> value of every description list on the page, whitespace trimmed."""
    # By element: a list of terms has no role of its own.
    fields: dict[str, str] = page.locator("dl").evaluate_all(_READ)
    return fields


def error_code(page: Page) -> str:
    """The code of a refusal, as ``NMO-2001``; empty when none is shown. Nothing else that may stand beside it."""
    # By class: a code has no role and no label, and stands among words that differ.
    shown = page.locator(".error-code")
    code = CODE.search(shown.first.inner_text()) if shown.count() else None
    return code.group() if code else ""


def number_of(received: Locator) -> str:
    """Wait until a request is received; the number that it was given. Raises ElementMissing when it has none."""
    received.wait_for()
    wait_for_the_rest(received.page)
    # In bold: the words around it are not the same on any two sites.
    number = received.locator("strong")
    if not number.count():
        raise ElementMissing("the request was taken and has no number")
    return number.inner_text().strip()


def read_times(within: Page | Locator, count: int) -> list[datetime]:
    """The first ``count`` times that are shown, fewer where there are fewer. Raises ElementMissing for one that says no
    moment."""
    return [_moment(text) for text in _shown(within)[:count]]


def _shown(within: Page | Locator) -> list[str]:
    # By element, for what it holds: the moment in ISO 8601 beside the words for it.
    times: list[str] = within.locator("time[datetime]").evaluate_all("all => all.map(t => t.dateTime)")
    return times


def _moment(text: str) -> datetime:
    with suppress(ValueError):
        moment = datetime.fromisoformat(text)
        if moment.tzinfo:
            return moment
    raise ElementMissing("the page shows a time that cannot be read, or is without a time zone")


def seconds_between(page: Page, first: int = 0, second: int = 1) -> float:
    """Seconds from one time on the page to another, by its own clock. Raises ElementMissing without them."""
    times = _shown(page)
    if len(times) <= max(first, second):
        raise ElementMissing("the page does not show when it started and ended")
    return (_moment(times[second]) - _moment(times[first])).total_seconds()


def png_or_path(scan: Path | bytes) -> Path | FilePayload:
    """A scan as a file field takes it: its path, or a PNG under a name."""
    return scan if isinstance(scan, Path) else {"name": "scan.png", "mimeType": "image/png", "buffer": scan}
