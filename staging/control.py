"""The control API: outbox, clock, faults and personas, for tests and the monitor. Not a part of what is tested."""

import math
import secrets
from collections.abc import Callable, Coroutine
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from staging.account import NoSuchPersona, PersonaExists
from staging.fault import Fault
from staging.fault_catalogue import CATALOGUE
from staging.faults import FaultError, UnknownFault, is_number
from staging.stand import Stand

_LONGEST_WAIT_S = 60.0

Endpoint = Callable[[Request], Coroutine[Any, Any, Response]]


class Control:
    """Endpoints of the control API; all but ``/healthz`` ask for the token."""

    def __init__(self, stand: Stand, token: str) -> None:
        self._stand = stand
        self._token = token

    def app(self) -> Starlette:
        """The whole API."""
        routes: list[tuple[str, str, Endpoint]] = [
            ("GET", "/outbox", self.outbox),
            ("GET", "/outbox/last", self.last_message),
            ("GET", "/clock", self.clock),
            ("POST", "/clock", self.move_clock),
            ("GET", "/faults", self.faults),
            ("DELETE", "/faults", self.clear_faults),
            ("PUT", "/faults/{name}", self.switch_on),
            ("DELETE", "/faults/{name}", self.switch_off),
            ("GET", "/personas", self.personas),
            ("POST", "/personas", self.make_persona),
            ("POST", "/personas/{name}/reset", self.reset_persona),
        ]
        guarded = [Route(path, self._guarded(endpoint), methods=[method]) for method, path, endpoint in routes]
        return Starlette(routes=[Route("/healthz", self.healthz), *guarded], exception_handlers={HTTPException: _error})

    async def healthz(self, _request: Request) -> Response:
        """The process answers."""
        return JSONResponse({"status": "ok"})

    async def outbox(self, request: Request) -> Response:
        """Messages to an address after an id; with ``wait`` the answer comes when the first of them does."""
        to = _query(request, "to")
        after, wait = _number(request, "after"), _number(request, "wait")
        messages = await self._stand.outbox.wait(to, int(after), min(wait, _LONGEST_WAIT_S))
        return JSONResponse({"messages": [message.as_json() for message in messages]})

    async def last_message(self, request: Request) -> Response:
        """Id of the last message to an address."""
        return JSONResponse({"id": self._stand.outbox.last_id(_query(request, "to"))})

    async def clock(self, _request: Request) -> Response:
        """The staging's time."""
        clock = self._stand.clock
        return JSONResponse({"now": clock.now().isoformat(), "offset_s": clock.offset_s})

    async def move_clock(self, request: Request) -> Response:
        """Move the clock, or put it back to real time."""
        document = await _document(request)
        if document.get("reset") is True:
            self._stand.clock.reset()
        elif is_number(seconds := document.get("advance_s")):
            try:
                self._stand.clock.advance(seconds)
            except ValueError as error:
                raise HTTPException(422, str(error)) from None
        else:
            raise HTTPException(422, 'expected {"advance_s": seconds} or {"reset": true}')
        return await self.clock(request)

    async def faults(self, _request: Request) -> Response:
        """The catalogue, with what is on."""
        return JSONResponse({"faults": [self._described(fault) for fault in CATALOGUE]})

    async def switch_on(self, request: Request) -> Response:
        """Switch a fault on; its parameters may stand beside ``system`` or under ``parameters``."""
        document = await _document(request)
        system = document.pop("system", None)
        parameters = document.pop("parameters", {})
        if not isinstance(parameters, dict):
            raise HTTPException(422, "'parameters' must be an object")
        parameters |= document
        try:
            fault = self._stand.faults.switch_on(request.path_params["name"], system, parameters)
        except UnknownFault as error:
            return _unknown_fault(error)
        except FaultError as error:
            raise HTTPException(422, str(error)) from None
        return JSONResponse(self._described(fault))

    async def switch_off(self, request: Request) -> Response:
        """Switch a fault off everywhere."""
        try:
            self._stand.faults.switch_off(request.path_params["name"])
        except UnknownFault as error:
            return _unknown_fault(error)
        return await self.faults(request)

    async def clear_faults(self, request: Request) -> Response:
        """Switch everything off."""
        self._stand.faults.clear()
        return await self.faults(request)

    async def personas(self, _request: Request) -> Response:
        """All accounts, with their secrets."""
        return JSONResponse({"personas": [account.person.as_json() for account in self._stand.accounts]})

    async def make_persona(self, request: Request) -> Response:
        """A fresh account like an existing one."""
        document = await _document(request)
        like, name = document.get("like"), document.get("name")
        if not isinstance(like, str) or not isinstance(name, str) or not name:
            raise HTTPException(422, 'expected {"like": "doctor", "name": "doctor-2"}')
        try:
            return JSONResponse(self._stand.make_account(like, name).as_json(), 201)
        except NoSuchPersona:
            raise HTTPException(404, f"no persona {like!r}") from None
        except PersonaExists:
            raise HTTPException(409, f"there is a persona {name!r} already") from None

    async def reset_persona(self, request: Request) -> Response:
        """Put an account back to what it was at first."""
        name = request.path_params["name"]
        try:
            return JSONResponse(self._stand.reset_account(name).as_json())
        except NoSuchPersona:
            raise HTTPException(404, f"no persona {name!r}") from None

    def _guarded(self, endpoint: Endpoint) -> Endpoint:
        async def answered(request: Request) -> Response:
            scheme, _, token = request.headers.get("authorization", "").partition(" ")
            if scheme != "Bearer" or not secrets.compare_digest(token.encode(), self._token.encode()):
                raise HTTPException(401, "the control token is missing or wrong")
            return await endpoint(request)

        return answered

    def _described(self, fault: Fault) -> dict[str, Any]:
        active = {system: dict(values) for system, values in self._stand.faults.active(fault.name).items()}
        return {
            "name": fault.name,
            "title": fault.title,
            "description": fault.description,
            "systems": fault.systems,
            "part": fault.part,
            "parameters": dict(fault.parameters),
            "active": active,
        }


async def _error(_request: Request, error: Exception) -> Response:
    status, detail = (error.status_code, error.detail) if isinstance(error, HTTPException) else (500, str(error))
    return JSONResponse({"error": detail}, status)


def _unknown_fault(error: UnknownFault) -> Response:
    return JSONResponse({"error": str(error), "faults": [fault.name for fault in CATALOGUE]}, 404)


def _query(request: Request, name: str) -> str:
    if not (value := request.query_params.get(name, "")):
        raise HTTPException(422, f"the query parameter {name!r} is missing")
    return value


def _number(request: Request, name: str) -> float:
    try:
        number = float(request.query_params.get(name, "0"))
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise HTTPException(422, f"{name!r} must be a number")
    return number


async def _document(request: Request) -> dict[str, Any]:
    body = await request.body()
    try:
        document = await request.json() if body else {}
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise HTTPException(422, "expected a JSON object")
    return document
