"""Cases of the cabinet's sections."""

from journeys.cause import Cause
from journeys.result import Verdict
from journeys.system import System
from tests.faults.case import Case

_SECTIONS = ("programmes", "plan", "progress", "report", "courses", "certificates", "webinars", "qualifications")
_OF_ROLES = {
    8: ("practice", "resident"),
    9: ("teaching", "teacher"),
    10: ("staff", "head"),
    11: ("documents", "hr-officer"),
}
_FAULTS = (
    ("section-missing", Cause.SECTION_UNAVAILABLE),
    ("section-empty", Cause.SECTION_UNAVAILABLE),
    ("section-broken", Cause.SECTION_UNAVAILABLE),
    ("section-of-another", Cause.WRONG_ACCOUNT),
)
_FAST = {("section-missing", 5), ("section-of-another", 1)}

CASES = (
    *(
        Case(
            fault,
            "nmo",
            "cabinet",
            Verdict.FAILED,
            System.NMO,
            cause,
            f"NMO-32{number:02d}" if fault == "section-broken" else None,
            parameters={"section": number},
            variant=section,
            fast=(fault, number) in _FAST,
        )
        for fault, cause in _FAULTS
        for number, section in enumerate(_SECTIONS)
    ),
    *(
        Case(
            fault,
            "nmo",
            "cabinet",
            Verdict.FAILED,
            System.NMO,
            cause,
            f"NMO-32{number:02d}" if fault == "section-broken" else None,
            "reach what the role is for",
            parameters={"section": number},
            variant=section,
            persona=persona,
            fast=False,
        )
        for fault, cause in _FAULTS
        for number, (section, persona) in _OF_ROLES.items()
    ),
)
