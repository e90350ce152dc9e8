"""S8: a change to the professional profile is sent, and confirmed when it is due.

The position is changed by a mark that the next run takes away again. What becomes of the change is seen by
`specialist_update_outcome`, which the follow-up asks for after the time that users are promised. Until then the change
is left alone, also where it has been decided: another one in its place would be taken for it.
"""

from datetime import UTC, datetime, timedelta

from journeys.cause import Cause
from journeys.entry import go_to_esia, open_portal, receive_code, submit_credentials
from journeys.follow_up import FollowUp
from journeys.journey import Journey, step
from journeys.sign_in import confirm_and_return
from journeys.system import System
from journeys.visit import OutcomeError, Visit
from pages.nmo.specialist import SpecialistPage

ON_CHECK, DOCUMENTS, REFUSED, ACCEPTED = "На проверке", "Запрошены документы", "Отказано", "Принято"
FOLLOWED_BY = "specialist-update-outcome"
MARK = " (совмещение)"


def come_back(visit: Visit, kind: str, after_s: float, mark: str = "") -> None:
    """Ask for the outcome to be looked at after so many seconds. ``kind`` is what is waited for, and names the lag;
    ``mark`` says whether the position was sent ``with`` the mark or ``without``."""
    due = datetime.now(UTC) + timedelta(seconds=after_s)
    visit.follow_up = FollowUp(FOLLOWED_BY, due, {"waits for": kind, "mark": mark})


def marked(position: str, mark: str) -> str:
    """The position ``with`` the mark or ``without`` it."""
    plain = position.removesuffix(MARK)
    return plain + MARK if mark == "with" else plain


@step("open the profile", System.NMO, budget_s=5)
def open_profile(visit: Visit) -> None:
    """«Профиль специалиста» with the state of an earlier change, if there was one."""
    state = SpecialistPage(visit.page).open(visit.target.nmo).state()
    visit.notes["earlier change"] = state.word if state else "none"


@step("send a change", System.NMO, budget_s=5)
def send_change(visit: Visit) -> None:
    """A change is taken and on check; one that an earlier run has left is not sent again."""
    if visit.awaited:
        visit.notes["change"] = "left to the follow-up that waits for it"
        return
    page = SpecialistPage(visit.page)
    state = page.state()
    if state and state.word in {ON_CHECK, DOCUMENTS}:
        come_back(visit, "update", 0.0 if state.word == DOCUMENTS else visit.target.limits.update_s)
        return
    form = page.edit()
    position = form.position.input_value()
    mark = "without" if position.endswith(MARK) else "with"
    form.send(marked(position, mark))
    sent = page.state()
    if sent is None or sent.word != ON_CHECK:
        word = sent.word if sent else "nothing"
        message = f"a change was sent, and its state is «{word}»"
        raise OutcomeError(System.NMO, Cause.SYNC_STALLED, message, variant="update")
    come_back(visit, "update", visit.target.limits.update_s, mark)


SPECIALIST_UPDATE = Journey(
    name="specialist-update",
    title="Изменение профиля специалиста",
    requirements=("S8",),
    steps=(open_portal, go_to_esia, submit_credentials, receive_code, confirm_and_return, open_profile, send_change),
    budget_s=60,
    interval_s=90_000,  # beyond the follow-up of the one before, so that each sends a change
    states=("returning",),
    followed_by=FOLLOWED_BY,
)
