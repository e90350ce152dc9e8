"""The portal and Госуслуги: the way in, agreement, consent, cabinet, synchronisation, deletion."""

import re
from typing import Any

import httpx
import pytest

from staging.personal_data import LARGEST_SCAN
from staging.server import Options, Staging
from tests.unit.staging.visitor import NO_TLS, MakePerson, Person, ToLoopback, Visitor

LIMITED = "Доступ ограничен: согласие на передачу данных не дано"


def details(page: httpx.Response) -> dict[str, str]:
    """Terms and values of the page's description list, without markup."""
    pairs = re.findall(r"<dt>(.*?)</dt><dd[^>]*>(.*?)</dd>", page.text, re.DOTALL)
    return {term: re.sub(r"<.*?>", "", value) for term, value in pairs}


def status_on(page: httpx.Response) -> str:
    found = re.search(r'role="status"[^>]*>(.*?)<', page.text)
    return found.group(1) if found else ""


@pytest.fixture
def nmo(staging: Staging) -> str:
    return staging.nmo


@pytest.fixture
def at_cabinet(visitor: Visitor, doctor: Person) -> httpx.Response:
    """A doctor who knows the portal, in the cabinet."""
    page = visitor.sign_in(doctor)
    assert page.url.path == "/cabinet"
    return page


@pytest.fixture
def at_consent(visitor: Visitor, nmo: str, newcomer: Person) -> httpx.Response:
    """A newcomer who has accepted the agreement."""
    assert visitor.sign_in(newcomer).url.path == "/agreement"
    return visitor.post(f"{nmo}/agreement", accept="yes")


class TestReturnFromEsia:
    def test_with_another_state_is_refused(self, visitor: Visitor, nmo: str) -> None:
        visitor.get(f"{nmo}/login/esia", follow=False)
        page = visitor.get(f"{nmo}/oauth/callback?code=some&state=another")
        assert page.status_code == 400
        assert "<h1>Не удалось войти</h1>" in page.text
        assert '<p class="error-code">NMO-1001</p>' in page.text

    def test_without_a_request_is_refused(self, visitor: Visitor, nmo: str) -> None:
        assert "NMO-1001" in visitor.get(f"{nmo}/oauth/callback?code=some&state=").text

    def started(self, visitor: Visitor, nmo: str) -> str:
        """The state of a sign-in that has been started."""
        location = visitor.get(f"{nmo}/login/esia", follow=False).headers["location"]
        return httpx.URL(location).params["state"]

    def test_with_an_error_shows_its_code_and_the_time(self, visitor: Visitor, nmo: str) -> None:
        state = self.started(visitor, nmo)
        answer = {"error": "invalid_request", "error_description": "ESIA-007008: Перегрузка", "state": state}
        page = visitor.get(str(httpx.URL(f"{nmo}/oauth/callback", params=answer)))
        assert '<p class="error-code">ESIA-007008</p>' in page.text
        assert "Перегрузка" in page.text
        assert "<time datetime=" in page.text

    def test_with_a_code_that_esia_does_not_know_is_refused(self, visitor: Visitor, nmo: str) -> None:
        state = self.started(visitor, nmo)
        assert "NMO-1002" in visitor.get(f"{nmo}/oauth/callback?code=made-up&state={state}").text

    def test_with_the_code_of_another_sign_in_is_refused(
        self, visitor: Visitor, other_visitor: Visitor, nmo: str, doctor: Person
    ) -> None:
        """Someone else's code was issued for another nonce."""
        other_visitor.get(f"{nmo}/login/esia")
        other_visitor.give_password(doctor)
        digits = list(other_visitor.code_sent(doctor["phone"]))
        form = {"digit": digits}
        sent_back = other_visitor.http.post(f"{visitor.staging.esia}/login/otp", data=form).headers["location"]
        code = httpx.URL(sent_back).params["code"]
        state = self.started(visitor, nmo)
        page = visitor.get(f"{nmo}/oauth/callback?code={code}&state={state}")
        assert "NMO-1003" in page.text
        assert visitor.get(f"{nmo}/cabinet").url.path == "/"

    def test_gives_the_session_a_new_id(self, visitor: Visitor, nmo: str, doctor: Person) -> None:
        visitor.get(f"{nmo}/login/esia", follow=False)
        planted = visitor.http.cookies["nmo_sid"]
        visitor.sign_in(doctor)
        assert visitor.http.cookies["nmo_sid"] != planted


