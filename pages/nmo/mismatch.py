"""What the portal shows to a person whose data in Госуслуги are not those of the register."""

from pages.details import error_code, read_details
from pages.screen import Screen


class MismatchPage(Screen):
    """Entry is closed; the fields that differ stand side by side."""

    heading = "Данные не совпадают"
    path = "/oauth/callback"

    def code(self) -> str:
        """The error code shown, empty when there is none."""
        return error_code(self.page)

    def fields(self) -> dict[str, tuple[str, str]]:
        """Field -> its value in Госуслуги and in the register, of the fields that differ. Personal data."""
        shown = read_details(self.page)
        names = [name.removesuffix(" в Госуслугах") for name in shown if name.endswith(" в Госуслугах")]
        return {name: (shown[f"{name} в Госуслугах"], shown.get(f"{name} в регистре", "")) for name in names}
