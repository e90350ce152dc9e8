"""The site of ЕСИА: where a person signs in.

The interface between servers is in ``esia_api``; this is what a browser sees.
"""

import uuid
from urllib.parse import urlencode, urljoin

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from staging import oauth
from staging.account import Account
from staging.esia_api import EsiaApi, Permission
from staging.esia_help import EsiaHelp
from staging.esia_interstitials import EsiaInterstitials
from staging.esia_login import EsiaLogin, SignIn
from staging.oauth import EARLIER_CALLBACK, LACKING, EsiaError
from staging.person import CONDITIONS, Condition
from staging.session import Sessions
from staging.site import Site
from staging.stand import Stand


class Esia:
    """Screens and redirects of ЕСИА."""

    def __init__(self, stand: Stand, site: Site, api: EsiaApi) -> None:
        self._stand = stand
        self._site = site
        self._api = api
        self._sessions = Sessions("esia_sid", SignIn, "esia", stand.faults)
        self._login = EsiaLogin(stand, site, self._sessions, self._proceed)
        self._interstitials = EsiaInterstitials(stand, site, self._sessions, self._proceed)

    def app(self) -> Starlette:
        """The whole site, with the interface between servers."""
        return self._site.app(
            [
                Route("/", self.home),
                Route("/aas/oauth2/v2/ac", self.authorise),
                Route("/idp/ext/Logout", self.logout),
                *self._login.routes(),
                *self._interstitials.routes(),
                *EsiaHelp(self._stand, self._site, self._account_of, self._expired, self._password_changed).routes(),
                *self._api.routes(),
            ]
        )

    # --- requests of clients

    async def authorise(self, request: Request) -> Response:
        """A client sends a browser to be signed in."""
        parameters = dict(request.query_params)
        try:
            client = oauth.known_client(self._api.clients, parameters)
        except EsiaError as error:
            # There is no address that can be trusted with the error.
            return self._site.failure("Ошибка", error.code, error.text, 400)
        try:
            oauth.one_of(parameters, "response_type", "code")
            oauth.one_of(parameters, "access_type", "online", "offline")
            self._api.check(client, parameters)
            self._api.busy(0)
        except EsiaError as error:
            return _refuse(parameters, error)
        session = self._sessions.of(request)
        session.client, session.parameters = client, parameters
        response = self._proceed(session) if session.account else RedirectResponse("/login", 302)
        self._sessions.keep(request, response, session)
        return response

    async def logout(self, request: Request) -> Response:
        """End the session here and, for a client that is known, by way of the browser at every other one that it was
        used for; then back to a page of the client that asks."""
        client = self._api.clients.get(request.query_params.get("client_id", ""))
        back = request.query_params.get("redirect_url", "")
        if client and back == client.home:
            back += "/"
        known = client is not None and back.startswith(client.home + "/")
        for other in self._sessions.of(request).entered.values():
            if other is not client:
                back = f"{other.home}/logout/esia?{urlencode({'back': back})}"
        response: Response = RedirectResponse(back, 302) if known else self._site.page("signed_out")
        self._sessions.end(request, response)
        return response

    def _proceed(self, session: SignIn) -> Response:
        """Send a signed-in person on: back to the client, or to what is still to be done."""
        account, client = session.account, session.client
        if account is None or client is None or session.signed_in is None:
            return RedirectResponse("/", 303)
        if between := self._interstitials.next_path(session, account):
            return RedirectResponse(between, 303)
        if self._expired(account):
            return RedirectResponse("/login/password", 303)
        if client.needs_confirmed and (lacking := self._lacking(account)):
            return _refuse(session.parameters, EsiaError("ESIA-007055", "access_denied", LACKING[lacking]))
        if client.id not in account.confirmed:
            return RedirectResponse("/login/contact", 303)
        parameters, faults = session.parameters, self._stand.faults
        if any(map(oauth.of_organisation, parameters["scope"].split())):
            # People here work for organisations that have no number: for none that a client can ask of.
            return _refuse(parameters, EsiaError("ESIA-007194", "access_denied"))
        if faults.on("owner-refused", "esia"):
            return _refuse(parameters, EsiaError("ESIA-007004", "access_denied"))
        if faults.on("one-time-codes-down", "esia"):
            return _refuse(parameters, EsiaError("ESIA-007046", "access_denied"))
        if faults.on("return-missing", "esia"):
            return self._site.page("signed_in")
        permission = Permission(
            client,
            account,
            parameters["scope"],
            parameters.get("nonce", ""),
            session.id,
            session.signed_in,
            parameters.get("code_challenge", ""),
        )
        code = self._api.issue_code(permission)
        session.entered[client.id] = client
        session.client, session.parameters = None, {}
        if faults.on("returned-elsewhere", "esia"):
            parameters = {**parameters, "redirect_uri": urljoin(parameters["redirect_uri"], EARLIER_CALLBACK)}
        wrong = faults.on("wrong-state", "esia")
        return _back(parameters, code=code, state=str(uuid.uuid4()) if wrong else parameters["state"])

    # --- screens

    async def home(self, request: Request) -> Response:
        """Who is signed in; for people who come without a client."""
        account = self._sessions.of(request).account
        if account is None:
            return RedirectResponse("/login", 302)
        return self._site.page("home", person=account.person)

    def _expired(self, account: Account) -> bool:
        """Whether the account's password has to be changed before anything else."""
        faults = self._stand.faults
        expired = account.password_expired(self._stand.clock.now()) or faults.on("password-expired", "esia")
        return expired and not faults.on("expired-let-in", "esia")

    def _account_of(self, request: Request) -> Account | None:
        return self._sessions.of(request).account

    def _password_changed(self, request: Request) -> Response:
        session = self._sessions.of(request)
        return self._proceed(session) if session.client else self._site.page("password_changed")

    def _lacking(self, account: Account) -> Condition | None:
        """What the account lacks to be a confirmed one, as ЕСИА sees it."""
        if self._stand.faults.on("unconfirmed-let-in", "esia"):
            return None
        if forgotten := self._stand.faults.parameters("account-unconfirmed", "esia"):
            return CONDITIONS[int(forgotten["condition"])]
        return account.person.lacks


def _refuse(parameters: dict[str, str], error: EsiaError) -> Response:
    return _back(parameters, error=error.error, error_description=str(error), state=parameters.get("state", ""))


def _back(parameters: dict[str, str], **answer: str) -> Response:
    return RedirectResponse(f"{parameters['redirect_uri']}?{urlencode(answer)}", 302)