class TestAdmission:
    def test_goes_through_agreement_and_consent(
        self, visitor: Visitor, nmo: str, newcomer: Person, at_consent: httpx.Response
    ) -> None:
        assert at_consent.url.path == "/consent"
        listed = re.findall(r"<li>(.*?)</li>", at_consent.text)
        assert listed == [
            "ФИО",
            "Дата рождения",
            "Сведения о профессиональной квалификации",
            "Идентификационный номер в системе Госуслуги",
            "Информация о текущих образовательных курсах",
        ]
        page = visitor.post(f"{nmo}/consent", answer="agree")
        assert str(page.url) == f"{nmo}/cabinet?consent=given"
        assert status_on(page) == "Согласие принято"
        assert LIMITED not in page.text
        full_name = f"{newcomer['surname']} {newcomer['given_name']} {newcomer['patronymic']}"
        assert f'aria-label="Владелец кабинета">{full_name}<' in page.text

    def test_wants_the_box_ticked(self, visitor: Visitor, nmo: str, newcomer: Person) -> None:
        visitor.sign_in(newcomer)
        page = visitor.post(f"{nmo}/agreement")
        assert "Отметьте, что принимаете условия" in page.text
        assert visitor.get(f"{nmo}/cabinet").url.path == "/agreement"

    def test_a_refusal_limits_the_cabinet_and_is_not_asked_again(
        self, visitor: Visitor, nmo: str, newcomer: Person, at_consent: httpx.Response
    ) -> None:
        page = visitor.post(f"{nmo}/consent", answer="refuse")
        assert page.url.path == "/cabinet"
        assert LIMITED in page.text
        assert visitor.get(f"{nmo}/login/esia").url.path == "/cabinet"

    @pytest.mark.parametrize("path", ["/agreement", "/consent", "/cabinet", "/cabinet/profile", "/cabinet/settings"])
    def test_is_for_people_who_are_signed_in(self, visitor: Visitor, nmo: str, path: str) -> None:
        assert str(visitor.get(nmo + path).url) == f"{nmo}/"


class TestConsent:
    def test_withdrawn_limits_and_given_again_opens(
        self, visitor: Visitor, nmo: str, at_cabinet: httpx.Response
    ) -> None:
        assert "<h2>Удостоверения</h2>" in at_cabinet.text
        page = visitor.post(f"{nmo}/cabinet/settings/consent")
        assert status_on(page) == "Согласие отозвано"
        assert "Согласие отозвано 1" in re.sub(r'role="status">[^<]*', "", page.text)
        limited = visitor.get(f"{nmo}/cabinet").text
        assert LIMITED in limited
        assert "<h2>Удостоверения</h2>" not in limited
        assert "Записаться на курс" not in limited
        assert visitor.get(f"{nmo}/login/esia").url.path == "/consent"
        assert "<h2>Удостоверения</h2>" in visitor.post(f"{nmo}/consent", answer="agree").text


