"""How personal data are corrected on Госуслуги: the form with a scan, a code by SMS, and an automatic check.

Every journey that corrects something makes its steps here.
"""

from collections.abc import Callable

from journeys.cause import Cause
from journeys.entry import about_the_code, another_code
from journeys.journey import Step, step
from journeys.scan import scan_of, scan_refused
from journeys.system import System
from journeys.visit import OutcomeError, Visit
from pages.gosuslugi.personal_data import ChangeConfirmationPage, EditPage, PersonalDataPage
from pages.screen import ErrorShown, Unfinished

Values = Callable[[Visit], dict[str, str]]
"""What to fill in, by the labels of the form; nothing when there is nothing to correct."""


def correction(verb: str, what: str, values: Values) -> tuple[Step, ...]:
    """Send the form, receive the code, confirm it, wait for the check. The lag is kept as ``check``."""

    @step(f"{verb} {what}", System.GOSUSLUGI, budget_s=8)
    def send(visit: Visit) -> None:
        """«Редактировать»: new values and a scan are taken, and a code is asked for."""
        wanted = values(visit)
        visit.code, visit.carried["wanted"] = None, wanted
        if not wanted:
            return
        visit.inbox.expect("sms")
        PersonalDataPage(visit.page).open(visit.target.gosuslugi).edit().submit(wanted, scan_of(visit.persona))
        try:
            ChangeConfirmationPage(visit.page).loaded()
        except ErrorShown as refused:
            if not EditPage(visit.page).marker.is_visible():
                raise  # what stands in the form's place is no answer to what was filled in
            other = OutcomeError(System.GOSUSLUGI, Cause.CORRECTION_REFUSED, str(refused), refused.code)
            raise scan_refused(System.GOSUSLUGI, refused) or other from None

    @step(f"receive the code to {verb} {what}", System.DELIVERY, budget_s=20, timeout_s=35)
    def receive(visit: Visit) -> None:
        """The code arrives by SMS."""
        if ChangeConfirmationPage(visit.page).marker.is_visible():
            visit.code = visit.inbox.code("sms")

    @step(f"confirm to {verb} {what}", System.GOSUSLUGI, budget_s=5)
    def confirm(visit: Visit) -> None:
        """The code is taken."""
        if visit.code is not None:
            asking, page = ChangeConfirmationPage(visit.page), PersonalDataPage(visit.page)
            asking.enter(visit.code)
            try:
                page.loaded()
            except ErrorShown as error:
                if not about_the_code(error):
                    raise
                refused = OutcomeError(System.GOSUSLUGI, Cause.CORRECTION_REFUSED, str(error), error.code)
                raise another_code(visit, asking, "sms", refused, page) from None

    @step(f"have it checked to {verb} {what}", System.GOSUSLUGI, budget_s=900, timeout_s=900)
    def check(visit: Visit) -> None:
        """The automatic check ends with «Данные обновлены» within its limit, and the new values show."""
        if visit.code is None:
            return
        page, limit_s = PersonalDataPage(visit.page), visit.target.limits.check_s
        try:
            visit.lags["check"] = page.updated(limit_s)
        except Unfinished as unfinished:
            raise OutcomeError(System.GOSUSLUGI, Cause.CHECK_OVERDUE, str(unfinished)) from None
        except ErrorShown as refused:
            raise OutcomeError(System.GOSUSLUGI, Cause.CORRECTION_REFUSED, str(refused), refused.code) from None
        shown = page.read()
        if unchanged := [label for label, value in visit.carried["wanted"].items() if shown.get(label) != value]:
            message = f"the change was checked and accepted, and «{'», «'.join(unchanged)}» has not changed"
            raise OutcomeError(System.GOSUSLUGI, Cause.CORRECTION_REFUSED, message)

    return send, receive, confirm, check
