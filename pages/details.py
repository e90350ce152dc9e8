"""A list of a person's data: terms and their values, as both portals show them."""

from playwright.sync_api import Page

# One call for the whole list: a call a field costs a round trip each.
_READ = (
    "lists => Object.fromEntries(lists.flatMap(l => [...l.querySelectorAll('dt')].map("
    "t => [t.innerText.trim(), (t.nextElementSibling?.innerText ?? '').trim()])))"
)


def read_details(page: Page) -> dict[str, str]:
    """Term -> value of every description list on the page, whitespace trimmed."""
    fields: dict[str, str] = page.locator("dl").evaluate_all(_READ)
    return fields
