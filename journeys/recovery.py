"""S6: who has lost phone or e-mail finds the way to recovery through support, and gets a number that can be tracked.

Nothing happens to the account before support has checked who asks.
"""

from journeys.cause import Cause
from journeys.entry import go_to_esia, open_portal
from journeys.journey import Journey, step
from journeys.system import System
from journeys.visit import OutcomeError, Visit
from pages.esia.login import LoginPage
from pages.esia.recovery import RecoveryPage
from pages.screen import ElementMissing


@step("find the way to recovery", System.ESIA, budget_s=5)
def find_recovery(visit: Visit) -> None:
    """«Не удаётся войти?» leads to recovery."""
    LoginPage(visit.page).help.click()
    RecoveryPage(visit.page).loaded()


@step("ask support for recovery", System.ESIA, budget_s=5)
def ask(visit: Visit) -> None:
    """Support takes a request, and gives it a number."""
    try:
        visit.notes["request"] = RecoveryPage(visit.page).send(visit.persona.login.get_secret_value())
    except ElementMissing as missing:
        raise _unreachable(str(missing)) from None


@step("track the request", System.ESIA, budget_s=5)
def track(visit: Visit) -> None:
    """The number leads to this request, which waits for a check of the person."""
    if not RecoveryPage(visit.page).state_of(visit.notes["request"]):
        raise _unreachable("ЕСИА does not know the number that it gave, or shows another request for it")


def _unreachable(message: str) -> OutcomeError:
    return OutcomeError(System.ESIA, Cause.SUPPORT_UNREACHABLE, message, variant="recovery")


RECOVERY = Journey(
    name="recovery",
    title="Восстановление доступа через поддержку",
    requirements=("S6",),
    steps=(open_portal, go_to_esia, find_recovery, ask, track),
    budget_s=40,
    interval_s=3600,
    states=("returning",),
    signs_in=False,
)
