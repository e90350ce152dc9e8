"""What is made of what Playwright tells; that it tells it so is shown by the journeys."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any
from unittest.mock import create_autospec

import pytest
from playwright.sync_api import BrowserContext, Page, Request, Response

from journeys.result import SecurityDetails
from journeys.system import System
from journeys.target import Target
from synthetic.recorder import Document, FailedRequest, Recorder

TARGET = Target("stage", "https://nmo.example", "https://gosuslugi.example", "https://esia.example")


class Site:
    """A browser context that tells a recorder what a test says; the clock stands at ``now``."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        monkeypatch.setattr("synthetic.recorder.time", SimpleNamespace(time=lambda: self.now))
        self._heard: dict[str, Callable[[Any], None]] = {}
        context = create_autospec(BrowserContext, instance=True)
        context.pages = []
        context.on.side_effect = self._heard.__setitem__
        self.recorder = Recorder(context, TARGET)

    def open_tab(self, url: str = "about:blank") -> "Tab":
        """A tab that is at an address already when it is told of."""
        heard: dict[str, Callable[[Any], None]] = {}
        page = create_autospec(Page, instance=True)
        page.on.side_effect = heard.__setitem__
        page.url = url
        self._heard["page"](page)
        return Tab(page, heard)

    def ask(self, url: str, kind: str = "document") -> Any:
        request = create_autospec(Request, instance=True)
        request.url, request.resource_type, request.headers = url, kind, {}
        request.failure = None
        request.is_navigation_request.return_value = kind == "document"
        request.frame.parent_frame = None
        self._heard["request"](request)
        return request

    def answer(self, request: Any, status: int = 200, *, started: float = 1000.0, first_byte_ms: float = 20) -> Any:
        response = create_autospec(Response, instance=True)
        response.request, response.url, response.status, response.headers = request, request.url, status, {}
        response.security_details.return_value = {"protocol": "TLS 1.3", "issuer": "R11", "validTo": 2000.0}
        request.timing = {"startTime": started * 1000, "responseStart": first_byte_ms}
        self._heard["response"](response)
        return response

    def fail(self, request: Any, error: str) -> None:
        request.failure = error
        self._heard["requestfailed"](request)


@dataclass
class Tab:
    """A tab of the context."""

    page: Any
    heard: dict[str, Callable[[Any], None]]

    def go(self, url: str, within: Any = None) -> None:
        """To another address, or a frame within it."""
        self.heard["framenavigated"](SimpleNamespace(page=self.page, url=url, parent_frame=within))

    def end(self) -> None:
        """The document that is shown has come to its end."""
        self.heard["domcontentloaded"](self.page)


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Site:
    return Site(monkeypatch)


def test_documents_come_in_the_order_in_which_they_began(site: Site) -> None:
    first, second = site.ask("https://nmo.example/"), site.ask("https://esia.example/login")
    site.answer(second, 302, started=1002.0)
    site.answer(first, started=1001.0)
    told = [(document.system, document.status, document.started) for document in site.recorder.documents()]
    assert told == [(System.NMO, 200, 1001.0), (System.ESIA, 302, 1002.0)]


def test_a_document_that_is_cut_off_while_it_comes_is_the_last_one(site: Site) -> None:
    """With the time at which it was asked for, which Playwright hears of before Chromium begins with it, the loss came
    before the answer, and the site was blamed for what the network had done."""
    request = site.ask("https://nmo.example/")
    site.answer(request, started=1000.5)
    site.now = 1001.0
    site.fail(request, "net::ERR_CONTENT_LENGTH_MISMATCH")
    came, lost = site.recorder.documents()
    assert (came.status, came.error) == (200, None)
    assert (lost.status, lost.error, lost.started) == (0, "ERR_CONTENT_LENGTH_MISMATCH", 1001.0)


def test_a_document_is_read_again_until_it_is_known_when_it_began_to_come(site: Site) -> None:
    request = site.ask("https://nmo.example/")
    site.answer(request, first_byte_ms=-1)
    assert [document.duration_s for document in site.recorder.documents()] == [0]
    request.timing["responseStart"] = 30
    assert [document.duration_s for document in site.recorder.documents()] == [0.03]
    request.timing["responseStart"] = 5000
    assert [document.duration_s for document in site.recorder.documents()] == [0.03]