class TestSynchronisation:
    def read(self, visitor: Visitor, nmo: str) -> dict[str, Any]:
        document: dict[str, Any] = visitor.get(f"{nmo}/api/sync").json()
        return document

    def test_runs_by_the_clock(
        self, visitor: Visitor, control: httpx.Client, nmo: str, at_consent: httpx.Response
    ) -> None:
        assert self.read(visitor, nmo) == {"status": "Не начата", "started": None, "completed": None, "as_of": None}
        visitor.post(f"{nmo}/consent", answer="agree")
        running = self.read(visitor, nmo)
        assert (running["status"], running["completed"]) == ("Выполняется", None)
        assert "/static/sync.js" in visitor.get(f"{nmo}/cabinet/sync").text
        control.post("/clock", json={"advance_s": 29})
        assert self.read(visitor, nmo)["status"] == "Выполняется"
        control.post("/clock", json={"advance_s": 1})
        done = self.read(visitor, nmo)
        assert (done["status"], done["started"]) == ("Завершена", running["started"])
        assert done["as_of"] == done["completed"]
        page = visitor.get(f"{nmo}/cabinet/sync")
        assert status_on(page) == "Завершена"
        assert re.findall(r'<time [^>]*datetime="(.*?)"', page.text) == [
            done["started"],
            done["completed"],
            done["as_of"],
        ]

    def test_is_done_for_who_has_been_here(self, visitor: Visitor, nmo: str, at_cabinet: httpx.Response) -> None:
        assert self.read(visitor, nmo)["status"] == "Завершена"


class TestProfile:
    SAME = ("Фамилия", "Имя", "Отчество", "Дата рождения", "СНИЛС", "ИНН", "Полис ОМС")

    def test_is_the_same_on_both_sites(
        self, visitor: Visitor, nmo: str, doctor: Person, at_cabinet: httpx.Response
    ) -> None:
        portal = details(visitor.get(f"{nmo}/cabinet/profile"))
        state = details(visitor.get(f"{visitor.staging.gosuslugi}/profile"))
        assert tuple(state) == self.SAME
        assert {term: portal[term] for term in self.SAME} == state
        assert (state["Фамилия"], state["СНИЛС"], state["Полис ОМС"]) == (
            doctor["surname"],
            doctor["snils"],
            doctor["oms"],
        )
        assert portal["Специальность"] == "Терапия"
        assert "поликлиника" in portal["Место работы"]

    def test_the_registers_part_comes_with_the_synchronisation(
        self, visitor: Visitor, control: httpx.Client, nmo: str, at_consent: httpx.Response
    ) -> None:
        def shown() -> dict[str, str]:
            return details(visitor.get(f"{nmo}/cabinet/profile"))

        control.put("/faults/sync-never-completes").raise_for_status()
        visitor.post(f"{nmo}/consent", answer="agree")
        before = shown()
        assert (before["Специальность"], before["Место работы"]) == ("нет данных", "нет данных")
        control.delete("/faults/sync-never-completes").raise_for_status()
        control.post("/clock", json={"advance_s": 60})
        after = shown()
        assert "нет данных" not in (after["Специальность"], after["Место работы"])
        completed = visitor.get(f"{nmo}/api/sync").json()["completed"]
        assert f'datetime="{completed}"' in visitor.get(f"{nmo}/cabinet/profile").text

    def test_is_refreshed_on_request(
        self, visitor: Visitor, control: httpx.Client, nmo: str, at_cabinet: httpx.Response
    ) -> None:
        before = details(visitor.get(f"{nmo}/cabinet/profile"))["Дата последнего изменения"]
        page = visitor.post(f"{nmo}/cabinet/profile")
        assert status_on(page) == "Данные обновлены"
        assert details(page)["Дата последнего изменения"] != before

    def test_asks_to_sign_in_again_when_the_token_has_run_out(
        self, visitor: Visitor, control: httpx.Client, nmo: str, at_cabinet: httpx.Response
    ) -> None:
        control.post("/clock", json={"advance_s": 2 * 3600})
        assert visitor.post(f"{nmo}/cabinet/profile").url.path == "/cabinet"


