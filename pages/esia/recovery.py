"""«Не удаётся войти?»: recovery through support."""

from playwright.sync_api import Page

from pages.details import number_of, read_details
from pages.screen import ElementMissing, Screen


class RecoveryPage(Screen):
    """A request to support, and the state of one."""

    heading = "Восстановление доступа"
    path = "/login/recovery"

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self.ask = page.get_by_role("button", name="Обратиться в поддержку", exact=True)
        self.received = page.get_by_role("status").filter(has_text="Обращение принято")

    def send(self, login: str) -> str:
        """Ask support for recovery; the number of the request. Raises ElementMissing when that is not offered."""
        if not self.ask.is_visible():
            raise ElementMissing("recovery offers no request to support")
        # By id, as on the first screen.
        self.page.locator("#login").fill(login)
        self.ask.click()
        return number_of(self.received)

    def state_of(self, number: str) -> str:
        """The state of a request; empty when ЕСИА does not know it, or shows another one."""
        self.page.get_by_label("Номер обращения", exact=True).fill(number)
        self.page.get_by_role("button", name="Проверить", exact=True).click()
        self.page.wait_for_url("**number=**", wait_until="commit")
        self.loaded()
        shown = read_details(self.page)
        return shown.get("Состояние", "") if shown.get("Номер", number) == number else ""
