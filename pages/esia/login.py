"""Login and password."""

from playwright.sync_api import Page

from pages.screen import Screen


class LoginPage(Screen):
    """ЕСИА's first screen. Wrong credentials show on it as `ErrorShown` when the next screen is awaited."""

    heading = "Вход"
    path = "/login"

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        # By id: the label of the login field drifts between releases («Телефон / Email / СНИЛС»), the id has not.
        self.login = page.locator("#login")
        self.password = page.get_by_label("Пароль", exact=True)
        self.help = page.get_by_role("link", name="Не удаётся войти?")
        self.enter = page.get_by_role("button", name="Войти", exact=True)

    def submit(self, login: str, password: str) -> None:
        """Enter both and press «Войти»."""
        self.login.fill(login)
        self.password.fill(password)
        self.enter.click()

    def by_code(self) -> None:
        """Go to the way in without a password."""
        self.page.get_by_role("link", name="Войти по коду из СМС", exact=True).click()


class SignedInPage(Screen):
    """What ЕСИА shows in place of the sign-in to whoever has a session there."""

    heading = "Вы вошли"
    path = "/"


class CodeLoginPage(Screen):
    """The login alone: a code by SMS stands for the password."""

    heading = "Вход по коду"
    path = "/login/code"

    def request_code(self, login: str) -> None:
        """Enter the login and press «Получить код»."""
        self.page.locator("#login").fill(login)
        self.page.get_by_role("button", name="Получить код", exact=True).click()
