"""What ЕСИА says on a screen that it does not go on from."""

from playwright.sync_api import Locator
from playwright.sync_api import TimeoutError as WaitTimeout

from pages.screen import ErrorShown, Screen


class Refusal(Screen):
    """The line of an error on the screen of a password or a code."""

    heading = "Вход"

    @property
    def marker(self) -> Locator:
        """By class: the line has no heading, and on the real screens no role."""
        return self.page.locator(".error-label").first

    def text(self) -> str:
        """What it says."""
        return " ".join(self.marker.inner_text().split())

    def gone(self) -> None:
        """Wait until what was refused before no longer shows: what shows after it is new. Raises ErrorShown."""
        try:
            self.marker.wait_for(state="hidden")
        except WaitTimeout:
            raise ErrorShown(f"the screen says «{self.text()}» again") from None
