"""«Персональные данные» of Госуслуги, and how they are corrected."""

from pathlib import Path

from playwright.sync_api import TimeoutError as WaitTimeout

from pages.details import png_or_path, read_details, seconds_between
from pages.documents import wait_for_the_rest
from pages.esia.one_time_code import OneTimeCodePage
from pages.screen import ErrorShown, Screen, Unfinished


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

    def updated(self, within_s: float) -> float:
        """Wait for «Данные обновлены»; seconds from sending to the end of the check, by the page's own times.

        Raises Unfinished when the check does not end within so many seconds, ErrorShown when it refuses, ElementMissing
        when the times are not there.
        """
        status = self.page.get_by_role("status").filter(has_text="Данные обновлены")
        refused = self.page.get_by_role("alert").filter(has_text="отклонен")
        try:
            status.or_(refused).first.wait_for(timeout=within_s * 1000)
        except WaitTimeout:
            raise Unfinished(f"the check of the data has not ended in {within_s:g} s") from None
        wait_for_the_rest(self.page)
        if refused.is_visible():
            raise ErrorShown(" ".join(refused.inner_text().split()))
        return seconds_between(self.page)


class EditPage(Screen):
    """The form for a correction, with the scan of a document."""

    heading = "Изменение данных"
    path = "/profile/edit"

    def submit(self, values: dict[str, str], scan: Path | bytes) -> None:
        """Fill in the fields by their labels, attach the scan (its path, or a PNG) and press «Сохранить»."""
        for label, value in values.items():
            self.page.get_by_label(label, exact=True).fill(value)
        self.page.get_by_label("Скан документа").set_input_files(png_or_path(scan))
        self.page.get_by_role("button", name="Сохранить", exact=True).click()


class ChangeConfirmationPage(OneTimeCodePage):
    """The one-time code that a change of data or contacts is confirmed with."""

    heading = "Подтверждение изменения"
    path = "/profile/code"
