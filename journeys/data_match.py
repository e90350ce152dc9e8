"""S9: a person's data are the same on both portals; a correction on Госуслуги reaches НМО with «Обновить данные».

Both portals stay open, each in its tab, so that a failure keeps a picture of either. The policy of ОМС is changed to
the persona's second one and back. A run that was cut off leaves the second one; the next puts the first back.
"""

from contextlib import suppress

from journeys.cause import Cause
from journeys.correction import correction
from journeys.entry import go_to_esia, open_portal, receive_code, submit_credentials
from journeys.identity import BIRTH_DATE, INN, NAME_FIELDS
from journeys.journey import Journey, step
from journeys.portals import differences
from journeys.sign_in import confirm_and_return
from journeys.system import System
from journeys.visit import OutcomeError, Visit
from pages.gosuslugi.personal_data import PersonalDataPage
from pages.nmo.cabinet import ProfilePage
from pages.nmo.support import ContactsPage

POLICY = "Полис ОМС"
FIELDS = (*NAME_FIELDS, BIRTH_DATE, INN, POLICY)
_TOPIC = "Расхождение данных между порталами"
_TEXT = "Автоматическая проверка: после обновления данные портала и Госуслуг различаются в полях: {fields}."


@step("compare the portals", System.NMO, budget_s=10)
def compare_portals(visit: Visit) -> None:
    """ФИО, date of birth, ИНН and ОМС are the same; where not, «Обновить данные» must make them so."""
    if _differences(visit):
        visit.notes["as found"] = "different, until refreshed"
        _refresh(visit)


@step("see the old policy in the portal", System.NMO, budget_s=8)
def see_old_policy(visit: Visit) -> None:
    """The portal goes on showing what it knew, or has refreshed by itself; nothing else has changed."""
    different = _differences(visit)
    visit.notes["refresh"] = "asked for" if different else "by itself"
    if different - {POLICY}:
        raise _give_up(visit, different)
    visit.compared = ()  # what was made different is nothing to report, whatever may fail before the next look


@step("refresh the portal's data", System.NMO, budget_s=10)
def refresh(visit: Visit) -> None:
    """«Обновить данные» brings the correction, and the portals agree."""
    _refresh(visit)


@step("refresh and compare again", System.NMO, budget_s=10)
def refresh_again(visit: Visit) -> None:
    """With the first policy put back, the portals agree as they did in the beginning."""
    _refresh(visit)


# The tab in front says whose fault a failure is.
def _portal(visit: Visit) -> ProfilePage:
    """НМО in the first tab, which becomes the one in front."""
    visit.page = visit.page.context.pages[0]
    return ProfilePage(visit.page)


def _gosuslugi(visit: Visit) -> PersonalDataPage:
    """Госуслуги in the second tab, which becomes the one in front."""
    tabs = visit.page.context.pages
    visit.page = tabs[1] if len(tabs) > 1 else visit.page.context.new_page()
    return PersonalDataPage(visit.page)


def _differences(visit: Visit) -> set[str]:
    """Fields that differ. Ends in front of Госуслуги, where a correction is made."""
    there = _gosuslugi(visit).open(visit.target.gosuslugi).read()
    here = _portal(visit).open(visit.target.nmo).read()
    visit.carried["gosuslugi"] = there
    _gosuslugi(visit)
    return set(differences(visit, FIELDS, there, here))


def _refresh(visit: Visit) -> None:
    _portal(visit).refresh()
    if different := _differences(visit):
        raise _give_up(visit, different)


def _give_up(visit: Visit, different: set[str]) -> OutcomeError:
    """What the seed tells the user to do last: a request to support, and its number with the pictures of both pages."""
    portal = _portal(visit)
    fields = ", ".join(f"«{field}»" for field in FIELDS if field in different)
    number = "not taken"
    with suppress(Exception):
        # That the portals differ is the news, also where support cannot be told of it.
        number = ContactsPage(portal.page).open(visit.target.nmo).send(_TOPIC, _TEXT.format(fields=fields))
    visit.notes["request"] = number
    with suppress(Exception):
        portal.open(visit.target.nmo)  # for its picture
    message = f"the portals differ in {fields}; request {number}"
    return OutcomeError(System.NMO, Cause.DATA_MISMATCH, message)


def _other_policy(visit: Visit) -> dict[str, str]:
    first, second = _policies(visit)
    return {POLICY: first if visit.carried["gosuslugi"].get(POLICY) == second else second}


def _first_policy(visit: Visit) -> dict[str, str]:
    first, _ = _policies(visit)
    return {} if visit.carried["gosuslugi"].get(POLICY) == first else {POLICY: first}


def _policies(visit: Visit) -> tuple[str, str]:
    oms, second = visit.persona.oms, visit.persona.second_oms
    return oms.get_secret_value() if oms else "", second.get_secret_value() if second else ""


DATA_MATCH = Journey(
    name="data-match",
    title="Сверка данных двух порталов, исправление и обновление",
    requirements=("S9",),
    steps=(
        open_portal,
        go_to_esia,
        submit_credentials,
        receive_code,
        confirm_and_return,
        compare_portals,
        *correction("change", "the policy", _other_policy),
        see_old_policy,
        refresh,
        *correction("restore", "the policy", _first_policy),
        refresh_again,
    ),
    budget_s=2100,
    interval_s=3600,
    states=("returning",),
    needs=("oms", "second_oms"),
    channels=("sms",),
)
