"""The site of Госуслуги: services and personal data. A client of ЕСИА itself."""

import uuid
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from staging.esia_client import EsiaClient, EsiaClientError, Unreadable
from staging.gosuslugi_profile import GosuslugiProfile
from staging.oauth import CALLBACK, EARLIER_CALLBACK
from staging.person import Person
from staging.personal_data import Unconfirmed
from staging.session import Sessions
from staging.site import Site
from staging.stand import Stand
from staging.token import TokenRejected

_SERVICES = ("/services", "/services/nmo")
_PAGES = (*_SERVICES, "/profile", "/profile/edit", "/profile/contacts", "/profile/journal")


@dataclass
class Visitor:
    """What the site knows of a browser. ``wanted`` is the page that sent it to sign in, ``oid`` is whose it is."""

    state: str = ""
    nonce: str = ""
    wanted: str = "/services"
    oid: str = ""
    unconfirmed: Unconfirmed | None = None


class Gosuslugi:
    """Pages of Госуслуги."""

    def __init__(self, stand: Stand, site: Site, esia: EsiaClient) -> None:
        self._stand = stand
        self._site = site
        self._esia = esia
        self._sessions = Sessions("pgu_sid", Visitor, "gosuslugi", stand.faults)

    def app(self) -> Starlette:
        """The whole site."""
        return self._site.app(
            [
                Route("/", self.home),
                Route("/login/esia", self.sign_in),
                Route(CALLBACK, self.callback),
                Route(EARLIER_CALLBACK, self.callback),
                Route("/logout", self.logout),
                Route("/logout/esia", self.signed_out),
                *(Route(path, self.page) for path in _SERVICES),
                *GosuslugiProfile(self._stand, self._site, self._sessions).routes(),
            ]
        )

    async def home(self, request: Request) -> Response:
        """The front page."""
        return self._site.page("home", person=self._person(request))

    async def page(self, request: Request) -> Response:
        """A page for people who are signed in; others are signed in first and come back."""
        path = request.url.path
        person = self._person(request)
        if person is None:
            return RedirectResponse(f"/login/esia?next={path}", 302)
        listed = not self._stand.faults.on("service-missing", "gosuslugi")
        return self._site.page(path.strip("/").replace("/", "_"), person=person, listed=listed)

    async def sign_in(self, request: Request) -> Response:
        """Send the browser to ЕСИА."""
        visitor = self._sessions.of(request)
        wanted = request.query_params.get("next", "")
        visitor.wanted = wanted if wanted in _PAGES else "/services"
        visitor.state, visitor.nonce = str(uuid.uuid4()), str(uuid.uuid4())
        response = RedirectResponse(self._esia.authorisation_url(visitor.state, visitor.nonce), 302)
        self._sessions.keep(request, response, visitor)
        return response

    async def callback(self, request: Request) -> Response:
        """The browser is back from ЕСИА."""
        visitor = self._sessions.of(request)
        answer = request.query_params
        if not visitor.state or answer.get("state") != visitor.state:
            return self._refused("EPGU-1001", "Ответ ЕСИА не относится к этому входу.")
        if "error" in answer:
            code, _, text = answer.get("error_description", "").partition(": ")
            return self._refused(code, text)
        try:
            signed_in = await self._esia.exchange(answer.get("code", ""), visitor.nonce)
            await self._esia.profile(signed_in)
        except Unreadable:
            return self._refused("EPGU-1005", "Ответ ЕСИА не удалось прочитать.")
        except EsiaClientError as error:
            said = f" ({error.code})" if error.code else ""
            return self._refused("EPGU-1002", f"Не удалось получить данные из ЕСИА{said}.")
        except TokenRejected:
            return self._refused("EPGU-1003", "Ответ ЕСИА не прошёл проверку.")
        response = self._site.onward(request, visitor.wanted)
        self._sessions.renew(request, response, Visitor(oid=signed_in.oid))
        return response

    async def signed_out(self, request: Request) -> Response:
        """ЕСИА ends the session here as well, and the browser goes on."""
        response = RedirectResponse(self._esia.after_logout(request.query_params.get("back", "")), 302)
        self._sessions.end(request, response)
        return response

    async def logout(self, request: Request) -> Response:
        """Sign out here and of ЕСИА."""
        response = RedirectResponse(self._esia.logout_url(self._stand.addresses.gosuslugi + "/"), 302)
        self._sessions.end(request, response)
        return response

    def _person(self, request: Request) -> Person | None:
        account = self._stand.settled(self._sessions.of(request).oid)
        return account.person if account else None

    def _refused(self, code: str, text: str) -> Response:
        return self._site.failure("Не удалось войти", code, text, 400)
