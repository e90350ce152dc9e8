"""S2: Госуслуги and the portal must agree on ФИО and СНИЛС; who differs is refused, corrects it, and gets in.

The journey misspells the persona's surname, by a letter that looks the same where it has one, sees the refusal and the
way back. What it began with is put back by the correction itself. A run that was cut off leaves the surname misspelt:
the next one goes on from there.
"""

from journeys.arrival import arrive
from journeys.cause import Cause
from journeys.correction import correction
from journeys.entry import admitted, check_owner, mismatch, receive_code, submit_credentials
from journeys.identity import NAME_FIELDS, compare
from journeys.journey import Journey, step
from journeys.portals import differences
from journeys.system import System
from journeys.via_gosuslugi import confirm_and_return, go_to_esia, open_gosuslugi
from journeys.visit import OutcomeError, Visit
from pages.gosuslugi.personal_data import PersonalDataPage
from pages.nmo.cabinet import CabinetPage, ProfilePage
from pages.nmo.home import HomePage
from pages.nmo.mismatch import MismatchPage

FIELDS = (*NAME_FIELDS, "СНИЛС")
_MISSPELT = "Фамилия"
_LOOK_ALIKES = str.maketrans("аеорсухВКМНОРСТ", "aeopcyxBKMHOPCT")


def _misspelt(name: str) -> str:
    """Another spelling of any name: «Ильин» has no letter that looks the same."""
    alike = name.translate(_LOOK_ALIKES)
    return alike if alike != name else name + name[-1:]


def _surname(visit: Visit) -> str:
    secret = visit.persona.surname
    return secret.get_secret_value() if secret else ""


def to_misspell(visit: Visit) -> dict[str, str]:
    """What to send; nothing when a run before this one has left it misspelt."""
    left = visit.carried["gosuslugi"].get(_MISSPELT) == _misspelt(_surname(visit))
    return {} if left else {_MISSPELT: _misspelt(_surname(visit))}


def _to_correct(visit: Visit) -> dict[str, str]:
    return {_MISSPELT: _surname(visit)}


@step("read the personal data", System.GOSUSLUGI, budget_s=5)
def read_personal_data(visit: Visit) -> None:
    """«Персональные данные» are the persona's, or the persona's as an earlier run has left them."""
    shown = PersonalDataPage(visit.page).open(visit.target.gosuslugi).read()
    visit.carried["gosuslugi"] = shown
    left = shown.get(_MISSPELT) == _misspelt(_surname(visit))
    visit.notes["surname"] = "left misspelt by an earlier run" if left else "as it should be"
    rule = None if left else compare(_MISSPELT, shown.get(_MISSPELT, ""), _surname(visit))
    if rule:
        message = "Госуслуги show another surname than the persona's"
        raise OutcomeError(System.GOSUSLUGI, Cause.NAME_MISMATCH, message, variant=rule)


@step("be refused by the portal", System.NMO, budget_s=8)
def be_refused(visit: Visit) -> None:
    """The portal does not let in a person whose surname differs, and says that it is this and nothing else."""
    HomePage(visit.page).open(visit.target.nmo).sign_in()
    refusal, cabinet = MismatchPage(visit.page), CabinetPage(visit.page)
    if arrive(visit, refusal, cabinet) is cabinet:
        message = "the portal lets in a person whose surname differs from Госуслуги"
        raise OutcomeError(System.NMO, Cause.NAME_MISMATCH, message, variant="let-in")
    named = refusal.fields()
    rule = compare(_MISSPELT, *named.get(_MISSPELT, ("", "")))
    found = mismatch(visit, refusal, deliberate=_MISSPELT if rule else "")
    other = any(one.rule for one in visit.compared)
    # A portal may name no field; one that names some must name this one.
    if found.cause is not Cause.NAME_MISMATCH or other or (named and rule is None):
        raise found
    visit.compared = ()
    visit.notes["refused for"] = f"«{_MISSPELT}»: {rule}" if rule else "a reason that it does not name"


@step("enter the portal", System.NMO, budget_s=8)
def enter(visit: Visit) -> None:
    """After the correction the same person is let in, without another question."""
    HomePage(visit.page).open(visit.target.nmo).sign_in()
    admitted(visit, CabinetPage(visit.page))
    check_owner(visit, CabinetPage(visit.page))


@step("compare with Госуслуги", System.NMO, budget_s=8)
def compare_portals(visit: Visit) -> None:
    """ФИО and СНИЛС are the same on both portals, field by field."""
    state = PersonalDataPage(visit.page).open(visit.target.gosuslugi).read()
    portal = ProfilePage(visit.page).open(visit.target.nmo).read()
    for field, rule in differences(visit, FIELDS, state, portal).items():
        cause = Cause.SNILS_MISMATCH if field == "СНИЛС" else Cause.NAME_MISMATCH
        raise OutcomeError(System.NMO, cause, f"the portals differ in «{field}»: {rule}", variant=rule)


IDENTITY_MATCH = Journey(
    name="identity-match",
    title="Совпадение ФИО и СНИЛС, исправление и возвращение входа",
    requirements=("S2",),
    steps=(
        open_gosuslugi,
        go_to_esia,
        submit_credentials,
        receive_code,
        confirm_and_return,
        read_personal_data,
        *correction("misspell", "the surname", to_misspell),
        be_refused,
        *correction("correct", "the surname", _to_correct),
        enter,
        compare_portals,
    ),
    budget_s=2100,
    interval_s=3600,
    states=("returning",),
    needs=("surname", "given_name", "snils"),
    channels=("sms",),
)
