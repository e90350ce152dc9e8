from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from playwright.sync_api import Error as BrowserError
from playwright.sync_api import TimeoutError as WaitTimeout

from journeys.cause import SYSTEMS_OF, Cause
from journeys.inbox import CodeNotDelivered, InboxUnreachable
from journeys.journey import Step
from journeys.system import SITES, System
from journeys.visit import OutcomeError
from pages.alert import Alert
from pages.screen import (
    BlankPage,
    ConnectionFailed,
    ElementMissing,
    ErrorShown,
    HttpError,
    NeverReady,
    PageError,
    UnexpectedScreen,
    Unfinished,
)
from synthetic.diagnosis import Observed, broken, diagnose
from synthetic.recorder import Document, FailedRequest

NMO, GOSUSLUGI, ESIA = System.NMO, System.GOSUSLUGI, System.ESIA
NETWORK, MONITOR = System.NETWORK, System.MONITOR
STEP = Step("sign in", ESIA, 5, act=lambda visit: None, timeout_s=10)
URL = "https://esia.example/login"


def observed(error: BaseException, system: System | None = ESIA, **more: Any) -> Observed:
    return Observed(error, STEP, system, **more)


def document(url: str = URL, status: int = 200, error: str | None = None, system: System | None = ESIA) -> Document:
    return Document(url, system, status, 0.0, 0.1, error)


def lost(error: str, system: System | None = NMO) -> Document:
    return document("https://nmo.example/callback?code=s3cr3t", 0, error, system)


def shown(text: str, code: str | None = None) -> ErrorShown:
    return ErrorShown(f"the screen says «{text}»", code)


def request(kind: str, system: System | None = ESIA) -> FailedRequest:
    return FailedRequest("https://esia.example/static/code.js?v=1", system, kind, "404")


AC = "https://esia.example/aas/oauth2/v2/ac?client_id=PORTAL&redirect_uri=https%3A%2F%2Fnmo.example&state={}"
BACK = "https://nmo.example/callback?code=abc&state={}"
REFUSED = "https://nmo.example/callback?error=access_denied&state={}"
WRONG_STATE = (document(AC.format("one"), 302), document(BACK.format("two"), 303, system=NMO))
CABINET = document("https://nmo.example/cabinet", system=NMO)
SOUGHT = WaitTimeout(
    "Locator.click: Timeout 3000ms exceeded.\nCall log:\n"
    '  - waiting for get_by_role("button", name="Войти", exact=True)\n'
)
TIMEOUT = WaitTimeout("Timeout 10000ms exceeded.")
CLOSED = BrowserError("Page.click: Target page, context or browser has been closed")


@dataclass(frozen=True)
class Case:
    """What was observed, and what must come of it."""

    error: BaseException
    blamed: tuple[System, Cause, str | None]
    system: System | None = ESIA
    more: dict[str, Any] = field(default_factory=dict)


