"""The portal behind the sign-in: agreement, consent, the cabinet and its sections."""

from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from staging.cabinet import Cabinet, Synchronisation
from staging.curriculum import plan_for
from staging.esia_client import EsiaClient
from staging.nmo_profile import NmoProfile
from staging.nmo_sections import NmoSections, owner_of
from staging.person import Person
from staging.section import menu_for
from staging.session import Sessions
from staging.site import Site, see_other
from staging.stand import Stand

if TYPE_CHECKING:
    from staging.nmo import Visitor

Handler = Callable[[Request, Cabinet], Coroutine[Any, Any, Response]]

CONSENT_CATEGORIES = (
    "ФИО",
    "Дата рождения",
    "Сведения о профессиональной квалификации",
    "Идентификационный номер в системе Госуслуги",
    "Информация о текущих образовательных курсах",
)
"""What the consent is for, in the portal's words."""


class NmoCabinet:
    """Pages of a person's cabinet. Who has no session is sent to the front page."""

    def __init__(self, stand: Stand, site: Site, esia: EsiaClient, sessions: Sessions["Visitor"]) -> None:
        self._stand = stand
        self._site = site
        self._esia = esia
        self._sessions = sessions

    def routes(self) -> list[Route]:
        """Routes of the cabinet. All but agreement and consent ask for an accepted agreement first."""
        entry, member = self._entry, self._member
        return [
            Route("/agreement", entry(self.agreement)),
            Route("/agreement", entry(self.accept_agreement), methods=["POST"]),
            Route("/consent", member(self.consent)),
            Route("/consent", member(self.answer_consent), methods=["POST"]),
            Route("/cabinet", member(self.overview)),
            *NmoSections(self._stand, self._site, member, self._section).routes(),
            *NmoProfile(self._stand, self._esia, self._sessions, member, self._section).routes(),
            Route("/cabinet/sync", member(self.synchronisation)),
            Route("/api/sync", member(self.synchronisation_json)),
            Route("/cabinet/settings", member(self.settings)),
            Route("/cabinet/settings/consent", member(self.withdraw_consent), methods=["POST"]),
            Route("/cabinet/settings/delete", member(self.ask_deletion)),
            Route("/cabinet/settings/delete", member(self.delete), methods=["POST"]),
        ]

    # --- admission

    async def agreement(self, _request: Request, cabinet: Cabinet) -> Response:
        """The user agreement."""
        return self._site.page("agreement", cabinet=cabinet, error="")

    async def accept_agreement(self, request: Request, cabinet: Cabinet) -> Response:
        """The agreement counts when its box is ticked."""
        if not (await request.form()).get("accept"):
            return self._site.page("agreement", cabinet=cabinet, error="Отметьте, что принимаете условия соглашения")
        cabinet.agreed = self._stand.clock.now()
        return see_other("/consent" if cabinet.consent in (None, "withdrawn") else "/cabinet")

    async def consent(self, _request: Request, cabinet: Cabinet) -> Response:
        """The window that asks for consent."""
        if cabinet.full:
            return see_other("/cabinet")
        short = self._stand.faults.on("consent-category-missing", "nmo")
        return self._site.page("consent", cabinet=cabinet, categories=CONSENT_CATEGORIES[short:])

    async def answer_consent(self, request: Request, cabinet: Cabinet) -> Response:
        """«Согласен» opens everything and sets the synchronisation off, «Отказаться» limits the cabinet."""
        if (await request.form()).get("answer") != "agree":
            cabinet.answer_consent("refused", self._stand.clock.now())
            return see_other("/cabinet")
        if not self._stand.faults.on("consent-not-recorded", "nmo"):
            cabinet.answer_consent("given", self._stand.clock.now())
        return see_other("/cabinet?consent=given")

    # --- sections

    async def overview(self, request: Request, cabinet: Cabinet) -> Response:
        """The cabinet's front page."""
        message = "Согласие принято" if request.query_params.get("consent") == "given" else ""
        closed = self._stand.faults.on("consent-without-effect", "nmo")
        return self._section("cabinet", cabinet, message=message, closed=closed)

    async def synchronisation(self, _request: Request, cabinet: Cabinet) -> Response:
        """How far the synchronisation has come."""
        return self._section("sync", cabinet)

    async def synchronisation_json(self, _request: Request, cabinet: Cabinet) -> Response:
        """The same for the page's script: words to show and times in ISO 8601."""
        sync = self._sync(cabinet)
        moments = {"started": sync.started, "completed": sync.completed, "as_of": sync.as_of}
        times = {name: moment and moment.isoformat() for name, moment in moments.items()}
        return JSONResponse({"status": sync.words} | times)

    # --- settings

    async def settings(self, request: Request, cabinet: Cabinet) -> Response:
        """Consent and the cabinet's data."""
        message = "Согласие отозвано" if request.query_params.get("consent") == "withdrawn" else ""
        return self._section("settings", cabinet, message=message, deletion=self._stand.cabinet_deletion)

    async def withdraw_consent(self, _request: Request, cabinet: Cabinet) -> Response:
        """Withdraw the consent: the cabinet is limited until it is given again."""
        if not self._stand.faults.on("withdrawal-not-recorded", "nmo"):
            cabinet.answer_consent("withdrawn", self._stand.clock.now())
        return see_other("/cabinet/settings?consent=withdrawn")

    async def ask_deletion(self, _request: Request, cabinet: Cabinet) -> Response:
        """Are you sure."""
        if not self._stand.cabinet_deletion:
            return see_other("/cabinet/settings")
        return self._section("delete", cabinet)

    async def delete(self, request: Request, cabinet: Cabinet) -> Response:
        """Forget the person, here and among those who know this portal at ЕСИА."""
        if not self._stand.cabinet_deletion:
            return see_other("/cabinet/settings")
        try:
            await self._esia.revoke(cabinet.oid)
        except httpx.HTTPError:
            return self._site.failure("Не удалось удалить данные", "NMO-1004", "ЕСИА не ответила. Повторите.", 502)
        self._stand.cabinets.forget(cabinet.oid)
        if account := self._stand.accounts.owned_by(cabinet.oid):
            account.application = None
        response = see_other("/goodbye")
        self._sessions.end(request, response)
        return response

    # --- shared

    def _entry(self, handler: Handler) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """For people with a cabinet, in whatever state."""

        async def answered(request: Request) -> Response:
            cabinet = self._stand.cabinets.of(self._sessions.of(request).oid)
            return RedirectResponse("/", 302) if cabinet is None else await handler(request, cabinet)

        return answered

    def _member(self, handler: Handler) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """For people who have accepted the agreement."""

        async def answered(request: Request, cabinet: Cabinet) -> Response:
            return RedirectResponse("/agreement", 302) if cabinet.agreed is None else await handler(request, cabinet)

        return self._entry(answered)

    def _section(self, template: str, cabinet: Cabinet, message: str = "", **context: Any) -> Response:
        account = self._stand.accounts.owned_by(cabinet.oid)
        work = self._registered(account.person) if account else None
        now = self._stand.clock.now()
        plan = plan_for(cabinet.oid, work.qualification if work else "", now)
        missing = self._stand.faults.parameters("section-missing", "nmo").get("section")
        menu = menu_for(owner_of(cabinet, work).role, missing)
        sync = self._sync(cabinet)
        context |= {"cabinet": cabinet, "message": message, "plan": plan, "now": now, "menu": menu, "sync": sync}
        context["work"] = work if cabinet.full and sync.status == "done" else None
        context["changed"] = max(cabinet.updated, sync.completed or cabinet.updated)
        return self._site.page(template, section=template, **context)

    def _registered(self, person: Person) -> Person:
        """What the register has sent of a person's work."""
        lacks = self._stand.faults.parameters("sync-partial", "registry").get("lacks")
        if lacks is None:
            return person
        return replace(person, workplace="") if lacks else replace(person, qualification="")

    def _sync(self, cabinet: Cabinet) -> Synchronisation:
        faults = self._stand.faults
        stuck = faults.on("sync-never-completes", "registry")
        age = timedelta(hours=faults.parameters("sync-stale", "registry").get("hours", 0))
        late = faults.parameters("register-slow", "registry").get("seconds", 0)
        return cabinet.synchronisation(self._stand.clock.now(), self._stand.sync_s + late, stuck, age)
