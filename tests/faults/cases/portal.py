"""Cases of the journeys within the НМО portal."""

from journeys.cause import Cause
from journeys.result import Verdict
from journeys.system import System
from tests.faults.case import Case

FAILED = Verdict.FAILED
NMO = System.NMO

CASES = (
    Case("consent-category-missing", "nmo", "consent", FAILED, NMO, Cause.CONSENT_INCOMPLETE),
    Case("consent-category-missing", "nmo", "first-visit", FAILED, NMO, Cause.CONSENT_INCOMPLETE, fast=False),
    Case("consent-without-effect", "nmo", "consent", FAILED, NMO, Cause.CONSENT_REFUSED, step="see everything open"),
    Case("consent-not-recorded", "nmo", "consent", FAILED, NMO, Cause.CONSENT_NOT_RECORDED, fast=False),
    Case(
        "withdrawal-not-recorded",
        "nmo",
        "consent",
        FAILED,
        NMO,
        Cause.CONSENT_NOT_RECORDED,
        step="refuse the consent",
    ),
)
