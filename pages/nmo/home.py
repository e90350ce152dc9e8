"""The front page of the portal."""

from playwright.sync_api import Locator, Page

from pages.screen import Screen


class HomePage(Screen):
    """Before sign-in; recognised by the button «Войти через Госуслуги»."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        name = "Войти через Госуслуги"
        self.enter = page.get_by_role("link", name=name).or_(page.get_by_role("button", name=name)).first

    @property
    def marker(self) -> Locator:
        """The way in."""
        return self.enter

    def sign_in(self) -> None:
        """Press «Войти через Госуслуги»."""
        self.enter.click()
