"""Cases of the way from ЕСИА and Госуслуги into the portal: screens in between, and the handover."""

from journeys.cause import Cause
from journeys.result import Verdict
from journeys.system import System
from tests.faults.case import Case

FAILED = Verdict.FAILED
NMO, ESIA = System.NMO, System.ESIA
RETURN = "confirm the sign-in and return"
GO_OVER = "go over to the portal"
EMPLOYED = "employed-doctor"

CASES = (
    Case(
        "promotion-stuck",
        "esia",
        "sign-in",
        FAILED,
        ESIA,
        Cause.UNEXPECTED_SCREEN,
        step=RETURN,
        persona=EMPLOYED,
    ),
    Case(
        "promotion-stuck",
        "esia",
        "via-gosuslugi",
        FAILED,
        ESIA,
        Cause.UNEXPECTED_SCREEN,
        step=RETURN,
        persona=EMPLOYED,
        fast=False,
    ),
    Case(
        "promotion-stuck",
        "esia",
        "sign-in-by-code",
        FAILED,
        ESIA,
        Cause.UNEXPECTED_SCREEN,
        step="enter the code and return",
        persona=EMPLOYED,
        fast=False,
    ),
    Case(
        "role-choice-without-person",
        "esia",
        "sign-in",
        FAILED,
        ESIA,
        Cause.ELEMENT_MISSING,
        step=RETURN,
        persona=EMPLOYED,
    ),
    Case(
        "role-choice-without-person",
        "esia",
        "consent",
        FAILED,
        ESIA,
        Cause.ELEMENT_MISSING,
        step=RETURN,
        persona=EMPLOYED,
        fast=False,
    ),
    Case("agreement-asked-again", "nmo", "via-gosuslugi", FAILED, NMO, Cause.UNEXPECTED_SCREEN, step=GO_OVER),
    Case("agreement-asked-again", "nmo", "sign-in", FAILED, NMO, Cause.UNEXPECTED_SCREEN, step=RETURN, fast=False),
    Case("handover-refused", "nmo", "via-gosuslugi", FAILED, NMO, Cause.HANDOVER_FAILED, "NMO-1006", GO_OVER),
    Case(
        "handover-refused",
        "nmo",
        "via-gosuslugi-first-visit",
        FAILED,
        NMO,
        Cause.HANDOVER_FAILED,
        "NMO-1006",
        GO_OVER,
        fast=False,
    ),
    Case(
        "consent-not-recorded",
        "nmo",
        "via-gosuslugi-first-visit",
        FAILED,
        NMO,
        Cause.CONSENT_NOT_RECORDED,
        step="give the consent",
        fast=False,
    ),
    Case(
        "code-refused",
        "esia",
        "via-gosuslugi-first-visit",
        FAILED,
        ESIA,
        Cause.SECOND_FACTOR_REJECTED,
        step=RETURN,
        fast=False,
    ),
)
