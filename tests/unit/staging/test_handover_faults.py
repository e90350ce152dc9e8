"""Faults of the way between a portal and ЕСИА, as a browser and a client's server meet them."""

import httpx
import pytest

from tests.unit.staging.visitor import Person, Visitor

REFUSED = "<h1>Не удалось войти</h1>"


NOWHERE_TO_RETURN = ("ESIA-007023", "ESIA-008010")
"""Said by ЕСИА itself: neither address nor client is known to it."""


def switch_on(visitor: Visitor, name: str, system: str, **parameters: float) -> None:
    visitor.control.put(f"/faults/{name}", json={"system": system, "parameters": parameters}).raise_for_status()


@pytest.mark.parametrize(
    ("fault", "system", "parameters", "codes"),
    [
        ("wrong-state", "esia", {}, ["NMO-1001"]),
        ("code-replayed", "esia", {}, ["NMO-1002", "ESIA-007011"]),
        ("code-expired", "esia", {}, ["NMO-1002", "ESIA-007011"]),
        ("owner-refused", "esia", {}, ["ESIA-007004"]),
        ("esia-overload", "esia", {"at": 1}, ["NMO-1002", "ESIA-007008"]),
        ("esia-internal", "esia", {"at": 1}, ["NMO-1002", "ESIA-007007"]),
        ("scope-refused", "nmo", {"kind": 1}, ["NMO-1002", "ESIA-007019"]),
        ("scope-refused", "nmo", {"kind": 2}, ["ESIA-007194"]),
        ("request-malformed", "nmo", {"kind": 2}, ["NMO-1002", "ESIA-007005"]),
        ("request-malformed", "nmo", {"kind": 3}, ["NMO-1002", "ESIA-007039"]),
        ("request-malformed", "nmo", {"kind": 4}, ["NMO-1002", "ESIA-007040"]),
        ("malformed-answer", "esia", {"of": 0}, ["NMO-1005"]),
        ("malformed-answer", "esia", {"of": 1}, ["NMO-1005"]),
    ],
)
def test_a_sign_in_ends_at_the_portal_with(
    visitor: Visitor, doctor: Person, fault: str, system: str, parameters: dict[str, float], codes: list[str]
) -> None:
    switch_on(visitor, fault, system, **parameters)
    page = visitor.sign_in(doctor)
    assert str(page.url).startswith(visitor.staging.nmo)
    assert REFUSED in page.text
    assert all(code in page.text for code in codes)


@pytest.mark.parametrize("portal", ["nmo", "gosuslugi"])
@pytest.mark.parametrize(
    ("fault", "own", "parameters", "code"),
    [
        ("clock-skew", False, {}, "ESIA-007015"),
        ("clock-skew", True, {}, "ESIA-007015"),
        ("client-rejected", True, {"kind": 0}, "ESIA-007053"),
        ("client-rejected", True, {"kind": 1}, "ESIA-007002"),
        ("client-rejected", True, {"kind": 2}, "ESIA-008010"),
        ("redirect-not-registered", True, {}, "ESIA-007023"),
        ("request-malformed", True, {"kind": 0}, "ESIA-007003"),
        ("request-malformed", True, {"kind": 1}, "ESIA-007014"),
        ("scope-refused", True, {}, "ESIA-007006"),
        ("esia-overload", False, {"at": 0}, "ESIA-007008"),
        ("esia-internal", False, {"at": 0}, "ESIA-007007"),
    ],
)
def test_a_sign_in_does_not_begin(
    visitor: Visitor, portal: str, fault: str, own: bool, parameters: dict[str, float], code: str
) -> None:
    switch_on(visitor, fault, portal if own else "esia", **parameters)
    page = visitor.get(f"{getattr(visitor.staging, portal)}/login/esia")
    assert page.status_code == 400
    assert f'<p class="error-code">{code}</p>' in page.text
    at = visitor.staging.esia if code in NOWHERE_TO_RETURN else getattr(visitor.staging, portal)
    assert str(page.url).startswith(at)


def test_a_fault_of_one_portal_leaves_the_other_alone(visitor: Visitor) -> None:
    switch_on(visitor, "client-rejected", "nmo")
    assert visitor.get(f"{visitor.staging.gosuslugi}/login/esia").url.path == "/login"


def test_esia_keeps_who_has_signed_in(visitor: Visitor, doctor: Person) -> None:
    switch_on(visitor, "return-missing", "esia")
    page = visitor.sign_in(doctor)
    assert "<h1>Вход выполнен</h1>" in page.text
    assert str(page.url).startswith(visitor.staging.esia)


def test_esia_asks_for_a_proof(visitor: Visitor, doctor: Person) -> None:
    switch_on(visitor, "captcha", "esia")
    visitor.get(f"{visitor.staging.nmo}/login/esia")
    assert "<h1>Подтвердите, что вы не робот</h1>" in visitor.give_password(doctor).text