def test_what_a_page_asked_for_and_did_not_get(site: Site) -> None:
    script = site.ask("https://nmo.example/app.js", "script")
    call = site.ask("https://nmo.example/api", "xhr")
    image = site.ask("https://nmo.example/logo.png", "image")
    counter = site.ask("https://counter.example/hit", "xhr")
    left = site.ask("https://nmo.example/slow.css", "stylesheet")
    page = site.ask("https://nmo.example/")
    site.answer(call, 404)
    site.answer(image, 200)
    site.answer(page, 500)
    site.answer(script, 500)
    site.fail(script, "net::ERR_CONNECTION_RESET")
    site.fail(counter, "net::ERR_NAME_NOT_RESOLVED")
    site.fail(left, "net::ERR_ABORTED")
    assert site.recorder.failed_requests() == [
        FailedRequest("https://nmo.example/api", System.NMO, "xhr", "404"),
        FailedRequest("https://nmo.example/app.js", System.NMO, "script", "500"),
        FailedRequest("https://nmo.example/app.js", System.NMO, "script", "ERR_CONNECTION_RESET"),
    ]


def test_what_was_asked_for_and_never_came(site: Site) -> None:
    came, lost, left = (site.ask(f"https://nmo.example/{name}") for name in ("came", "lost", "left"))
    site.ask("https://nmo.example/never")
    site.ask("https://nmo.example/never.js", "script")
    site.answer(came)
    site.fail(lost, "net::ERR_CONNECTION_REFUSED")
    site.fail(left, "net::ERR_ABORTED")
    assert [document.url for document in site.recorder.unanswered()] == ["https://nmo.example/never"]


def test_security_details_are_those_of_the_documents_that_came(site: Site) -> None:
    site.answer(site.ask("https://nmo.example/"))
    site.answer(site.ask("https://esia.example/logo.png", "image"))
    site.ask("https://gosuslugi.example/")
    told = SecurityDetails("TLS 1.3", issuer="R11", not_after=2000.0)
    assert site.recorder.security() == {"nmo.example": told}


CODE = "https://nmo.example/cabinet#code=1"


def shown_since(site: Site, document: Document) -> list[str]:
    return [address.url for address in site.recorder.shown_since(document)]


def test_addresses_are_those_that_were_shown_since_a_document_came(site: Site) -> None:
    tab = site.open_tab()
    site.answer(site.ask("https://esia.example/login"), started=1000.0)
    tab.go("https://esia.example/login")
    site.answer(site.ask("https://nmo.example/callback?code=1"), 303, started=1001.0)
    site.answer(site.ask("https://nmo.example/cabinet"), started=1002.0)
    tab.go(CODE)
    tab.go("https://counter.example/frame", within=object())
    tab.go("https://nmo.example/plan")
    _, returned, cabinet = site.recorder.documents()
    assert shown_since(site, returned) == ["https://nmo.example/cabinet", CODE, "https://nmo.example/plan"]
    assert shown_since(site, cabinet) == [CODE, "https://nmo.example/plan"]
    assert {address.system for address in site.recorder.shown_since(returned)} == {System.NMO}


def test_a_new_tab_may_be_there_already_when_it_is_told_of(site: Site) -> None:
    site.answer(site.ask("https://nmo.example/callback?code=1"), 303, started=1001.0)
    site.answer(site.ask("https://nmo.example/cabinet"), started=1002.0)
    site.open_tab(CODE)
    returned, _ = site.recorder.documents()
    assert CODE in shown_since(site, returned)


def test_a_new_tab_may_have_left_its_first_page_when_it_is_told_of(site: Site) -> None:
    site.answer(site.ask("https://nmo.example/callback?code=1"), 303, started=1001.0)
    site.answer(site.ask("https://nmo.example/first?code=1"), started=1002.0)
    site.answer(site.ask("https://nmo.example/cabinet"), started=1003.0)
    site.open_tab("https://nmo.example/cabinet")
    returned, *_ = site.recorder.documents()
    assert "https://nmo.example/first?code=1" in shown_since(site, returned)


