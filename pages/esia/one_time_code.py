"""Screens that ask for a one-time code: one box a digit, sent off by itself after the last."""

from playwright.sync_api import Page

from pages.screen import Screen


class OneTimeCodePage(Screen):
    """The boxes for the digits. A wrong code shows as `ErrorShown` when the next screen is awaited."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        # By type: the boxes carry no label of their own on the real screen.
        self.first_digit = page.locator("input[type=tel]").first
        self.send_again = page.get_by_role("link", name="Отправить код ещё раз")

    def enter(self, code: str) -> None:
        """Type the digits; the screen moves on by itself."""
        self.first_digit.press_sequentially(code)

    def ask_again(self) -> None:
        """Press «Отправить код ещё раз» and wait for empty boxes, without the refusal of the code before."""
        self.send_again.click()
        self.page.get_by_role("alert").wait_for(state="hidden")
        self.loaded()


class SecondFactorPage(OneTimeCodePage):
    """The second factor of a sign-in, by SMS or from an app."""

    heading = "Подтверждение входа"
    path = "/login/otp"


class LoginCodePage(OneTimeCodePage):
    """The code that stands for the password."""

    heading = "Код из СМС"
    path = "/login/sms"


class ContactConfirmationPage(OneTimeCodePage):
    """Phone or e-mail is confirmed when a person first enters a system."""

    heading = "Подтверждение контакта"
    path = "/login/contact"
