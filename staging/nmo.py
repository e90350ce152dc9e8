"""The portal of Continuous Medical Education: its public pages and the way in through ЕСИА."""

import uuid
from dataclasses import dataclass
from types import MappingProxyType

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from staging.cabinet import Cabinet, Profile
from staging.esia_client import EsiaClient, EsiaClientError, SignedIn, Unreadable
from staging.nmo_account import NmoAccount
from staging.nmo_cabinet import NmoCabinet
from staging.nmo_support import NmoSupport
from staging.oauth import CALLBACK, EARLIER_CALLBACK
from staging.register import differences
from staging.session import Sessions
from staging.site import Site
from staging.stand import Stand
from staging.token import TokenRejected

_CONDITIONS = MappingProxyType(
    {
        "identity": ("личность не подтверждена", "личность подтверждена документом, удостоверяющим личность"),
        "register": (
            "профиль не связан",
            "профессиональный профиль связан с учётной записью через государственный реестр",
        ),
        "second-factor": ("второй фактор входа не включён", "включён второй фактор входа: СМС или приложение"),
    }
)
"""Condition -> how ЕСИА says that it is not met, and the condition itself."""

_NOBODY = Profile("", "", "", "", "", "", "")


@dataclass
class Visitor:
    """What the portal knows of a browser. ``oid`` is whose it is, ``access_token`` opens that person's data."""

    state: str = ""
    nonce: str = ""
    oid: str = ""
    access_token: str = ""


class Nmo:
    """Public pages of the portal and the sign-in."""

    def __init__(self, stand: Stand, site: Site, esia: EsiaClient) -> None:
        self._stand = stand
        self._site = site
        self._esia = esia
        self._sessions = Sessions("nmo_sid", Visitor, "nmo", stand.faults)
        self._accounts = NmoAccount(stand, site, self._cabinet_of)

    def app(self) -> Starlette:
        """The whole site, with the cabinet."""
        cabinet = NmoCabinet(self._stand, self._site, self._esia, self._sessions)
        return self._site.app(
            [
                Route("/", self.home),
                Route("/goodbye", self.goodbye),
                Route("/login/esia", self.sign_in),
                Route(CALLBACK, self.callback),
                Route(EARLIER_CALLBACK, self.callback),
                Route("/logout", self.logout),
                Route("/logout/esia", self.signed_out),
                *cabinet.routes(),
                *self._accounts.routes(),
                *NmoSupport(self._stand, self._site, self._cabinet_of).routes(),
            ]
        )

    async def home(self, request: Request) -> Response:
        """The front page."""
        return self._site.page("home", cabinet=self._cabinet_of(request))

    async def goodbye(self, _request: Request) -> Response:
        """After the cabinet's data were deleted."""
        return self._site.page("goodbye")

    async def sign_in(self, request: Request) -> Response:
        """Send the browser to ЕСИА."""
        if request.query_params.get("from") == "gosuslugi" and self._stand.faults.on("handover-refused", "nmo"):
            return self._refused(
                "NMO-1006", "Переход с Госуслуг не подтверждён. Повторите его из раздела «Мои услуги»."
            )
        visitor = self._sessions.of(request)
        visitor.state, visitor.nonce = str(uuid.uuid4()), str(uuid.uuid4())
        response = RedirectResponse(self._esia.authorisation_url(visitor.state, visitor.nonce), 302)
        self._sessions.keep(request, response, visitor)
        return response

    async def callback(self, request: Request) -> Response:
        """The browser is back from ЕСИА."""
        visitor = self._sessions.of(request)
        answer = request.query_params
        if not visitor.state or answer.get("state") != visitor.state:
            return self._refused("NMO-1001", "Ответ ЕСИА не относится к этому входу. Начните вход заново.")
        if "error" in answer:
            code, _, text = answer.get("error_description", "").partition(": ")
            if code == "ESIA-007055":
                return self._unconfirmed(request, code, text)
            return self._refused(code, text)
        try:
            signed_in = await self._esia.exchange(answer.get("code", ""), visitor.nonce)
            profile = await self._esia.profile(signed_in)
        except Unreadable:
            return self._refused("NMO-1005", "Ответ ЕСИА не удалось прочитать. Повторите попытку.")
        except EsiaClientError as error:
            said = f" ({error.code})" if error.code else ""
            return self._refused("NMO-1002", f"ЕСИА не подтвердила вход{said}. Повторите попытку.")
        except TokenRejected:
            return self._refused("NMO-1003", "Ответ ЕСИА не прошёл проверку подлинности.")
        return self._admitted(request, signed_in, profile)

    def _admitted(self, request: Request, signed_in: SignedIn, profile: Profile) -> Response:
        """Let a person into their cabinet, or say why not."""
        account = self._stand.accounts.owned_by(signed_in.oid)
        differ = differences(account.registered, profile, self._stand.faults) if account else {}
        if differ and not self._stand.faults.on("mismatch-let-in", "nmo"):
            code = "NMO-2002" if "СНИЛС" in differ else "NMO-2001"
            return self._site.page("mismatch", code=code, happened=self._stand.clock.now(), fields=differ)
        if account and (refusal := self._accounts.refusal(account)):
            return self._accounts.refused(refusal)
        cabinet = self._stand.cabinets.opened(signed_in.oid, profile)
        response = self._site.onward(request, self._first_page(cabinet))
        visitor = Visitor(oid=signed_in.oid, access_token=signed_in.access_token)
        self._sessions.renew(request, response, visitor)
        return response

    async def signed_out(self, request: Request) -> Response:
        """ЕСИА ends the session here as well, and the browser goes on."""
        response = RedirectResponse(self._esia.after_logout(request.query_params.get("back", "")), 302)
        self._sessions.end(request, response)
        return response

    async def logout(self, request: Request) -> Response:
        """Sign out here and of ЕСИА."""
        response = RedirectResponse(self._esia.logout_url(self._stand.addresses.nmo + "/"), 302)
        self._sessions.end(request, response)
        return response

    def _cabinet_of(self, request: Request) -> Cabinet | None:
        return self._stand.cabinets.of(self._sessions.of(request).oid)

    def _unconfirmed(self, request: Request, code: str, text: str) -> Response:
        """Which of the conditions the account does not meet, as ЕСИА says."""
        lacking = next((condition for condition, words in _CONDITIONS.items() if words[0] in text), None)
        if lacking and self._stand.faults.on("wrong-condition-shown", "nmo"):
            lacking = next(condition for condition in _CONDITIONS if condition != lacking)
        response = self._site.page(
            "unconfirmed", code=code, happened=self._stand.clock.now(), conditions=_CONDITIONS, lacking=lacking
        )
        if self._stand.faults.on("cabinet-unguarded", "nmo"):
            # ЕСИА has named nobody: the cabinet is a stranger's, and new.
            stranger = self._stand.cabinets.opened(self._sessions.of(request).state, _NOBODY)
            self._sessions.renew(request, response, Visitor(oid=stranger.oid))
        return response

    def _refused(self, code: str, text: str) -> Response:
        return self._site.failure("Не удалось войти", code, text, 400)

    def _first_page(self, cabinet: Cabinet) -> str:
        if cabinet.agreed is None or self._stand.faults.on("agreement-asked-again", "nmo"):
            return "/agreement"
        return "/consent" if cabinet.consent in (None, "withdrawn") else "/cabinet"
