"""Cases of a person's data and contacts on Госуслуги."""

from journeys.cause import Cause
from journeys.result import Verdict
from journeys.system import System
from tests.faults.case import Case

FAILED = Verdict.FAILED
NMO, GOSUSLUGI, DELIVERY = System.NMO, System.GOSUSLUGI, System.DELIVERY

CASES = (
    Case(
        "change-not-saved",
        "gosuslugi",
        "contact-update",
        FAILED,
        GOSUSLUGI,
        Cause.CONTACT_UNCONFIRMED,
        step="confirm to change the phone",
        variant="phone",
    ),
    Case(
        "journal-entry-missing",
        "gosuslugi",
        "contact-update",
        FAILED,
        GOSUSLUGI,
        Cause.CONTACT_UNCONFIRMED,
        step="find the changes in the journal",
        fast=False,
    ),
    Case(
        "code-never-delivered",
        "delivery",
        "contact-update",
        FAILED,
        DELIVERY,
        Cause.CODE_NOT_DELIVERED,
        step="receive the code to change the phone",
        fast=False,
    ),
)
