"""The steps by which everybody enters: portal or Госуслуги, ЕСИА, password, one-time code."""

from dataclasses import replace
from types import MappingProxyType
from urllib.parse import urlsplit

from journeys.arrival import arrive
from journeys.cause import Cause
from journeys.comparison import Comparison
from journeys.identity import MAY_BE_MISSING, Rule
from journeys.inbox import InboxError, Kind
from journeys.journey import step
from journeys.refusal import ABOUT_THE_CODE, LOCKED
from journeys.system import System
from journeys.visit import OutcomeError, Visit
from pages.esia.login import LoginPage
from pages.esia.one_time_code import ContactConfirmationPage, LoginCodePage, OneTimeCodePage, SecondFactorPage
from pages.nmo.account import MissingAccountPage
from pages.nmo.cabinet import CabinetPage
from pages.nmo.home import HomePage
from pages.nmo.mismatch import MismatchPage
from pages.screen import ErrorShown, Screen


@step("open the portal", System.NMO, budget_s=5)
def open_portal(visit: Visit) -> None:
    """The portal's front page with «Войти через Госуслуги»."""
    HomePage(visit.page).open(visit.target.nmo)


@step("go to ЕСИА", System.ESIA, budget_s=5)
def go_to_esia(visit: Visit) -> None:
    """The button leads to ЕСИА's sign-in."""
    HomePage(visit.page).sign_in()
    await_esia(visit, System.NMO)


def await_esia(visit: Visit, led_by: System) -> None:
    """Wait for the sign-in, and see whose it is before a password is typed in: any site can show one. Raises
    OutcomeError, of the site that it was ``led_by``."""
    LoginPage(visit.page).loaded()
    shown, target = urlsplit(visit.page.url), visit.target
    # Not by name: where two sites share an address, it is known as that of the first.
    if target.system_at(visit.page.url) is not target.system_at(target.esia):
        message = f"the sign-in that shows is not ЕСИА's, but that of {shown.hostname}"
        raise OutcomeError(led_by, Cause.HANDOVER_FAILED, message)
    if shown.scheme != "https" and urlsplit(target.esia).scheme == "https":
        raise OutcomeError(led_by, Cause.HANDOVER_FAILED, "ЕСИА's sign-in shows without TLS")


@step("submit login and password", System.ESIA, budget_s=5)
def submit_credentials(visit: Visit) -> None:
    """ЕСИА takes the password and asks for the second factor, of whoever has one."""
    give_credentials(visit)
    if visit.persona.factor != "none":
        SecondFactorPage(visit.page).loaded()


def give_credentials(visit: Visit) -> None:
    """Send login and password; what follows is not waited for."""
    persona = visit.persona
    if persona.factor != "none":
        visit.inbox.expect(persona.factor)
    LoginPage(visit.page).submit(persona.login.get_secret_value(), persona.password.get_secret_value())


@step("receive the code", System.DELIVERY, budget_s=20, timeout_s=35)
def receive_code(visit: Visit) -> None:
    """The one-time code arrives, or the app shows it."""
    if visit.persona.factor != "none":
        visit.code = visit.inbox.code(visit.persona.factor)


def enter_second_factor(visit: Visit) -> None:
    """Type the code that the step before received."""
    if visit.persona.factor == "none":
        return
    if visit.code is None:
        raise ValueError("a step that enters a code follows one that receives it")
    SecondFactorPage(visit.page).enter(visit.code)


def admitted(visit: Visit, *screens: Screen) -> Screen:
    """Wait until the portal lets the person in: the first of its screens, past what ЕСИА puts in the way. Raises
    OutcomeError for a refusal that the portal explains, else as `arrive`."""
    try:
        return arrive(visit, *screens)
    except ErrorShown as error:
        if asking := _asking(visit):
            raise another_code(visit, *asking, error, *screens) from None
        refusal, missing = MismatchPage(visit.page), MissingAccountPage(visit.page)
        if refusal.marker.is_visible():
            raise mismatch(visit, refusal) from None
        if missing.marker.is_visible():
            raise account_missing(missing) from None
        raise


_ASKED_BY_SMS = (SecondFactorPage, LoginCodePage)


