"""«Профиль специалиста»: who the portal thinks a person is, and changes to the professional part of it."""

from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from staging.cabinet import Cabinet, Profile
from staging.esia_client import EsiaClient, EsiaClientError, SignedIn
from staging.person import Review
from staging.personal_data import wrong_scan
from staging.session import Sessions
from staging.site import see_other
from staging.specialist_update import REASONS, Outcome, SpecialistUpdate
from staging.stand import Stand

if TYPE_CHECKING:
    from staging.nmo import Visitor

Handler = Callable[[Request, Cabinet], Coroutine[Any, Any, Response]]
Member = Callable[[Handler], Callable[[Request], Coroutine[Any, Any, Response]]]
Section = Callable[..., Response]


class NmoProfile:
    """``member`` lets in who has a cabinet, ``section`` renders a page of it."""

    def __init__(
        self, stand: Stand, esia: EsiaClient, sessions: Sessions["Visitor"], member: Member, section: Section
    ) -> None:
        self._stand = stand
        self._esia = esia
        self._sessions = sessions
        self._member = member
        self._section = section

    def routes(self) -> list[Route]:
        """Routes under ``/cabinet/profile``."""
        member = self._member
        return [
            Route("/cabinet/profile", member(self.profile)),
            Route("/cabinet/profile", member(self.refresh), methods=["POST"]),
            Route("/cabinet/profile/edit", member(self.edit)),
            Route("/cabinet/profile/edit", member(self.submit), methods=["POST"]),
            Route("/cabinet/profile/documents", member(self.ask_documents)),
            Route("/cabinet/profile/documents", member(self.take_documents), methods=["POST"]),
        ]

    async def profile(self, request: Request, cabinet: Cabinet) -> Response:
        """Who the portal thinks the person is, and where a change of theirs stands."""
        messages = {"updated": "Данные обновлены", "sent": "Изменения отправлены на проверку"}
        message = next((text for key, text in messages.items() if request.query_params.get(key)), "")
        outcome = self._outcome(cabinet)
        return self._section(
            "profile", cabinet, message, shown=self._shown(cabinet.profile), outcome=outcome, reasons=REASONS
        )

    async def refresh(self, request: Request, cabinet: Cabinet) -> Response:
        """Read the person's data from ЕСИА again; when its token has run out, sign in again first."""
        try:
            token = self._sessions.of(request).access_token
            profile = await self._esia.profile(SignedIn(cabinet.oid, token))
        except EsiaClientError:
            return see_other("/login/esia")
        if not self._stand.faults.on("refresh-without-effect", "nmo"):
            cabinet.profile, cabinet.updated = profile, self._stand.clock.now()
        return see_other("/cabinet/profile?updated=1")

    async def edit(self, _request: Request, cabinet: Cabinet) -> Response:
        """The form for a change."""
        return self._section("profile_edit", cabinet, error="")

    async def submit(self, request: Request, cabinet: Cabinet) -> Response:
        """A change, or a refused one once more."""
        position = str((await request.form()).get("position", "")).strip()
        if not position:
            return self._section("profile_edit", cabinet, error="Укажите должность")
        now, outcome = self._stand.clock.now(), self._outcome(cabinet)
        if cabinet.update and outcome and outcome.stage == "refused":
            cabinet.update = replace(cabinet.update, position=position).answer(now)
        elif not (outcome and outcome.stage in {"checked", "documents"}):
            cabinet.update = SpecialistUpdate(position, now, self._review(cabinet), self._stand.terms)
        return see_other("/cabinet/profile?sent=1")

    async def ask_documents(self, _request: Request, cabinet: Cabinet) -> Response:
        """The form for documents that were asked for."""
        return self._section("profile_documents", cabinet, error="", code="")

    async def take_documents(self, request: Request, cabinet: Cabinet) -> Response:
        """A scan that can be read sends the change on."""
        async with request.form() as form:
            scan = form.get("scan")
            content = await scan.read() if isinstance(scan, UploadFile) else b""
        if wrong := wrong_scan(content, self._stand.faults, "nmo"):
            return self._section("profile_documents", cabinet, code=wrong[0], error=wrong[1])
        if cabinet.update:
            cabinet.update = cabinet.update.answer(self._stand.clock.now())
        return see_other("/cabinet/profile?sent=1")

    def _outcome(self, cabinet: Cabinet) -> Outcome | None:
        """Where the person's change stands; one that is accepted is in force from then on."""
        if cabinet.update is None:
            return None
        outcome = cabinet.update.outcome(self._stand.clock.now(), self._stand.faults.on("update-stalled", "registry"))
        if outcome.stage == "accepted" and not self._stand.faults.on("update-without-effect", "nmo"):
            cabinet.position, cabinet.updated = cabinet.update.position, max(cabinet.updated, outcome.at)
        return outcome

    def _review(self, cabinet: Cabinet) -> Review:
        if self._stand.faults.on("documents-demanded", "nmo"):
            return "documents"
        if self._stand.faults.on("update-refused", "nmo"):
            return "refused"
        account = self._stand.accounts.owned_by(cabinet.oid)
        return account.person.review if account else "ordinary"

    def _shown(self, profile: Profile) -> Profile:
        if self._stand.faults.on("patronymic-missing", "nmo"):
            return replace(profile, patronymic="")
        if not self._stand.faults.on("profile-mismatch", "nmo"):
            return profile
        digit = str((int(profile.snils[0]) + 1) % 10)
        # A doubled letter is what a register's clerk gets wrong.
        surname = profile.surname[:-1] + profile.surname[-2:]
        return replace(profile, snils=digit + profile.snils[1:], surname=surname)
