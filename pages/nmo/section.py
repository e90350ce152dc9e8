"""A section of the cabinet that holds a person's education: plan, courses, certificates and the like."""

import re

from playwright.sync_api import Locator, Page

from pages.details import read_details
from pages.screen import Screen

_CERTIFICATE = re.compile(r"^\s*НМО-[\d-]+\s*$")


class SectionPage(Screen):
    """The section of that title, however it is come to."""

    def __init__(self, page: Page, title: str) -> None:
        super().__init__(page)
        self.title = title
        main = page.get_by_role("main")
        self._cells = main.get_by_role("cell")
        # What sections have in common is a table; its head holds column headers and no cell.
        self.rows = main.get_by_role("row").filter(has=page.get_by_role("cell").filter(has_text=re.compile(r"\w")))

    @property
    def marker(self) -> Locator:
        """The section's main heading."""
        return self.page.get_by_role("heading", name=self.title, exact=True, level=1)

    def details(self) -> dict[str, str]:
        """Term -> value of whose data these are, and of what else the section lists. Personal data."""
        return read_details(self.page)

    def holds_something(self) -> bool:
        """Whether there is an entry on it."""
        return self.rows.first.is_visible()

    def certificates(self) -> tuple[str, ...]:
        """Numbers of the certificates that it names, in order. Personal data."""
        return tuple(sorted(text.strip() for text in self._cells.filter(has_text=_CERTIFICATE).all_inner_texts()))
