"""Cases of a person's data and contacts on Госуслуги."""

from journeys.cause import Cause
from journeys.result import Verdict
from journeys.system import System
from tests.faults.case import Case

FAILED = Verdict.FAILED
NMO, GOSUSLUGI, DELIVERY = System.NMO, System.GOSUSLUGI, System.DELIVERY

_SPELLINGS = ("extra-space", "hyphen", "latin-letters", "transliteration", "name-differs")
_NUMBERS = ("snils-differs", "snils-control-number", "snils-format")

CASES = (
    *(
        Case(
            "name-mismatch",
            "nmo",
            journey,
            FAILED,
            NMO,
            Cause.NAME_MISMATCH,
            "NMO-2001",
            parameters={"rule": rule},
            variant=variant,
            fast=(journey, rule) == ("sign-in", 0),
        )
        for journey in ("sign-in", "via-gosuslugi", "identity-match")
        for rule, variant in enumerate(_SPELLINGS)
    ),
    *(
        Case(
            "snils-mismatch",
            "nmo",
            journey,
            FAILED,
            NMO,
            Cause.SNILS_MISMATCH,
            "NMO-2002",
            parameters={"rule": rule},
            variant=variant,
            fast=(journey, rule) == ("via-gosuslugi", 1),
        )
        for journey in ("via-gosuslugi", "identity-match")
        for rule, variant in enumerate(_NUMBERS)
    ),
    *(
        Case(
            "patronymic-demanded",
            "nmo",
            journey,
            FAILED,
            NMO,
            Cause.NAME_MISMATCH,
            "NMO-2001",
            variant="patronymic-missing",
            fast=journey == "sign-in",
        )
        for journey in ("sign-in", "via-gosuslugi")
    ),
    Case(
        "mismatch-let-in",
        "nmo",
        "identity-match",
        FAILED,
        NMO,
        Cause.NAME_MISMATCH,
        step="be refused by the portal",
        variant="let-in",
        fast=False,
    ),
    Case(
        "profile-mismatch",
        "nmo",
        "data-match",
        FAILED,
        NMO,
        Cause.DATA_MISMATCH,
        step="compare the portals",
        fast=False,
    ),
    Case(
        "profile-mismatch",
        "nmo",
        "identity-match",
        FAILED,
        NMO,
        Cause.NAME_MISMATCH,
        step="compare with Госуслуги",
        variant="name-differs",
        fast=False,
    ),
    Case(
        "refresh-without-effect",
        "nmo",
        "data-match",
        FAILED,
        NMO,
        Cause.DATA_MISMATCH,
        step="refresh the portal's data",
    ),
    Case("change-not-saved", "gosuslugi", "data-match", FAILED, GOSUSLUGI, Cause.CORRECTION_REFUSED, fast=False),
    Case("change-not-saved", "gosuslugi", "identity-match", FAILED, GOSUSLUGI, Cause.CORRECTION_REFUSED, fast=False),
    Case("check-never-ends", "gosuslugi", "data-match", FAILED, GOSUSLUGI, Cause.CHECK_OVERDUE, fast=False),
    Case("scan-refused", "gosuslugi", "identity-match", FAILED, GOSUSLUGI, Cause.SCAN_REJECTED, "EPGU-3101"),
    Case(
        "scan-refused",
        "gosuslugi",
        "data-match",
        FAILED,
        GOSUSLUGI,
        Cause.SCAN_REJECTED,
        "EPGU-3102",
        parameters={"for": 1},
        fast=False,
    ),
    Case("correction-refused", "gosuslugi", "identity-match", FAILED, GOSUSLUGI, Cause.CORRECTION_REFUSED, fast=False),
    Case("check-never-ends", "gosuslugi", "identity-match", FAILED, GOSUSLUGI, Cause.CHECK_OVERDUE, fast=False),
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
)
