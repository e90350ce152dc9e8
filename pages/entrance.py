"""A front page with one way in."""

from typing import ClassVar

from playwright.sync_api import Locator, Page

from pages.screen import Screen


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

    def sign_in(self) -> None:
        """Press the button."""
        self.enter.click()
