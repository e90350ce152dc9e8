"""Rounds between a portal and ЕСИА, made of the documents that a browser asked for."""

from datetime import UTC, datetime
from urllib.parse import quote, urlencode

import pytest

from journeys.cause import Cause
from journeys.system import System
from synthetic.handover import handovers, refused
from synthetic.recorder import Document

NMO, GOSUSLUGI, ESIA = System.NMO, System.GOSUSLUGI, System.ESIA
NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
PORTAL = {NMO: "https://nmo.example", GOSUSLUGI: "https://gosuslugi.example"}


def document(url: str, system: System | None, started: float = 0.0) -> Document:
    return Document(url, system, 302, started, 0.1)


def front(portal: System) -> Document:
    return document(f"{PORTAL[portal]}/login/esia", portal)


def asked(portal: System = NMO, state: str = "one", stamp: str = "2026.01.31 12:00:00 +0000") -> Document:
    query = urlencode(
        {
            "client_id": "PORTAL",
            "response_type": "code",
            "redirect_uri": f"{PORTAL[portal]}/callback",
            "state": state,
            "timestamp": stamp,
        }
    )
    return document(f"https://esia.example/aas/oauth2/v2/ac?{query}", ESIA, NOON.timestamp())


def back(portal: System = NMO, state: str = "one", path: str = "/callback") -> Document:
    return document(f"{PORTAL[portal]}{path}?code=c-{state}&state={state}", portal)


LOGIN = document("https://esia.example/login", ESIA)


def test_a_round_knows_who_asked_and_what_came_of_it() -> None:
    (one,) = handovers([front(NMO), asked(), LOGIN, back()])
    assert (one.client, one.returned, one.returns) == (NMO, back(), 1)
    assert one.state_kept
    assert one.address_kept
    assert one.answer["code"] == "c-one"


INNER = {
    "an address of its own": "https://esia.example/login?redirect_uri=%2Fprofile",
    "a request of its own": (
        "https://esia.example/idp?client_id=ESIA&response_type=code&redirect_uri=https%3A%2F%2Fesia.example&state=inner"
    ),
}


@pytest.mark.parametrize("inner", INNER.values(), ids=INNER.keys())
def test_what_esia_sends_to_itself_begins_no_round(inner: str) -> None:
    answered = document("https://esia.example/?code=c&state=inner", ESIA)
    (one,) = handovers([front(NMO), asked(), document(inner, ESIA), LOGIN, answered, back()])
    assert (one.client, one.returned) == (NMO, back())
    assert one.state_kept
    assert one.address_kept


def test_an_address_to_come_back_to_is_no_request() -> None:
    assert handovers([front(NMO), document("https://esia.example/logout?redirect_uri=https%3A%2F%2Fx", ESIA)]) == []


@pytest.mark.parametrize("lacking", ["client_id", "response_type", "state"])
def test_a_request_that_lacks_a_parameter_is_the_portals_all_the_same(lacking: str) -> None:
    request = asked()
    broken = document(request.url.replace(f"{lacking}=", "x="), ESIA)
    refusal = refused("ESIA-007014", [front(NMO), broken], ESIA)
    assert refusal
    assert refusal.system is NMO


def test_a_sign_in_that_is_begun_anew_is_another_round() -> None:
    first, second = handovers([front(NMO), asked(), LOGIN, front(NMO), asked(state="two"), LOGIN, back(state="two")])
    assert (first.returned, second.returned) == (None, back(state="two"))
    assert second.state_kept


def test_its_values_do_not_show() -> None:
    (one,) = handovers([front(NMO), asked(state="s3cr3t")])
    assert "s3cr3t" not in repr(one).replace(one.asked.url, "")


def test_each_portal_has_its_own() -> None:
    rounds = handovers(
        [front(GOSUSLUGI), asked(GOSUSLUGI), back(GOSUSLUGI), front(NMO), asked(NMO, "two"), back(NMO, "two")]
    )
    assert [(one.client, one.state_kept) for one in rounds] == [(GOSUSLUGI, True), (NMO, True)]


def test_a_round_without_a_return_has_kept_everything() -> None:
    (one,) = handovers([asked(), LOGIN])
    assert one.returned is None
    assert one.client is None
    assert one.state_kept
    assert one.address_kept


@pytest.mark.parametrize(
    ("registered", "shown", "kept"),
    [
        ("https://nmo.example", "https://nmo.example/", True),
        ("https://nmo.example:443/cb", "https://nmo.example/cb", True),
        ("https://NMO.example/cb", "https://nmo.example/cb", True),
        ("https://нмо.рф/cb", "https://xn--l1abe.xn--p1ai/cb", True),
        ("https://nmo.example/вход", "https://nmo.example/%D0%B2%D1%85%D0%BE%D0%B4", True),
        ("https://nmo.example:444/cb", "https://nmo.example/cb", False),
        ("https://nmo.example/cb", "http://nmo.example/cb", False),
        ("https://nmo.example/cb", "https://nmo.example/cb2", False),
        ("https://nmo.example/cb?app=1", "https://nmo.example/cb?app=1", True),
        ("https://nmo.example/cb?app=1&to=%2Fa%20b", "https://nmo.example/cb?to=/a+b&app=1", True),
        ("https://nmo.example/cb?", "https://nmo.example/cb", True),
        ("https://nmo.example/cb?app=1", "https://nmo.example/cb?app=2", False),
        ("https://nmo.example/cb?app=1", "https://nmo.example/cb", False),
        ("https://nmo.example/cb", "https://nmo.example/cb?app=1", False),
    ],
)
def test_an_address_is_the_same_however_it_is_written(registered: str, shown: str, kept: bool) -> None:
    request = document(
        f"https://esia.example/aas/oauth2/v2/ac?client_id=PORTAL&state=one&redirect_uri={quote(registered)}", ESIA
    )
    mark = "&" if "?" in shown else "?"
    (one,) = handovers([request, document(f"{shown}{mark}code=c&state=one", NMO)])
    assert one.address_kept is kept


