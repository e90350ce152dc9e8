"""«Мои услуги» and the service that leads to the portal."""

from playwright.sync_api import Page
from playwright.sync_api import TimeoutError as WaitTimeout

from pages.screen import ElementMissing, Screen


class ServicesPage(Screen):
    """The list of a person's services."""

    heading = "Мои услуги"
    path = "/services"

    def choose(self, service: str) -> None:
        """Open a service of the list; `ElementMissing` when it is not there."""
        try:
            self.page.get_by_role("link", name=service).click()
        except WaitTimeout:
            raise ElementMissing(f"«{service}» is not among the services") from None


class MedicalEducationPage(Screen):
    """The service «Непрерывное медобразование»."""

    heading = "Непрерывное медобразование"
    path = "/services/nmo"

    def go_to_portal(self) -> Page:
        """Press «Перейти к порталу НМО»; the new tab that opens."""
        name = "Перейти к порталу НМО"
        button = self.page.get_by_role("link", name=name).or_(self.page.get_by_role("button", name=name))
        with self.page.context.expect_page() as opened:
            button.first.click()
        return opened.value
