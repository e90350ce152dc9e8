"""Cases of the sign-in at ЕСИА: passwords, codes, locks."""

from journeys.cause import Cause
from journeys.result import Verdict
from journeys.system import System
from tests.faults.case import Case

FAILED = Verdict.FAILED
ESIA = System.ESIA
PASSWORD, CODE, LOCKED = Cause.CREDENTIALS_REJECTED, Cause.SECOND_FACTOR_REJECTED, Cause.ACCOUNT_LOCKED
BY_CODE, REFUSED = "sign-in-by-code", "sign-in-refused"

CASES = (
    Case("code-never-delivered", "delivery", BY_CODE, FAILED, System.DELIVERY, Cause.CODE_NOT_DELIVERED, fast=False),
    Case("account-locked", "esia", BY_CODE, FAILED, ESIA, LOCKED),
    Case("code-refused", "esia", BY_CODE, FAILED, ESIA, CODE, fast=False),
    Case("account-locked", "esia", "sign-in", FAILED, ESIA, LOCKED, fast=False),
    Case("account-locked", "esia", "via-gosuslugi", FAILED, ESIA, LOCKED, fast=False),
    Case("account-locked", "esia", REFUSED, FAILED, ESIA, LOCKED, fast=False),
    Case("locked-at-once", "esia", REFUSED, FAILED, ESIA, LOCKED),
    Case("locked-at-once", "esia", REFUSED, FAILED, ESIA, LOCKED, parameters={"after": 1}, fast=False),
    Case("password-refused", "esia", "sign-in", FAILED, ESIA, PASSWORD, fast=False),
    Case("password-refused", "esia", REFUSED, FAILED, ESIA, PASSWORD, step="submit login and password", fast=False),
    Case("code-refused", "esia", "sign-in", FAILED, ESIA, CODE, fast=False),
    Case("code-refused", "esia", "first-visit", FAILED, ESIA, CODE, fast=False),
    Case("code-refused", "esia", REFUSED, FAILED, ESIA, CODE, step="confirm the sign-in and return", fast=False),
    Case("wrong-password-let-in", "esia", REFUSED, FAILED, ESIA, PASSWORD, variant="let-in"),
    Case("wrong-code-let-in", "esia", REFUSED, FAILED, ESIA, CODE, variant="let-in", fast=False),
    *(
        Case("refusal-unclear", "esia", REFUSED, FAILED, ESIA, cause, parameters={"of": of}, fast=False)
        for of, cause in enumerate((PASSWORD, CODE))
    ),
)
