"""Cases of accounts as ЕСИА sees them."""

from journeys.cause import Cause
from journeys.result import Verdict
from journeys.system import System
from tests.faults.case import Case

FAILED = Verdict.FAILED
NMO, ESIA = System.NMO, System.ESIA
UNCONFIRMED = Cause.ACCOUNT_UNCONFIRMED

CASES = (
    Case("account-unconfirmed", "esia", "account-status", FAILED, ESIA, UNCONFIRMED, variant="identity"),
    *(
        Case(
            "account-unconfirmed",
            "esia",
            journey,
            FAILED,
            ESIA,
            UNCONFIRMED,
            "ESIA-007055",
            parameters={"condition": number},
            variant=variant,
            fast=False,
        )
        for journey in ("sign-in", "account-status")
        for number, variant in enumerate(("identity", "register", "second-factor"))
        if (journey, number) != ("account-status", 0)
    ),
    Case(
        "unconfirmed-let-in",
        "esia",
        "account-status",
        FAILED,
        ESIA,
        UNCONFIRMED,
        variant="let-in",
        persona="unconfirmed-register",
        fast=False,
    ),
    Case(
        "wrong-condition-shown",
        "nmo",
        "account-status",
        FAILED,
        NMO,
        Cause.UNEXPECTED_SCREEN,
        persona="unconfirmed-identity",
    ),
    Case(
        "cabinet-unguarded",
        "nmo",
        "account-status",
        FAILED,
        NMO,
        UNCONFIRMED,
        variant="let-in",
        step="find the cabinet open or closed",
        persona="unconfirmed-factor",
    ),
)
