"""How long may be waited in a tab: as long as the step allows that is being taken there."""

from weakref import WeakKeyDictionary

from playwright.sync_api import BrowserContext, Page

_PLAYWRIGHTS_OWN_S = 30.0

_limits: WeakKeyDictionary[BrowserContext, float] = WeakKeyDictionary()
"""What Playwright has been told, and does not tell again."""


def limit_waits(context: BrowserContext, seconds: float) -> None:
    """Every action and wait in ``context`` gives up after ``seconds``."""
    context.set_default_timeout(seconds * 1000)
    _limits[context] = seconds


def patience_s(page: Page) -> float:
    """Seconds after which a wait in ``page`` gives up."""
    return _limits.get(page.context, _PLAYWRIGHTS_OWN_S)
