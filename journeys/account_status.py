"""S1: a confirmed account gets in; one that is not is turned away, and told which condition it does not meet.

One journey for both, because it asks one question: does the portal treat this account as what it is? The state of the
persona's account says what the answer must be.
"""

from types import MappingProxyType

from journeys.cause import Cause
from journeys.entry import (
    admitted,
    check_owner,
    enter_second_factor,
    go_to_esia,
    open_portal,
    receive_code,
    submit_credentials,
)
from journeys.journey import Journey, step
from journeys.system import System
from journeys.visit import OutcomeError, Visit
from pages.esia.one_time_code import ContactConfirmationPage
from pages.nmo.admission import AgreementPage
from pages.nmo.cabinet import CabinetPage
from pages.nmo.home import HomePage
from pages.nmo.unconfirmed import UnconfirmedPage
from pages.screen import Screen, first_of

MISSING = MappingProxyType(
    {
        "unconfirmed-identity": ("identity", "личность"),
        "unconfirmed-register": ("register", "реестр"),
        "unconfirmed-factor": ("second-factor", "второй фактор"),
    }
)
"""State of the account -> the condition that it does not meet, and the word by which the portal's text is known."""

CLOSED = ("курс", "экзамен", "документы")
"""What must be said to be closed to an account that is not confirmed."""


@step("confirm the sign-in", System.ESIA, budget_s=8)
def confirm_sign_in(visit: Visit) -> None:
    """ЕСИА returns to the portal, which opens the cabinet or says why it does not."""
    enter_second_factor(visit)
    admitted(visit, *_inside(visit), UnconfirmedPage(visit.page))


@step("see how the account is treated", System.NMO, budget_s=3)
def see_treatment(visit: Visit) -> None:
    """The cabinet for a confirmed account; for another the condition that is not met, and what is closed."""
    turned_away = UnconfirmedPage(visit.page).marker.is_visible()
    lacks = MISSING.get(visit.persona.state)
    if lacks is None:
        if turned_away:
            _turned_away(UnconfirmedPage(visit.page))
        check_owner(visit, CabinetPage(visit.page))
    elif not turned_away:
        message = "an account that is not confirmed was let in"
        raise OutcomeError(System.ESIA, Cause.ACCOUNT_UNCONFIRMED, message, variant="let-in")
    else:
        _check_explanation(UnconfirmedPage(visit.page), lacks[1])


@step("find the cabinet open or closed", System.NMO, budget_s=5)
def try_cabinet(visit: Visit) -> None:
    """The cabinet's address opens it for a confirmed account, and leads to public information for another."""
    home = HomePage(visit.page)
    visit.page.goto(visit.target.nmo + CabinetPage.path, wait_until="commit")
    entered = first_of(visit.page, *_inside(visit), home) is not home
    if entered and visit.persona.state in MISSING:
        message = "the cabinet opens by its address for whom it is closed"
        raise OutcomeError(System.NMO, Cause.ACCOUNT_UNCONFIRMED, message, variant="let-in")
    if not entered and visit.persona.state not in MISSING:
        raise OutcomeError(
            System.NMO, Cause.UNEXPECTED_SCREEN, "the cabinet that was open does not open by its address"
        )


def _inside(visit: Visit) -> tuple[Screen, ...]:
    """What shows to who is let in: the cabinet, and before it the questions of a first entry, to who should not be."""
    first_entry = ContactConfirmationPage(visit.page), AgreementPage(visit.page)
    return CabinetPage(visit.page), *(first_entry if visit.persona.state in MISSING else ())


def _turned_away(screen: UnconfirmedPage) -> None:
    not_met = " ".join(screen.not_met())
    variant = next((name for name, word in MISSING.values() if word in not_met), None)
    message = "a confirmed account was turned away"
    raise OutcomeError(System.ESIA, Cause.ACCOUNT_UNCONFIRMED, message, screen.code() or None, variant)


def _check_explanation(screen: UnconfirmedPage, word: str) -> None:
    not_met = screen.not_met()
    if len(not_met) != 1 or word not in not_met[0]:
        raise OutcomeError(
            System.NMO, Cause.UNEXPECTED_SCREEN, "the portal does not name the one condition that is not met"
        )
    closed = screen.closed()
    unsaid = [name for name in CLOSED if name not in closed]
    if unsaid:
        raise OutcomeError(System.NMO, Cause.UNEXPECTED_SCREEN, f"not said to be closed: «{'», «'.join(unsaid)}»")


ACCOUNT_STATUS = Journey(
    name="account-status",
    title="Подтверждённая и неподтверждённая учётная запись",
    requirements=("S1",),
    steps=(
        open_portal,
        go_to_esia,
        submit_credentials,
        receive_code,
        confirm_sign_in,
        see_treatment,
        try_cabinet,
    ),
    budget_s=60,
    interval_s=900,
    kind="both",
    states=("returning", "unconfirmed-identity", "unconfirmed-register", "unconfirmed-factor"),
    factors=("sms", "totp", "none"),
)
