"""The portal turns an account away that is not a confirmed one."""

from pages.details import error_code
from pages.screen import Screen


class UnconfirmedPage(Screen):
    """Which of the conditions is not met, and what is closed."""

    heading = "Учётная запись не подтверждена"
    path = "/oauth/callback"

    def code(self) -> str:
        """The error code shown, empty when there is none."""
        return error_code(self.page)

    def closed(self) -> str:
        """What the screen says is closed."""
        return self.page.get_by_text("Закрыты:").inner_text()

    def not_met(self) -> tuple[str, ...]:
        """The conditions that the screen says are not met, in its words."""
        conditions = self.page.get_by_role("listitem").filter(has_text="не выполнено")
        return tuple(text.strip() for text in conditions.all_inner_texts())