def test_nothing_was_shown_since_a_document_that_never_came(site: Site) -> None:
    site.fail(site.ask("https://nmo.example/callback?code=1"), "net::ERR_CONNECTION_RESET")
    site.open_tab("https://nmo.example/")
    (lost,) = site.recorder.documents()
    assert site.recorder.shown_since(lost) == []


def whole(site: Site) -> list[float]:
    return [document.whole for document in site.recorder.documents()]


def test_a_document_is_whole_when_its_tab_says_so(site: Site) -> None:
    tab = site.open_tab()
    site.answer(site.ask("https://nmo.example/old"), 302, started=1000.0)
    site.answer(site.ask("https://nmo.example/cabinet"), started=1001.0)
    assert whole(site) == [0, 0]
    tab.go("https://nmo.example/cabinet")
    assert whole(site) == [0, math.inf]
    site.now = 1003.0
    tab.end()
    site.now = 1004.0
    tab.end()
    assert whole(site) == [0, 1003.0]


def test_an_address_that_changes_while_a_document_comes_is_still_its_own(site: Site) -> None:
    tab = site.open_tab()
    site.answer(site.ask("https://nmo.example/cabinet"), 302, started=1000.0)
    site.answer(site.ask("https://nmo.example/callback?code=1"), started=1001.0)
    tab.go("https://nmo.example/callback?code=1")
    tab.go("https://nmo.example/cabinet")
    tab.end()
    assert whole(site) == [0, 1000.0]


def test_a_redirect_is_shown_by_no_tab(site: Site) -> None:
    tab = site.open_tab()
    site.answer(site.ask("https://nmo.example/cabinet"), started=1000.0)
    tab.go("https://nmo.example/cabinet")
    site.answer(site.ask("https://nmo.example/plan"), 302, started=1001.0)
    tab.go("https://nmo.example/plan")
    assert whole(site) == [math.inf, 0]


def test_a_document_that_is_left_is_no_longer_coming(site: Site) -> None:
    tab = site.open_tab()
    for began in (1000.0, 1001.0):
        site.now = began
        site.answer(site.ask("https://nmo.example/cabinet"), started=began)
        tab.go("https://nmo.example/cabinet")
    assert whole(site) == [1001.0, math.inf]


def test_each_tab_has_a_document_of_its_own(site: Site) -> None:
    first, second = site.open_tab(), site.open_tab()
    for tab, host in ((first, "nmo"), (second, "gosuslugi")):
        site.answer(site.ask(f"https://{host}.example/profile"))
        tab.go(f"https://{host}.example/profile")
    first.end()
    assert whole(site) == [1000.0, math.inf]


def test_of_a_tab_that_was_opened_with_its_document_it_is_not_known_when_that_was_whole(site: Site) -> None:
    site.answer(site.ask("https://nmo.example/cabinet"))
    tab = site.open_tab("https://nmo.example/cabinet")
    assert whole(site) == [0]
    tab.end()
    assert whole(site) == [1000.0]


def test_what_no_tab_shows_is_never_whole(site: Site) -> None:
    tab = site.open_tab()
    site.answer(site.ask("https://nmo.example/cabinet"))
    tab.go("https://nmo.example/cabinet")
    site.answer(site.ask("https://nmo.example/certificate.pdf"))
    site.fail(site.ask("https://nmo.example/lost"), "net::ERR_CONNECTION_RESET")
    tab.end()
    assert sorted(whole(site)) == [0, 0, 1000.0]


def test_that_a_document_is_whole_makes_no_other_of_it(site: Site) -> None:
    tab = site.open_tab()
    site.answer(site.ask("https://nmo.example/cabinet"))
    tab.go("https://nmo.example/cabinet")
    (before,) = site.recorder.documents()
    tab.end()
    (after,) = site.recorder.documents()
    assert (before.whole, after.whole) == (math.inf, 1000.0)
    assert shown_since(site, before) == ["https://nmo.example/cabinet"]
