"""The control API: its token, outbox, clock, faults and personas."""

import threading
import time
from datetime import datetime

import httpx
import pytest

from staging.identifiers import is_inn, is_oms, is_snils
from tests.unit.staging.visitor import MakePerson, Person, Visitor

KEYS = (
    "name role state factor login password totp_secret phone email surname given_name patronymic snils inn oms "
    "birth_date address second_phone second_email second_oms second_password review oid"
)


class TestToken:
    @pytest.mark.parametrize("header", [{}, {"authorization": "Bearer wrong"}, {"authorization": "Basic x"}])
    @pytest.mark.parametrize("path", ["/outbox?to=x", "/clock", "/faults", "/personas"])
    def test_is_needed(self, control: httpx.Client, path: str, header: dict[str, str]) -> None:
        bare = httpx.get(f"{control.base_url}{path}", headers=header, trust_env=False)
        assert bare.status_code == 401
        assert "error" in bare.json()

    def test_is_not_needed_for_health(self, control: httpx.Client) -> None:
        assert httpx.get(f"{control.base_url}/healthz", trust_env=False).json() == {"status": "ok"}


class TestOutbox:
    def test_holds_what_was_sent(self, visitor: Visitor, control: httpx.Client, doctor: Person) -> None:
        visitor.give_password(doctor)
        (message,) = control.get("/outbox", params={"to": doctor["phone"]}).json()["messages"]
        assert (message["to"], message["channel"]) == (doctor["phone"], "sms")
        assert message["id"] == control.get("/outbox/last", params={"to": doctor["phone"]}).json()["id"]
        datetime.fromisoformat(message["sent"])
        nothing = control.get("/outbox", params={"to": doctor["phone"], "after": message["id"]}).json()
        assert nothing == {"messages": []}

    def test_a_bare_plus_in_a_query_string_is_understood(
        self, visitor: Visitor, control: httpx.Client, doctor: Person
    ) -> None:
        visitor.give_password(doctor)
        assert len(control.get(f"/outbox?to={doctor['phone']}").json()["messages"]) == 1

    def test_a_wait_ends_when_the_message_comes(self, visitor: Visitor, control: httpx.Client, doctor: Person) -> None:
        answers: list[httpx.Response] = []
        query = {"to": doctor["phone"], "after": "0", "wait": "20"}
        headers, url = dict(control.headers), f"{control.base_url}/outbox"

        def wait() -> None:
            answers.append(httpx.get(url, params=query, headers=headers, timeout=30, trust_env=False))

        waiting = threading.Thread(target=wait)
        started = time.monotonic()
        waiting.start()
        visitor.give_password(doctor)
        waiting.join(15)
        assert len(answers[0].json()["messages"]) == 1
        assert time.monotonic() - started < 10

    def test_a_wait_in_vain_ends_with_nothing(self, control: httpx.Client, doctor: Person) -> None:
        started = time.monotonic()
        answer = control.get("/outbox", params={"to": doctor["phone"], "wait": "0.1"})
        assert answer.json() == {"messages": []}
        assert time.monotonic() - started >= 0.1

    @pytest.mark.parametrize(
        "query", ["", "?to=", "?to=x&after=y", "?to=x&wait=long", "?to=x&after=nan", "?to=x&wait=inf"]
    )
    def test_a_wrong_question_is_told(self, control: httpx.Client, query: str) -> None:
        assert control.get(f"/outbox{query}").status_code == 422


class TestClock:
    def test_is_moved_and_put_back(self, control: httpx.Client) -> None:
        start = datetime.fromisoformat(control.get("/clock").json()["now"])
        moved = control.post("/clock", json={"advance_s": 86400}).json()
        assert moved["offset_s"] == 86400
        assert (datetime.fromisoformat(moved["now"]) - start).total_seconds() == 86400
        control.post("/clock", json={"advance_s": 10})
        assert control.get("/clock").json()["offset_s"] == 86410
        assert control.post("/clock", json={"reset": True}).json()["offset_s"] == 0

    @pytest.mark.parametrize(
        "body",
        [
            "",
            "[]",
            "{}",
            '{"advance_s": "a day"}',
            '{"advance_s": true}',
            '{"advance_s": NaN}',
            '{"advance_s": 1e15}',
            f'{{"advance_s": 1{"0" * 400}}}',
            "not json",
        ],
    )
    def test_a_wrong_order_is_told(self, control: httpx.Client, body: str) -> None:
        assert control.post("/clock", content=body).status_code == 422
        assert control.get("/clock").json()["offset_s"] == 0


