"""ЕСИА as its clients' servers see it: signed requests, codes, tokens, data, revocation."""

import base64
import json
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc.jwk import RSAKey

from staging import oauth, token
from staging.server import Staging
from tests.unit.staging.visitor import MakePerson, Person, Signed, Visitor


def answer_of(response: httpx.Response) -> dict[str, str]:
    """The parameters that ЕСИА sent the browser back with."""
    assert response.status_code == 302
    return {key: values[0] for key, values in parse_qs(urlsplit(response.headers["location"]).query).items()}


def fresh_code(visitor: Visitor, person: Person, ask: Signed, **over: str) -> str:
    """A code for a person who signs in at ЕСИА; the browser is not followed back to the portal."""
    visitor.get(f"{visitor.staging.esia}/login")
    visitor.give_password(person)
    visitor.give_code(visitor.code_sent(person["phone"]))
    response = visitor.http.get(f"{visitor.staging.esia}/aas/oauth2/v2/ac", params=ask(**over))
    return answer_of(response)["code"]


def exchange(visitor: Visitor, form: dict[str, str]) -> httpx.Response:
    return visitor.http.post(f"{visitor.staging.esia}/aas/oauth2/v3/te", data=form)


def trade(signed: Signed, to_sign: str, **over: str) -> dict[str, str]:
    """The portal's form for trading a code."""
    return signed(last=to_sign, code=to_sign, grant_type="authorization_code", token_type="Bearer") | over


@pytest.fixture
def tokens(visitor: Visitor, doctor: Person, ask: Signed, signed: Signed) -> dict[str, Any]:
    answer = exchange(visitor, trade(signed, fresh_code(visitor, doctor, ask)))
    document: dict[str, Any] = answer.raise_for_status().json()
    return document


class TestAuthorisationRequest:
    def test_leads_to_the_sign_in(self, visitor: Visitor, ask: Signed) -> None:
        response = visitor.http.get(f"{visitor.staging.esia}/aas/oauth2/v2/ac", params=ask())
        assert (response.status_code, response.headers["location"]) == (302, "/login")

    @pytest.mark.parametrize(
        ("over", "code"),
        [
            ({"redirect_uri": "http://elsewhere.localhost/oauth/callback"}, "ESIA-007023"),
            ({"client_id": "STRANGER"}, "ESIA-008010"),
            ({"redirect_uri": ""}, "ESIA-007014"),
            ({"client_id": ""}, "ESIA-007014"),
        ],
    )
    def test_is_never_sent_back_to_an_address_that_is_not_known(
        self, visitor: Visitor, ask: Signed, over: dict[str, str], code: str
    ) -> None:
        response = visitor.http.get(f"{visitor.staging.esia}/aas/oauth2/v2/ac", params=ask(**over))
        assert response.status_code == 400
        assert "<h1>Ошибка</h1>" in response.text
        assert f'<p class="error-code">{code}</p>' in response.text
        assert "<time datetime=" in response.text

    @pytest.mark.parametrize(
        ("over", "code"),
        [
            ({"client_secret": ""}, "ESIA-007014"),
            ({"state": ""}, "ESIA-007014"),
            ({"timestamp": ""}, "ESIA-007014"),
            ({"response_type": ""}, "ESIA-007014"),
            ({"response_type": "token"}, "ESIA-007003"),
            ({"access_type": "sideways"}, "ESIA-007003"),
            ({"timestamp": "yesterday"}, "ESIA-007015"),
            ({"scope": "openid everything"}, "ESIA-007006"),
            ({"client_certificate_hash": "00"}, "ESIA-007002"),
            ({"client_secret": "bm90IGEgc2lnbmF0dXJl"}, "ESIA-007053"),
            ({"client_secret": "!"}, "ESIA-007053"),
            ({"scope": "openid"}, "ESIA-007053"),
            ({"state": "another-state"}, "ESIA-007053"),
        ],
    )
    def test_that_is_wrong_goes_back_with_a_code(
        self, visitor: Visitor, ask: Signed, over: dict[str, str], code: str
    ) -> None:
        response = visitor.http.get(f"{visitor.staging.esia}/aas/oauth2/v2/ac", params=ask() | over)
        answer = answer_of(response)
        assert response.headers["location"].startswith(f"{visitor.staging.nmo}/oauth/callback?")
        assert answer["error_description"].startswith(f"{code}: ")
        assert answer["error"] in ("invalid_request", "invalid_scope", "unauthorized_client")
        assert answer.get("state", "") == (ask() | over)["state"]

    @pytest.mark.parametrize(("minutes", "accepted"), [(-6, False), (-4, True), (4, True), (6, False)])
    def test_may_be_five_minutes_off(self, visitor: Visitor, staging: Staging, minutes: int, accepted: bool) -> None:
        sent = staging.stand.clock.now() + timedelta(minutes=minutes)
        uri = f"{staging.nmo}/oauth/callback"
        parameters = oauth.signed("NMO", staging.client_keys["NMO"], uri, "openid", sent)
        parameters |= {"response_type": "code", "access_type": "online"}
        response = visitor.http.get(f"{staging.esia}/aas/oauth2/v2/ac", params=parameters)
        assert (response.headers["location"] == "/login") is accepted
        assert accepted or "ESIA-007015" in response.headers["location"]


