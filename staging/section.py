"""Sections of the cabinet that hold a person's education: which there are, and whose they are."""

from dataclasses import dataclass

from staging.person import Role


@dataclass(frozen=True)
class Section:
    """One section and its page. Without ``roles`` it is everybody's. What ``needs_consent`` comes from registers or
    is made from their data."""

    slug: str
    title: str
    needs_consent: bool = False
    roles: tuple[Role, ...] = ()

    @property
    def path(self) -> str:
        """Where the page is."""
        return f"/cabinet/{self.slug}"

    def belongs_to(self, role: Role) -> bool:
        """Whether people of a role have it in their menu."""
        return not self.roles or role in self.roles


SECTIONS: tuple[Section, ...] = (
    Section("programmes", "Программы"),
    Section("plan", "Мой план"),
    Section("progress", "Прогресс"),
    Section("report", "Отчёт для работодателя", needs_consent=True),
    Section("courses", "Курсы", needs_consent=True),
    Section("certificates", "Удостоверения", needs_consent=True),
    Section("webinars", "Вебинары"),
    Section("qualifications", "Квалификации", needs_consent=True),
    Section("practice", "Практика и наставник", roles=("resident",)),
    Section("teaching", "Мои программы для слушателей", roles=("teacher",)),
    Section("staff", "Контроль требований", roles=("head",)),
    Section("documents", "Документы сотрудников", roles=("hr",)),
)
"""In the order of the menu; the faults of sections know them by their place here."""


def menu_for(role: Role, missing: float | None) -> tuple[tuple[str, str, str], ...]:
    """Slug, path and title of everything in the menu of the cabinet; ``missing`` is the place of one left out."""
    own = ((s.slug, s.path, s.title) for place, s in enumerate(SECTIONS) if s.belongs_to(role) and place != missing)
    return (
        ("cabinet", "/cabinet", "Обзор"),
        *own,
        ("profile", "/cabinet/profile", "Профиль специалиста"),
        ("sync", "/cabinet/sync", "Синхронизация"),
        ("settings", "/cabinet/settings", "Настройки"),
    )