CASES = {
    # The browser itself.
    "tab crashed": Case(TIMEOUT, (MONITOR, Cause.BROWSER_DIED, None), more={"crashed": True}),
    "browser closed": Case(CLOSED, (MONITOR, Cause.BROWSER_DIED, None)),
    # A tab alone: the browser lives, so it was the site.
    "tab closed": Case(CLOSED, (NMO, Cause.UNEXPECTED_SCREEN, None), NMO, more={"closed": True}),
    # Under a wait for an event, which is no call to the driver.
    "driver died": Case(
        BrowserError("Page.wait_for_event: Playwright connection closed"), (MONITOR, Cause.BROWSER_DIED, None)
    ),
    "target crashed": Case(BrowserError("Target crashed"), (MONITOR, Cause.BROWSER_DIED, None)),
    "a timeout that mentions closing": Case(WaitTimeout("Timeout: page has been closed"), (ESIA, Cause.TIMEOUT, None)),
    # The inbox.
    "inbox unreachable": Case(InboxUnreachable("no answer"), (MONITOR, Cause.INBOX_UNREACHABLE, None)),
    "no code": Case(CodeNotDelivered("none in 30 s"), (System.DELIVERY, Cause.CODE_NOT_DELIVERED, None)),
    # What a step found.
    "an outcome": Case(OutcomeError(NMO, Cause.DATA_MISMATCH, "they differ", "D-1"), (NMO, Cause.DATA_MISMATCH, "D-1")),
    # The network.
    "name": Case(
        BrowserError("net::ERR_NAME_NOT_RESOLVED at https://x"),
        (NETWORK, Cause.DNS_FAILURE, "ERR_NAME_NOT_RESOLVED"),
    ),
    "refused": Case(
        BrowserError("net::ERR_CONNECTION_REFUSED at https://x"),
        (NETWORK, Cause.UNREACHABLE, "ERR_CONNECTION_REFUSED"),
    ),
    "a net error that nobody knows": Case(
        BrowserError("net::ERR_SOMETHING_NEW at https://x"), (NMO, Cause.ERROR_SCREEN, "ERR_SOMETHING_NEW"), NMO
    ),
    "a body that cannot be read": Case(
        BrowserError("net::ERR_CONTENT_DECODING_FAILED"),
        (NMO, Cause.ERROR_SCREEN, "ERR_CONTENT_DECODING_FAILED"),
        NMO,
    ),
    "no proxy that the browser knows": Case(
        BrowserError("net::ERR_NO_SUPPORTED_PROXIES"), (MONITOR, Cause.NO_NETWORK, "ERR_NO_SUPPORTED_PROXIES"), NMO
    ),
    "a stream that a server refused": Case(
        BrowserError("net::ERR_HTTP2_SERVER_REFUSED_STREAM"),
        (NETWORK, Cause.CONNECTION_DROPPED, "ERR_HTTP2_SERVER_REFUSED_STREAM"),
        NMO,
    ),
    "blocked by the site's own headers": Case(
        BrowserError("net::ERR_BLOCKED_BY_RESPONSE"), (NMO, Cause.ERROR_SCREEN, "ERR_BLOCKED_BY_RESPONSE"), NMO
    ),
    "out of memory": Case(
        BrowserError("net::ERR_OUT_OF_MEMORY"), (MONITOR, Cause.MONITOR_ERROR, "ERR_OUT_OF_MEMORY"), NMO
    ),
    "no way out": Case(
        BrowserError("net::ERR_INTERNET_DISCONNECTED"),
        (MONITOR, Cause.NO_NETWORK, "ERR_INTERNET_DISCONNECTED"),
    ),
    "proxy": Case(
        BrowserError("net::ERR_PROXY_CONNECTION_FAILED"),
        (MONITOR, Cause.NO_NETWORK, "ERR_PROXY_CONNECTION_FAILED"),
    ),
    "tunnel": Case(
        BrowserError("net::ERR_TUNNEL_CONNECTION_FAILED"),
        (MONITOR, Cause.NO_NETWORK, "ERR_TUNNEL_CONNECTION_FAILED"),
    ),
    "tunnel to one site of several": Case(
        BrowserError("net::ERR_TUNNEL_CONNECTION_FAILED"),
        (NETWORK, Cause.UNREACHABLE, "ERR_TUNNEL_CONNECTION_FAILED"),
        more={"documents": (document(), lost("ERR_TUNNEL_CONNECTION_FAILED"))},
    ),
    "tunnel to no site": Case(
        BrowserError("net::ERR_TUNNEL_CONNECTION_FAILED"),
        (MONITOR, Cause.NO_NETWORK, "ERR_TUNNEL_CONNECTION_FAILED"),
        more={"documents": (lost("ERR_TUNNEL_CONNECTION_FAILED"),)},
    ),
    "certificate": Case(
        BrowserError("net::ERR_CERT_AUTHORITY_INVALID"),
        (NETWORK, Cause.TLS_ERROR, "ERR_CERT_AUTHORITY_INVALID"),
    ),
    "ciphers": Case(
        BrowserError("net::ERR_SSL_VERSION_OR_CIPHER_MISMATCH"),
        (NETWORK, Cause.TLS_ERROR, "ERR_SSL_VERSION_OR_CIPHER_MISMATCH"),
    ),
    "reset": Case(
        BrowserError("net::ERR_CONNECTION_RESET"), (NETWORK, Cause.CONNECTION_DROPPED, "ERR_CONNECTION_RESET")
    ),
    "the browser's own page": Case(
        ConnectionFailed("could not load", "ERR_EMPTY_RESPONSE"),
        (NETWORK, Cause.CONNECTION_DROPPED, "ERR_EMPTY_RESPONSE"),
        system=None,
    ),
    "a protocol error is no certificate's": Case(
        BrowserError("net::ERR_HTTP2_PROTOCOL_ERROR at https://x"),
        (NETWORK, Cause.CONNECTION_DROPPED, "ERR_HTTP2_PROTOCOL_ERROR"),
    ),
    "an answer that is none": Case(
        BrowserError("net::ERR_INVALID_HTTP_RESPONSE"),
        (NETWORK, Cause.CONNECTION_DROPPED, "ERR_INVALID_HTTP_RESPONSE"),
    ),
    "a protocol error of TLS": Case(
        BrowserError("net::ERR_SSL_PROTOCOL_ERROR"), (NETWORK, Cause.TLS_ERROR, "ERR_SSL_PROTOCOL_ERROR")
    ),
    "a certificate that has ended": Case(
        BrowserError("net::ERR_CERT_DATE_INVALID"), (NETWORK, Cause.CERTIFICATE_EXPIRED, "ERR_CERT_DATE_INVALID")
    ),
    "a certificate that is another host's": Case(
        BrowserError("net::ERR_CERT_COMMON_NAME_INVALID"),
        (NETWORK, Cause.CERTIFICATE_WRONG_HOST, "ERR_CERT_COMMON_NAME_INVALID"),
    ),
    "a certificate that is invalid": Case(
        BrowserError("net::ERR_CERT_INVALID"), (NETWORK, Cause.TLS_ERROR, "ERR_CERT_INVALID")
    ),
    "a certificate that ended on the way": Case(
        TIMEOUT,
        (NETWORK, Cause.CERTIFICATE_EXPIRED, "ERR_CERT_DATE_INVALID"),
        more={"documents": (document(), lost("ERR_CERT_DATE_INVALID"))},
    ),
    "the last document was lost": Case(
        TIMEOUT,
        (NETWORK, Cause.UNREACHABLE, "ERR_CONNECTION_TIMED_OUT"),
        more={"documents": (document(), lost("ERR_CONNECTION_TIMED_OUT"))},
    ),
    "an earlier document was lost": Case(
        TIMEOUT, (ESIA, Cause.TIMEOUT, None), more={"documents": (lost("ERR_CONNECTION_RESET"), document())}
    ),
    "redirect loop": Case(
        BrowserError("net::ERR_TOO_MANY_REDIRECTS at https://nmo.example"),
        (NMO, Cause.REDIRECT_LOOP, "ERR_TOO_MANY_REDIRECTS"),
        more={"documents": (lost("ERR_TOO_MANY_REDIRECTS"),)},
    ),
    "redirect loop nowhere": Case(
        BrowserError("net::ERR_TOO_MANY_REDIRECTS"),
        (ESIA, Cause.REDIRECT_LOOP, "ERR_TOO_MANY_REDIRECTS"),
        system=None,
    ),
    # The handover.
    "wrong state": Case(
        shown("Ошибка", "NMO-101"),
        (ESIA, Cause.STATE_MISMATCH, "NMO-101"),
        system=NMO,
        more={"documents": (document(AC.format("one")), document(BACK.format("two"), system=NMO))},
    ),
    "wrong state with a refusal": Case(
        TIMEOUT,
        (ESIA, Cause.STATE_MISMATCH, None),
        more={"documents": (document(AC.format("one")), document(REFUSED.format("two"), system=NMO))},
    ),
    "wrong state in the second round": Case(
        TIMEOUT,
        (ESIA, Cause.STATE_MISMATCH, None),
        more={
            "documents": (
                document(AC.format("one")),
                document(BACK.format("one"), system=NMO),
                document(AC.format("two")),
                document(BACK.format("one"), system=NMO),
            )
        },
    ),
    "wrong state, and the portal shows an error elsewhere": Case(
        shown("Ошибка", "NMO-101"),
        (ESIA, Cause.STATE_MISMATCH, "NMO-101"),
        system=NMO,
        more={"documents": (*WRONG_STATE, document("https://nmo.example/error", 400, system=NMO))},
    ),
    "wrong state, and the portal begins anew": Case(
        UnexpectedScreen("«Вход» is shown instead"),
        (ESIA, Cause.STATE_MISMATCH, None),
        more={"documents": (*WRONG_STATE, document(AC.format("three"), 302), document())},
    ),
    "wrong state that the portal took, and its next page is blank": Case(
        BlankPage("the page is blank"),
        (NMO, Cause.BLANK_PAGE, None),
        system=NMO,
        more={"documents": (*WRONG_STATE, CABINET)},
    ),
    "wrong state that the portal took, and a gateway that fails": Case(
        HttpError("«502 Bad Gateway»", "502"),
        (NMO, Cause.HTTP_ERROR, "502"),
        system=NMO,
        more={"documents": (*WRONG_STATE, document("https://nmo.example/cabinet", 502, system=NMO))},
    ),
    "wrong state that the portal took, and works on it": Case(
        shown("Ведутся технические работы"),
        (NMO, Cause.MAINTENANCE, None),
        system=NMO,
        more={"documents": (*WRONG_STATE, document("https://nmo.example/cabinet", 503, system=NMO))},
    ),
    "wrong state that the portal took, and an error three pages later": Case(
        shown("Сбой", "NMO-5020"),
        (NMO, Cause.HTTP_ERROR, "NMO-5020"),
        system=NMO,
        more={"documents": (*WRONG_STATE, CABINET, CABINET, document("https://nmo.example/plan", 502, system=NMO))},
    ),
    "right state": Case(
        shown("Ошибка", "NMO-101"),
        (NMO, Cause.HANDOVER_FAILED, "NMO-101"),
        system=NMO,
        more={"documents": (document(AC.format("one")), document(BACK.format("one"), system=NMO))},
    ),
    "a state that came back is done with": Case(
        TIMEOUT,
        (ESIA, Cause.TIMEOUT, None),
        more={
            "documents": (
                document(AC.format("one")),
                document(BACK.format("one"), system=NMO),
                document(BACK.format("two"), system=NMO),
            )
        },
    ),
    "a state that nobody sent": Case(
        TIMEOUT, (ESIA, Cause.TIMEOUT, None), more={"documents": (document(BACK.format("two"), system=NMO),)}
    ),
    # What a screen says.
    "credentials": Case(shown("Неверные логин или пароль"), (ESIA, Cause.CREDENTIALS_REJECTED, None)),
    "locked": Case(shown("Вход временно заблокирован"), (ESIA, Cause.ACCOUNT_LOCKED, None)),
    "wrong code": Case(shown("Неверный код"), (ESIA, Cause.SECOND_FACTOR_REJECTED, None)),
    "late code": Case(shown("Срок действия кода истёк"), (ESIA, Cause.SECOND_FACTOR_REJECTED, None)),
    "locked, on a host of no site, with ЕСИА the last": Case(
        shown("Вход временно заблокирован"), (ESIA, Cause.ACCOUNT_LOCKED, None), None, {"documents": (document(),)}
    ),
    "another password than ЕСИА's": Case(shown("Неверные логин или пароль"), (NMO, Cause.ERROR_SCREEN, None), NMO),
    "an address that a portal locks out": Case(
        shown("Доступ с вашего IP-адреса заблокирован"), (NMO, Cause.ERROR_SCREEN, None), NMO
    ),
    "a code that a portal sent": Case(
        shown("Срок действия кода из письма истёк"), (NMO, Cause.ERROR_SCREEN, None), NMO
    ),
    "a code for a change": Case(shown("Неверный код подтверждения."), (GOSUSLUGI, Cause.ERROR_SCREEN, None), GOSUSLUGI),
    "a password of Госуслуги": Case(
        shown("Срок действия пароля истёк", "EPGU-1001"),
        (GOSUSLUGI, Cause.HANDOVER_FAILED, "EPGU-1001"),
        GOSUSLUGI,
    ),
    "unconfirmed": Case(
        shown("Запись не подтверждена", "ESIA-007055"), (ESIA, Cause.ACCOUNT_UNCONFIRMED, "ESIA-007055"), NMO
    ),
    "ESIA's own failure": Case(shown("Сбой", "ESIA-500"), (ESIA, Cause.HTTP_ERROR, "ESIA-500"), NMO),
    "the portal's own failure": Case(shown("Сбой", "NMO-503"), (NMO, Cause.HTTP_ERROR, "NMO-503")),
    "Госуслуги's own failure": Case(shown("Сбой", "EPGU-500"), (GOSUSLUGI, Cause.HTTP_ERROR, "EPGU-500")),
    "another code of ЕСИА": Case(shown("Ошибка", "ESIA-007061"), (ESIA, Cause.HANDOVER_FAILED, "ESIA-007061"), NMO),
    "a code that ЕСИА refuses": Case(
        shown("ЕСИА не подтвердила вход (ESIA-007011)", "NMO-1002"), (ESIA, Cause.CODE_REJECTED, "ESIA-007011"), NMO
    ),
    "a request that ЕСИА refuses": Case(
        shown("Ошибка", "ESIA-007053"), (NMO, Cause.CLIENT_REJECTED, "ESIA-007053"), NMO
    ),
    "ЕСИА is overloaded": Case(shown("Ошибка", "ESIA-007008"), (ESIA, Cause.MAINTENANCE, "ESIA-007008"), GOSUSLUGI),
    "an answer that the portal cannot read": Case(
        shown("Ответ ЕСИА не удалось прочитать", "NMO-1005"), (ESIA, Cause.MALFORMED_ANSWER, "NMO-1005"), NMO
    ),
    "a handover of Госуслуги": Case(shown("Ошибка", "EPGU-101"), (GOSUSLUGI, Cause.HANDOVER_FAILED, "EPGU-101")),
    "an error that nobody knows": Case(shown("Ой"), (NMO, Cause.ERROR_SCREEN, None), NMO),
    "a code that nobody knows": Case(shown("Ой", "XYZ-123"), (NMO, Cause.ERROR_SCREEN, "XYZ-123"), NMO),
    "a bare error page": Case(HttpError("«502 Bad Gateway»", "502"), (ESIA, Cause.HTTP_ERROR, "502")),
    # The monitor's own proxy answers in the place of the site.
    "a proxy that refuses us, on its page": Case(
        HttpError("«407 Proxy Authentication Required»", "407"), (MONITOR, Cause.NO_NETWORK, "407")
    ),
    "a proxy that refuses us": Case(
        TIMEOUT, (MONITOR, Cause.NO_NETWORK, "407"), more={"documents": (document(), document(status=407))}
    ),
    "a proxy that refused us before": Case(
        TIMEOUT, (ESIA, Cause.TIMEOUT, None), more={"documents": (document(status=407), document())}
    ),
    "the status of the last document": Case(
        TIMEOUT,
        (NMO, Cause.HTTP_ERROR, "503"),
        more={"documents": (document(), document(status=503, system=NMO))},
    ),
    "the status of an earlier document": Case(
        TIMEOUT, (ESIA, Cause.TIMEOUT, None), more={"documents": (document(status=503), document())}
    ),
    # A page that came, and is lame.
    "a script did not load": Case(
        TIMEOUT, (ESIA, Cause.ASSET_UNAVAILABLE, "404"), more={"failed_requests": (request("script"),)}
    ),
    "a call failed": Case(
        TIMEOUT, (ESIA, Cause.ASSET_UNAVAILABLE, "404"), more={"failed_requests": (request("fetch"),)}
    ),
    "a picture did not load": Case(TIMEOUT, (ESIA, Cause.TIMEOUT, None), more={"failed_requests": (request("image"),)}),
    "a script of another site did not load": Case(
        TIMEOUT, (ESIA, Cause.TIMEOUT, None), more={"failed_requests": (request("script", NMO),)}
    ),
    "a script broke": Case(
        TIMEOUT, (ESIA, Cause.SCRIPT_ERROR, None), more={"script_errors": ((ESIA, "x is not defined"),)}
    ),
    "a script of another site broke": Case(
        TIMEOUT, (ESIA, Cause.TIMEOUT, None), more={"script_errors": ((NMO, "x is not defined"),)}
    ),
    # Screens.
    "blank": Case(BlankPage("the page is blank"), (NMO, Cause.BLANK_PAGE, None), NMO),
    "another screen": Case(UnexpectedScreen("«Вход» is shown"), (NMO, Cause.UNEXPECTED_SCREEN, None), NMO),
    "ЕСИА asks for a proof": Case(
        UnexpectedScreen("«Подтвердите, что вы не робот» is shown instead"), (ESIA, Cause.CAPTCHA_REQUIRED, None)
    ),
    "another site asks for a proof": Case(
        UnexpectedScreen("«Подтвердите, что вы не робот» is shown instead"), (NMO, Cause.UNEXPECTED_SCREEN, None), NMO
    ),
    "ЕСИА does not return": Case(
        UnexpectedScreen("«Вход выполнен» is shown instead"),
        (ESIA, Cause.RETURN_MISSING, None),
        more={"documents": (document(AC.format("one")),)},
    ),
    "ЕСИА has returned before": Case(
        UnexpectedScreen("«Вход выполнен» is shown instead"),
        (ESIA, Cause.UNEXPECTED_SCREEN, None),
        more={"documents": (document(AC.format("one")), document(BACK.format("one"), system=NMO))},
    ),
    "something is missing": Case(ElementMissing("no button"), (NMO, Cause.ELEMENT_MISSING, None), NMO),
    "an element that an action waited for": Case(SOUGHT, (NMO, Cause.ELEMENT_MISSING, None), NMO),
    "it says that it is loading": Case(NeverReady("the page goes on loading"), (NMO, Cause.NEVER_READY, None), NMO),
    "too many requests": Case(HttpError("«429 Too Many Requests»", "429"), (NMO, Cause.RATE_LIMITED, "429"), NMO),
    "maintenance": Case(shown("Ведутся технические работы", "NMO-5030"), (NMO, Cause.MAINTENANCE, "NMO-5030"), NMO),
    "a document that was asked for and did not come": Case(
        UnexpectedScreen("«Портал» is shown instead"),
        (ESIA, Cause.TIMEOUT, None),
        NMO,
        {"unanswered": (document(status=0),)},
    ),
    "any other page error": Case(PageError("odd", "P-1"), (NMO, Cause.UNEXPECTED_SCREEN, "P-1"), NMO),
    "something does not end": Case(Unfinished("still «Выполняется»"), (NMO, Cause.UNEXPECTED_SCREEN, None), NMO),
    # Nowhere: the browser shows a page of its own, or none.
    "a screen nowhere is of the last site": Case(
        UnexpectedScreen("«Вход» is shown"),
        (GOSUSLUGI, Cause.UNEXPECTED_SCREEN, None),
        None,
        {"documents": (document(), document(system=GOSUSLUGI), document("https://counter.example", system=None))},
    ),
    "a screen nowhere at all is of the step's site": Case(
        BlankPage("the page is blank"), (ESIA, Cause.BLANK_PAGE, None), None
    ),
    "where the browser is goes before where it was": Case(
        BlankPage("the page is blank"), (NMO, Cause.BLANK_PAGE, None), NMO, {"documents": (document(),)}
    ),
    # A page that does not stay.
    "it went elsewhere while it was read": Case(
        BrowserError("Locator.inner_text: Execution context was destroyed, most likely because of a navigation"),
        (NMO, Cause.UNEXPECTED_SCREEN, None),
        NMO,
    ),
    "it went elsewhere while it was opened": Case(
        BrowserError("Page.goto: Navigation to https://x is interrupted by another navigation to https://y"),
        (NMO, Cause.UNEXPECTED_SCREEN, None),
        NMO,
    ),
    "it went elsewhere with an error": Case(
        BrowserError("Execution context was destroyed"),
        (NMO, Cause.HTTP_ERROR, "503"),
        more={"documents": (document(status=503, system=NMO),)},
    ),
    "timeout": Case(TIMEOUT, (GOSUSLUGI, Cause.TIMEOUT, None), GOSUSLUGI),
    # What else the screen shows, where something was awaited in vain.
    "a line of an error": Case(
        TIMEOUT, (ESIA, Cause.ERROR_SCREEN, None), more={"alert": Alert("Пароль уже был", error=True)}
    ),
    "a line of an error that is known": Case(
        TIMEOUT, (ESIA, Cause.ACCOUNT_LOCKED, None), more={"alert": Alert("Вход заблокирован", error=True)}
    ),
    "an error's code": Case(TIMEOUT, (NMO, Cause.HTTP_ERROR, "NMO-5001"), NMO, {"alert": Alert("Сбой", "NMO-5001")}),
    "an error's code, on a page with another status": Case(
        TIMEOUT,
        (NMO, Cause.ERROR_SCREEN, "NMO-7003"),
        NMO,
        {"alert": Alert("Сбой", "NMO-7003"), "documents": (document(status=400, system=NMO),)},
    ),
    "a line of an error in place of an element": Case(
        ElementMissing("no number"), (NMO, Cause.ERROR_SCREEN, None), NMO, {"alert": Alert("Не принято", error=True)}
    ),
    "a line of an error in place of a button": Case(
        SOUGHT, (NMO, Cause.ERROR_SCREEN, None), NMO, {"alert": Alert("Не принято", error=True)}
    ),
    "news": Case(TIMEOUT, (NMO, Cause.TIMEOUT, None), NMO, {"alert": Alert("5 декабря пройдут технические работы")}),
    "news beside a missing element": Case(
        SOUGHT, (NMO, Cause.ELEMENT_MISSING, None), NMO, {"alert": Alert("5 декабря пройдут технические работы")}
    ),
    "a refusal whose screen lacks something": Case(
        SOUGHT, (NMO, Cause.ELEMENT_MISSING, None), NMO, {"alert": Alert("Не найдена", "NMO-3001")}
    ),
    "an account that is not confirmed, on a screen that lacks something": Case(
        SOUGHT, (NMO, Cause.ELEMENT_MISSING, None), NMO, {"alert": Alert("Не подтверждена", "ESIA-007055")}
    ),
    "a password that has expired, on a form that lacks something": Case(
        SOUGHT, (ESIA, Cause.ELEMENT_MISSING, None), more={"alert": Alert("Срок действия пароля истёк", error=True)}
    ),
    "an error of before, while a document is on its way": Case(
        TIMEOUT,
        (ESIA, Cause.TIMEOUT, None),
        more={"alert": Alert("Неверный код", error=True), "unanswered": (document(status=0),)},
    ),
    "a line of an error beside another screen": Case(
        UnexpectedScreen("«Вход» is shown"),
        (NMO, Cause.UNEXPECTED_SCREEN, None),
        NMO,
        {"alert": Alert("Неверный код", error=True)},
    ),
    "a line of an error while the browser died": Case(
        TIMEOUT,
        (MONITOR, Cause.BROWSER_DIED, None),
        more={"alert": Alert("Неверный код", error=True), "crashed": True},
    ),
    "timeout nowhere": Case(TIMEOUT, (ESIA, Cause.TIMEOUT, None), None),
    # What we do not understand is never the target's fault.
    "a bug": Case(KeyError("nmo"), (MONITOR, Cause.MONITOR_ERROR, None), NMO),
    "an error of Playwright": Case(
        BrowserError("Locator.fill: Element is not an <input>"), (MONITOR, Cause.MONITOR_ERROR, None), NMO
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_who_is_at_fault(case: Case) -> None:
    failure = diagnose(observed(case.error, case.system, **case.more))
    assert (failure.system, failure.cause, failure.code) == case.blamed
    assert failure.step == STEP.name
    assert failure.message


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_a_diagnosis_can_be_counted(case: Case) -> None:
    """Every pair of system and cause has a Prometheus series of its own from the start, whatever the step exercises
    and wherever the browser is."""
    for exercised in (*SITES, System.REGISTRY, System.DELIVERY):
        step = replace(STEP, system=exercised)
        for place in (None, *SITES):
            failure = diagnose(replace(observed(case.error, place, **case.more), step=step))
            assert failure.system in SYSTEMS_OF[failure.cause], (exercised, place)


# Everything that could explain a failure at once: with each taken away, the next one speaks.
EVERYTHING: dict[str, Any] = {
    "documents": (
        document(AC.format("one")),
        document(BACK.format("two"), system=NMO),
        document(status=503),
        lost("ERR_CONNECTION_RESET"),
    ),
    "failed_requests": (request("script"),),
    "script_errors": ((ESIA, "x is not defined"),),
}


@pytest.mark.parametrize("seen", [{name: seen} for name, seen in EVERYTHING.items()] + [EVERYTHING])
@pytest.mark.parametrize("bug", [KeyError("nmo"), RuntimeError("expect() comes first"), FileNotFoundError("scan.png")])
def test_a_bug_is_the_monitors_whatever_else_was_seen(bug: Exception, seen: dict[str, Any]) -> None:
    failure = diagnose(observed(bug, **seen))

    assert (failure.system, failure.cause) == (MONITOR, Cause.MONITOR_ERROR)


def test_a_token_in_the_path_of_an_asset_is_not_told() -> None:
    opaque = FailedRequest("https://esia.example/s/5f2c9d8e7a6b4c3d2e1f0a9b/app.js", ESIA, "script", "404")

    failure = diagnose(observed(TIMEOUT, failed_requests=(opaque,)))

    assert "app.js did not load" in failure.message
    assert "5f2c9d8e" not in failure.message


def test_the_more_certain_explanation_wins() -> None:
    told = [diagnose(observed(shown("Неверный код"), crashed=True, **EVERYTHING)).cause]
    told.append(diagnose(observed(CodeNotDelivered("none"), **EVERYTHING)).cause)
    told.append(diagnose(observed(OutcomeError(NMO, Cause.WRONG_ACCOUNT, "who?"), **EVERYTHING)).cause)
    left = dict(EVERYTHING)
    told.append(diagnose(observed(shown("Неверный код"), **left)).cause)
    left["documents"] = EVERYTHING["documents"][:2]
    told.append(diagnose(observed(shown("Неверный код"), **left)).cause)
    left["documents"] = EVERYTHING["documents"][2:3]
    told.append(diagnose(observed(shown("Неверный код"), **left)).cause)
    told.append(diagnose(observed(BlankPage("blank"), **left)).cause)
    left["documents"] = ()
    told.append(diagnose(observed(BlankPage("blank"), **left)).cause)
    left["failed_requests"] = ()
    told.append(diagnose(observed(BlankPage("blank"), **left)).cause)
    left["script_errors"] = ()
    told.append(diagnose(observed(BlankPage("blank"), **left)).cause)
    assert told == [
        Cause.BROWSER_DIED,
        Cause.CODE_NOT_DELIVERED,
        Cause.WRONG_ACCOUNT,
        Cause.CONNECTION_DROPPED,
        Cause.STATE_MISMATCH,
        Cause.SECOND_FACTOR_REJECTED,
        Cause.HTTP_ERROR,
        Cause.ASSET_UNAVAILABLE,
        Cause.SCRIPT_ERROR,
        Cause.BLANK_PAGE,
    ]


def test_a_lost_document_is_named_by_its_host_and_not_by_its_address() -> None:
    failure = diagnose(observed(TIMEOUT, documents=(lost("ERR_CONNECTION_RESET"),)))
    assert failure.message == "the connection was dropped: nmo (nmo.example)"


def test_an_address_outside_the_federation_is_the_place_the_browser_was_at() -> None:
    failure = diagnose(observed(TIMEOUT, NMO, documents=(lost("ERR_TOO_MANY_REDIRECTS", system=None),)))
    assert failure.system is NMO


@pytest.mark.parametrize("exercised", [System.REGISTRY, System.DELIVERY])
def test_what_has_no_pages_is_not_the_place_of_a_screen(exercised: System) -> None:
    """A blank page is never the registry's: the portal is what a person looks at meanwhile."""
    step = replace(STEP, system=exercised)
    failure = diagnose(replace(observed(BlankPage("the page is blank"), None), step=step))
    assert (failure.system, failure.cause) == (NMO, Cause.BLANK_PAGE)
    waited_for = diagnose(replace(observed(TIMEOUT, None), step=step))
    assert (waited_for.system, waited_for.cause) == (exercised, Cause.TIMEOUT)


def test_a_proxy_that_refuses_us_is_not_mistaken_for_the_site() -> None:
    failure = diagnose(observed(HttpError("the server answered «407 …»", "407")))
    assert failure.message == "the monitor's proxy wants other credentials"


def test_a_fault_of_the_monitor_says_which_error() -> None:
    assert diagnose(observed(KeyError("nmo"))).message == "KeyError: 'nmo'"


def test_an_error_of_the_browser_that_nobody_knows_says_where_it_was() -> None:
    failure = diagnose(observed(BrowserError("Locator.fill: Element is not an <input>\nCall log: …"), NMO))
    assert failure.message == "Error: Locator.fill: Element is not an <input>; the browser was at nmo"


def test_what_the_screen_says_is_quoted_whatever_comes_of_it() -> None:
    error, news = Alert("Пароль уже был", error=True), Alert("5 декабря пройдут технические работы")
    assert diagnose(observed(TIMEOUT, alert=error)).message == "the screen says «Пароль уже был»"
    assert diagnose(observed(TIMEOUT, alert=news)).message == (
        "nothing that was awaited came in 10 s; the screen says «5 декабря пройдут технические работы»"
    )


def test_broken_is_the_monitors_own() -> None:
    failure = broken(Cause.WORKER_DIED, "it died", "sign in")
    assert (failure.system, failure.cause, failure.step) == (MONITOR, Cause.WORKER_DIED, "sign in")


def test_words_of_esia_are_its_own_where_it_shares_its_address_with_a_portal() -> None:
    refused = replace(observed(ErrorShown("the screen says «Неверные логин или пароль»"), NMO), at_esia=True)
    assert (diagnose(refused).system, diagnose(refused).cause) == (ESIA, Cause.CREDENTIALS_REJECTED)
    elsewhere = replace(refused, at_esia=False)
    assert (diagnose(elsewhere).system, diagnose(elsewhere).cause) == (NMO, Cause.ERROR_SCREEN)
