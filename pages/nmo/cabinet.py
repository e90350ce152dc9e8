"""The personal cabinet and its sections."""

from playwright.sync_api import Page
from playwright.sync_api import TimeoutError as WaitTimeout

from pages.details import read_details, seconds_between
from pages.documents import wait_for_the_rest
from pages.screen import ElementMissing, Screen, Unfinished

_WORDS = 60
"""Characters of a state that are quoted."""


class CabinetPage(Screen):
    """The cabinet's overview, and the way to its sections."""

    heading = "Личный кабинет"
    path = "/cabinet"

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self.sections = page.get_by_role("navigation", name="Разделы кабинета")
        self.limits = page.get_by_role("alert").filter(has_text="Доступ ограничен")
        self.consented = {
            "запись на курсы": page.get_by_role("link", name="Записаться на курс"),
            "удостоверения": page.get_by_role("heading", name="Удостоверения", exact=True),
            "история обучения": page.get_by_role("heading", name="История обучения", exact=True),
        }

    def owner(self) -> str:
        """Whose cabinet the header says this is. Personal data."""
        return " ".join(self.page.get_by_label("Владелец кабинета").inner_text().split())

    def limited(self) -> bool:
        """Whether the cabinet says that it is limited for want of consent."""
        return self.limits.is_visible()

    def opened(self) -> frozenset[str]:
        """Which of the things that need consent the overview offers: the keys of ``consented``."""
        return frozenset(name for name, shown in self.consented.items() if shown.is_visible())

    def choose(self, section: str) -> None:
        """Open a section by its name in the menu; `ElementMissing` when it is not there."""
        link = self.sections.get_by_role("link", name=section, exact=True)
        try:
            link.click()
        except WaitTimeout:
            if link.count():
                raise
            raise ElementMissing(f"«{section}» is not in the menu of the cabinet") from None

    def plan_number(self) -> str:
        """The number of the person's plan, empty when the overview does not show it. Personal data."""
        return read_details(self.page).get("Номер плана", "")

    def sign_out(self) -> None:
        """Press «Выйти» and wait until the cabinet is gone from the screen."""
        self.choose("Выйти")
        self.sections.wait_for(state="hidden")


class ProfilePage(Screen):
    """«Профиль специалиста»."""

    heading = "Профиль специалиста"
    path = "/cabinet/profile"

    def read(self) -> dict[str, str]:
        """Field -> value. Personal data: for comparison only, never to be written down."""
        return read_details(self.page)

    def refresh(self) -> None:
        """Press «Обновить данные» and wait for the portal's word that it did."""
        self.page.get_by_role("button", name="Обновить данные", exact=True).click()
        self.said("Данные обновлены")


class SynchronisationPage(Screen):
    """The state of the synchronisation with the registers."""

    heading = "Синхронизация с реестрами"
    path = "/cabinet/sync"
    as_of = "Сведения регистра на"

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self._status = page.get_by_role("status")
        self._ended = self._status.filter(has_text="Завершена")

    def finished(self) -> float:
        """Wait for «Завершена»; seconds from start to completion by the portal's own times.

        Raises Unfinished when it does not complete while it is waited for, ElementMissing when the times are not there.
        """
        try:
            self._ended.wait_for()
        except WaitTimeout:
            if state := self.unfinished():
                raise Unfinished(f"the synchronisation is still «{state}»") from None
        wait_for_the_rest(self.page)
        return seconds_between(self.page)

    def unfinished(self) -> str:
        """The state that the synchronisation is in, its first words; empty when it has completed."""
        return "" if self._ended.is_visible() else " ".join(self._status.first.inner_text().split())[:_WORDS]

    def age(self) -> float:
        """How old what came was when the synchronisation completed, seconds; 0 where the portal does not say."""
        if self.as_of not in read_details(self.page):
            return 0.0
        return seconds_between(self.page, 2, 1)