class TestExchange:
    def test_asks_for_a_post(self, visitor: Visitor) -> None:
        answer = visitor.http.get(f"{visitor.staging.esia}/aas/oauth2/v3/te")
        assert answer.status_code == 400
        assert answer.json()["error_description"].startswith("ESIA-007005: ")

    def test_gives_signed_tokens(self, visitor: Visitor, doctor: Person, tokens: dict[str, Any]) -> None:
        assert tokens["token_type"] == "Bearer"
        assert tokens["expires_in"] == 3600
        assert tokens["state"] == "the-state"
        assert "refresh_token" not in tokens
        header = json.loads(base64.urlsafe_b64decode(tokens["access_token"].split(".")[0] + "=="))
        assert header == {"ver": 1, "typ": "JWT", "sbt": "access", "alg": "RS256"}

        jwks = visitor.get(f"{visitor.staging.esia}/aas/oauth2/jwks").json()
        assert "d" not in jwks["keys"][0]
        key, now = RSAKey.import_key(jwks["keys"][0]), visitor.staging.stand.clock.now()
        access = token.read(tokens["access_token"], key, now)
        assert access["iss"] == "http://esia.gosuslugi.ru/"
        assert access["client_id"] == "NMO"
        assert access["exp"] == access["iat"] + 3600
        assert access["urn:esia:sbj_id"] == int(doctor["oid"])
        assert f"snils?oid={doctor['oid']}" in access["scope"].split()
        identity = token.read(tokens["id_token"], key, now, aud="NMO", nonce="the-nonce")
        assert identity["sub"] == doctor["oid"]
        assert identity["urn:esia:amd"] == "PWD"
        assert identity["urn:esia:sbj"]["urn:esia:sbj:is_tru"] is True

    def test_takes_a_code_once(self, visitor: Visitor, doctor: Person, ask: Signed, signed: Signed) -> None:
        form = trade(signed, fresh_code(visitor, doctor, ask))
        assert exchange(visitor, form).status_code == 200
        again = exchange(visitor, form)
        assert again.status_code == 400
        assert again.json()["error"] == "invalid_grant"
        assert again.json()["error_description"].startswith("ESIA-007011")

    @pytest.mark.parametrize(
        ("announced", "proved", "code"),
        [
            ("the-key", "the-key", ""),
            ("the-key", "another-key", "ESIA-007040"),
            ("the-key", "", "ESIA-007040"),
            ("", "the-key", "ESIA-007039"),
        ],
    )
    def test_checks_a_proof_key_that_is_announced(
        self, visitor: Visitor, doctor: Person, ask: Signed, signed: Signed, announced: str, proved: str, code: str
    ) -> None:
        challenge = oauth.challenge_of(announced) if announced else ""
        form = trade(signed, fresh_code(visitor, doctor, ask, code_challenge=challenge), code_verifier=proved)
        answer = exchange(visitor, form).json()
        assert answer.get("error_description", "").startswith(code)
        assert ("access_token" in answer) is (code == "")

    @pytest.mark.parametrize(("seconds", "status"), [(59, 200), (61, 400)])
    def test_takes_a_code_for_a_minute(
        self,
        visitor: Visitor,
        control: httpx.Client,
        doctor: Person,
        ask: Signed,
        signed: Signed,
        seconds: int,
        status: int,
    ) -> None:
        code = fresh_code(visitor, doctor, ask)
        control.post("/clock", json={"advance_s": seconds})
        answer = exchange(visitor, trade(signed, code))
        assert answer.status_code == status
        assert status == 200 or answer.json()["error_description"].startswith("ESIA-007011")

    @pytest.mark.parametrize(
        ("over", "code"),
        [
            ({"client_id": "STRANGER"}, "ESIA-008010"),
            ({"redirect_uri": "http://elsewhere.localhost/"}, "ESIA-007023"),
            ({"code": ""}, "ESIA-007014"),
            ({"grant_type": "password"}, "ESIA-007003"),
            ({"client_secret": "AAAA"}, "ESIA-007053"),
            ({"code": "another-code"}, "ESIA-007053"),
            ({"client_certificate_hash": "00"}, "ESIA-007002"),
            ({"timestamp": "2001.01.01 00:00:00 +0000"}, "ESIA-007015"),
        ],
    )
    def test_turns_down_a_wrong_form(self, visitor: Visitor, signed: Signed, over: dict[str, str], code: str) -> None:
        answer = exchange(visitor, trade(signed, "some-code", **over))
        assert answer.status_code == 400
        assert answer.json()["error_description"].startswith(f"{code}: ")

    def test_does_not_take_a_code_of_another_client(self, visitor: Visitor, doctor: Person, ask: Signed) -> None:
        code = fresh_code(visitor, doctor, ask)
        staging = visitor.staging
        uri, now = f"{staging.gosuslugi}/oauth/callback", staging.stand.clock.now()
        form = oauth.signed("PGU", staging.client_keys["PGU"], uri, "openid", now, last=code)
        form |= {"code": code, "grant_type": "authorization_code", "token_type": "Bearer"}
        assert exchange(visitor, form).json()["error_description"].startswith("ESIA-007011")


