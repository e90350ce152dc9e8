"""Light evidence of every run: documents, addresses, failed requests, errors of the page. Costs a callback for each
request, answer and navigation.

Playwright's objects are kept and read after the run's clock has stopped; URLs here are raw and stay in memory.
"""

import math
import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Error, Frame, Page, Request, Response, WebError

from journeys.result import SecurityDetails
from journeys.system import System
from journeys.target import Target

_NOT_PAGES_FAULT = "net::ERR_ABORTED"
"""A request is aborted whenever a page is left while something still loads: nobody's fault."""

_A_PAGE = 200
_REDIRECTS = range(300, 400)

_CONSOLE_LINES = 20
"""Of a page that goes on complaining, the first tell the most."""


@dataclass(frozen=True)
class Document:
    """A document asked for by navigation. ``started`` is Unix time; ``status`` 0 and ``error`` when none came.
    ``whole`` is the Unix time at which the browser had read all of it or left it, infinite while it is being read, and
    0 where no tab shows it, as of a redirect or a download.
    """

    url: str
    system: System | None
    status: int
    started: float
    duration_s: float
    error: str | None = None
    whole: float = field(default=0.0, compare=False)


@dataclass(frozen=True)
class Address:
    """What the address bar showed, also what a script made of it, and what stands behind «#»: no request has that."""

    url: str = field(repr=False)
    system: System | None


@dataclass(frozen=True)
class FailedRequest:
    """Something a page needed and did not get: script, stylesheet or call. ``error`` is a status or net error."""

    url: str
    system: System | None
    kind: str
    error: str


@dataclass(frozen=True)
class Referral:
    """A request that says where it came from, when that address has parameters. ``system`` is the site that is told
    of, ``to`` the one that is told; ``document`` whether a page is asked for."""

    system: System | None
    to: System | None
    referrer: str = field(repr=False)
    document: bool


