"""«Контактные данные» and «Журнал действий» of Госуслуги."""

from dataclasses import dataclass

from pages.screen import Screen

# One call for the whole table: a call a cell costs a round trip each.
_ROWS = (
    "rows => rows.map(row => [row.querySelector('time')?.dateTime ?? '',"
    " ...[...row.cells].slice(1).map(cell => cell.innerText.trim())])"
)


class ContactsPage(Screen):
    """Phone, e-mail and postal address, each with its own form."""

    heading = "Контактные данные"
    path = "/profile/contacts"

    def shown(self, contact: str) -> str:
        """What the page says of a contact. Personal data."""
        return self.page.get_by_role("region", name=contact).get_by_role("definition").inner_text().strip()

    def change(self, contact: str, value: str) -> None:
        """Fill in another value and press «Сохранить»: a code is asked for next."""
        form = self.page.get_by_role("region", name=contact)
        form.get_by_label("Новое значение").fill(value)
        form.get_by_role("button", name="Сохранить", exact=True).click()


@dataclass(frozen=True)
class JournalEntry:
    """One line: its time in ISO 8601 as the page gives it, what was done, and how it went."""

    at: str
    action: str
    status: str


class JournalPage(Screen):
    """What was done with the account, newest first."""

    heading = "Журнал действий"
    path = "/profile/journal"

    def entries(self) -> list[JournalEntry]:
        """The lines in the page's order."""
        # By element, since the head of the table is a row too.
        rows: list[list[str]] = self.page.get_by_role("table").locator("tbody tr").evaluate_all(_ROWS)
        return [JournalEntry(*row[:3]) for row in rows if len(row) >= 3]