def test_the_service_is_not_listed(visitor: Visitor, doctor: Person) -> None:
    start = f"{visitor.staging.gosuslugi}/services"
    assert "Непрерывное медобразование" in visitor.sign_in(doctor, start).text
    switch_on(visitor, "service-missing", "gosuslugi")
    page = visitor.get(start)
    assert "<h1>Мои услуги</h1>" in page.text
    assert "Непрерывное медобразование" not in page.text


def cookie_set(visitor: Visitor, portal: str) -> httpx.Response:
    return visitor.get(f"{getattr(visitor.staging, portal)}/login/esia", follow=False)


@pytest.mark.parametrize("portal", ["nmo", "gosuslugi"])
@pytest.mark.parametrize(("lacks", "word"), [(0, "HttpOnly"), (1, "SameSite")])
def test_a_cookie_lacks_a_flag(visitor: Visitor, portal: str, lacks: int, word: str) -> None:
    assert word in cookie_set(visitor, portal).headers["set-cookie"]
    visitor.http.cookies.clear()
    switch_on(visitor, "cookie-unsafe", portal, lacks=lacks)
    assert word not in cookie_set(visitor, portal).headers["set-cookie"]


@pytest.mark.parametrize(("fault", "fixed"), [(False, False), (True, True)])
def test_a_session_keeps_its_id_across_a_sign_in(visitor: Visitor, doctor: Person, fault: bool, fixed: bool) -> None:
    if fault:
        switch_on(visitor, "session-fixed", "nmo")
    cookie_set(visitor, "nmo")
    before = visitor.http.cookies["nmo_sid"]
    assert visitor.sign_in(doctor).url.path == "/cabinet"
    assert (visitor.http.cookies["nmo_sid"] == before) is fixed


@pytest.mark.parametrize(("portal", "inside"), [("nmo", "/cabinet"), ("gosuslugi", "/services")])
def test_the_return_is_to_another_address_and_lets_in(
    visitor: Visitor, doctor: Person, portal: str, inside: str
) -> None:
    switch_on(visitor, "returned-elsewhere", "esia")
    site = getattr(visitor.staging, portal)
    page = visitor.sign_in(doctor, f"{site}/login/esia")
    assert str(page.url) == f"{site}{inside}"
    assert [step.url.path for step in page.history if "code" in step.url.params] == ["/oauth/callback/earlier"]


def test_the_first_page_has_the_code_in_its_address(visitor: Visitor, doctor: Person) -> None:
    switch_on(visitor, "code-in-url", "nmo")
    page = visitor.sign_in(doctor)
    assert (page.status_code, page.url.path) == (200, "/cabinet")
    assert "code" in page.url.params


def test_the_first_page_has_the_code_behind_its_address(visitor: Visitor, doctor: Person) -> None:
    switch_on(visitor, "code-in-url", "nmo", fragment=1)
    page = visitor.sign_in(doctor)
    assert (page.status_code, page.url.path, "code" in page.url.params) == (200, "/cabinet", False)
    assert page.history[-1].headers["location"].startswith("/cabinet#code=")


def test_a_script_has_the_code_in_its_address_for_a_moment(visitor: Visitor, doctor: Person) -> None:
    switch_on(visitor, "code-in-url", "nmo", fragment=2)
    page = visitor.sign_in(doctor)
    assert (page.status_code, page.url.path) == (200, "/oauth/callback")
    assert 'history.pushState(null, "", "/cabinet#" + location.search.slice(1))' in page.text


def test_the_return_is_a_page_that_goes_on_by_itself(visitor: Visitor, doctor: Person) -> None:
    switch_on(visitor, "code-in-referrer", "nmo")
    page = visitor.sign_in(doctor)
    assert (page.status_code, page.url.path) == (200, "/oauth/callback")
    assert 'http-equiv="refresh" content="0; url=/cabinet"' in page.text


@pytest.mark.parametrize(("system", "path"), [("nmo", "/cabinet"), ("gosuslugi", "/services"), ("esia", "/")])
def test_a_session_outlives_its_end(visitor: Visitor, doctor: Person, system: str, path: str) -> None:
    inside = f"{getattr(visitor.staging, system)}{path}"
    visitor.sign_in(doctor)
    visitor.get(f"{visitor.staging.gosuslugi}/login/esia")
    switch_on(visitor, "logout-incomplete", system)
    visitor.get(f"{visitor.staging.nmo}/logout")
    assert visitor.get(inside, follow=False).status_code == 200
    visitor.control.delete("/faults")
    visitor.get(f"{visitor.staging.nmo}/logout")
    visitor.get(f"{visitor.staging.gosuslugi}/logout")
    assert visitor.get(inside, follow=False).status_code == 302
