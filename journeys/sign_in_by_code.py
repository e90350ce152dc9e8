"""S5: a code from an SMS in place of the password, and back into the person's own cabinet."""

from journeys.entry import admitted, find_own_cabinet, go_to_esia, open_portal, receive_code
from journeys.journey import Journey, step
from journeys.system import System
from journeys.visit import Visit
from pages.esia.login import CodeLoginPage, LoginPage
from pages.esia.one_time_code import LoginCodePage
from pages.nmo.cabinet import CabinetPage


@step("ask for a code in place of the password", System.ESIA, budget_s=5)
def ask_for_code(visit: Visit) -> None:
    """«Войти по коду из СМС»: ЕСИА takes the login and sends a code."""
    LoginPage(visit.page).by_code()
    visit.inbox.expect("sms")
    CodeLoginPage(visit.page).loaded().request_code(visit.persona.login.get_secret_value())
    LoginCodePage(visit.page).loaded()


@step("enter the code and return", System.ESIA, budget_s=8)
def enter_code(visit: Visit) -> None:
    """ЕСИА takes the code and returns to the portal by itself, which opens the cabinet."""
    LoginCodePage(visit.page).enter(visit.code or "")
    admitted(visit, CabinetPage(visit.page))


SIGN_IN_BY_CODE = Journey(
    name="sign-in-by-code",
    title="Вход по коду из СМС без пароля",
    requirements=("S5", "S6"),
    steps=(open_portal, go_to_esia, ask_for_code, receive_code, enter_code, find_own_cabinet),
    budget_s=50,
    interval_s=900,
    states=("returning",),
    factors=("sms",),
)
