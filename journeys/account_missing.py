"""S10: no account in НМО. Each of the three reasons is told from the others, and the application is sent.

For who is not registered the journey applies, and leaves a follow-up: the account is there within 24 hours, and
`account_missing_outcome` enters with it and gives it up again. Until then nothing is done about it.
"""

import re
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from journeys.cause import Cause
from journeys.entry import (
    account_missing,
    go_to_esia,
    open_portal,
    receive_code,
    submit_credentials,
)
from journeys.first_visit import confirm_contact_of, enter_code, receive_contact_code
from journeys.follow_up import FollowUp
from journeys.journey import Journey, step
from journeys.system import System
from journeys.visit import OutcomeError, Visit
from pages.nmo.account import ApplicationPage, MissingAccountPage, RegisterPage
from pages.screen import ErrorShown, Unfinished

QUALIFICATION = "Терапия"
REGISTER_DOWN = "NMO-4001"
_OF_THE_REGISTER = re.compile(r"\bрегистр(?!ац|ир)", re.IGNORECASE)
"""Not of a registration."""
FOLLOWED_BY = "account-missing-outcome"
_IN_REGISTER = MappingProxyType(
    {
        "not-registered": "Не зарегистрирован",
        "not-synchronised": "ещё не синхронизированы",
        "profile-error": "профиль не создан",
    }
)
"""Reason -> what the register says of such a person."""


@step("confirm the sign-in", System.ESIA, budget_s=8)
def confirm_sign_in(visit: Visit) -> None:
    """ЕСИА takes the code, and on the first entry asks for a contact."""
    enter_code(visit, MissingAccountPage(visit.page))


@step("confirm the contact", System.ESIA, budget_s=8)
def confirm_contact(visit: Visit) -> None:
    """The code confirms the e-mail, if ЕСИА asks."""
    confirm_contact_of(visit, MissingAccountPage(visit.page))


@step("be told why there is no account", System.NMO, budget_s=3)
def be_told_why(visit: Visit) -> None:
    """The portal names the reason that is the person's own; or lets in who has applied in an earlier run."""
    page = MissingAccountPage(visit.page)
    if not page.marker.is_visible():
        _expect_leftover(visit)
        return
    said = account_missing(page)
    visit.notes["reason"] = said.variant or "not said"
    wanted = {visit.persona.state} | ({"not-synchronised"} if visit.persona.state == "not-registered" else set())
    if said.variant not in wanted:
        message = f"for an account that is {visit.persona.state} {said}"
        raise OutcomeError(System.NMO, Cause.NMO_ACCOUNT_MISSING, message, said.code, said.variant)


@step("look the register up", System.REGISTRY, budget_s=5)
def look_up(visit: Visit) -> None:
    """The official form says the same of the person's СНИЛС."""
    if "reason" not in visit.notes:
        return
    snils = visit.persona.snils
    form = RegisterPage(visit.page).open(visit.target.nmo)
    try:
        said = form.look_up(snils.get_secret_value() if snils else "")
    except ErrorShown as error:
        if error.code != REGISTER_DOWN and not _OF_THE_REGISTER.search(str(error)):
            raise
        raise OutcomeError(System.REGISTRY, Cause.REGISTRY_UNAVAILABLE, str(error), error.code) from None
    except Unfinished as unfinished:
        raise OutcomeError(System.REGISTRY, Cause.TIMEOUT, str(unfinished)) from None
    reason = visit.notes["reason"]
    if _IN_REGISTER[reason] not in said:
        message = f"the portal says {reason}, and the register «{said}»"
        raise OutcomeError(System.REGISTRY, Cause.NMO_ACCOUNT_MISSING, message, variant=reason)


@step("apply for an account", System.NMO, budget_s=5)
def apply(visit: Visit) -> None:
    """Who is not registered sends an application, gets a number, and comes back when it is due."""
    if visit.notes.get("reason") != "not-registered":
        return
    if visit.awaited:
        visit.notes["application"] = "left to the follow-up that waits for it"
        return
    snils = visit.persona.snils
    page = ApplicationPage(visit.page).open(visit.target.nmo)
    number = page.apply(snils.get_secret_value() if snils else "", QUALIFICATION)
    visit.notes["application"] = number
    due = datetime.now(UTC) + timedelta(seconds=visit.target.limits.account_s)
    visit.follow_up = FollowUp(FOLLOWED_BY, due)


def _expect_leftover(visit: Visit) -> None:
    if visit.persona.state != "not-registered":
        message = f"an account that is {visit.persona.state} was let in"
        raise OutcomeError(System.NMO, Cause.NMO_ACCOUNT_MISSING, message, variant="let-in")
    visit.notes["account"] = "made for an earlier application"
    if not visit.awaited:
        visit.follow_up = FollowUp(FOLLOWED_BY, datetime.now(UTC))


ACCOUNT_MISSING = Journey(
    name="account-missing",
    title="Нет учётной записи НМО: причина, регистр, заявка",
    requirements=("S10",),
    steps=(
        open_portal,
        go_to_esia,
        submit_credentials,
        receive_code,
        confirm_sign_in,
        receive_contact_code,
        confirm_contact,
        be_told_why,
        look_up,
        apply,
    ),
    budget_s=100,
    interval_s=3600,
    states=("not-registered", "not-synchronised", "profile-error"),
    needs=("snils",),
    channels=("email",),
    kind="negative",
    followed_by=FOLLOWED_BY,
)
