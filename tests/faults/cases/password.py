"""Cases of new passwords, recovery, and codes that come wrong."""

from journeys.cause import Cause
from journeys.result import Verdict
from journeys.system import System
from tests.faults.case import Case

FAILED = Verdict.FAILED
ESIA, DELIVERY = System.ESIA, System.DELIVERY
EXPIRED, WRONG = Cause.PASSWORD_EXPIRED, Cause.WRONG_CODE_DELIVERED
EXPIRY = "password-expiry"
_RULES = ("length", "upper-case", "lower-case", "digit", "special-sign")

CASES = (
    Case("wrong-code-delivered", "delivery", "sign-in", FAILED, DELIVERY, WRONG),
    Case("wrong-code-delivered", "delivery", "via-gosuslugi", FAILED, DELIVERY, WRONG, fast=False),
    Case("wrong-code-delivered", "delivery", "consent", FAILED, DELIVERY, WRONG, fast=False),
    Case("password-expired", "esia", "sign-in", FAILED, ESIA, EXPIRED),
    Case("password-expired", "esia", "first-visit", FAILED, ESIA, EXPIRED, fast=False),
    Case("expired-let-in", "esia", EXPIRY, FAILED, ESIA, EXPIRED, variant="let-in", fast=False),
    *(
        Case(
            "password-rule-skipped",
            "esia",
            EXPIRY,
            FAILED,
            ESIA,
            EXPIRED,
            parameters={"rule": number},
            variant=rule,
            fast=number == 3,
        )
        for number, rule in enumerate(_RULES)
    ),
    Case("password-not-saved", "esia", EXPIRY, FAILED, ESIA, EXPIRED, variant="not-saved", fast=False),
    Case(
        "recovery-closed", "esia", "recovery", FAILED, ESIA, Cause.SUPPORT_UNREACHABLE, variant="recovery", fast=False
    ),
)
