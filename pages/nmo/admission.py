"""What stands between the first sign-in and the cabinet: the user agreement and the consent."""

from playwright.sync_api import Page

from pages.screen import Screen


class AgreementPage(Screen):
    """The user agreement, asked once."""

    heading = "Пользовательское соглашение"
    path = "/agreement"

    def accept(self) -> None:
        """Tick the box and press «Принять»."""
        self.page.get_by_role("checkbox", name="Я принимаю условия").check()
        self.page.get_by_role("button", name="Принять", exact=True).click()


class ConsentPage(Screen):
    """The consent to the transfer of personal data."""

    heading = "Согласие на передачу персональных данных"
    path = "/consent"

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self.window = page.get_by_role("dialog")
        self.agree = page.get_by_role("button", name="Согласен", exact=True)
        self.decline = page.get_by_role("button", name="Отказаться", exact=True)

    def categories(self) -> tuple[str, ...]:
        """The categories of data listed in the window, in its order."""
        return tuple(text.strip() for text in self.window.get_by_role("listitem").all_inner_texts())

    def accept(self) -> None:
        """Press «Согласен»."""
        self.agree.click()

    def refuse(self) -> None:
        """Press «Отказаться»."""
        self.decline.click()
