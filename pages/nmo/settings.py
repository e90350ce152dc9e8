"""The cabinet's settings: consent and the cabinet's data."""

from playwright.sync_api import Page

from pages.screen import Screen


class SettingsPage(Screen):
    """Withdrawal of consent, and the deletion of the cabinet's data where the portal offers it."""

    heading = "Настройки"
    path = "/cabinet/settings"

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self.withdraw = page.get_by_role("button", name="Отозвать согласие")
        name = "Дать согласие"
        self.give = page.get_by_role("link", name=name).or_(page.get_by_role("button", name=name)).first
        name = "Удалить данные кабинета"
        self.delete = page.get_by_role("link", name=name).or_(page.get_by_role("button", name=name)).first

    def withdraw_consent(self) -> "SettingsPage":
        """Press «Отозвать согласие» and wait for the portal's word that it did."""
        self.withdraw.click()
        return self.said("Согласие отозвано")

    def offers_deletion(self) -> bool:
        """Whether this portal lets a person delete the cabinet's data."""
        return self.delete.is_visible()

    def delete_cabinet(self) -> "GoodbyePage":
        """Delete the cabinet's data and confirm it."""
        self.delete.click()
        DeletionPage(self.page).loaded().confirm()
        return GoodbyePage(self.page).loaded()


class DeletionPage(Screen):
    """The question whether the data are really to be deleted."""

    heading = "Удаление данных кабинета"
    path = "/cabinet/settings/delete"

    def confirm(self) -> None:
        """Press «Удалить»."""
        self.page.get_by_role("button", name="Удалить", exact=True).click()


class GoodbyePage(Screen):
    """The cabinet is gone and the person is signed out."""

    heading = "Данные кабинета удалены"
    path = "/goodbye"
