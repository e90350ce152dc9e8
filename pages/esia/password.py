"""A new password: asked for after 90 days, or changed by who wants to."""

from pages.screen import Screen


class PasswordPage(Screen):
    """The form for a new password."""

    heading = "Смена пароля"
    path = "/login/password"

    def change(self, password: str) -> None:
        """Enter the new password twice and press «Сохранить»."""
        self.page.get_by_label("Новый пароль", exact=True).fill(password)
        self.page.get_by_label("Повторите пароль", exact=True).fill(password)
        self.page.get_by_role("button", name="Сохранить", exact=True).click()

    def refused(self, word: str, *taken: Screen) -> bool:
        """Wait until a password is refused with this word, or one of the screens shows that it was taken; which it was.

        Not by `first_of`: the refusal of the password before still shows while this one is on its way.
        """
        refusal = self.page.get_by_role("alert").filter(has_text=word)
        awaited = refusal
        for screen in taken:
            awaited = awaited.or_(screen.marker)
        awaited.first.wait_for()
        return refusal.is_visible()


class PasswordChangedPage(Screen):
    """A password was changed by who came for nothing else."""

    heading = "Пароль изменён"
    path = "/login/password"
