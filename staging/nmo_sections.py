"""Sections of the cabinet with a person's education, each a page of its own, and what can go wrong with them."""

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from staging.cabinet import Cabinet
from staging.curriculum import record_for
from staging.duties import duties_of
from staging.person import Person, Role
from staging.section import SECTIONS, Section
from staging.site import Site
from staging.stand import Stand

Handler = Callable[[Request, Cabinet], Coroutine[Any, Any, Response]]
Member = Callable[[Handler], Callable[[Request], Coroutine[Any, Any, Response]]]
Page = Callable[..., Response]

AUDIENCES: Mapping[Role, str] = MappingProxyType(
    {
        "doctor": "Врач",
        "nurse": "Средний медицинский персонал",
        "resident": "Ординатор, стажёр",
        "teacher": "Преподаватель, методист",
        "head": "Руководитель организации",
        "hr": "Кадровая служба",
    }
)
"""The six audiences of the portal, in its words."""


@dataclass(frozen=True)
class Owner:
    """Whose data a page shows."""

    oid: str
    full_name: str
    role: Role
    qualification: str
    workplace: str
    position: str

    @property
    def audience(self) -> str:
        """The audience in the portal's words."""
        return AUDIENCES[self.role]


def owner_of(cabinet: Cabinet, person: Person | None) -> Owner:
    """Who has the cabinet, and what is known of their work."""
    name = cabinet.profile.full_name
    if person is None:
        return Owner(cabinet.oid, name, "doctor", "", "", "")
    position = cabinet.position or person.position
    return Owner(cabinet.oid, name, person.role, person.qualification, person.workplace, position)


class NmoSections:
    """``member`` lets in who has a cabinet, ``page`` renders a page of it."""

    def __init__(self, stand: Stand, site: Site, member: Member, page: Page) -> None:
        self._stand = stand
        self._site = site
        self._member = member
        self._page = page

    def routes(self) -> list[Route]:
        """A route for each section."""
        return [Route(section.path, self._member(partial(self.show, section))) for section in SECTIONS]

    async def show(self, section: Section, _request: Request, cabinet: Cabinet) -> Response:
        """One section, with the data of the person whose cabinet it is."""
        account = self._stand.accounts.owned_by(cabinet.oid)
        owner = owner_of(cabinet, account.person if account else None)
        if not section.belongs_to(owner.role):
            text = "Раздел предназначен для другой категории специалистов."
            return self._site.failure("Раздел недоступен", "NMO-3090", text, 403)
        if self._spoiled("section-broken", section):
            code = f"NMO-32{SECTIONS.index(section):02d}"
            return self._site.failure("Раздел не загрузился", code, "Данные раздела не получены. Повторите.", 500)
        if self._spoiled("section-of-another", section):
            owner = self._another(owner)
        now = self._stand.clock.now()
        return self._page(
            section.slug,
            cabinet,
            here=section,
            owner=owner,
            empty=self._spoiled("section-empty", section),
            record=record_for(owner.oid, owner.qualification, now),
            duties=duties_of(owner.oid, owner.workplace, now),
        )

    def _spoiled(self, fault: str, section: Section) -> bool:
        return self._stand.faults.parameters(fault, "nmo").get("section") == SECTIONS.index(section)

    def _another(self, owner: Owner) -> Owner:
        """Somebody else's data, as a cache that mixes people up would give them."""
        people = (account.person for account in self._stand.accounts)
        person = next(person for person in people if person.full_name != owner.full_name)
        return Owner(person.oid, person.full_name, owner.role, person.qualification, person.workplace, person.position)