class TestDeletion:
    def test_makes_the_next_visit_a_first_one(
        self, visitor: Visitor, nmo: str, doctor: Person, at_cabinet: httpx.Response
    ) -> None:
        assert "<h1>Удаление данных кабинета</h1>" in visitor.get(f"{nmo}/cabinet/settings/delete").text
        page = visitor.post(f"{nmo}/cabinet/settings/delete")
        assert page.url.path == "/goodbye"
        assert "<h1>Данные кабинета удалены</h1>" in page.text
        assert visitor.get(f"{nmo}/cabinet").url.path == "/"
        assert visitor.get(f"{nmo}/login/esia").url.path == "/login/contact"
        assert visitor.give_code(visitor.code_sent(doctor["email"]), "contact").url.path == "/agreement"

    def test_is_not_offered_where_it_is_switched_off(self) -> None:
        with Staging(Options(cabinet_deletion=False)) as own:
            headers = {"authorization": f"Bearer {own.token}"}
            with (
                httpx.Client(base_url=own.control, headers=headers, trust_env=False, verify=NO_TLS) as control,
                httpx.Client(transport=ToLoopback(verify=NO_TLS)) as http,
            ):
                visitor = Visitor(own, http, control)
                visitor.sign_in(own.personas()[0])
                assert "Удалить данные кабинета" not in visitor.get(f"{own.nmo}/cabinet/settings").text
                visitor.post(f"{own.nmo}/cabinet/settings/delete")
                assert visitor.get(f"{own.nmo}/cabinet").url.path == "/cabinet"


class TestLogout:
    def test_ends_both_sessions(self, visitor: Visitor, nmo: str, at_cabinet: httpx.Response) -> None:
        assert str(visitor.get(f"{nmo}/logout").url) == f"{nmo}/"
        assert visitor.get(f"{nmo}/cabinet").url.path == "/"
        assert visitor.get(f"{nmo}/login/esia").url.path == "/login"

    @pytest.mark.parametrize(("site", "other"), [("nmo", "gosuslugi"), ("gosuslugi", "nmo")])
    def test_ends_the_session_of_the_other_site_as_well(
        self, visitor: Visitor, doctor: Person, site: str, other: str
    ) -> None:
        home, elsewhere = getattr(visitor.staging, site), getattr(visitor.staging, other)
        inside = {"nmo": "/cabinet", "gosuslugi": "/services"}[other]
        visitor.sign_in(doctor, f"{home}/login/esia")
        visitor.get(f"{elsewhere}/login/esia")
        assert visitor.get(f"{elsewhere}{inside}", follow=False).status_code == 200
        assert str(visitor.get(f"{home}/logout").url) == f"{home}/"
        assert visitor.get(f"{elsewhere}{inside}", follow=False).status_code == 302

    @pytest.mark.parametrize("site", ["nmo", "gosuslugi"])
    @pytest.mark.parametrize("back", ["http://elsewhere.localhost/", "//elsewhere.localhost/", ""])
    def test_sends_nobody_astray(self, visitor: Visitor, site: str, back: str) -> None:
        answer = visitor.get(f"{getattr(visitor.staging, site)}/logout/esia?back={back}", follow=False)
        assert answer.headers["location"] == "/"


class TestGosuslugi:
    @pytest.mark.parametrize("path", ["/services", "/profile", "/services/nmo"])
    def test_signs_in_and_comes_back(self, visitor: Visitor, doctor: Person, path: str) -> None:
        page = visitor.sign_in(doctor, visitor.staging.gosuslugi + path)
        assert str(page.url) == visitor.staging.gosuslugi + path

    def test_leads_on_to_the_portal_without_a_question(self, visitor: Visitor, make_person: MakePerson) -> None:
        home = visitor.staging.gosuslugi
        visitor.sign_in(make_person("services-doctor"), f"{home}/login/esia")
        assert 'href="/services/nmo">Непрерывное медобразование<' in visitor.get(f"{home}/services").text
        link = re.search(
            r'href="([^"]*)" target="_blank" rel="noopener">Перейти к порталу НМО',
            visitor.get(f"{home}/services/nmo").text,
        )
        assert link
        assert link.group(1) == f"{visitor.staging.nmo}/login/esia?from=gosuslugi"
        assert str(visitor.get(link.group(1)).url) == f"{visitor.staging.nmo}/cabinet"

    def test_sends_nobody_astray(self, visitor: Visitor, doctor: Person) -> None:
        home = visitor.staging.gosuslugi
        page = visitor.sign_in(doctor, f"{home}/login/esia?next=http://elsewhere.localhost/")
        assert str(page.url) == f"{home}/services"

    def test_refuses_a_state_it_did_not_give(self, visitor: Visitor) -> None:
        page = visitor.get(f"{visitor.staging.gosuslugi}/oauth/callback?code=some&state=another")
        assert '<p class="error-code">EPGU-1001</p>' in page.text


