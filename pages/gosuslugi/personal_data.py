"""«Персональные данные» of Госуслуги."""

from pages.details import read_details
from pages.screen import Screen


class PersonalDataPage(Screen):
    """ФИО, date of birth and identifiers, as the state knows them."""

    heading = "Персональные данные"
    path = "/profile"

    def read(self) -> dict[str, str]:
        """Field -> value. Personal data: for comparison only, never to be written down."""
        return read_details(self.page)
