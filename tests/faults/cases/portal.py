"""Cases of the journeys within the НМО portal."""

from journeys.cause import Cause
from journeys.result import Verdict
from journeys.support import CHANNELS
from journeys.system import System
from tests.faults.case import Case

FAILED = Verdict.FAILED
NMO = System.NMO

UNREACHABLE = Cause.SUPPORT_UNREACHABLE

CASES = (
    Case("chat-off-hours", "nmo", "support-channels", FAILED, NMO, UNREACHABLE, variant="chat"),
    *(
        Case(
            "channel-missing",
            "nmo",
            "support-channels",
            FAILED,
            NMO,
            UNREACHABLE,
            parameters={"channel": number},
            variant=channel.key,
            fast=False,
        )
        for number, channel in enumerate(CHANNELS)
    ),
    Case("enquiry-without-number", "nmo", "support-channels", FAILED, NMO, UNREACHABLE, variant="form", fast=False),
    Case("enquiry-number-repeated", "nmo", "support-channels", FAILED, NMO, UNREACHABLE, variant="form"),
    Case("enquiry-lost", "nmo", "support-channels", FAILED, NMO, UNREACHABLE, variant="form", fast=False),
    Case("consent-category-missing", "nmo", "consent", FAILED, NMO, Cause.CONSENT_INCOMPLETE),
    Case("consent-category-missing", "nmo", "first-visit", FAILED, NMO, Cause.CONSENT_INCOMPLETE, fast=False),
    Case("consent-without-effect", "nmo", "consent", FAILED, NMO, Cause.CONSENT_REFUSED, step="see everything open"),
    Case("consent-not-recorded", "nmo", "consent", FAILED, NMO, Cause.CONSENT_NOT_RECORDED, fast=False),
    Case(
        "withdrawal-not-recorded",
        "nmo",
        "first-visit",
        FAILED,
        NMO,
        Cause.CONSENT_NOT_RECORDED,
        step="withdraw the consent",
    ),
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