class TestData:
    def get(self, visitor: Visitor, path: str, access_token: str) -> httpx.Response:
        headers = {"authorization": f"Bearer {access_token}"}
        return visitor.http.get(f"{visitor.staging.esia}/rs/prns/{path}", headers=headers)

    def test_is_the_persons(self, visitor: Visitor, doctor: Person, tokens: dict[str, Any]) -> None:
        oid, bearer = doctor["oid"], tokens["access_token"]
        person = self.get(visitor, oid, bearer).json()
        assert (person["lastName"], person["snils"], person["inn"]) == (
            doctor["surname"],
            doctor["snils"],
            doctor["inn"],
        )
        assert person["trusted"] is True
        contacts = self.get(visitor, f"{oid}/ctts", bearer).json()["elements"]
        assert {contact["value"] for contact in contacts} == {doctor["phone"], doctor["email"]}
        assert self.get(visitor, f"{oid}/docs", bearer).json()["elements"][0]["number"] == doctor["oms"]

    def test_is_closed_without_a_token(self, visitor: Visitor, doctor: Person, tokens: dict[str, Any]) -> None:
        stranger = self.get(visitor, doctor["oid"], "not-a-token")
        assert stranger.status_code == 401
        # A token with another's signature is none.
        header, claims, signature = tokens["access_token"].split(".")
        forged = f"{header}.{claims}.{signature[::-1]}"
        assert self.get(visitor, doctor["oid"], forged).status_code == 401

    def test_of_others_is_closed(self, visitor: Visitor, tokens: dict[str, Any], make_person: MakePerson) -> None:
        other = make_person("nurse")
        answer = self.get(visitor, other["oid"], tokens["access_token"])
        assert answer.status_code == 403
        assert answer.json()["error_description"].startswith("ESIA-007019")

    def test_is_closed_when_the_token_has_expired(
        self, visitor: Visitor, control: httpx.Client, doctor: Person, tokens: dict[str, Any]
    ) -> None:
        control.post("/clock", json={"advance_s": 3600 + 120})
        assert self.get(visitor, doctor["oid"], tokens["access_token"]).status_code == 401

    def test_is_no_more_than_the_scopes_say(
        self, visitor: Visitor, doctor: Person, ask: Signed, signed: Signed
    ) -> None:
        code = fresh_code(visitor, doctor, ask, scope="openid fullname")
        bearer = exchange(visitor, trade(signed, code, **signed(last=code, scope="openid fullname"))).json()
        person = self.get(visitor, doctor["oid"], bearer["access_token"]).json()
        assert person["lastName"] == doctor["surname"]
        assert "snils" not in person
        assert self.get(visitor, f"{doctor['oid']}/ctts", bearer["access_token"]).status_code == 403


class TestRevocation:
    def test_makes_the_next_entry_a_first_one(self, visitor: Visitor, doctor: Person, signed: Signed) -> None:
        form = signed(last=doctor["oid"], oid=doctor["oid"])
        assert visitor.http.post(f"{visitor.staging.esia}/aas/oauth2/v3/revoke", data=form).status_code == 200
        visitor.get(f"{visitor.staging.nmo}/login/esia")
        visitor.give_password(doctor)
        assert visitor.give_code(visitor.code_sent(doctor["phone"])).url.path == "/login/contact"

    def test_is_for_the_client_itself(self, visitor: Visitor, doctor: Person, signed: Signed) -> None:
        form = signed(last="another-oid", oid=doctor["oid"])
        answer = visitor.http.post(f"{visitor.staging.esia}/aas/oauth2/v3/revoke", data=form)
        assert answer.json()["error_description"].startswith("ESIA-007053")


class TestLogout:
    def logout(self, visitor: Visitor, back: str) -> httpx.Response:
        parameters = {"client_id": "NMO", "redirect_url": back}
        return visitor.http.get(f"{visitor.staging.esia}/idp/ext/Logout", params=parameters)

    def test_ends_the_session_and_returns(self, visitor: Visitor, doctor: Person) -> None:
        visitor.sign_in(doctor)
        response = self.logout(visitor, f"{visitor.staging.nmo}/")
        assert response.headers["location"] == f"{visitor.staging.nmo}/"
        assert visitor.get(f"{visitor.staging.esia}/").url.path == "/login"

    @pytest.mark.parametrize("back", ["http://elsewhere.localhost/", "{nmo}.elsewhere.localhost/", ""])
    def test_does_not_send_the_browser_astray(self, visitor: Visitor, back: str) -> None:
        response = self.logout(visitor, back.format(nmo=visitor.staging.nmo))
        assert response.status_code == 200
        assert "<h1>Вы вышли</h1>" in response.text
