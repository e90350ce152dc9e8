"""S4: from «Мои услуги» of Госуслуги into the portal, which opens in a new tab.

This is a later visit: the agreement is not asked again. The first one is in `via_gosuslugi_first`.
"""

from journeys.cause import Cause
from journeys.entry import admitted, await_esia, enter_second_factor, find_own_cabinet, receive_code, submit_credentials
from journeys.journey import Journey, step
from journeys.system import System
from journeys.visit import OutcomeError, Visit
from pages.gosuslugi.home import HomePage
from pages.gosuslugi.services import MedicalEducationPage, ServicesPage
from pages.nmo.admission import AgreementPage
from pages.nmo.cabinet import CabinetPage
from pages.screen import ElementMissing

SERVICE = "Непрерывное медобразование"


@step("open Госуслуги", System.GOSUSLUGI, budget_s=5)
def open_gosuslugi(visit: Visit) -> None:
    """The front page with «Войти через ЕСИА»."""
    HomePage(visit.page).open(visit.target.gosuslugi)


@step("go to ЕСИА", System.ESIA, budget_s=5)
def go_to_esia(visit: Visit) -> None:
    """The button leads to ЕСИА's sign-in."""
    HomePage(visit.page).sign_in()
    await_esia(visit, System.GOSUSLUGI)


@step("confirm the sign-in and return", System.ESIA, budget_s=8)
def confirm_and_return(visit: Visit) -> None:
    """ЕСИА takes the code and returns to Госуслуги by itself, which show «Мои услуги»."""
    enter_second_factor(visit)
    admitted(visit, ServicesPage(visit.page))


@step("choose the service", System.GOSUSLUGI, budget_s=5)
def choose_service(visit: Visit) -> None:
    """«Непрерывное медобразование» is among the services and opens."""
    try:
        ServicesPage(visit.page).choose(SERVICE)
    except ElementMissing as missing:
        raise OutcomeError(System.GOSUSLUGI, Cause.SERVICE_MISSING, str(missing)) from None
    MedicalEducationPage(visit.page).loaded()


@step("go over to the portal", System.NMO, budget_s=8)
def go_over(visit: Visit) -> None:
    """The button opens the portal in a new tab, signed in without another question."""
    visit.page = MedicalEducationPage(visit.page).go_to_portal()
    if isinstance(admitted(visit, CabinetPage(visit.page), AgreementPage(visit.page)), AgreementPage):
        message = "the portal asks again for the user agreement, which was accepted on the first visit"
        raise OutcomeError(System.NMO, Cause.UNEXPECTED_SCREEN, message)


VIA_GOSUSLUGI = Journey(
    name="via-gosuslugi",
    title="Переход на портал из «Моих услуг»",
    requirements=("S4",),
    steps=(
        open_gosuslugi,
        go_to_esia,
        submit_credentials,
        receive_code,
        confirm_and_return,
        choose_service,
        go_over,
        find_own_cabinet,
    ),
    budget_s=60,
    interval_s=120,
    states=("returning",),
)
