"""S12, S13: the sections of the cabinet, each with the persona's own data, and what the persona's role is for."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from journeys.cause import Cause
from journeys.entry import check_owner, go_to_esia, open_portal, receive_code, submit_credentials
from journeys.journey import Journey, step
from journeys.persona import Role
from journeys.sign_in import confirm_and_return
from journeys.system import System
from journeys.visit import OutcomeError, Visit
from pages.nmo.cabinet import CabinetPage
from pages.nmo.section import SectionPage
from pages.screen import ElementMissing, ErrorShown, PageError, UnexpectedScreen

TITLES: Mapping[str, str] = MappingProxyType(
    {
        "programmes": "Программы",
        "plan": "Мой план",
        "progress": "Прогресс",
        "courses": "Курсы",
        "webinars": "Вебинары",
        "certificates": "Удостоверения",
        "qualifications": "Квалификации",
        "report": "Отчёт для работодателя",
        "practice": "Практика и наставник",
        "teaching": "Мои программы для слушателей",
        "staff": "Контроль требований",
        "documents": "Документы сотрудников",
    }
)
"""Section -> its name in the menu, which is its heading too."""

OF_ROLE: Mapping[Role, tuple[str, str]] = MappingProxyType(
    {
        "doctor": ("qualifications", "Номер в регистре"),
        "nurse": ("qualifications", "Номер в регистре"),
        "resident": ("practice", "Наставник"),
        "teacher": ("teaching", "Слушателей"),
        "head": ("staff", "Выполнили требования"),
        "hr": ("documents", "Ожидают внесения"),
    }
)
"""Role -> the section that the role is there for, and what the section must say."""

_PLAN = "Номер плана"
_OWNER = "Специалист"
_ABOUT_A_SECTION = re.compile(r"раздел|NMO-3(?:090|2\d\d)", re.IGNORECASE)


@step("find the own cabinet", System.NMO, budget_s=3)
def find_own_cabinet(visit: Visit) -> None:
    """The cabinet belongs to the person who signed in, and says which plan is theirs."""
    cabinet = CabinetPage(visit.page)
    check_owner(visit, cabinet)
    number = cabinet.plan_number()
    if not number:
        raise _unavailable("plan", "the overview does not show the number of the plan")
    visit.carried["own"] = {_PLAN: number}


@step("read the programmes and the plan", System.NMO, budget_s=10)
def read_plan(visit: Visit) -> None:
    """The list of programmes, the plan with its terms, the progress."""
    for section in ("programmes", "plan", "progress"):
        read_section(visit, section)


@step("read the courses and the webinars", System.NMO, budget_s=8)
def read_courses(visit: Visit) -> None:
    """The person's courses and the schedule of webinars."""
    for section in ("courses", "webinars"):
        read_section(visit, section)


@step("read the certificates and the qualifications", System.NMO, budget_s=8)
def read_certificates(visit: Visit) -> None:
    """The certificates with their numbers, and the state of the qualifications."""
    visit.carried["certificates"] = dict.fromkeys(read_section(visit, "certificates").certificates(), "")
    read_section(visit, "qualifications")


@step("read the report for the employer", System.NMO, budget_s=5)
def read_report(visit: Visit) -> None:
    """The report names the certificates that the person has, and no others."""
    reported = set(read_section(visit, "report").certificates())
    if reported != visit.carried["certificates"].keys():
        raise OutcomeError(
            System.NMO,
            Cause.WRONG_ACCOUNT,
            f"«{TITLES['report']}» names other certificates than «{TITLES['certificates']}»",
            variant="report",
        )


@step("reach what the role is for", System.NMO, budget_s=5)
def reach_what_role_is_for(visit: Visit) -> None:
    """The section that people of this role come for."""
    section, term = OF_ROLE[visit.persona.role]
    visit.notes["section of the role"] = section
    if not read_section(visit, section).details().get(term):
        raise _unavailable(section, f"«{TITLES[section]}» does not say «{term}»")


def read_section(visit: Visit, section: str) -> SectionPage:
    """Open a section by the menu: it loads, it is the persona's own, and it holds something. Raises OutcomeError."""
    title = TITLES[section]
    cabinet, page = CabinetPage(visit.page), SectionPage(visit.page, title)
    try:
        cabinet.choose(title)
        page.loaded()
    except (ElementMissing, ErrorShown, UnexpectedScreen) as error:
        if not _is_of_the_section(error, cabinet):
            raise
        raise _unavailable(section, _told(title, error), error.code) from None
    check_owner(visit, cabinet)
    check_own(visit, section, page.details())
    if cabinet.limited():
        raise OutcomeError(System.NMO, Cause.CONSENT_REFUSED, f"«{title}» says that the cabinet is limited")
    if not page.holds_something():
        raise _unavailable(section, f"«{title}» is empty")
    return page


def _is_of_the_section(error: PageError, cabinet: CabinetPage) -> bool:
    """Whether it is the section that is not there or does not work, and not the portal or the person's session."""
    if isinstance(error, ErrorShown):
        return bool(_ABOUT_A_SECTION.search(f"{error} {error.code or ''}"))
    return isinstance(error, ElementMissing) or cabinet.sections.is_visible()


def _told(title: str, error: PageError) -> str:
    return str(error) if isinstance(error, ElementMissing) else f"«{title}» does not open: {error}"


def check_own(visit: Visit, section: str, shown: dict[str, str]) -> None:
    """The section says that its data are the persona's, as far as the persona says who it is."""
    title = TITLES[section]
    absent = [term for term in (_OWNER, _PLAN) if not shown.get(term)]
    if absent:
        raise _unavailable(section, f"«{title}» does not say whose it is: «{'», «'.join(absent)}»")
    expected = {_PLAN: visit.carried["own"][_PLAN], _OWNER: visit.persona.full_name or shown[_OWNER]}
    differ = [term for term, value in expected.items() if " ".join(shown[term].split()) != value]
    if differ:
        raise OutcomeError(
            System.NMO,
            Cause.WRONG_ACCOUNT,
            f"«{title}» holds another person's data: «{'», «'.join(differ)}»",
            variant=section,
        )


def _unavailable(section: str, message: str, code: str | None = None) -> OutcomeError:
    return OutcomeError(System.NMO, Cause.SECTION_UNAVAILABLE, message, code, variant=section)


CABINET = Journey(
    name="cabinet",
    title="Разделы кабинета и раздел своей категории",
    requirements=("S12", "S13"),
    steps=(
        open_portal,
        go_to_esia,
        submit_credentials,
        receive_code,
        confirm_and_return,
        find_own_cabinet,
        read_plan,
        read_courses,
        read_certificates,
        read_report,
        reach_what_role_is_for,
    ),
    budget_s=100,
    interval_s=900,
    states=("returning",),
    roles=tuple(OF_ROLE),
)
