"""S5, S6: «Выйти» on the portal ends the session there, at ЕСИА and on Госуслуги, so that nobody after it is signed in
anywhere."""

from journeys.arrival import arrive
from journeys.cause import Cause
from journeys.entry import go_to_esia, open_portal, receive_code, submit_credentials
from journeys.journey import Journey, step
from journeys.sign_in import confirm_and_return
from journeys.system import System
from journeys.visit import OutcomeError, Visit
from pages.esia.login import LoginPage, SignedInPage
from pages.gosuslugi.services import ServicesPage
from pages.nmo.cabinet import CabinetPage
from pages.nmo.home import HomePage
from pages.screen import Screen, first_of


@step("be known to Госуслуги as well", System.GOSUSLUGI, budget_s=5)
def enter_gosuslugi(visit: Visit) -> None:
    """«Мои услуги» open without a question: ЕСИА knows the person. Only a session that was there can be ended."""
    visit.page.goto(visit.target.gosuslugi + ServicesPage.path, wait_until="commit")
    arrive(visit, ServicesPage(visit.page))


@step("sign out", System.NMO, budget_s=5)
def sign_out(visit: Visit) -> None:
    """«Выйти» leads out of the cabinet."""
    CabinetPage(visit.page).open(visit.target.nmo).sign_out()


# ЕСИА first: while its session lives, the other two sign the person in again without a question.
@step("be asked to sign in by ЕСИА", System.ESIA, budget_s=5)
def be_asked_by_esia(visit: Visit) -> None:
    """ЕСИА asks for login and password."""
    _be_asked(visit, System.ESIA, visit.target.esia + LoginPage.path, SignedInPage(visit.page))


@step("be asked to sign in by Госуслуги", System.GOSUSLUGI, budget_s=5)
def be_asked_by_gosuslugi(visit: Visit) -> None:
    """«Мои услуги» ask for a sign-in."""
    _be_asked(visit, System.GOSUSLUGI, visit.target.gosuslugi + ServicesPage.path, ServicesPage(visit.page))


@step("be asked to sign in by the portal", System.NMO, budget_s=5)
def be_asked_by_portal(visit: Visit) -> None:
    """The cabinet's address leads to the front page, or to ЕСИА at once."""
    _be_asked(visit, System.NMO, visit.target.nmo + CabinetPage.path, CabinetPage(visit.page), HomePage(visit.page))


def _be_asked(visit: Visit, system: System, url: str, inside: Screen, *outside: Screen) -> None:
    """Open an address of those who are signed in: the sign-in must show, or another screen for those who are not.
    Raises OutcomeError when «Выйти» has not ended the session there."""
    visit.page.goto(url, wait_until="commit")
    if first_of(visit.page, inside, LoginPage(visit.page), *outside) is inside:
        raise OutcomeError(system, Cause.LOGOUT_INCOMPLETE, f"after «Выйти» the session lives on: {system}")


SIGN_OUT = Journey(
    name="sign-out",
    title="Выход из личного кабинета",
    requirements=("S5", "S6"),
    steps=(
        open_portal,
        go_to_esia,
        submit_credentials,
        receive_code,
        confirm_and_return,
        enter_gosuslugi,
        sign_out,
        be_asked_by_esia,
        be_asked_by_gosuslugi,
        be_asked_by_portal,
    ),
    budget_s=70,
    interval_s=300,
    states=("returning",),
)
