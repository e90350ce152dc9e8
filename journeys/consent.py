"""S7: the consent to the transfer of data — refused, given, withdrawn in the settings, and given again.

The journey leaves the consent given, as it found it. A run that was cut off may leave it refused or withdrawn: then
the sign-in ends at the consent window or in a limited cabinet, and the journey goes on from there.
"""

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
from pages.nmo.admission import ConsentPage
from pages.nmo.cabinet import CabinetPage
from pages.nmo.settings import SettingsPage
from pages.screen import first_of

CATEGORIES = (
    "ФИО",
    "Дата рождения",
    "Сведения о профессиональной квалификации",
    "Идентификационный номер в системе Госуслуги",
    "Информация о текущих образовательных курсах",
)
"""What the consent window must list, and nothing else."""


def accept_consent(visit: Visit) -> None:
    """In the consent window: its categories are complete, and «Согласен» opens the whole cabinet."""
    check_categories(ConsentPage(visit.page)).accept()
    cabinet = first_of(visit.page, CabinetPage(visit.page), ConsentPage(visit.page))
    if not isinstance(cabinet, CabinetPage) or cabinet.limited():
        raise OutcomeError(
            System.NMO, Cause.CONSENT_NOT_RECORDED, "the portal took the consent and goes on as if it had not"
        )
    check_owner(visit, cabinet)


def check_categories(consent: ConsentPage) -> ConsentPage:
    """The window lists what the person agrees to, no more and no less. Raises OutcomeError."""
    listed = consent.categories()
    missing = [name for name in CATEGORIES if name not in listed]
    if missing:
        raise OutcomeError(System.NMO, Cause.CONSENT_INCOMPLETE, f"the consent does not list «{'», «'.join(missing)}»")
    if len(listed) > len(CATEGORIES):
        raise OutcomeError(System.NMO, Cause.CONSENT_INCOMPLETE, f"the consent lists {len(listed)} categories, not 5")
    return consent


def withdraw_consent(visit: Visit, *, given: bool = True) -> SettingsPage:
    """Withdraw in the settings: the portal confirms it, and offers it no more. Unless it is known to be ``given``, it
    may be withdrawn already."""
    settings = SettingsPage(visit.page).open(visit.target.nmo)
    if given or settings.withdraw.is_visible():
        settings.withdraw_consent()
        if settings.withdraw.is_visible():
            raise OutcomeError(
                System.NMO,
                Cause.CONSENT_NOT_RECORDED,
                "the portal says «Согласие отозвано» and goes on as if it had not",
            )
    return settings


@step("confirm the sign-in and return", System.ESIA, budget_s=8)
def confirm_and_return(visit: Visit) -> None:
    """ЕСИА takes the code and returns to the portal: its cabinet, or the consent window after a withdrawal."""
    enter_second_factor(visit)
    admitted(visit, CabinetPage(visit.page), ConsentPage(visit.page))


@step("refuse the consent", System.NMO, budget_s=10)
def refuse(visit: Visit) -> None:
    """The window asks for the five categories; «Отказаться» leads into the cabinet."""
    if not ConsentPage(visit.page).marker.is_visible():
        withdraw_consent(visit, given=False).give.click()
    check_categories(ConsentPage(visit.page).loaded()).refuse()
    CabinetPage(visit.page).loaded()


@step("see the limits of a refusal", System.NMO, budget_s=3)
def see_limits_of_refusal(visit: Visit) -> None:
    """No enrolment, no certificates, no history."""
    _check_limits(CabinetPage(visit.page), "a refusal")


@step("give the consent", System.NMO, budget_s=8)
def give(visit: Visit) -> None:
    """«Дать согласие» brings the window back, and «Согласен» opens everything."""
    SettingsPage(visit.page).open(visit.target.nmo).give.click()
    ConsentPage(visit.page).loaded()
    accept_consent(visit)


@step("see everything open", System.NMO, budget_s=3)
def see_everything_open(visit: Visit) -> None:
    """Enrolment, certificates and history are there."""
    cabinet = CabinetPage(visit.page)
    closed = sorted(cabinet.consented.keys() - cabinet.opened())
    if closed:
        raise OutcomeError(
            System.NMO,
            Cause.CONSENT_REFUSED,
            f"consent was given, and closed are «{'», «'.join(closed)}»",
            variant="without-effect",
        )


@step("withdraw the consent", System.NMO, budget_s=8)
def withdraw(visit: Visit) -> None:
    """«Отозвать согласие» in the settings."""
    withdraw_consent(visit)


@step("see the limits of a withdrawal", System.NMO, budget_s=5)
def see_limits_of_withdrawal(visit: Visit) -> None:
    """The cabinet is limited again."""
    _check_limits(CabinetPage(visit.page).open(visit.target.nmo), "a withdrawal")


@step("restore the consent", System.NMO, budget_s=8)
def restore(visit: Visit) -> None:
    """Consent is given for the next run, and for the person's courses."""
    give.act(visit)


def _check_limits(cabinet: CabinetPage, after: str) -> None:
    still_open = sorted(cabinet.opened())
    if still_open:
        raise OutcomeError(
            System.NMO, Cause.CONSENT_NOT_RECORDED, f"after {after} there still are «{'», «'.join(still_open)}»"
        )
    if not cabinet.limited():
        raise OutcomeError(
            System.NMO, Cause.CONSENT_NOT_RECORDED, f"after {after} the cabinet does not say that it is limited"
        )


CONSENT = Journey(
    name="consent",
    title="Согласие: отказ, выдача, отзыв и восстановление",
    requirements=("S7",),
    steps=(
        open_portal,
        go_to_esia,
        submit_credentials,
        receive_code,
        confirm_and_return,
        refuse,
        see_limits_of_refusal,
        give,
        see_everything_open,
        withdraw,
        see_limits_of_withdrawal,
        restore,
    ),
    budget_s=110,
    interval_s=900,
    states=("returning",),
)
