"""What a run left on the wire: tables of documents, Referer and cookies, and what is said of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

import pytest

from journeys.cause import Cause
from journeys.result import Failure
from journeys.system import System
from synthetic.recorder import Address, Document, Referral
from synthetic.wire import wire_doubts

NMO, GOSUSLUGI, ESIA = System.NMO, System.GOSUSLUGI, System.ESIA
CODE, STATE, SID = "c0de-of-esia", "the-state", "s1d-before"
SAFE = "nmo_sid=n3w-value; HttpOnly; Path=/; SameSite=lax; Secure"
REQUEST = {"client_id": "PORTAL", "response_type": "code", "state": STATE}
JWT = "eyJ2ZXIiOjF9.eyJzdWIiOiIxIn0.c2lnbmVk"
AC = "https://esia.example/ac?" + urlencode(REQUEST | {"redirect_uri": "https://nmo.example/callback"})


def document(url: str, system: System | None = NMO, status: int = 200) -> Document:
    return Document(url, system, status, 0.0, 0.1)


ASKED = document(AC, ESIA, 302)
LOGIN = document("https://esia.example/login", ESIA)
OTP = document("https://esia.example/otp", ESIA, 302)
RETURN = document(f"https://nmo.example/callback?code={CODE}&state={STATE}", status=303)
CABINET = document("https://nmo.example/cabinet")
WAY = (document("https://nmo.example/"), ASKED, LOGIN, OTP, RETURN, CABINET)


@dataclass
class Jar:
    """Cookies by document. ``way`` are the documents, whose addresses are shown as they are."""

    sent: Mapping[Document, dict[str, str]] = field(default_factory=dict)
    lines: Mapping[Document, tuple[str, ...]] = field(default_factory=lambda: {RETURN: (SAFE,)})
    asked: set[Document] = field(default_factory=set)
    way: tuple[Document, ...] = ()

    def brought(self, document: Document) -> dict[str, str]:
        self.asked.add(document)
        return self.sent.get(document, {})

    def given(self, document: Document) -> tuple[str, ...]:
        self.asked.add(document)
        return self.lines.get(document, ())

    def shown_since(self, document: Document) -> list[Address]:
        pages = [one for one in self.way[self.way.index(document) :] if one.status == 200]
        return [Address(one.url, one.system) for one in pages]


def found(
    documents: tuple[Document, ...] = WAY,
    referrals: tuple[Referral, ...] = (),
    cookies: Jar | None = None,
    *,
    came_through: bool = True,
) -> tuple[Failure, ...]:
    passed = replace(cookies or Jar(), way=documents)
    return wire_doubts(documents, referrals, passed, came_through=came_through)


def doubts(
    documents: tuple[Document, ...] = WAY, referrals: tuple[Referral, ...] = (), cookies: Jar | None = None
) -> list[tuple[System, Cause]]:
    told_of = found(documents, referrals, cookies)
    for doubt in told_of:
        assert not any(secret in doubt.message for secret in (CODE, STATE, SID, JWT, "n3w-value"))
    return [(doubt.system, doubt.cause) for doubt in told_of]


def with_last(url: str, **more: Any) -> tuple[Document, ...]:
    return (*WAY[:-1], document(url, **more))


WAYS: dict[str, tuple[tuple[Document, ...], list[tuple[System, Cause]]]] = {
    "clean": (WAY, []),
    "not by ЕСИА": ((document(f"https://nmo.example/?code={CODE}"),), []),
    "refused": ((ASKED, document(f"https://nmo.example/callback?error=x&state={STATE}"), CABINET), []),
    "left at ЕСИА": ((ASKED, OTP), []),
    "the return is a page": ((ASKED, OTP, document(RETURN.url)), []),
    "the return is loaded again": ((*WAY, RETURN), []),
    "another state": (
        (ASKED, document(f"https://nmo.example/callback?code={CODE}&state=other"), CABINET),
        [(ESIA, Cause.STATE_MISMATCH)],
    ),
    "another address": (
        (ASKED, document(f"https://nmo.example/other?code={CODE}&state={STATE}"), CABINET),
        [(ESIA, Cause.HANDOVER_FAILED)],
    ),
    "code in a page": (with_last(f"https://nmo.example/cabinet?code={CODE}"), [(NMO, Cause.CREDENTIAL_IN_URL)]),
    "code behind the number sign": (with_last(f"{CABINET.url}#code={CODE}"), [(NMO, Cause.CREDENTIAL_IN_URL)]),
    "code behind the return's number sign": (
        (ASKED, OTP, document(RETURN.url), document(f"{RETURN.url}#code={CODE}")),
        [(NMO, Cause.CREDENTIAL_IN_URL)],
    ),
    "a place of the application that the return is a page of": (
        (ASKED, OTP, document(RETURN.url), document(f"{RETURN.url}#/cabinet")),
        [],
    ),
    "the return's address as the application writes it": (
        (ASKED, OTP, document(RETURN.url), document(f"https://nmo.example/callback/?state={STATE}&code={CODE}&l=ru")),
        [],
    ),
    "the return's place at another site": (
        (*WAY, document(f"https://gosuslugi.example/callback?code={CODE}", GOSUSLUGI)),
        [(GOSUSLUGI, Cause.CREDENTIAL_IN_URL)],
    ),
    "token behind the number sign, later": (
        (*WAY, document(f"{CABINET.url}#id_token=e.y.J")),
        [(NMO, Cause.CREDENTIAL_IN_URL)],
    ),
    "token in a place of the application": (
        with_last("https://nmo.example/#/cabinet?access_token=e.y.J"),
        [(NMO, Cause.CREDENTIAL_IN_URL)],
    ),
    "token before a way back": (
        with_last("https://nmo.example/#access_token=e.y.J&to=/profile?tab=1"),
        [(NMO, Cause.CREDENTIAL_IN_URL)],
    ),
    "token by its form": (with_last(f"https://nmo.example/?token={JWT}"), [(NMO, Cause.CREDENTIAL_IN_URL)]),
    "token by its form, behind the number sign": (
        with_last(f"https://nmo.example/#jwt={JWT}"),
        [(NMO, Cause.CREDENTIAL_IN_URL)],
    ),
    "token behind its kind": (with_last(f"{CABINET.url}#auth=Bearer+{JWT}"), [(NMO, Cause.CREDENTIAL_IN_URL)]),
    "token that names who signs out": (with_last(f"https://nmo.example/bye?id_token_hint={JWT}"), []),
    "request of the portal's own": (with_last(f"https://nmo.example/login?request={JWT}"), []),
    "state of the portal's own": (with_last(f"https://nmo.example/?state={JWT}"), []),
    "a signed value of ЕСИА's": ((*WAY, document(f"https://esia.example/profile?ctx={JWT}", ESIA)), []),
    "a JSON object that nobody has signed": (with_last("https://nmo.example/?filter=eyJhIjoxfQ.2"), []),
    "an object with a mark of its time": (with_last("https://nmo.example/?page=eyJhIjoxfQ.aSEt8A.c2lnbmVk"), []),
    "another round in the application": (
        with_last(f"https://nmo.example/#/login?redirect_uri=x&state={STATE}"),
        [],
    ),
    "a place on the page": (with_last(f"{CABINET.url}#documents"), []),
    "before the return": ((document(f"https://nmo.example/?code={CODE}"), *WAY), []),
    "code under another name": (with_last(f"https://nmo.example/?c={CODE}"), [(NMO, Cause.CREDENTIAL_IN_URL)]),
    "state in a page": (with_last(f"https://nmo.example/?state={STATE}"), [(NMO, Cause.CREDENTIAL_IN_URL)]),
    "token in a page": (with_last("https://nmo.example/?id_token=e.y.J"), [(NMO, Cause.CREDENTIAL_IN_URL)]),
    "two pages, one doubt": (
        (*WAY, document(f"https://nmo.example/a?code={CODE}"), document(f"https://nmo.example/b?code={CODE}")),
        [(NMO, Cause.CREDENTIAL_IN_URL)],
    ),
    "a code of something else": (with_last("https://nmo.example/?code=NMO-1001"), []),
    "an empty token": (with_last("https://nmo.example/?id_token="), []),
    "code in a redirect": ((*WAY[:-1], document(f"https://nmo.example/go?code={CODE}", status=302), CABINET), []),
    "code at a site that is none of ours": (with_last(f"https://x.example/?code={CODE}", system=None), []),
    "another round with the same state": ((*WAY, document(AC, ESIA, 200)), []),
}


@pytest.mark.parametrize(("documents", "expected"), WAYS.values(), ids=WAYS.keys())
def test_addresses(documents: tuple[Document, ...], expected: list[tuple[System, Cause]]) -> None:
    assert doubts(documents) == expected


def told(to: System | None, *, page: bool = False, referrer: str = RETURN.url, by: System | None = NMO) -> Referral:
    return Referral(by, to, referrer, page)


REFERRALS: dict[str, tuple[Referral, list[tuple[System, Cause]]]] = {
    "its own picture": (told(NMO), []),
    "the next page": (told(NMO, page=True), [(NMO, Cause.CREDENTIAL_IN_REFERRER)]),
    "another site": (told(ESIA), [(NMO, Cause.CREDENTIAL_IN_REFERRER)]),
    "a stranger's counter": (told(None), [(NMO, Cause.CREDENTIAL_IN_REFERRER)]),
    "a token": (told(None, referrer="https://nmo.example/?access_token=e.y.J"), [(NMO, Cause.CREDENTIAL_IN_REFERRER)]),
    "a token by its form": (
        told(None, referrer=f"https://nmo.example/?t={JWT}"),
        [(NMO, Cause.CREDENTIAL_IN_REFERRER)],
    ),
    "a signed value, to its own site": (told(NMO, page=True, referrer=f"https://nmo.example/?t={JWT}"), []),
    "a signed value of ЕСИА's": (told(None, referrer=f"https://esia.example/?t={JWT}", by=ESIA), []),
    "nothing secret": (told(None, referrer="https://nmo.example/?q=a"), []),
    "a stranger's page": (told(NMO, by=None), []),
}


@pytest.mark.parametrize(("referral", "expected"), REFERRALS.values(), ids=REFERRALS.keys())
def test_referrers(referral: Referral, expected: list[tuple[System, Cause]]) -> None:
    assert doubts(referrals=(referral,)) == expected


def test_a_page_that_should_not_have_the_code_is_told_of_once() -> None:
    leaky = f"https://nmo.example/cabinet?code={CODE}"
    way = (*with_last(leaky), document("https://nmo.example/plan"))
    assert doubts(way, (told(NMO, page=True, referrer=leaky),)) == [(NMO, Cause.CREDENTIAL_IN_URL)]
    assert doubts(way, (told(GOSUSLUGI, referrer=leaky),)) == [
        (NMO, Cause.CREDENTIAL_IN_URL),
        (NMO, Cause.CREDENTIAL_IN_REFERRER),
    ]


COOKIES: dict[str, tuple[str, str | None]] = {
    "safe": (SAFE, None),
    "in other letters": ("nmo_sid=n3w-value;httponly;secure;samesite=Strict", None),
    "read by scripts": ("nmo_sid=n3w-value; SameSite=lax; Secure", "HttpOnly"),
    "sent by others": ("nmo_sid=n3w-value; HttpOnly; Secure", "SameSite"),
    "sent in the clear": ("nmo_sid=n3w-value; HttpOnly; SameSite=lax", "Secure"),
    "bare": ("JSESSIONID=n3w-value", "HttpOnly and SameSite and Secure"),
    "not a session": ("lang=ru", None),
    "hidden from scripts, whatever its name": ("u=n3w-value; HttpOnly; Secure", "SameSite"),
    "a balancer's": ("TS01ab=n3w-value; HttpOnly", None),
    "a guard's": ("__ddg1_=n3w-value; HttpOnly", None),
    "a session's that begins like a balancer's": ("TSID=n3w-value; SameSite=lax; Secure", "HttpOnly"),
    "for scripts": ("XSRF-TOKEN=another; SameSite=lax; Secure", None),
    "ended": ('nmo_sid=""; expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/', None),
    "ended by its age": ("nmo_sid=n3w-value; Max-Age=0", None),
}


@pytest.mark.parametrize(("line", "lacking"), COOKIES.values(), ids=COOKIES.keys())
@pytest.mark.parametrize(("place", "system"), [(RETURN, NMO), (OTP, ESIA)])
def test_cookies(place: Document, system: System, line: str, lacking: str | None) -> None:
    told_of = found(cookies=Jar(lines={place: (line,)}))
    assert [(doubt.system, doubt.cause) for doubt in told_of] == [(system, Cause.COOKIE_UNSAFE)] * bool(lacking)
    assert all(doubt.message.endswith(f"lacks {lacking}") for doubt in told_of)


def test_a_session_of_esia_may_begin_before_its_last_question() -> None:
    contact = document("https://esia.example/contact", ESIA, 302)
    way = (*WAY[:4], contact, *WAY[4:])
    unsafe = {OTP: ("JSESSIONID=n3w-value; HttpOnly; Secure",)}
    assert doubts(way, cookies=Jar(lines=unsafe)) == [(ESIA, Cause.COOKIE_UNSAFE)]
    assert doubts(way, cookies=Jar(lines=unsafe | {contact: ("lang=ru",)})) == [(ESIA, Cause.COOKIE_UNSAFE)]
    assert doubts(way, cookies=Jar(lines=unsafe | {contact: (SAFE,)})) == []


UNSAFE = "JSESSIONID=n3w-value; HttpOnly; Secure"
BALANCER = "TS01ab=n3w-value; HttpOnly; Secure; SameSite=Lax"


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ({ASKED: (UNSAFE,)}, False),
        ({LOGIN: (UNSAFE,)}, False),
        ({OTP: (UNSAFE,)}, True),
        ({OTP: (UNSAFE,), RETURN: (BALANCER,)}, True),
    ],
    ids=("before the login page", "with the login page", "after it", "after it, and a balancer's of the portal"),
)
def test_a_session_of_esia_begins_after_its_first_page(lines: dict[Document, tuple[str, ...]], told: bool) -> None:
    assert doubts(cookies=Jar(lines=lines)) == [(ESIA, Cause.COOKIE_UNSAFE)] * told


def test_a_balancers_cookie_is_not_taken_for_the_session() -> None:
    contact = document("https://esia.example/contact", ESIA, 302)
    way = (*WAY[:4], contact, *WAY[4:])
    assert doubts(way, cookies=Jar(lines={OTP: (UNSAFE,), contact: (BALANCER,)})) == [(ESIA, Cause.COOKIE_UNSAFE)]
    renewed = UNSAFE.replace("Secure", "Secure; SameSite=Lax")
    older = BALANCER.replace("; SameSite=Lax", "")
    assert doubts(way, cookies=Jar(lines={OTP: (SAFE, older), contact: (BALANCER,)})) == []
    assert doubts(way, cookies=Jar(lines={OTP: (UNSAFE,), contact: (renewed,)})) == []


def test_a_cookie_of_another_round_or_site_is_not_esias() -> None:
    other = document("https://nmo.example/between", NMO, 302)
    again = (document(AC + "&n=2", ESIA, 302), LOGIN, other, document(RETURN.url + "&session_state=2", status=303))
    told = doubts((*WAY, *again), cookies=Jar(lines={OTP: (UNSAFE,), other: (UNSAFE,)}))
    assert told == [(ESIA, Cause.COOKIE_UNSAFE)]


def test_without_tls_a_cookie_need_not_be_secure() -> None:
    plain = tuple(document(one.url.replace("https", "http"), one.system, one.status) for one in WAY)
    jar = Jar(lines={plain[4]: ("nmo_sid=n3w-value; HttpOnly; SameSite=lax",)})
    assert doubts(plain, cookies=jar) == []


BEFORE = {"nmo_sid": SID}
SESSIONS: dict[str, tuple[Jar, bool]] = {
    "renewed by the return": (Jar({RETURN: BEFORE, CABINET: {"nmo_sid": "n3w-value"}}), False),
    "kept": (Jar({RETURN: BEFORE, CABINET: BEFORE}, {}), True),
    "given again as it was": (
        Jar({RETURN: BEFORE, CABINET: BEFORE}, {RETURN: (SAFE.replace("n3w-value", SID),)}),
        True,
    ),
    "kept beside a counter's": (
        Jar({RETURN: BEFORE | {"_ga": "1"}, CABINET: BEFORE | {"_ga": "1", "_ym": "2"}}, {}),
        True,
    ),
    "kept, and a balancer's given": (Jar({RETURN: BEFORE, CABINET: BEFORE}, {RETURN: (BALANCER,)}), True),
    "kept, and another hidden one given": (
        Jar({RETURN: BEFORE, CABINET: BEFORE}, {RETURN: ("u=n3w-value; HttpOnly; Secure; SameSite=Lax",)}),
        False,
    ),
    "a guard's only": (
        Jar({RETURN: {"visid_incap_1": "1"}, CABINET: {"visid_incap_1": "1"}}, {RETURN: ("nlbi_1=2; HttpOnly",)}),
        False,
    ),
    "renewed by a script": (Jar({RETURN: BEFORE, CABINET: {"nmo_sid": "n3w-value"}}, {}), False),
    "another beside it": (Jar({RETURN: BEFORE, CABINET: BEFORE | {"auth": "n3w-value"}}, {}), False),
    "none before": (Jar({CABINET: {"nmo_sid": "n3w-value"}}), False),
    "none after": (Jar({RETURN: BEFORE}, {}), False),
    "a counter's only": (Jar({RETURN: {"_ga": "1"}, CABINET: {"_ga": "1"}}, {}), False),
    "for scripts only": (Jar({RETURN: {"csrftoken": "1"}, CABINET: {"csrftoken": "1"}}, {}), False),
}


@pytest.mark.parametrize(("jar", "fixed"), SESSIONS.values(), ids=SESSIONS.keys())
def test_sessions(jar: Jar, fixed: bool) -> None:
    assert doubts(cookies=jar) == [(NMO, Cause.SESSION_FIXED)] * fixed


def test_a_run_that_failed_says_nothing_of_the_session() -> None:
    jar = Jar({RETURN: BEFORE, CABINET: BEFORE}, {})
    assert found(cookies=jar)
    assert not found(cookies=jar, came_through=False)


def test_the_page_of_a_refusal_may_know_what_was_refused() -> None:
    way = with_last(f"https://nmo.example/error?state={STATE}")
    assert found(way)
    assert not found(way, came_through=False)
    assert found(with_last(f"https://nmo.example/error?code={CODE}"), came_through=False)


def test_a_session_may_begin_on_the_way_to_the_first_page() -> None:
    begins = document("https://nmo.example/session", status=302)
    way = (*WAY[:-1], begins, CABINET)
    sent = {RETURN: BEFORE, begins: BEFORE}
    assert doubts(way, cookies=Jar(sent | {CABINET: {"nmo_sid": "n3w-value"}}, {})) == []
    assert doubts(way, cookies=Jar(sent | {CABINET: BEFORE}, {})) == [(NMO, Cause.SESSION_FIXED)]


def test_a_return_that_nothing_follows_says_nothing_of_the_session() -> None:
    assert doubts(WAY[:-1], cookies=Jar({RETURN: BEFORE}, {})) == []


def test_who_was_turned_away_keeps_the_session() -> None:
    turned_away = document(RETURN.url)
    way = (*WAY[:4], turned_away, CABINET)
    assert doubts(way, cookies=Jar({turned_away: BEFORE, CABINET: BEFORE}, {})) == []


def test_only_the_last_sign_in_of_a_portal_is_judged() -> None:
    again = document("https://nmo.example/callback?code=c0de-2&state=" + STATE, status=303)
    mine = document("https://nmo.example/mine")
    way = (*WAY, ASKED, again, mine)
    kept = {RETURN: BEFORE, CABINET: BEFORE, again: BEFORE}
    assert doubts(way, cookies=Jar(kept | {mine: {"nmo_sid": "n3w-value"}}, {})) == []
    assert doubts(way, cookies=Jar(kept | {mine: BEFORE}, {})) == [(NMO, Cause.SESSION_FIXED)]


def test_few_documents_are_asked_for_their_cookies() -> None:
    """Each is a call to the driver."""
    jar = Jar({RETURN: BEFORE}, {OTP: (SAFE,), RETURN: (SAFE,)})
    assert doubts(cookies=jar) == []
    assert jar.asked == {OTP, RETURN}
    stranger = Jar()
    assert doubts((document("https://nmo.example/"),), cookies=stranger) == []
    assert stranger.asked == set()


@pytest.mark.parametrize(("came_through", "variant"), [(True, "returned-elsewhere"), (False, None)])
def test_a_return_elsewhere_that_did_not_let_in_is_not_told_as_one_that_did(
    came_through: bool, variant: str | None
) -> None:
    documents, _ = WAYS["another address"]
    (doubt,) = found(documents, came_through=came_through)
    assert (doubt.cause, doubt.variant) == (Cause.HANDOVER_FAILED, variant)
