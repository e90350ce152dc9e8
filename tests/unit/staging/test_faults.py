"""Every fault of the catalogue does what it says, where it says, and nowhere else."""

import re
import time
from datetime import datetime, timedelta

import httpx
import pytest

from staging.fault import SITES, Fault
from staging.fault_catalogue import CATALOGUE
from staging.faults import Faults, UnknownFault, WrongParameter, WrongSystem, find
from tests.unit.staging.visitor import Person, Visitor

PAGE = {"nmo": "/", "gosuslugi": "/", "esia": "/login"}


def front_page(visitor: Visitor, site: str) -> httpx.Response:
    return visitor.get(getattr(visitor.staging, site) + PAGE[site], follow=False)


def switch_on(visitor: Visitor, name: str, **body: object) -> None:
    visitor.control.put(f"/faults/{name}", json=body).raise_for_status()


class TestSiteFaults:
    @pytest.mark.parametrize("site", SITES)
    @pytest.mark.parametrize(
        ("fault", "status", "text"),
        [("http-502", 502, "502 Bad Gateway"), ("http-503", 503, "503 Service Temporarily Unavailable")],
    )
    def test_a_proxy_page_is_bare(self, visitor: Visitor, site: str, fault: str, status: int, text: str) -> None:
        switch_on(visitor, fault, system=site)
        page = front_page(visitor, site)
        assert page.status_code == status
        assert f"<h1>{text}</h1>" in page.text
        assert "site.css" not in page.text

    @pytest.mark.parametrize(("site", "code"), [("nmo", "NMO-5001"), ("gosuslugi", "EPGU-5001"), ("esia", "ESIA-5001")])
    def test_the_sites_own_error_has_a_code_and_a_time(self, visitor: Visitor, site: str, code: str) -> None:
        switch_on(visitor, "http-500", system=site)
        page = front_page(visitor, site)
        assert page.status_code == 500
        assert "<h1>Что-то пошло не так</h1>" in page.text
        assert f'<p class="error-code">{code}</p>' in page.text
        assert "<time datetime=" in page.text

    @pytest.mark.parametrize("site", SITES)
    def test_a_dropped_connection_has_no_byte_of_an_answer(self, visitor: Visitor, site: str) -> None:
        switch_on(visitor, "dropped-connection", system=site)
        with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
            front_page(visitor, site)

    @pytest.mark.parametrize("site", SITES)
    def test_a_blank_page_is_a_success_with_nothing_in_it(self, visitor: Visitor, site: str) -> None:
        switch_on(visitor, "blank-page", system=site)
        page = front_page(visitor, site)
        assert (page.status_code, page.content) == (200, b"")
        assert page.headers["content-type"].startswith("text/html")

    @pytest.mark.parametrize(("site", "asset"), [("nmo", "site.css"), ("gosuslugi", "site.css"), ("esia", "code.js")])
    def test_a_broken_asset_is_missing_from_a_good_page(self, visitor: Visitor, site: str, asset: str) -> None:
        url = f"{getattr(visitor.staging, site)}/static/{asset}"
        assert visitor.get(url).status_code == 200
        switch_on(visitor, "broken-asset", system=site)
        assert visitor.get(url).status_code == 404
        assert front_page(visitor, site).status_code == 200

    @pytest.mark.parametrize("site", SITES)
    def test_latency_holds_documents_and_nothing_else(self, visitor: Visitor, site: str) -> None:
        switch_on(visitor, "latency", system=site, seconds=2)
        started = time.monotonic()
        visitor.get(f"{getattr(visitor.staging, site)}/static/site.css")
        assert time.monotonic() - started < 2
        switch_on(visitor, "latency", system=site, seconds=0.5)
        started = time.monotonic()
        front_page(visitor, site)
        assert time.monotonic() - started >= 0.5

    @pytest.mark.parametrize("fault", ["latency", "http-500", "http-502", "http-503", "blank-page", "broken-asset"])
    def test_spares_the_other_sites_and_calls_between_servers(self, visitor: Visitor, fault: str) -> None:
        switch_on(visitor, fault, system="esia")
        assert front_page(visitor, "nmo").status_code == 200
        assert front_page(visitor, "gosuslugi").status_code == 200
        assert "keys" in visitor.get(f"{visitor.staging.esia}/aas/oauth2/jwks").json()
        answer = visitor.http.post(f"{visitor.staging.esia}/aas/oauth2/v3/te", data={})
        assert answer.json()["error_description"].startswith("ESIA-007014")

    def test_ends_when_it_is_switched_off(self, visitor: Visitor, control: httpx.Client) -> None:
        switch_on(visitor, "http-502")
        assert front_page(visitor, "nmo").status_code == 502
        control.delete("/faults/http-502")
        assert front_page(visitor, "nmo").status_code == 200

    def test_several_can_be_on_at_once(self, visitor: Visitor) -> None:
        switch_on(visitor, "http-502", system="nmo")
        switch_on(visitor, "http-503", system="gosuslugi")
        switch_on(visitor, "blank-page", system="esia")
        assert [front_page(visitor, site).status_code for site in ("nmo", "gosuslugi", "esia")] == [502, 503, 200]