def _asking(visit: Visit) -> tuple[OneTimeCodePage, Kind] | None:
    """The screen of ЕСИА that goes on asking for a code that it can send again, and what that comes by."""
    shown = urlsplit(visit.page.url).path
    by_sms = _ASKED_BY_SMS if visit.persona.factor == "sms" else ()
    kinds: dict[type[OneTimeCodePage], Kind] = dict.fromkeys(by_sms, "sms")
    kinds[ContactConfirmationPage] = "email"
    asking = next((asks for asks in kinds if shown == asks.path), None)
    return (asking(visit.page), kinds[asking]) if asking else None


def about_the_code(refused: Exception) -> bool:
    """Whether what is refused is the code that was entered, and not whoever enters it."""
    return bool(ABOUT_THE_CODE.search(str(refused))) and not LOCKED.search(str(refused))


def another_code(visit: Visit, asking: OneTimeCodePage, kind: Kind, refused: Exception, *screens: Screen) -> Exception:
    """What was shown for the code that came: ``refused``, unless another one is taken, and the first was not the one
    that had been sent.

    Another is asked for where that is offered, and where it is the code that is refused: of a lock each try is counted.
    """
    if not about_the_code(refused) or not asking.send_again.is_visible():
        return refused
    try:
        visit.inbox.expect(kind)
        asking.ask_again()
        asking.enter(visit.inbox.code(kind))
        arrive(visit, *screens)
    except (ErrorShown, InboxError):
        # A second code that does not come takes nothing from the refusal, after which no other is burnt at once.
        return refused
    return OutcomeError(
        System.DELIVERY, Cause.WRONG_CODE_DELIVERED, "the code that came was wrong; another one is right"
    )


def mismatch(visit: Visit, refusal: MismatchPage, deliberate: str = "") -> OutcomeError:
    """What the portal says does not match, and by which rule, of all fields but the ``deliberate`` one."""
    values = {field: both for field, both in refusal.fields().items() if field != deliberate}
    compared = tuple(Comparison.of(field, *both) for field, both in values.items())
    here, there = values.get(MAY_BE_MISSING, ("", ""))
    if len(values) == 1 and bool(here) != bool(there):
        compared = (replace(compared[0], rule=Rule.PATRONYMIC_MISSING),)
    visit.compared = compared
    rules = {one.field: one.rule for one in compared}
    named = ", ".join(f"«{field}»: {rule or 'no difference to be seen'}" for field, rule in rules.items())
    about_snils = bool(rules.get("СНИЛС")) or refusal.code() == "NMO-2002"
    cause = Cause.SNILS_MISMATCH if about_snils else Cause.NAME_MISMATCH
    rule = rules.get("СНИЛС") if about_snils else next((rule for rule in rules.values() if rule), None)
    return OutcomeError(
        System.NMO,
        cause,
        f"the portal and Госуслуги do not agree on {named or 'what it does not name'}",
        refusal.code() or None,
        rule,
    )


MISSING_BECAUSE = MappingProxyType(
    {
        "not-registered": "регистрация не проводилась",
        "not-synchronised": "не синхронизированы",
        "profile-error": "техническая ошибка",
    }
)
"""Why the portal may have no account for a person, and the words by which it is known (S10)."""


def account_missing(refusal: MissingAccountPage) -> OutcomeError:
    """The portal has no account for the person, for one of three reasons."""
    said = refusal.reason()
    reason = next((reason for reason, words in MISSING_BECAUSE.items() if words in said), None)
    message = f"the portal has no account for the person: {reason or 'it does not say why'}"
    # What is registered and not there yet hangs between the register and the portal.
    system = System.REGISTRY if reason == "not-synchronised" else System.NMO
    return OutcomeError(system, Cause.NMO_ACCOUNT_MISSING, message, refusal.code() or None, reason)


def check_owner(visit: Visit, cabinet: CabinetPage) -> None:
    """The cabinet is the persona's own, as far as the persona says who it is."""
    if visit.persona.full_name and cabinet.owner() != visit.persona.full_name:
        raise OutcomeError(System.NMO, Cause.WRONG_ACCOUNT, "the cabinet belongs to another person")


@step("find the own cabinet", System.NMO, budget_s=3)
def find_own_cabinet(visit: Visit) -> None:
    """The cabinet belongs to the person who signed in."""
    check_owner(visit, CabinetPage(visit.page))
