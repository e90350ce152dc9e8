"""What ЕСИА puts between the sign-in and the way back: an offer of its application, and the choice of a role."""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from staging.account import Account
from staging.esia_login import SignIn
from staging.session import Sessions
from staging.site import Site
from staging.stand import Stand

_NOT_FOR_ORGANISATIONS = "Этот сайт доступен только частным лицам"


@dataclass(frozen=True)
class Pending:
    """Which of the screens an account still has before it after a sign-in."""

    promotion: bool
    role: bool

    @property
    def path(self) -> str | None:
        """The screen that is next; None when nothing stands in the way."""
        if self.promotion:
            return "/login/promotion"
        return "/login/role" if self.role else None


class EsiaInterstitials:
    """Both are shown once a sign-in, to whom they concern. ``proceed`` sends on whoever has answered."""

    def __init__(
        self, stand: Stand, site: Site, sessions: Sessions[SignIn], proceed: Callable[[SignIn], Response]
    ) -> None:
        self._stand = stand
        self._site = site
        self._sessions = sessions
        self._proceed = proceed

    def routes(self) -> list[Route]:
        """Routes of the screens."""
        return [
            Route("/login/promotion", self.promotion),
            Route("/login/promotion", self.skip, methods=["POST"]),
            Route("/login/role", self.role),
            Route("/login/role", self.choose, methods=["POST"]),
        ]

    def next_path(self, session: SignIn, account: Account) -> str | None:
        """The screen that stands between the person and the way back; None when there is none."""
        return self._pending(session, account).path

    async def promotion(self, request: Request) -> Response:
        """The offer to install the application."""
        session = self._sessions.of(request)
        if session.account is None or not self._pending(session, session.account).promotion:
            return self._proceed(session)
        return self._site.page("promotion", stuck=self._stand.faults.on("promotion-stuck", "esia"))

    async def skip(self, request: Request) -> Response:
        """«Пропустить»: not shown again before the next sign-in."""
        session = self._sessions.of(request)
        session.promotion_skipped = True
        return self._proceed(session)

    async def role(self, request: Request) -> Response:
        """For themselves, or for the organisation that they work for."""
        return self._role_page(self._sessions.of(request))

    async def choose(self, request: Request) -> Response:
        """Both sites are for people: an organisation is told so, and asked again."""
        session = self._sessions.of(request)
        if (await request.form()).get("role") != "person":
            return self._role_page(session, _NOT_FOR_ORGANISATIONS)
        session.role_chosen = True
        return self._proceed(session)

    def _role_page(self, session: SignIn, error: str = "") -> Response:
        if session.account is None or not self._pending(session, session.account).role:
            return self._proceed(session)
        with_person = not self._stand.faults.on("role-choice-without-person", "esia")
        return self._site.page("role", person=session.account.person, with_person=with_person, error=error)

    def _pending(self, session: SignIn, account: Account) -> Pending:
        offered = account.person.promotion or self._stand.faults.on("promotion-for-all", "esia")
        return Pending(
            promotion=offered and not session.promotion_skipped,
            role=bool(account.person.employer) and not session.role_chosen,
        )
