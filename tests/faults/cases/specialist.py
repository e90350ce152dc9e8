"""Cases of a specialist's account at the portal: whether there is one, and changes to it."""

from journeys.cause import Cause
from journeys.result import Verdict
from journeys.system import System
from tests.faults.case import Case

FAILED = Verdict.FAILED
NMO, REGISTRY = System.NMO, System.REGISTRY
MISSING, UPDATED = Cause.NMO_ACCOUNT_MISSING, "specialist-update-outcome"

CASES = (
    *(
        Case(
            "account-forgotten",
            "nmo",
            journey,
            FAILED,
            REGISTRY if variant == "not-synchronised" else NMO,
            MISSING,
            code,
            parameters={"reason": number},
            variant=variant,
            fast=(journey, number) == ("sign-in", 0),
        )
        for journey in ("sign-in", "via-gosuslugi")
        for number, (variant, code) in enumerate(
            (("not-registered", "NMO-3001"), ("not-synchronised", "NMO-3002"), ("profile-error", "NMO-3003"))
        )
    ),
    Case(
        "account-forgotten",
        "nmo",
        "account-missing",
        FAILED,
        NMO,
        MISSING,
        parameters={"reason": 2},
        variant="profile-error",
        step="be told why there is no account",
    ),
    Case("register-down", "registry", "account-missing", FAILED, REGISTRY, Cause.REGISTRY_UNAVAILABLE, "NMO-4001"),
    Case(
        "application-stalled",
        "registry",
        "account-missing-outcome",
        FAILED,
        REGISTRY,
        MISSING,
        variant="not-synchronised",
        fast=False,
    ),
    Case("update-stalled", "registry", UPDATED, FAILED, REGISTRY, Cause.UPDATE_OVERDUE, variant="update"),
    *(
        Case(
            "scan-refused",
            "nmo",
            UPDATED,
            FAILED,
            NMO,
            Cause.SCAN_REJECTED,
            code,
            "answer it",
            {"for": number},
            persona="documents-doctor",
            fast=number == 0,
        )
        for number, code in enumerate(("NMO-3101", "NMO-3102"))
    ),
    Case("documents-demanded", "nmo", UPDATED, FAILED, NMO, Cause.DOCUMENTS_REQUESTED, from_the_start=True, fast=False),
    Case("update-refused", "nmo", UPDATED, FAILED, NMO, Cause.UPDATE_REFUSED, from_the_start=True, fast=False),
    Case("update-without-effect", "nmo", UPDATED, FAILED, NMO, Cause.SYNC_STALLED, fast=False),
    Case(
        "update-stalled",
        "registry",
        UPDATED,
        FAILED,
        REGISTRY,
        Cause.UPDATE_OVERDUE,
        persona="documents-doctor",
        fast=False,
    ),
)
