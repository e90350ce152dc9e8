"""S5, S6: the button on the portal, password and second factor, and back into the person's own cabinet."""

from journeys.entry import (
    admitted,
    enter_second_factor,
    find_own_cabinet,
    go_to_esia,
    open_portal,
    receive_code,
    submit_credentials,
)
from journeys.journey import Journey, step
from journeys.system import System
from journeys.visit import Visit
from pages.nmo.cabinet import CabinetPage


@step("confirm the sign-in and return", System.ESIA, budget_s=8)
def confirm_and_return(visit: Visit) -> None:
    """ЕСИА takes the code and returns to the portal by itself, which opens the cabinet."""
    enter_second_factor(visit)
    admitted(visit, CabinetPage(visit.page))


SIGN_IN = Journey(
    name="sign-in",
    title="Вход на портал через Госуслуги",
    requirements=("S5", "S6"),
    steps=(open_portal, go_to_esia, submit_credentials, receive_code, confirm_and_return, find_own_cabinet),
    budget_s=50,
    interval_s=60,
    states=("returning",),
    tags=("critical",),
)
