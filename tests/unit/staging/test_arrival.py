"""What stands between ЕСИА and the portal: the offer of an application, the choice of a role, and the handover."""

import httpx
import pytest

from tests.unit.staging.visitor import MakePerson, Person, Visitor, error_on

OFFER = "<h1>Установите приложение Госуслуги</h1>"
ROLES = "<h1>Войти как</h1>"


def switch_on(visitor: Visitor, name: str, system: str) -> None:
    visitor.control.put(f"/faults/{name}", json={"system": system}).raise_for_status()


def skip(visitor: Visitor) -> httpx.Response:
    return visitor.post(f"{visitor.staging.esia}/login/promotion")


def choose(visitor: Visitor, role: str) -> httpx.Response:
    return visitor.post(f"{visitor.staging.esia}/login/role", role=role)


@pytest.fixture
def employed(make_person: MakePerson) -> Person:
    return make_person("employed-doctor")


class TestInterstitials:
    def test_stand_between_the_second_factor_and_the_way_back(self, visitor: Visitor, employed: Person) -> None:
        page = visitor.sign_in(employed)
        assert page.url.path == "/login/promotion"
        assert OFFER in page.text
        page = skip(visitor)
        assert page.url.path == "/login/role"
        assert ROLES in page.text
        assert f"<b>Частное лицо</b><span>{employed['surname']}" in page.text
        assert "ООО" in page.text
        assert str(choose(visitor, "person").url) == f"{visitor.staging.nmo}/cabinet"

    def test_cannot_be_gone_round(self, visitor: Visitor, employed: Person) -> None:
        visitor.sign_in(employed)
        assert visitor.get(f"{visitor.staging.nmo}/login/esia").url.path == "/login/promotion"
        assert choose(visitor, "person").url.path == "/login/promotion"
        assert skip(visitor).url.path == "/cabinet"

    def test_are_shown_once_a_sign_in_whatever_it_leads_to(self, visitor: Visitor, employed: Person) -> None:
        visitor.sign_in(employed)
        skip(visitor)
        choose(visitor, "person")
        page = visitor.get(f"{visitor.staging.gosuslugi}/services")
        assert str(page.url) == f"{visitor.staging.gosuslugi}/services"

    def test_are_shown_at_the_next_sign_in_again(self, visitor: Visitor, employed: Person) -> None:
        visitor.sign_in(employed)
        skip(visitor)
        choose(visitor, "person")
        visitor.get(f"{visitor.staging.nmo}/logout")
        assert visitor.sign_in(employed).url.path == "/login/promotion"
        assert skip(visitor).url.path == "/login/role"

    def test_an_organisation_is_told_that_it_cannot_enter(self, visitor: Visitor, employed: Person) -> None:
        visitor.sign_in(employed)
        skip(visitor)
        page = choose(visitor, "organisation")
        assert page.url.path == "/login/role"
        assert error_on(page) == "Этот сайт доступен только частным лицам"

    def test_do_not_concern_others(self, visitor: Visitor, doctor: Person) -> None:
        assert visitor.sign_in(doctor).url.path == "/cabinet"
        switch_on(visitor, "promotion-stuck", "esia")
        switch_on(visitor, "role-choice-without-person", "esia")
        visitor.get(f"{visitor.staging.nmo}/logout")
        assert visitor.sign_in(doctor).url.path == "/cabinet"

    @pytest.mark.parametrize("screen", ["promotion", "role"])
    def test_are_for_people_who_have_signed_in(self, visitor: Visitor, screen: str) -> None:
        assert visitor.get(f"{visitor.staging.esia}/login/{screen}").url.path == "/login"
        assert visitor.post(f"{visitor.staging.esia}/login/{screen}", role="person").url.path == "/login"

    def test_an_offer_to_everybody_comes_before_the_confirmation_of_a_contact(
        self, visitor: Visitor, newcomer: Person
    ) -> None:
        switch_on(visitor, "promotion-for-all", "esia")
        assert visitor.sign_in(newcomer).url.path == "/login/promotion"
        assert skip(visitor).url.path == "/login/contact"

    def test_a_stuck_offer_has_a_button_that_does_nothing(self, visitor: Visitor, employed: Person) -> None:
        switch_on(visitor, "promotion-stuck", "esia")
        assert 'type="button">Пропустить</button>' in visitor.sign_in(employed).text

    def test_a_choice_without_the_person_lists_the_organisation(self, visitor: Visitor, employed: Person) -> None:
        switch_on(visitor, "role-choice-without-person", "esia")
        visitor.sign_in(employed)
        page = skip(visitor)
        assert ROLES in page.text
        assert "ООО" in page.text
        assert "Частное лицо" not in page.text


class TestHandover:
    def test_a_refused_one_has_a_code_and_a_time(self, visitor: Visitor, doctor: Person) -> None:
        switch_on(visitor, "handover-refused", "nmo")
        page = visitor.get(f"{visitor.staging.nmo}/login/esia?from=gosuslugi")
        assert page.status_code == 400
        assert "<h1>Не удалось войти</h1>" in page.text
        assert '<p class="error-code">NMO-1006</p>' in page.text
        assert "<time datetime=" in page.text

    def test_a_refused_one_leaves_the_portals_own_button_alone(self, visitor: Visitor, doctor: Person) -> None:
        switch_on(visitor, "handover-refused", "nmo")
        assert visitor.sign_in(doctor).url.path == "/cabinet"

    def test_a_later_visit_is_not_asked_for_the_agreement(self, visitor: Visitor, doctor: Person) -> None:
        visitor.sign_in(doctor, f"{visitor.staging.gosuslugi}/login/esia")
        start = f"{visitor.staging.nmo}/login/esia?from=gosuslugi"
        assert visitor.get(start).url.path == "/cabinet"
        switch_on(visitor, "agreement-asked-again", "nmo")
        assert visitor.get(start).url.path == "/agreement"
        assert visitor.post(f"{visitor.staging.nmo}/agreement", accept="yes").url.path == "/cabinet"

    def test_a_first_visit_is_asked_for_contact_agreement_and_consent(
        self, visitor: Visitor, make_person: MakePerson
    ) -> None:
        person = make_person("services-newcomer")
        assert visitor.sign_in(person, f"{visitor.staging.gosuslugi}/login/esia").url.path == "/services"
        page = visitor.get(f"{visitor.staging.nmo}/login/esia?from=gosuslugi")
        assert page.url.path == "/login/contact"
        assert visitor.give_code(visitor.code_sent(person["email"]), "contact").url.path == "/agreement"
        assert visitor.post(f"{visitor.staging.nmo}/agreement", accept="yes").url.path == "/consent"