class TestCorrection:
    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (b"A letter", "EPGU-3101"),
            (b"", "EPGU-3103"),
            (b"%PDF-".ljust(LARGEST_SCAN + 1), "EPGU-3102"),
            (b"%PDF-".ljust(LARGEST_SCAN), None),
            (b"\x89PNG\r\n\x1a\n", None),
            (b"\xff\xd8\xff", None),
        ],
        ids=["text", "nothing", "5 MB and a byte", "5 MB", "png", "jpeg"],
    )
    def test_takes_a_scan_of_its_types_and_up_to_its_size(
        self, content: bytes, code: str | None, visitor: Visitor, doctor: Person
    ) -> None:
        form = f"{visitor.staging.gosuslugi}/profile/edit"
        visitor.sign_in(doctor, form)
        fields = ("surname", "given_name", "patronymic", "snils", "inn", "oms")
        page = visitor.http.post(
            form,
            data={name: doctor[name] for name in fields},
            files={"scan": ("scan.txt", content)},
            follow_redirects=True,
        )
        refused = re.search(r'error-code">(EPGU-\d+)<', page.text)
        assert (refused and refused.group(1)) == code
        assert page.url.path == ("/profile/edit" if code else "/profile/code")


class TestPages:
    @pytest.mark.parametrize("site", ["esia", "gosuslugi", "nmo"])
    def test_that_do_not_exist_say_so_in_the_sites_own_words(self, visitor: Visitor, site: str) -> None:
        page = visitor.get(f"{getattr(visitor.staging, site)}/nowhere")
        assert page.status_code == 404
        assert re.search(r'error-code">(ESIA|EPGU|NMO)-4004<', page.text)

    @pytest.mark.parametrize("site", ["esia", "gosuslugi", "nmo"])
    def test_load_nothing_from_elsewhere(self, visitor: Visitor, site: str) -> None:
        page = visitor.get(f"{getattr(visitor.staging, site)}/")
        assert '<html lang="ru">' in page.text
        assert "Учебный стенд. Все данные вымышлены" in page.text
        loaded = re.findall(r'<(?:link|script|img)[^>]*(?:href|src)="([^"]*)"', page.text)
        assert loaded == ["data:,", "/static/site.css"]
        sheet = visitor.get(f"{getattr(visitor.staging, site)}/static/site.css")
        assert sheet.headers["content-type"].startswith("text/css")
        assert "max-age" in sheet.headers["cache-control"]
        assert "//" not in sheet.text

    def test_contacts_name_every_channel(self, visitor: Visitor, nmo: str) -> None:
        text = visitor.get(f"{nmo}/contacts").text
        for channel in ("+7 (495) 123", "support@nmo", "08:00–22:00", "номер", "ул. Ленинская, д. 12, офис 3"):
            assert channel in text

    @pytest.mark.parametrize(
        ("channel", "title"),
        tuple(enumerate(("Телефон", "Электронная почта", "Чат", "Форма обратной связи", "Офис"))),
    )
    def test_contacts_may_lack_any_channel(self, visitor: Visitor, nmo: str, channel: int, title: str) -> None:
        named = f"<dt>{title}</dt>"
        assert named in visitor.get(f"{nmo}/contacts").text
        fault = {"parameters": {"channel": channel}}
        visitor.control.put("/faults/channel-missing", json=fault).raise_for_status()
        text = visitor.get(f"{nmo}/contacts").text
        assert (named in text, text.count("<dt>")) == (False, 4)
