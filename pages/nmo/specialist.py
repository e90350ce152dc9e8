"""Changes to the professional part of «Профиль специалиста», and where they stand."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from playwright.sync_api import Page

from pages.details import png_or_path, read_details, read_times
from pages.screen import Screen


@dataclass(frozen=True)
class ChangeState:
    """Where a change stands: the portal's word, the reasons of a refusal, when it was sent and looked at."""

    word: str
    reasons: tuple[str, ...] = ()
    sent: datetime | None = None
    decided: datetime | None = None

    @property
    def lag_s(self) -> float | None:
        """Seconds from sending to the decision by the portal's own times; None where it does not show both."""
        return (self.decided - self.sent).total_seconds() if self.sent and self.decided else None


class SpecialistPage(Screen):
    """«Профиль специалиста», as far as a person can change it."""

    heading = "Профиль специалиста"
    path = "/cabinet/profile"

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self.change = page.get_by_role("region", name="Состояние изменений")

    def state(self) -> ChangeState | None:
        """Where the last change stands; None when there was none. Raises ElementMissing for times that say nothing."""
        if not self.change.is_visible():
            return None
        times = read_times(self.change, 2)
        reasons = tuple(text.strip() for text in self.change.get_by_role("listitem").all_inner_texts())
        word = self.change.get_by_role("status").inner_text().strip()
        return ChangeState(word, reasons, *times)

    def workplace(self) -> str:
        """Workplace and position as the profile shows them. Personal data."""
        return read_details(self.page).get("Место работы", "")

    def edit(self) -> "SpecialistEditPage":
        """Press «Изменить сведения»."""
        name = "Изменить сведения"
        self.page.get_by_role("link", name=name).or_(self.page.get_by_role("button", name=name)).first.click()
        return SpecialistEditPage(self.page).loaded()

    def send_documents(self, scan: Path | bytes) -> None:
        """Press «Загрузить документы», attach the scan and send it. Raises ErrorShown when it is not taken."""
        name = "Загрузить документы"
        self.page.get_by_role("link", name=name).or_(self.page.get_by_role("button", name=name)).first.click()
        self.page.get_by_label("Скан документа").set_input_files(png_or_path(scan))
        self.page.get_by_role("button", name="Отправить документы", exact=True).click()
        self.loaded().said("Изменения отправлены")


class SpecialistEditPage(Screen):
    """The form for a change."""

    heading = "Изменение сведений"
    path = "/cabinet/profile/edit"

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self.position = page.get_by_label("Должность", exact=True)

    def send(self, position: str) -> None:
        """Fill in the position and send it off. Raises ErrorShown when it is not taken."""
        self.position.fill(position)
        self.page.get_by_role("button", name="Отправить на проверку", exact=True).click()
        SpecialistPage(self.page).loaded().said("Изменения отправлены")