class TestFaultsOfTheProcess:
    def test_a_code_never_delivered(self, visitor: Visitor, control: httpx.Client, doctor: Person) -> None:
        switch_on(visitor, "code-never-delivered")
        assert visitor.give_password(doctor).url.path == "/login/otp"
        assert control.get("/outbox", params={"to": doctor["phone"]}).json() == {"messages": []}

    def test_wrong_state(self, visitor: Visitor, doctor: Person) -> None:
        switch_on(visitor, "wrong-state")
        page = visitor.sign_in(doctor)
        assert '<p class="error-code">NMO-1001</p>' in page.text

    def test_consent_not_recorded(self, visitor: Visitor, newcomer: Person) -> None:
        switch_on(visitor, "consent-not-recorded")
        visitor.sign_in(newcomer)
        visitor.post(f"{visitor.staging.nmo}/agreement", accept="yes")
        page = visitor.post(f"{visitor.staging.nmo}/consent", answer="agree")
        assert "Согласие принято" in page.text
        assert "Доступ ограничен" in page.text
        assert visitor.get(f"{visitor.staging.nmo}/login/esia").url.path == "/consent"

    def test_sync_never_completes(self, visitor: Visitor, control: httpx.Client, doctor: Person) -> None:
        visitor.sign_in(doctor)
        switch_on(visitor, "sync-never-completes")
        control.post("/clock", json={"advance_s": 3600})
        sync = visitor.get(f"{visitor.staging.nmo}/api/sync").json()
        assert (sync["status"], sync["completed"]) == ("Выполняется", None)
        control.delete("/faults")
        assert visitor.get(f"{visitor.staging.nmo}/api/sync").json()["status"] == "Завершена"

    def test_sync_stale(self, visitor: Visitor, doctor: Person) -> None:
        visitor.sign_in(doctor)
        switch_on(visitor, "sync-stale", parameters={"hours": 48})
        sync = visitor.get(f"{visitor.staging.nmo}/api/sync").json()
        as_of, completed = (datetime.fromisoformat(sync[name]) for name in ("as_of", "completed"))
        assert completed - as_of == timedelta(hours=48)

    @pytest.mark.parametrize(("lacks", "field"), [(0, "Специальность"), (1, "Место работы")])
    def test_sync_partial(self, visitor: Visitor, doctor: Person, lacks: int, field: str) -> None:
        visitor.sign_in(doctor)
        empty = f"<dt>{field}</dt><dd>нет данных</dd>"
        assert empty not in visitor.get(f"{visitor.staging.nmo}/cabinet/profile").text
        switch_on(visitor, "sync-partial", parameters={"lacks": lacks})
        page = visitor.get(f"{visitor.staging.nmo}/cabinet/profile").text
        assert empty in page
        assert page.count("нет данных") == 1

    def test_profile_mismatch(self, visitor: Visitor, doctor: Person) -> None:
        visitor.sign_in(doctor)
        switch_on(visitor, "profile-mismatch")
        portal = visitor.get(f"{visitor.staging.nmo}/cabinet/profile").text
        state = visitor.get(f"{visitor.staging.gosuslugi}/profile").text
        for term, key in (("СНИЛС", "snils"), ("Фамилия", "surname")):
            assert f"<dt>{term}</dt><dd>{doctor[key]}</dd>" in state
            shown = re.search(f"<dt>{term}</dt><dd>(.*?)</dd>", portal)
            assert shown
            assert shown.group(1) != doctor[key]
            assert len(shown.group(1)) in (len(doctor[key]), len(doctor[key]) + 1)


class TestCatalogue:
    def test_names_are_unique_and_can_be_found(self) -> None:
        assert len({fault.name for fault in CATALOGUE}) == len(CATALOGUE)
        assert all(find(fault.name) is fault for fault in CATALOGUE)

    def test_unknown_names_are_answered_with_the_known_ones(self) -> None:
        with pytest.raises(UnknownFault, match=r"no-such.*known: .*latency.*profile-mismatch"):
            find("no-such")
        with pytest.raises(UnknownFault, match=r"^unknown fault 'htp-502'; did you mean 'http-502'\?$"):
            find("htp-502")

    @pytest.mark.parametrize("fault", CATALOGUE, ids=lambda fault: fault.name)
    def test_a_choice_is_one_of_those_that_are_told(self, fault: Fault) -> None:
        choices = set(fault.parameters) - {"seconds", "hours"}
        told = re.findall(r"(?:[:;,] |is )(\d+) ", fault.description)
        assert told == [str(number) for number in range(fault.choices)]
        assert len(choices) == (fault.choices > 1)
        for choice in choices:
            for number in range(fault.choices):
                Faults().switch_on(fault.name, parameters={choice: number})
            for wrong in (fault.choices, 0.5):
                with pytest.raises(WrongParameter, match=f"{choice} must be one of 0, 1"):
                    Faults().switch_on(fault.name, parameters={choice: wrong})

    def test_a_fault_stays_in_its_systems(self) -> None:
        with pytest.raises(WrongSystem, match="wrong-state applies to esia"):
            Faults().switch_on("wrong-state", "nmo")

    @pytest.mark.parametrize("parameters", [{"minutes": 1}, {"seconds": -1}, {"seconds": "long"}, {"seconds": 9e9}])
    def test_parameters_are_checked(self, parameters: dict[str, float]) -> None:
        with pytest.raises(WrongParameter):
            Faults().switch_on("latency", "nmo", parameters)
