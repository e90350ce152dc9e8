"""No account of the portal: the refusal, the look-up in the register, and the application."""

from playwright.sync_api import Locator
from playwright.sync_api import TimeoutError as WaitTimeout

from pages.details import error_code, number_of, read_details
from pages.screen import Screen, Unfinished, first_of


class MissingAccountPage(Screen):
    """The portal does not know who came back from ЕСИА, and says why."""

    heading = "Учётная запись НМО не найдена"
    path = "/oauth/callback"

    def code(self) -> str:
        """The error code shown, empty when there is none."""
        return error_code(self.page)

    def reason(self) -> str:
        """Why, in the portal's words."""
        return " ".join(self.page.get_by_role("alert").inner_text().split())


class RegisterPage(Screen):
    """The register's look-up by СНИЛС; open to everybody."""

    heading = "Проверка в регистре"
    path = "/register"

    def look_up(self, snils: str) -> str:
        """What the register says of a person. Raises ErrorShown when it fails, Unfinished when nothing comes of it."""
        self.page.get_by_label("СНИЛС", exact=True).fill(snils)
        button = self.page.get_by_role("button", name="Проверить", exact=True)
        button.wait_for()
        try:
            # The click itself waits until an answer begins, and until then the page cannot be asked what it shows.
            button.click()
            first_of(self.page, RegisterAnswer(self.page))
        except WaitTimeout:
            raise Unfinished("the register's form was sent and has not been answered") from None
        return read_details(self.page).get("Состояние", "")


class RegisterAnswer(Screen):
    """The same page, with what the register says."""

    heading = RegisterPage.heading

    @property
    def marker(self) -> Locator:
        """The line with the answer."""
        return self.page.get_by_role("term").filter(has_text="Состояние")


class ApplicationPage(Screen):
    """The application for an account."""

    heading = "Заявка на регистрацию"
    path = "/register/apply"

    def apply(self, snils: str, qualification: str) -> str:
        """Send the application; its number. Raises ElementMissing when it was taken and has none."""
        self.page.get_by_label("СНИЛС", exact=True).fill(snils)
        self.page.get_by_label("Специальность", exact=True).fill(qualification)
        self.page.get_by_role("button", name="Подать заявку", exact=True).click()
        received = self.page.get_by_role("status").filter(has_text="Заявка принята")
        return number_of(received)
