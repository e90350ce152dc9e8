"""A front page with one way in."""

from typing import ClassVar, Self
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page

from pages.screen import ElementMissing, Screen, UnexpectedScreen


class Entrance(Screen):
    """Recognised by its way in, the button named ``button``: a front page's heading changes with the season."""

    button: ClassVar[str]

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        # A link on one site and a button on another, and both look alike.
        named = page.get_by_role("link", name=self.button).or_(page.get_by_role("button", name=self.button))
        self.enter = named.first

    @property
    def marker(self) -> Locator:
        """The way in."""
        return self.enter

    def loaded(self) -> Self:
        """Wait for the way in; `ElementMissing` when the front page is there without it."""
        try:
            return super().loaded()
        except UnexpectedScreen:
            if urlsplit(self.page.url).path == self.path:
                raise ElementMissing(f"the front page has no «{self.button}»") from None
            raise

    def sign_in(self) -> None:
        """Press the button."""
        self.enter.click()
