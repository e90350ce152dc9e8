"""Cases of one-time codes that come late, wrong or never, by SMS and by e-mail."""

from journeys.cause import Cause
from journeys.result import Verdict
from journeys.system import System
from tests.faults.case import Case

FAILED, DEGRADED = Verdict.FAILED, Verdict.DEGRADED
DELIVERY, GOSUSLUGI = System.DELIVERY, System.GOSUSLUGI
NEVER, WRONG = Cause.CODE_NOT_DELIVERED, Cause.WRONG_CODE_DELIVERED
BY_EMAIL = {"by": 2.0}
_LATE_S, _TOO_LATE_S = 2.3, 20.0
"""Within the time that a bench waits for a code, and beyond it."""

_CONTACT_CODE = "receive the code for the contact"

CASES = (
    Case("code-late", "delivery", "sign-in", DEGRADED, DELIVERY, Cause.SLOW, parameters={"seconds": _LATE_S}),
    Case(
        "code-late",
        "delivery",
        "sign-in",
        FAILED,
        DELIVERY,
        NEVER,
        step="receive the code",
        parameters={"seconds": _TOO_LATE_S},
        fast=False,
    ),
    *(
        Case(
            "code-late",
            "delivery",
            journey,
            DEGRADED,
            DELIVERY,
            Cause.SLOW,
            step=_CONTACT_CODE,
            parameters={"seconds": _LATE_S} | BY_EMAIL,
            fast=False,
        )
        for journey in ("first-visit", "account-missing")
    ),
    Case(
        "code-late",
        "delivery",
        "contact-update",
        DEGRADED,
        DELIVERY,
        Cause.SLOW,
        parameters={"seconds": _LATE_S},
        fast=False,
    ),
    *(
        Case(fault, "delivery", journey, FAILED, DELIVERY, cause, step=step, parameters=BY_EMAIL, fast=False)
        for journey in ("first-visit", "via-gosuslugi-first-visit")
        for fault, cause, step in (
            ("code-never-delivered", NEVER, _CONTACT_CODE),
            ("wrong-code-delivered", WRONG, "confirm the contact"),
        )
    ),
    Case(
        "code-never-delivered", "delivery", "account-missing", FAILED, DELIVERY, NEVER, parameters=BY_EMAIL, fast=False
    ),
    *(
        Case(
            fault,
            "delivery",
            "contact-update",
            FAILED,
            DELIVERY,
            cause,
            step=f"{step} the {contact}",
            parameters={"by": by},
            fast=False,
        )
        for by, contact in ((1.0, "phone"), (2.0, "e-mail"))
        for fault, cause, step in (
            ("code-never-delivered", NEVER, "receive the code to change"),
            ("wrong-code-delivered", WRONG, "confirm to change"),
        )
    ),
    # By a persona whose sign-in needs no delivery.
    Case(
        "wrong-code-delivered",
        "delivery",
        "identity-match",
        FAILED,
        DELIVERY,
        WRONG,
        persona="contact-doctor",
        fast=False,
    ),
    Case(
        "change-code-refused",
        "gosuslugi",
        "contact-update",
        FAILED,
        GOSUSLUGI,
        Cause.CONTACT_UNCONFIRMED,
        step="confirm to change the phone",
        variant="phone",
        fast=False,
    ),
    *(
        Case("change-code-refused", "gosuslugi", journey, FAILED, GOSUSLUGI, Cause.CORRECTION_REFUSED, fast=False)
        for journey in ("data-match", "identity-match")
    ),
)
