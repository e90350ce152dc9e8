"""S8, later: what became of a change to the professional profile, and how long it took by the portal's own times.

Where documents are asked for they are sent, where the change is refused it is sent once more, each with a follow-up of
its own. Which of these is to be expected is a property of the persona: ``review``.
"""

from contextlib import suppress

from journeys.cause import Cause
from journeys.entry import go_to_esia, open_portal, receive_code, submit_credentials
from journeys.journey import Journey, step
from journeys.scan import scan_of, scan_refused
from journeys.sign_in import confirm_and_return
from journeys.specialist_update import ACCEPTED, DOCUMENTS, MARK, REFUSED, come_back, marked
from journeys.system import System
from journeys.visit import OutcomeError, Visit
from pages.nmo.cabinet import SynchronisationPage
from pages.nmo.specialist import ChangeState, SpecialistPage
from pages.screen import ErrorShown


@step("see the outcome", System.NMO, budget_s=5)
def see_outcome(visit: Visit) -> None:
    """The change is accepted, or answered in the way that is usual for this persona."""
    state = SpecialistPage(visit.page).open(visit.target.nmo).state()
    waits_for = visit.earlier.get("waits for", "update")
    if state is None:
        raise OutcomeError(System.NMO, Cause.UPDATE_OVERDUE, "the profile does not know of the change that was sent")
    visit.notes["state"] = state.word
    if state.lag_s is not None:
        visit.lags[waits_for] = state.lag_s
    _check_lag(visit, state, waits_for)
    if state.word == ACCEPTED:
        _check_effect(visit)
        return
    answers_once = waits_for == "update"
    if state.word == DOCUMENTS:
        if visit.persona.review != "documents" or not answers_once:
            with suppress(Exception):
                # Else the portal would wait for them, and every change to come with it. The news is that it asks.
                SpecialistPage(visit.page).send_documents(scan_of(visit.persona))
            raise OutcomeError(System.NMO, Cause.DOCUMENTS_REQUESTED, "documents are asked for")
    elif state.word == REFUSED:
        _check_refusal(visit, state, expected=visit.persona.review == "refused" and answers_once)
    else:
        raise OutcomeError(
            System.REGISTRY,
            Cause.UPDATE_OVERDUE,
            f"the change is still «{state.word}» when it is due",
            variant=waits_for,
        )


@step("answer it", System.NMO, budget_s=8)
def answer(visit: Visit) -> None:
    """Documents that were asked for are sent, a refused change is sent once more; an accepted one is in the profile."""
    page, word, limits = SpecialistPage(visit.page), visit.notes["state"], visit.target.limits
    mark = visit.earlier.get("mark", "")
    if word == DOCUMENTS:
        try:
            page.send_documents(scan_of(visit.persona))
        except ErrorShown as refused:
            raise scan_refused(System.NMO, refused) or refused from None
        come_back(visit, "documents", limits.documents_s, mark)
    elif word == REFUSED:
        form = page.edit()
        position = form.position.input_value()
        form.send(marked(position, mark) if mark else position)
        come_back(visit, "resubmission", limits.resubmission_s, mark)


def _check_effect(visit: Visit) -> None:
    """The profile shows what was sent."""
    sent = visit.earlier.get("mark")
    shown = "with" if SpecialistPage(visit.page).workplace().endswith(MARK) else "without"
    if sent and sent != shown:
        message = "the change is accepted, and the profile does not show it"
        if state := _unfinished_synchronisation(visit):
            raise OutcomeError(
                System.REGISTRY, Cause.SYNC_STALLED, f"{message}: the synchronisation is still «{state}»"
            )
        raise OutcomeError(System.NMO, Cause.SYNC_STALLED, message, variant="update")


def _unfinished_synchronisation(visit: Visit) -> str:
    """How far the synchronisation with the registers has come; empty when it has ended, or the portal does not say."""
    state = ""
    with suppress(Exception):
        # That the profile does not show the change is the news, also where this page does not open.
        state = SynchronisationPage(visit.page).open(visit.target.nmo).unfinished()
    with suppress(Exception):
        SpecialistPage(visit.page).open(visit.target.nmo)  # for its picture
    return state


def _check_lag(visit: Visit, state: ChangeState, waits_for: str) -> None:
    """Who comes late finds the change decided; it may still have taken longer than was promised."""
    limits = visit.target.limits
    promised_s = {
        "update": limits.update_s,
        "documents": limits.documents_s,
        "resubmission": limits.resubmission_s,
    }.get(waits_for, limits.update_s)
    if not visit.earlier.get("mark"):
        # Found on check by who had not sent it: what is checked is not known, and may be the documents to it.
        promised_s = max(promised_s, limits.documents_s)
    if state.lag_s is not None and state.lag_s > promised_s:
        message = f"the change was decided after {state.lag_s:.0f} s of {promised_s:.0f}"
        visit.doubt(System.REGISTRY, Cause.UPDATE_OVERDUE, message, waits_for)


def _check_refusal(visit: Visit, state: ChangeState, *, expected: bool) -> None:
    reasons = "; ".join(state.reasons)
    if not reasons:
        raise OutcomeError(System.NMO, Cause.UPDATE_REFUSED, "the change is refused without a reason")
    visit.notes["reasons"] = reasons
    if not expected:
        raise OutcomeError(System.NMO, Cause.UPDATE_REFUSED, f"the change is refused: {reasons}")


SPECIALIST_UPDATE_OUTCOME = Journey(
    name="specialist-update-outcome",
    title="Итог изменения профиля специалиста",
    requirements=("S8",),
    steps=(open_portal, go_to_esia, submit_credentials, receive_code, confirm_and_return, see_outcome, answer),
    budget_s=60,
    interval_s=86_400,
    states=("returning",),
    on_schedule=False,
)
