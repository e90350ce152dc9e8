"""S5 to S8: a person's first visit, from the button on the portal to a synchronised profile, and back.

The user agreement and ЕСИА's confirmation of a contact are asked once in an account's life. Where the
portal's settings offer to delete the cabinet's data, the journey does so and the next run is a true first visit;
where they do not, it takes these screens when they come. The notes say which of the two a run saw.
"""

from journeys.cause import Cause
from journeys.consent import accept_consent, withdraw_consent
from journeys.entry import (
    admitted,
    enter_second_factor,
    go_to_esia,
    open_portal,
    receive_code,
    submit_credentials,
)
from journeys.identity import NAME_FIELDS
from journeys.journey import Journey, step
from journeys.portals import differences
from journeys.system import System
from journeys.visit import OutcomeError, Visit
from pages.esia.one_time_code import ContactConfirmationPage
from pages.gosuslugi.personal_data import PersonalDataPage
from pages.nmo.admission import AgreementPage, ConsentPage
from pages.nmo.cabinet import CabinetPage, ProfilePage, SynchronisationPage
from pages.screen import Screen, Unfinished, first_of

COMPARED = (*NAME_FIELDS, "СНИЛС")
"""Fields that must be the same on both portals (S2)."""
REGISTERED = ("Специальность", "Место работы")
"""Fields of the profile that come from the register of medical specialists."""
NOTHING = frozenset({"", "—", "нет данных"})
"""What the portal shows for a field that it has nothing for."""


def admission(visit: Visit) -> tuple[Screen, ...]:
    """What the portal may show first to who is let in."""
    return AgreementPage(visit.page), ConsentPage(visit.page), CabinetPage(visit.page)


def enter_code(visit: Visit, *others: Screen) -> None:
    """Enter the second factor; ЕСИА asks for a contact on the first entry, later the portal or ``others`` show."""
    if visit.persona.email:
        visit.inbox.expect("email")
    enter_second_factor(visit)
    admitted(visit, ContactConfirmationPage(visit.page), *admission(visit), *others)


def confirm_contact_of(visit: Visit, *others: Screen) -> None:
    """Enter the code that came by e-mail, if ЕСИА asks for it."""
    if visit.code is not None:
        ContactConfirmationPage(visit.page).enter(visit.code)
        admitted(visit, *admission(visit), *others)


@step("confirm the sign-in", System.ESIA, budget_s=8)
def confirm_sign_in(visit: Visit) -> None:
    """ЕСИА takes the code; on the first entry it asks for a contact, later it returns to the portal."""
    enter_code(visit)


@step("receive the code for the contact", System.DELIVERY, budget_s=20, timeout_s=35)
def receive_contact_code(visit: Visit) -> None:
    """The code arrives by e-mail, if ЕСИА asks for it."""
    asked = ContactConfirmationPage(visit.page).marker.is_visible()
    visit.notes["contact confirmation"] = "asked" if asked else "not asked"
    visit.code = visit.inbox.code("email") if asked else None


@step("confirm the contact", System.ESIA, budget_s=8)
def confirm_contact(visit: Visit) -> None:
    """The code confirms the e-mail, if ЕСИА asks; then back to the portal by itself."""
    confirm_contact_of(visit)


@step("accept the agreement", System.NMO, budget_s=5)
def accept_agreement(visit: Visit) -> None:
    """The user agreement, if the portal asks for it."""
    agreement = AgreementPage(visit.page)
    asked = agreement.marker.is_visible()
    visit.notes["agreement"] = "asked" if asked else "not asked"
    if asked:
        agreement.accept()
        first_of(visit.page, *admission(visit)[1:])


@step("give the consent", System.NMO, budget_s=8)
def give_consent(visit: Visit) -> None:
    """The consent window lists its five categories, and «Согласен» opens the whole cabinet."""
    consent = ConsentPage(visit.page)
    if not consent.marker.is_visible():
        _withdraw_leftover(visit)
    accept_consent(visit)


def _withdraw_leftover(visit: Visit) -> None:
    """A run that was cut off left the consent given: withdraw it, and be asked anew."""
    visit.notes["consent"] = "left given by an earlier run"
    withdraw_consent(visit).give.click()
    ConsentPage(visit.page).loaded()


@step("read the profile", System.NMO, budget_s=5)
def read_profile(visit: Visit) -> None:
    """«Профиль специалиста» shows who the portal thinks the person is."""
    CabinetPage(visit.page).choose("Профиль специалиста")
    visit.carried["nmo"] = ProfilePage(visit.page).loaded().read()


@step("compare with Госуслуги", System.GOSUSLUGI, budget_s=8)
def compare_with_gosuslugi(visit: Visit) -> None:
    """СНИЛС and ФИО are the same, field by field, in «Персональные данные»."""
    state = PersonalDataPage(visit.page).open(visit.target.gosuslugi).read()
    if differ := differences(visit, COMPARED, state, visit.carried["nmo"]):
        raise OutcomeError(System.NMO, Cause.DATA_MISMATCH, f"the portals differ in «{'», «'.join(differ)}»")


@step("confirm the synchronisation", System.REGISTRY, budget_s=10, timeout_s=20)
def confirm_synchronisation(visit: Visit) -> None:
    """The registers' data arrive, whole and of today; the lag is taken from the portal's own times."""
    synchronisation = SynchronisationPage(visit.page).open(visit.target.nmo)
    try:
        visit.lags["first"] = synchronisation.finished()
    except Unfinished as unfinished:
        raise OutcomeError(System.REGISTRY, Cause.SYNC_STALLED, str(unfinished)) from None
    age_s, limit_s = synchronisation.age(), visit.target.limits.update_s
    if age_s > limit_s:
        hours = f"{age_s / 3600:.3g} h old, and a change may take {limit_s / 3600:.3g} h"
        visit.doubt(System.REGISTRY, Cause.REGISTRY_STALE, f"what the register sent is {hours}")
    received = ProfilePage(visit.page).open(visit.target.nmo).read()
    lacking = [name for name in REGISTERED if received.get(name) in NOTHING]
    if lacking:
        raise OutcomeError(
            System.REGISTRY, Cause.REGISTRY_PARTIAL, f"the profile has nothing of «{'», «'.join(lacking)}»"
        )


@step("withdraw the consent", System.NMO, budget_s=8)
def withdraw(visit: Visit) -> None:
    """Back to where it began: consent withdrawn, and the cabinet's data deleted where that is offered."""
    settings = withdraw_consent(visit)
    deletion = settings.offers_deletion()
    visit.notes["cabinet data"] = "deleted" if deletion else "deletion not offered"
    if deletion:
        settings.delete_cabinet()


FIRST_VISIT = Journey(
    name="first-visit",
    title="Первый вход: согласие, проверка профиля, синхронизация",
    requirements=("S5", "S6", "S7", "S8"),
    steps=(
        open_portal,
        go_to_esia,
        submit_credentials,
        receive_code,
        confirm_sign_in,
        receive_contact_code,
        confirm_contact,
        accept_agreement,
        give_consent,
        read_profile,
        compare_with_gosuslugi,
        confirm_synchronisation,
        withdraw,
    ),
    budget_s=120,
    interval_s=300,
    states=("first-visit",),
    channels=("email",),
    tags=("critical",),
)