def test_what_the_protocol_adds_to_an_address_changes_nothing() -> None:
    added = "&iss=https%3A%2F%2Fesia.example&session_state=5f2c&scope=openid"
    (one,) = handovers([asked(), document(back().url + added, NMO)])
    assert one.address_kept
    (refusal,) = handovers([asked(), document(f"{PORTAL[NMO]}/callback?error=x&error_description=y&state=one", NMO)])
    assert refusal.address_kept


@pytest.mark.parametrize(
    ("returned", "state_kept", "address_kept"),
    [(back(), True, True), (back(state="two"), False, True), (back(path="/elsewhere"), True, False)],
)
def test_what_esia_changed_shows(returned: Document, state_kept: bool, address_kept: bool) -> None:
    (one,) = handovers([asked(), returned])
    assert (one.state_kept, one.address_kept) == (state_kept, address_kept)


@pytest.mark.parametrize(
    ("stamp", "off"),
    [
        ("2026.01.31 12:00:00 +0000", False),
        ("2026.01.31 15:04:00 +0300", False),
        ("2026.01.31 11:54:00 +0000", True),
        ("2026.01.31 15:00:00 +0000", True),
        ("noon", False),
        ("", False),
    ],
)
def test_a_clock_that_is_off_is_told_by_our_own(stamp: str, off: bool) -> None:
    (one,) = handovers([asked(stamp=stamp)])
    assert one.clock_off is off


REFUSALS = {
    "a request, at the portal": (
        "NMO-1002 (ESIA-007053)",
        (front(NMO), asked(), back()),
        NMO,
        (NMO, Cause.CLIENT_REJECTED),
    ),
    "a certificate": ("ESIA-007002", (), GOSUSLUGI, (GOSUSLUGI, Cause.CLIENT_REJECTED)),
    "a request, at ЕСИА": ("ESIA-007023", (front(NMO), asked()), ESIA, (NMO, Cause.REDIRECT_NOT_REGISTERED)),
    "a request of nobody": ("ESIA-007023", (asked(),), ESIA, (ESIA, Cause.REDIRECT_NOT_REGISTERED)),
    "no codes": ("ESIA-007046", (front(NMO), asked(), back()), NMO, (System.DELIVERY, Cause.CODE_NOT_DELIVERED)),
    "a permission": ("ESIA-007019", (front(NMO), asked(), back()), NMO, (NMO, Cause.HANDOVER_FAILED)),
    "a scope": ("ESIA-007006", (front(NMO), asked(), back()), NMO, (NMO, Cause.HANDOVER_FAILED)),
    "a method": ("NMO-1002 (ESIA-007005)", (front(NMO), asked(), back()), NMO, (NMO, Cause.HANDOVER_FAILED)),
    "an employer": ("ESIA-007194", (front(NMO), asked(), back()), NMO, (NMO, Cause.HANDOVER_FAILED)),
    "the person": ("ESIA-007004", (front(NMO), asked(), back()), NMO, (ESIA, Cause.HANDOVER_FAILED)),
    "overload": ("ESIA-007008", (front(NMO), asked(), back()), NMO, (ESIA, Cause.MAINTENANCE)),
    "a time that is right": ("ESIA-007015", (front(NMO), asked(), back()), NMO, (ESIA, Cause.CLOCK_SKEW)),
    "a time that is wrong": (
        "ESIA-007015",
        (front(NMO), asked(stamp="2026.01.31 11:00:00 +0000"), back()),
        NMO,
        (NMO, Cause.CLOCK_SKEW),
    ),
    "a code": ("ESIA-007011", (front(NMO), asked(), back()), NMO, (ESIA, Cause.CODE_REJECTED)),
    "a code that came twice": ("ESIA-007011", (front(NMO), asked(), back(), back()), NMO, (NMO, Cause.CODE_REJECTED)),
    "a code, out of sight": ("ESIA-007011", (), NMO, (ESIA, Cause.CODE_REJECTED)),
}


@pytest.mark.parametrize(("said", "documents", "place", "blamed"), REFUSALS.values(), ids=REFUSALS.keys())
def test_whose_a_refusal_is(
    said: str, documents: tuple[Document, ...], place: System, blamed: tuple[System, Cause]
) -> None:
    refusal = refused(said, documents, place)
    assert refusal
    assert (refusal.system, refusal.cause) == blamed
    assert refusal.code in said


@pytest.mark.parametrize("said", ["", "Ошибка NMO-1001", "ESIA-007055", "ESIA-5001", "ESIA-0070531"])
def test_what_is_no_refusal_of_a_request(said: str) -> None:
    assert refused(said, (asked(),), NMO) is None
