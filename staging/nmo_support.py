"""Support of the portal: the «Контакты» page, the chat by its hours, the feedback form and the state of requests."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from staging.cabinet import Cabinet
from staging.site import MOSCOW, Site
from staging.stand import Stand

_OPENS, _CLOSES = 8, 22
_MOST = 1000
"""So many requests are remembered, the newest."""


@dataclass(frozen=True)
class Enquiry:
    """What was sent with the form. Its text is not kept: nobody here answers it."""

    number: str
    topic: str
    received: datetime


class NmoSupport:
    """Public: who cannot sign in needs it most."""

    def __init__(self, stand: Stand, site: Site, cabinet_of: Callable[[Request], Cabinet | None]) -> None:
        self._stand = stand
        self._site = site
        self._cabinet_of = cabinet_of
        self._enquiries: OrderedDict[str, Enquiry] = OrderedDict()
        self._received = 0

    def routes(self) -> list[Route]:
        """«Контакты» and what hangs on it."""
        return [
            Route("/contacts", self.contacts),
            Route("/contacts", self.receive, methods=["POST"]),
            Route("/contacts/chat", self.chat),
            Route("/contacts/enquiry", self.enquiry),
        ]

    async def contacts(self, request: Request) -> Response:
        """All channels, the form, and the look-up of a request."""
        return self._page(request, "contacts")

    async def receive(self, request: Request) -> Response:
        """Give the request a number."""
        form = await request.form()
        topic, text = str(form.get("topic", "")).strip(), str(form.get("text", "")).strip()
        if not topic or not text:
            return self._page(request, "contacts", error="Укажите тему и текст обращения")
        now = self._stand.clock.now()
        self._received += 1
        repeated = self._stand.faults.on("enquiry-number-repeated", "nmo")
        number = f"НМО-{now:%Y}-{0 if repeated else self._received:06d}"
        self._enquiries.setdefault(number, Enquiry(number, "Первое обращение" if repeated else topic, now))
        if len(self._enquiries) > _MOST:
            self._enquiries.popitem(last=False)
        if self._stand.faults.on("enquiry-without-number", "nmo"):
            number = ""
        return self._page(request, "contacts", sent=True, number=number)

    async def chat(self, request: Request) -> Response:
        """The chat, while it is open."""
        return self._page(request, "chat") if self._chat_open() else RedirectResponse("/contacts", 302)

    async def enquiry(self, request: Request) -> Response:
        """The state of a request."""
        number = request.query_params.get("number", "").strip().upper()
        found = None if self._stand.faults.on("enquiry-lost", "nmo") else self._enquiries.get(number)
        return self._page(request, "enquiry", enquiry=found)

    def _page(self, request: Request, template: str, **context: Any) -> Response:
        shown: dict[str, Any] = {"error": "", "sent": False, "number": "", "enquiry": None} | context
        return self._site.page(
            template,
            cabinet=self._cabinet_of(request),
            now=self._stand.clock.now(),
            chat_open=self._chat_open(),
            missing=self._stand.faults.parameters("channel-missing", "nmo").get("channel"),
            **shown,
        )

    def _chat_open(self) -> bool:
        hour = self._stand.clock.now().astimezone(MOSCOW).hour
        return (_OPENS <= hour < _CLOSES) != self._stand.faults.on("chat-off-hours", "nmo")
