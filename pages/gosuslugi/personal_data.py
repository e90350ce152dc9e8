"""«Персональные данные» of Госуслуги, and how they are corrected."""

from datetime import datetime

from playwright.sync_api import FilePayload
from playwright.sync_api import TimeoutError as WaitTimeout

from pages.details import read_details
from pages.esia.one_time_code import OneTimeCodePage
from pages.screen import Screen, Unfinished


class PersonalDataPage(Screen):
    """ФИО, date of birth and identifiers, as the state knows them."""

    heading = "Персональные данные"
    path = "/profile"

    def read(self) -> dict[str, str]:
        """Field -> value. Personal data: for comparison only, never to be written down."""
        return read_details(self.page)

    def edit(self) -> "EditPage":
        """Press «Редактировать»."""
        name = "Редактировать"
        self.page.get_by_role("link", name=name).or_(self.page.get_by_role("button", name=name)).first.click()
        return EditPage(self.page).loaded()

    def updated(self, within_s: float) -> datetime | None:
        """Wait for «Данные обновлены»; the time that the page gives for it, if it gives one.

        Raises Unfinished when the check does not end within so many seconds.
        """
        status = self.page.get_by_role("status")
        done = status.filter(has_text="Данные обновлены").first
        try:
            done.wait_for(timeout=within_s * 1000)
        except WaitTimeout:
            raise Unfinished(f"the check of the data has not ended in {within_s:g} s") from None
        time = done.locator("time[datetime]")
        return datetime.fromisoformat(time.first.get_attribute("datetime") or "") if time.count() else None


class EditPage(Screen):
    """The form for a correction, with the scan of a document."""

    heading = "Изменение данных"
    path = "/profile/edit"

    def submit(self, values: dict[str, str], scan: FilePayload | str) -> None:
        """Fill in the fields by their labels, attach the scan (its content or its path) and press «Сохранить»."""
        for label, value in values.items():
            self.page.get_by_label(label, exact=True).fill(value)
        self.page.get_by_label("Скан документа").set_input_files(scan)
        self.page.get_by_role("button", name="Сохранить", exact=True).click()


class ChangeConfirmationPage(OneTimeCodePage):
    """The one-time code that a change of data or contacts is confirmed with."""

    heading = "Подтверждение изменения"
    path = "/profile/code"
