"""A document is noticed when it begins to come, and read when it is whole, whichever it is of a tab's life."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Page
from playwright.sync_api import TimeoutError as WaitTimeout

from pages.documents import news_so_far, wait_for_news, wait_until_whole

pytestmark = pytest.mark.browser

_LIMIT_S, _HELD_S = 10, 40


@dataclass
class Site:
    """Sends the first half of a document at once, and the second when it is told to."""

    url: str
    rest: threading.Event = field(default_factory=threading.Event)

    def visit(self, page: Page, path: str) -> None:
        self.rest.clear()
        page.goto(f"{self.url}/{path}", wait_until="commit")
        page.get_by_role("heading", name=path).wait_for()


@pytest.fixture
def site() -> Iterator[Site]:
    class Halves(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(f"<!doctype html><h1>{self.path.strip('/')}</h1>".encode())
            served.rest.wait(_HELD_S)
            self.wfile.write(b"<p>the rest</p>")

        def log_message(self, *_: object) -> None:
            """Nothing to standard error."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Halves) as server:
        served = Site(f"http://127.0.0.1:{server.server_port}")
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        try:
            yield served
        finally:
            served.rest.set()
            server.shutdown()
            serving.join()


@pytest.fixture
def page(page: Page) -> Page:
    page.set_default_timeout(_LIMIT_S * 1000)
    return page


def refuse_to_wait(page: Page) -> None:
    page.set_default_timeout(200)
    with pytest.raises(WaitTimeout):
        wait_until_whole(page)
    page.set_default_timeout(_LIMIT_S * 1000)


def test_half_a_page_is_not_taken_for_all_of_it(page: Page, site: Site) -> None:
    site.visit(page, "first")
    refuse_to_wait(page)

    site.rest.set()
    wait_until_whole(page)

    assert page.get_by_text("the rest").is_visible()


def test_that_the_last_document_was_whole_says_nothing_of_the_next(page: Page, site: Site) -> None:
    site.visit(page, "first")
    site.rest.set()
    wait_until_whole(page)

    site.visit(page, "second")

    refuse_to_wait(page)


@pytest.fixture
def whole(page: Page, site: Site) -> Page:
    """A tab at its second document, whose events have been followed from its beginning to its end."""
    for path in ("first", "second"):
        site.visit(page, path)
        site.rest.set()
        wait_until_whole(page)
    page.get_by_text("the rest").wait_for()
    return page


def asked(page: Page, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether Playwright has to be asked."""
    asked = []
    with monkeypatch.context() as patched:
        patched.setattr(Page, "wait_for_load_state", lambda *_, **__: asked.append(True))
        wait_until_whole(page)
    return bool(asked)


def test_what_the_events_of_a_page_have_told_is_not_asked_again(whole: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not asked(whole, monkeypatch)


def test_a_frame_within_a_page_changes_nothing(whole: Page, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    with whole.expect_event("framenavigated"):
        whole.evaluate("() => document.body.append(document.createElement('iframe'))")
        whole.evaluate("url => { document.querySelector('iframe').src = url }", f"{site.url}/frame")

    assert not asked(whole, monkeypatch)


def test_a_move_within_a_document_is_asked_about(whole: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    with whole.expect_event("framenavigated"):
        whole.evaluate("() => history.pushState({}, '', '/elsewhere')")

    assert asked(whole, monkeypatch)
    wait_until_whole(whole)


def waited(page: Page, so_far: int, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether news is waited for."""
    waited = []
    with monkeypatch.context() as patched:
        patched.setattr(Page, "wait_for_event", lambda *_, **__: waited.append(True))
        wait_for_news(page, so_far, 1)
    return bool(waited)


def seconds(wait: Callable[[], None]) -> float:
    started = time.monotonic()
    wait()
    return time.monotonic() - started


def test_a_document_that_has_come_meanwhile_is_not_waited_for(
    page: Page, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    so_far = news_so_far(page)
    assert waited(page, so_far, monkeypatch)

    site.visit(page, "first")

    assert not waited(page, so_far, monkeypatch)


def test_a_document_is_noticed_before_it_is_whole(whole: Page, site: Site) -> None:
    site.rest.clear()
    so_far = news_so_far(whole)
    whole.evaluate("url => { setTimeout(() => { location.href = url }) }", f"{site.url}/third")

    assert seconds(lambda: wait_for_news(whole, so_far, _HELD_S * 1000)) < _LIMIT_S
    refuse_to_wait(whole)


def test_the_end_of_a_document_is_news_as_well(page: Page, site: Site) -> None:
    news_so_far(page)
    site.visit(page, "first")
    so_far = news_so_far(page)
    threading.Timer(0.1, site.rest.set).start()

    assert seconds(lambda: wait_for_news(page, so_far, _HELD_S * 1000)) < _LIMIT_S
    assert page.get_by_text("the rest").is_visible()


def test_no_document_is_waited_for_longer_than_said(whole: Page) -> None:
    assert seconds(lambda: wait_for_news(whole, news_so_far(whole), 1)) < _LIMIT_S / 2


def test_a_frame_is_no_document_of_the_tab(whole: Page, site: Site) -> None:
    so_far = news_so_far(whole)
    whole.evaluate(
        """url => setTimeout(() => {
            const frame = document.createElement('iframe');
            frame.src = url;
            document.body.append(frame);
        })""",
        f"{site.url}/frame",
    )

    # Its navigations are heard of within the time, and end no wait.
    assert seconds(lambda: wait_for_news(whole, so_far, 1000)) >= 1
    assert [frame.url for frame in whole.frames[1:]] == [f"{site.url}/frame"]
    assert news_so_far(whole) == so_far
