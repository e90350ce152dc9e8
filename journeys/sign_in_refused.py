"""S6: a wrong password and a wrong code are refused in the right words, and the right ones let in afterwards.

One wrong attempt of each kind a run, followed at once by a right one, which sets ЕСИА's count back to zero: the account
stays below the lock however often this is walked. A run that fails between the two is not tried once more, and the
account rests. It is still no account for anybody else.
"""

from journeys.arrival import arrive
from journeys.cause import Cause
from journeys.entry import (
    admitted,
    another_code,
    find_own_cabinet,
    give_credentials,
    go_to_esia,
    open_portal,
    receive_code,
)
from journeys.journey import Journey, step
from journeys.refusal import LOCKED
from journeys.system import System
from journeys.visit import OutcomeError, Visit
from pages.esia.login import LoginPage
from pages.esia.one_time_code import SecondFactorPage
from pages.esia.refusal import Refusal
from pages.nmo.cabinet import CabinetPage
from pages.screen import ErrorShown, Screen

_NOBODYS = "Nobody-has-this-1"


@step("have a wrong password refused", System.ESIA, budget_s=5, burns_the_account=True)
def have_password_refused(visit: Visit) -> None:
    """«Неверные логин или пароль», on the same screen."""
    LoginPage(visit.page).submit(visit.persona.login.get_secret_value(), _NOBODYS)
    second_factor = SecondFactorPage(visit.page)
    _refused(visit, second_factor, "password", "Неверные логин или пароль", Cause.CREDENTIALS_REJECTED)


@step("submit login and password", System.ESIA, budget_s=5, burns_the_account=True)
def submit_right_password(visit: Visit) -> None:
    """The right password is taken after the wrong one."""
    refusal = Refusal(visit.page)
    give_credentials(visit)
    refusal.gone()
    SecondFactorPage(visit.page).loaded()


@step("have a wrong code refused", System.ESIA, budget_s=5, burns_the_account=True)
def have_code_refused(visit: Visit) -> None:
    """«Неверный код», on the same screen."""
    code = visit.code or ""
    SecondFactorPage(visit.page).enter(code[:-1] + str((int(code[-1]) + 1) % 10))
    _refused(visit, CabinetPage(visit.page), "code", "Неверный код", Cause.SECOND_FACTOR_REJECTED)


@step("confirm the sign-in and return", System.ESIA, budget_s=8, burns_the_account=True)
def confirm_and_return(visit: Visit) -> None:
    """The right code is taken after the wrong one, and the cabinet opens."""
    asking, cabinet = SecondFactorPage(visit.page), CabinetPage(visit.page)
    asking.enter(visit.code or "")
    try:
        Refusal(visit.page).gone()
    except ErrorShown as refused:
        raise another_code(visit, asking, "sms", refused, cabinet) from None
    admitted(visit, cabinet)


def _refused(visit: Visit, beyond: Screen, what: str, words: str, cause: Cause) -> None:
    """The wrong ``what`` does not lead ``beyond``, and is refused in these ``words``."""
    refusal = Refusal(visit.page)
    if arrive(visit, beyond, refusal) is beyond:
        raise OutcomeError(System.ESIA, cause, f"a wrong {what} was let in", variant="let-in")
    said = refusal.text()
    if LOCKED.search(said):
        message = f"the account is locked after one wrong {what}, or was before"
        raise OutcomeError(System.ESIA, Cause.ACCOUNT_LOCKED, message)
    if words not in said:
        message = f"a wrong {what} is refused with «{said}» in place of «{words}»"
        raise OutcomeError(System.ESIA, cause, message, variant="unclear")


SIGN_IN_REFUSED = Journey(
    name="sign-in-refused",
    title="Отказ при неверном пароле и неверном коде",
    requirements=("S6",),
    steps=(
        open_portal,
        go_to_esia,
        have_password_refused,
        submit_right_password,
        receive_code,
        have_code_refused,
        confirm_and_return,
        find_own_cabinet,
    ),
    budget_s=60,
    interval_s=1800,
    states=("returning",),
    factors=("sms",),
    kind="negative",
    own_account=True,
)
