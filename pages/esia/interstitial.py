"""Screens that ЕСИА may put between the sign-in and the way back. Each has a button that leads past it."""

from functools import reduce
from typing import ClassVar

from playwright.sync_api import Locator, Page
from playwright.sync_api import TimeoutError as WaitTimeout

from pages.screen import ElementMissing, Screen


class Interstitial(Screen):
    """One such screen. ``name`` is what a report calls it."""

    name: ClassVar[str]

    def pass_by(self) -> None:
        """Press what leads past it; what follows is not waited for. Raises ElementMissing when that is not there."""
        raise NotImplementedError


class PromotionPage(Interstitial):
    """An offer: the application, biometrics, whatever is offered this season.

    Recognised by the way past it, since the heading changes with what is offered.
    """

    name = "promotion"
    heading = "Установите приложение Госуслуги"
    path = "/login/promotion"

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        # A link in one release and a button in another. Exact: portals have «Пропустить навигацию» for screen readers.
        named = (page.get_by_role(role, name="Пропустить", exact=True) for role in ("button", "link"))
        self.skip = reduce(Locator.or_, named)

    @property
    def marker(self) -> Locator:
        """The way past it."""
        return self.skip.first

    def pass_by(self) -> None:
        """Press «Пропустить»."""
        self.marker.click()


class RolePage(Interstitial):
    """The choice between oneself and the organisations that one may sign in for."""

    name = "role choice"
    heading = "Войти как"
    path = "/login/role"

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        # Not exact: the button holds the person's name as well.
        self.person = page.get_by_role("button", name="Частное лицо")

    def pass_by(self) -> None:
        """Press «Частное лицо»."""
        try:
            self.person.click()
        except WaitTimeout:
            if self.person.count():
                raise
            raise ElementMissing("«Частное лицо» is not among the roles") from None