@dataclass
class Recorder:
    """Listens to one browser context from its beginning."""

    context: BrowserContext
    target: Target
    console: list[str] = field(default_factory=list)
    console_errors: int = 0
    script_errors: list[tuple[System | None, str]] = field(default_factory=list)
    crashed: bool = False
    _asked: list[Request] = field(default_factory=list)
    _documents: list[Response] = field(default_factory=list)
    _read: list[Document] = field(default_factory=list, repr=False)
    _failed: list[tuple[Request, str, float]] = field(default_factory=list)
    _shown: list[tuple[int, str]] = field(default_factory=list, repr=False)
    """Addresses of the tabs, each with the number of documents that had come by then."""
    _in_tab: dict[Page, int] = field(default_factory=dict)
    """Number of the document that each tab shows."""
    _whole: dict[int, float] = field(default_factory=dict)
    """Number of a document that a tab shows or has shown -> when it was whole."""

    def __post_init__(self) -> None:
        # Also of a tab that has not opened: until its first document begins to come, Playwright tells of nothing else.
        self.context.on("request", self._on_request)
        self.context.on("response", self._on_response)
        self.context.on("requestfailed", self._on_request_failed)
        self.context.on("console", self._on_console)
        self.context.on("weberror", self._on_script_error)
        for page in self.context.pages:
            self._watch(page)
        self.context.on("page", self._watch)

    @property
    def connected(self) -> bool:
        """Whether the browser is still there. A wait that it died under may end as a plain timeout."""
        browser = self.context.browser
        return browser is None or browser.is_connected()

    def lives(self) -> bool:
        """Ask the browser whether it is there: 3 ms."""
        with suppress(Error):
            self.context.cookies()
            return True
        return False

    def documents(self) -> list[Document]:
        """Every document of the way in the order they were asked for, redirects included."""
        # Read once, unless the browser has not told when it began to come: Playwright takes its end for that, later.
        read = self._read
        self._read = [
            replace(
                read[number] if number < len(read) and read[number].duration_s else self._document(response),
                whole=self._whole.get(number, 0.0),
            )
            for number, response in enumerate(self._documents)
        ]
        lost = [
            Document(request.url, self.target.system_at(request.url), 0, seen, 0.0, error)
            for request, error, seen in self._failed
            if _is_document(request)
        ]
        return sorted(self._read + lost, key=lambda document: document.started)

    def unanswered(self) -> list[Document]:
        """Documents that were asked for and of which nothing has come, no error either."""
        over = {response.request for response in self._documents} | {request for request, _, _ in self._failed}
        return [
            Document(request.url, self.target.system_at(request.url), 0, 0.0, 0.0)
            for request in self._asked
            if request not in over and not request.failure and _is_document(request)
        ]

    def referrals(self) -> list[Referral]:
        """Requests of any kind that told an address with parameters in it."""
        told = ((request, request.headers.get("referer", "")) for request in self._asked)
        return [
            Referral(
                self.target.system_at(referrer), self.target.system_at(request.url), referrer, _is_document(request)
            )
            for request, referrer in told
            if "?" in referrer
        ]

    def brought(self, document: Document) -> dict[str, str]:
        """The cookies that were sent for a document, by name. Asks the driver, which has kept them: 1 ms."""
        with suppress(Error):
            if response := self._response_to(document):
                header = response.request.header_value("cookie") or ""
                pairs = (pair.strip().partition("=") for pair in header.split(";") if "=" in pair)
                return {name: value for name, _, value in pairs}
        return {}

    def given(self, document: Document) -> tuple[str, ...]:
        """The lines of ``Set-Cookie`` that came with a document. Asks the driver as well."""
        with suppress(Error):
            if response := self._response_to(document):
                return tuple(response.header_values("set-cookie"))
        return ()

    def shown_since(self, document: Document) -> list[Address]:
        """What the address bars of all tabs have shown since a document came: the pages that came, and what became of
        their addresses. A new tab is told of when it may have moved on from its first page."""
        if document not in self._read:
            return []
        since = self._read.index(document) + 1
        came = [one.url for one in self._read[since:] if one.status == _A_PAGE]
        shown = [url for number, url in self._shown if number >= since]
        return [Address(url, self.target.system_at(url)) for url in (*came, *shown)]

    def _response_to(self, document: Document) -> Response | None:
        known = zip(self._documents, self._read, strict=False)  # one that came since has not been read
        return next((response for response, read in known if read == document), None)

    def failed_requests(self) -> list[FailedRequest]:
        """What the pages of the federation asked for and did not get, documents excepted."""
        return [
            FailedRequest(request.url, system, request.resource_type, error)
            for request, error, _ in self._failed
            if not _is_document(request) and (system := self.target.system_at(request.url))
        ]

    def security(self) -> dict[str, SecurityDetails]:
        """Host -> its security details, for hosts reached over TLS."""
        told: dict[str, SecurityDetails] = {}
        for response in self._documents:
            host = urlsplit(response.url).hostname
            if not host or host in told or not response.url.startswith("https:"):
                continue
            if details := response.security_details():
                told[host] = SecurityDetails(
                    protocol=details.get("protocol") or "",
                    subject=details.get("subjectName") or "",
                    issuer=details.get("issuer") or "",
                    not_before=details.get("validFrom") or 0.0,
                    not_after=details.get("validTo") or 0.0,
                )
        return told

    def _document(self, response: Response) -> Document:
        timing = response.request.timing
        # responseEnd is not known for a redirect; the first byte is, for both.
        duration_s = max(timing["responseStart"], 0) / 1000
        return Document(
            url=response.url,
            system=self.target.system_at(response.url),
            status=response.status,
            started=timing["startTime"] / 1000,
            duration_s=duration_s,
        )

    def _on_request(self, request: Request) -> None:
        self._asked.append(request)

    def _on_response(self, response: Response) -> None:
        if _is_document(response.request):
            self._documents.append(response)
        elif response.status >= 400:
            self._failed.append((response.request, str(response.status), time.time()))

    def _on_request_failed(self, request: Request) -> None:
        if request.failure and request.failure != _NOT_PAGES_FAULT:
            self._failed.append((request, request.failure.removeprefix("net::"), time.time()))

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.console_errors += 1
            if len(self.console) < _CONSOLE_LINES:
                self.console.append(message.text)

    def _on_script_error(self, error: WebError) -> None:
        url = error.page.url if error.page else ""
        shown = error.error
        self.script_errors.append((self.target.system_at(url), shown.message if isinstance(shown, Error) else ""))

    def _watch(self, page: Page) -> None:
        page.on("crash", self._on_crash)
        page.on("framenavigated", self._on_navigated)
        page.on("domcontentloaded", self._on_whole)
        # A new tab is told of when its first document begins to come, and that may be whole already.
        self._show(page, page.url, whole=0.0)

    def _on_navigated(self, frame: Frame) -> None:
        if frame.parent_frame is None:
            self._show(frame.page, frame.url, whole=math.inf)

    def _show(self, tab: Page, url: str, whole: float) -> None:
        self._shown.append((len(self._documents), url))
        before = self._in_tab.get(tab, -1)
        place = url.partition("#")[0]
        for number in range(len(self._documents) - 1, before, -1):
            response = self._documents[number]
            if response.url == place and response.status not in _REDIRECTS:
                self._end(before)
                self._in_tab[tab], self._whole[number] = number, whole
                return
        # None that is new: the address has changed within the document.

    def _end(self, number: int) -> None:
        if self._whole.get(number) in (0.0, math.inf):
            self._whole[number] = time.time()

    def _on_whole(self, page: Page) -> None:
        self._end(self._in_tab.get(page, -1))

    def _on_crash(self, _: Page) -> None:
        self.crashed = True


def _is_document(request: Request) -> bool:
    """Whether the page itself is asked for: a frame within it, somebody's counter perhaps, says nothing of the way."""
    if not request.is_navigation_request():
        return False
    try:
        return request.frame.parent_frame is None
    except Error:
        # The first request of a new tab comes before its frame is known.
        return True
