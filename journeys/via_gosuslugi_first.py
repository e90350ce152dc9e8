"""S4, the first time: from «Мои услуги» into the portal, which asks for the agreement and the consent, and then opens.

So that every run is a first visit, the journey ends as `first_visit` does: consent withdrawn, and the cabinet's data
deleted where the portal's settings offer that.
"""

from journeys.entry import admitted, find_own_cabinet, receive_code, submit_credentials
from journeys.first_visit import (
    accept_agreement,
    admission,
    confirm_contact,
    give_consent,
    receive_contact_code,
    withdraw,
)
from journeys.journey import Journey, step
from journeys.system import System
from journeys.via_gosuslugi import choose_service, confirm_and_return, go_to_esia, open_gosuslugi
from journeys.visit import Visit
from pages.esia.one_time_code import ContactConfirmationPage
from pages.gosuslugi.services import MedicalEducationPage


@step("go over to the portal", System.NMO, budget_s=8)
def go_over(visit: Visit) -> None:
    """The button opens a new tab, without another sign-in; on a first entry ЕСИА asks there for a contact."""
    if visit.persona.email:
        visit.inbox.expect("email")
    visit.page = MedicalEducationPage(visit.page).go_to_portal()
    admitted(visit, ContactConfirmationPage(visit.page), *admission(visit))


VIA_GOSUSLUGI_FIRST = Journey(
    name="via-gosuslugi-first-visit",
    title="Первый переход на портал из «Моих услуг»",
    requirements=("S4", "S7"),
    steps=(
        open_gosuslugi,
        go_to_esia,
        submit_credentials,
        receive_code,
        confirm_and_return,
        choose_service,
        go_over,
        receive_contact_code,
        confirm_contact,
        accept_agreement,
        give_consent,
        find_own_cabinet,
        withdraw,
    ),
    budget_s=110,
    interval_s=900,
    states=("first-visit",),
    channels=("email",),
)
