"""«Контакты»: the ways to support, the chat, the feedback form and the state of a request."""

from datetime import datetime

from playwright.sync_api import Page

from pages.details import number_of, read_details, read_times
from pages.screen import Screen


class ContactsPage(Screen):
    """How support can be reached; open to everybody."""

    heading = "Контакты"
    path = "/contacts"

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self.start_chat = page.get_by_role("button", name="Начать чат")
        self.received = page.get_by_role("status").filter(has_text="Обращение принято")

    def channels(self) -> dict[str, str]:
        """Channel -> what the page says of it."""
        return read_details(self.page)

    def clock(self) -> datetime | None:
        """The time that the page says it is; None where it does not say. Raises ElementMissing for one that is none."""
        times = read_times(self.page.get_by_role("region", name="Чат с поддержкой"), 1)
        return times[0] if times else None

    def send(self, topic: str, text: str) -> str:
        """Send the form; the number of the request. Raises ElementMissing when it was taken and has none."""
        self.page.get_by_label("Тема", exact=True).fill(topic)
        self.page.get_by_label("Текст обращения", exact=True).fill(text)
        self.page.get_by_role("button", name="Отправить", exact=True).click()
        return number_of(self.received)

    def look_up(self, number: str) -> "EnquiryPage":
        """Ask for the state of a request."""
        self.page.get_by_label("Номер обращения", exact=True).fill(number)
        self.page.get_by_role("button", name="Проверить", exact=True).click()
        return EnquiryPage(self.page).loaded()


class ChatPage(Screen):
    """The chat, when it is open."""

    heading = "Чат с поддержкой"
    path = "/contacts/chat"


class EnquiryPage(Screen):
    """The state of a request."""

    heading = "Состояние обращения"
    path = "/contacts/enquiry"

    def read(self) -> dict[str, str]:
        """Field -> value; empty for a number that the portal does not know."""
        return read_details(self.page)
