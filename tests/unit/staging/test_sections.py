"""Sections of the portal's cabinet: whose data they show, to whom they are open, and their faults."""

import re
from collections.abc import Callable

import httpx
import pytest

from staging.nmo_sections import AUDIENCES
from staging.person import shipped
from staging.section import SECTIONS, Section
from tests.unit.staging.visitor import MakePerson, Person, Visitor

LIMITED = "Доступ ограничен: согласие на передачу данных не дано"
AUDIENCE = {"nurse": "cabinet-nurse", "resident": "resident", "teacher": "teacher", "head": "head", "hr": "hr-officer"}
"""Role -> a persona of it, of those that a person does not get by default."""
NUMBERS = re.compile(r"\b(?:ПЛ|НМО|АК|ПП|РМР|ПН|ПР|ДК)-\d{8}\b")
"""Numbers of documents, which are one person's."""

each_section = pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.slug)
Open = Callable[[Visitor, Section], httpx.Response]


def persona_of(section: Section) -> str:
    return AUDIENCE[section.roles[0]] if section.roles else "cabinet-doctor"


@pytest.fixture
def opened(make_person: MakePerson) -> Open:
    """Opens a section as a fresh person whose role has it."""

    def open_it(visitor: Visitor, section: Section) -> httpx.Response:
        visitor.sign_in(make_person(persona_of(section)))
        return visitor.get(visitor.staging.nmo + section.path)

    return open_it


def name_of(person: Person) -> str:
    return f"{person['surname']} {person['given_name']} {person['patronymic']}"


def menu_of(page: httpx.Response) -> list[str]:
    menu = page.text.partition('aria-label="Разделы кабинета"')[2].partition("</nav>")[0]
    return re.findall(r'<a href="[^"]*"[^>]*>(.*?)</a>', menu)


@each_section
def test_shows_the_persons_own_data(
    visitor: Visitor, other_visitor: Visitor, make_person: MakePerson, section: Section
) -> None:
    mine = make_person(persona_of(section))
    visitor.sign_in(mine)
    page = visitor.get(visitor.staging.nmo + section.path)
    theirs = visitor.control.post("/personas", json={"like": mine["name"], "name": f"{mine['name']} 2"}).json()
    other_visitor.sign_in(theirs)
    other = other_visitor.get(visitor.staging.nmo + section.path)

    assert page.status_code == 200
    assert f"<h1>{section.title}</h1>" in page.text
    assert f"<dt>Специалист</dt><dd>{name_of(mine)}</dd>" in page.text
    assert page.text.count("<tr>") > 1
    assert NUMBERS.findall(page.text)
    assert set(NUMBERS.findall(page.text)) & set(NUMBERS.findall(other.text)) == set()


def test_the_number_of_the_plan_is_the_same_everywhere(visitor: Visitor, doctor: Person) -> None:
    overview = visitor.sign_in(doctor)
    pages = [visitor.get(visitor.staging.nmo + section.path) for section in SECTIONS if not section.roles]
    found = {number for page in (overview, *pages) for number in re.findall(r"ПЛ-\d{8}", page.text)}
    assert len(found) == 1


def test_the_report_names_the_certificates(visitor: Visitor, doctor: Person) -> None:
    visitor.sign_in(doctor)
    report, certificates = (
        re.findall(r"НМО-\d{8}", visitor.get(f"{visitor.staging.nmo}/cabinet/{slug}").text)
        for slug in ("report", "certificates")
    )
    assert len(certificates) == 2
    assert report == certificates


@each_section
def test_is_closed_without_a_session(visitor: Visitor, section: Section) -> None:
    assert str(visitor.get(visitor.staging.nmo + section.path).url) == f"{visitor.staging.nmo}/"


@each_section
def test_is_in_the_menu_of_those_it_is_for(visitor: Visitor, opened: Open, section: Section) -> None:
    listed = menu_of(opened(visitor, section))
    assert section.title in listed
    foreign = {other.title for other in SECTIONS if other.roles and other.roles != section.roles}
    assert foreign & set(listed) == set()


@pytest.mark.parametrize("section", [section for section in SECTIONS if section.roles], ids=lambda found: found.slug)
def test_is_closed_to_other_roles(visitor: Visitor, doctor: Person, section: Section) -> None:
    visitor.sign_in(doctor)
    page = visitor.get(visitor.staging.nmo + section.path)
    assert page.status_code == 403
    assert "NMO-3090" in page.text


@each_section
def test_is_limited_without_consent(visitor: Visitor, opened: Open, section: Section) -> None:
    opened(visitor, section)
    visitor.post(f"{visitor.staging.nmo}/cabinet/settings/consent")
    page = visitor.get(visitor.staging.nmo + section.path)
    assert LIMITED in page.text
    assert ("<table" in page.text) is not section.needs_consent
    assert not re.search(r"НМО-\d{8}|РМР-", page.text)


def test_every_audience_has_a_persona() -> None:
    assert {person.role for person in shipped() if person.state == "returning"} == set(AUDIENCES)


class TestFaults:
    @each_section
    def test_missing_from_the_menu(self, visitor: Visitor, opened: Open, section: Section) -> None:
        before = menu_of(opened(visitor, section))
        page = self.spoiled(visitor, section, "section-missing")
        assert menu_of(page) == [title for title in before if title != section.title]

    @each_section
    def test_empty(self, visitor: Visitor, opened: Open, section: Section) -> None:
        assert "Записей нет" not in opened(visitor, section).text
        page = self.spoiled(visitor, section, "section-empty")
        assert "Записей нет" in page.text
        assert "<table" not in page.text

    @each_section
    def test_broken(self, visitor: Visitor, opened: Open, section: Section) -> None:
        opened(visitor, section)
        page = self.spoiled(visitor, section, "section-broken")
        assert page.status_code == 500
        assert f'<p class="error-code">NMO-32{SECTIONS.index(section):02d}</p>' in page.text
        assert "<time datetime=" in page.text

    @each_section
    def test_of_another(self, visitor: Visitor, opened: Open, section: Section) -> None:
        own = opened(visitor, section).text
        other = self.spoiled(visitor, section, "section-of-another").text
        owner = re.compile('aria-label="Владелец кабинета">(.*?)<')
        assert owner.findall(own) == owner.findall(other)
        assert set(NUMBERS.findall(own)) & set(NUMBERS.findall(other)) == set()
        assert f"<dt>Специалист</dt><dd>{owner.findall(other)[0]}</dd>" not in other

    def spoiled(self, visitor: Visitor, section: Section, fault: str) -> httpx.Response:
        parameters = {"section": SECTIONS.index(section)}
        visitor.control.put(f"/faults/{fault}", json={"parameters": parameters}).raise_for_status()
        return visitor.get(visitor.staging.nmo + section.path)

    def test_leaves_the_other_sections_alone(self, visitor: Visitor, doctor: Person) -> None:
        visitor.sign_in(doctor)
        self.spoiled(visitor, SECTIONS[0], "section-broken")
        assert visitor.get(visitor.staging.nmo + SECTIONS[1].path).status_code == 200