class TestFaultsApi:
    def active(self, control: httpx.Client, name: str) -> dict[str, dict[str, float]]:
        (found,) = [fault for fault in control.get("/faults").json()["faults"] if fault["name"] == name]
        active: dict[str, dict[str, float]] = found["active"]
        return active

    def test_switches_on_and_off(self, control: httpx.Client) -> None:
        assert self.active(control, "latency") == {}
        control.put("/faults/latency").raise_for_status()
        control.put("/faults/latency", json={"system": "esia", "seconds": 5}).raise_for_status()
        assert self.active(control, "latency") == {"nmo": {"seconds": 3}, "esia": {"seconds": 5}}
        control.delete("/faults/latency")
        assert self.active(control, "latency") == {}

    def test_takes_parameters_under_their_own_key_too(self, control: httpx.Client) -> None:
        control.put("/faults/latency", json={"parameters": {"seconds": 1}}).raise_for_status()
        assert self.active(control, "latency") == {"nmo": {"seconds": 1}}

    @pytest.mark.parametrize("method", ["PUT", "DELETE"])
    def test_answers_an_unknown_name_with_the_known_ones(self, control: httpx.Client, method: str) -> None:
        answer = control.request(method, "/faults/no-such")
        assert answer.status_code == 404
        assert "latency" in answer.json()["faults"]

    @pytest.mark.parametrize(
        "order", [{"system": "delivery"}, {"system": 7}, {"minutes": 1}, {"seconds": True}, {"parameters": 3}]
    )
    def test_a_wrong_order_is_told(self, control: httpx.Client, order: dict[str, object]) -> None:
        assert control.put("/faults/latency", json=order).status_code == 422
        assert self.active(control, "latency") == {}


class TestPersonas:
    def test_the_shipped_ones(self, control: httpx.Client) -> None:
        shipped = {person["name"]: person for person in control.get("/personas").json()["personas"]}
        assert {name: (shipped[name]["state"], shipped[name]["factor"]) for name in list(shipped)[:5]} == {
            "doctor": ("returning", "sms"),
            "nurse": ("returning", "totp"),
            "services-doctor": ("returning", "sms"),
            "newcomer": ("first-visit", "sms"),
            "unconfirmed-identity": ("unconfirmed-identity", "sms"),
        }

    def test_are_valid_and_of_one_form(self, control: httpx.Client) -> None:
        for person in control.get("/personas").json()["personas"]:
            assert set(person) == set(KEYS.split())
            assert is_snils(person["snils"])
            assert is_inn(person["inn"])
            assert is_oms(person["oms"])
            assert person["login"] in {person["phone"], person["email"], person["snils"], person["inn"]}
            assert person["email"].endswith((".test", ".invalid"))
            assert (len(person["totp_secret"]) >= 32) is (person["factor"] == "totp")

    def test_a_fresh_one_shares_nothing_that_identifies(self, control: httpx.Client, make_person: MakePerson) -> None:
        model = control.get("/personas").json()["personas"][1]
        fresh = make_person("nurse")
        for key in ("name", "login", "totp_secret", "phone", "email", "snils", "inn", "oms", "oid"):
            assert fresh[key] != model[key], key
        assert (fresh["role"], fresh["state"], fresh["factor"]) == (model["role"], model["state"], model["factor"])
        assert fresh in control.get("/personas").json()["personas"]

    @pytest.mark.parametrize(
        ("order", "status"),
        [
            ({"like": "nobody", "name": "new"}, 404),
            ({"like": "doctor", "name": "nurse"}, 409),
            ({"like": "doctor"}, 422),
            ({"name": "new"}, 422),
        ],
    )
    def test_a_wrong_order_is_told(self, control: httpx.Client, order: dict[str, str], status: int) -> None:
        assert control.post("/personas", json=order).status_code == status

    def test_a_reset_takes_back_everything(self, visitor: Visitor, control: httpx.Client, newcomer: Person) -> None:
        nmo = visitor.staging.nmo
        visitor.sign_in(newcomer)
        visitor.post(f"{nmo}/agreement", accept="yes")
        visitor.post(f"{nmo}/consent", answer="agree")
        assert control.post(f"/personas/{newcomer['name']}/reset").json() == newcomer
        # ЕСИА still has the session, and asks again what it asks on a first entry.
        assert visitor.get(f"{nmo}/login/esia").url.path == "/login/contact"
        assert visitor.give_code(visitor.code_sent(newcomer["email"]), "contact").url.path == "/agreement"

    def test_a_reset_of_nobody_is_told(self, control: httpx.Client) -> None:
        assert control.post("/personas/nobody/reset").status_code == 404
