"""The front page of Госуслуги."""

from playwright.sync_api import Locator, Page

from pages.screen import Screen


class HomePage(Screen):
    """Before sign-in; recognised by the way in, as its heading changes with the season."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        name = "Войти через ЕСИА"
        self.enter = page.get_by_role("link", name=name).or_(page.get_by_role("button", name=name)).first

    @property
    def marker(self) -> Locator:
        """The way in."""
        return self.enter

    def sign_in(self) -> None:
        """Press «Войти через ЕСИА»."""
        self.enter.click()
