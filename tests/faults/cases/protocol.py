"""Cases of the way between a portal and ЕСИА."""

from journeys.cause import Cause
from journeys.result import Verdict
from journeys.system import System
from tests.faults.case import Case

FAILED, DEGRADED = Verdict.FAILED, Verdict.DEGRADED
NMO, GOSUSLUGI, ESIA = System.NMO, System.GOSUSLUGI, System.ESIA
SIGN_IN, VIA = "sign-in", "via-gosuslugi"


def _esia(
    fault: str,
    cause: Cause,
    code: str | None = None,
    *,
    step: str | None = None,
    fast: bool = True,
    **parameters: float,
) -> tuple[Case, ...]:
    """A fault of ЕСИА's, on the way from the portal and on the way from Госуслуги."""
    return (
        Case(fault, "esia", SIGN_IN, FAILED, ESIA, cause, code, step, parameters, fast=fast),
        Case(fault, "esia", VIA, FAILED, ESIA, cause, code, step, parameters, fast=False),
    )


def _delivery(fault: str, cause: Cause, code: str) -> tuple[Case, ...]:
    """What ЕСИА says of the codes that it should send."""
    return (
        Case(fault, "esia", SIGN_IN, FAILED, System.DELIVERY, cause, code, variant="not-offered"),
        Case(fault, "esia", VIA, FAILED, System.DELIVERY, cause, code, variant="not-offered", fast=False),
    )


def _portals(fault: str, cause: Cause, code: str, *, fast: bool = True, **parameters: float) -> tuple[Case, ...]:
    """A fault of the portal that asks; with Госуслуги in between it is either of the two."""
    return (
        Case(fault, "nmo", SIGN_IN, FAILED, NMO, cause, code, parameters=parameters, fast=fast),
        Case(fault, "nmo", VIA, FAILED, NMO, cause, code, "go over to the portal", parameters, fast=False),
        Case(fault, "gosuslugi", VIA, FAILED, GOSUSLUGI, cause, code, parameters=parameters, fast=False),
    )


def _wire(fault: str, cause: Cause, *, fast: bool = True, **parameters: float) -> tuple[Case, ...]:
    """What a portal leaves on the wire, of a run that comes through."""
    return (
        Case(fault, "nmo", SIGN_IN, DEGRADED, NMO, cause, parameters=parameters, fast=fast),
        Case(fault, "nmo", VIA, DEGRADED, NMO, cause, parameters=parameters, fast=False),
        Case(fault, "gosuslugi", VIA, DEGRADED, GOSUSLUGI, cause, parameters=parameters, fast=False),
    )


_REFUSED = {
    "scope-refused": ("ESIA-007006", "ESIA-007019", "ESIA-007194"),
    "request-malformed": ("ESIA-007003", "ESIA-007014", "ESIA-007005", "ESIA-007039", "ESIA-007040"),
}
"""Fault of a portal -> what ЕСИА says of its kinds, in their order."""
_FAST = ("ESIA-007005", "ESIA-007194")

CASES = (
    *_esia("wrong-state", Cause.STATE_MISMATCH),
    Case("returned-elsewhere", "esia", SIGN_IN, DEGRADED, ESIA, Cause.HANDOVER_FAILED, variant="returned-elsewhere"),
    Case(
        "returned-elsewhere",
        "esia",
        VIA,
        DEGRADED,
        ESIA,
        Cause.HANDOVER_FAILED,
        fast=False,
        variant="returned-elsewhere",
    ),
    *_esia("code-replayed", Cause.CODE_REJECTED, "ESIA-007011"),
    *_esia("code-expired", Cause.CODE_REJECTED, "ESIA-007011", fast=False),
    *_esia("clock-skew", Cause.CLOCK_SKEW, "ESIA-007015"),
    *_portals("clock-skew", Cause.CLOCK_SKEW, "ESIA-007015"),
    *_portals("client-rejected", Cause.CLIENT_REJECTED, "ESIA-007053", kind=0),
    *_portals("client-rejected", Cause.CLIENT_REJECTED, "ESIA-007002", fast=False, kind=1),
    *_portals("client-rejected", Cause.CLIENT_REJECTED, "ESIA-008010", fast=False, kind=2),
    *_portals("redirect-not-registered", Cause.REDIRECT_NOT_REGISTERED, "ESIA-007023"),
    *(
        case
        for fault, codes in _REFUSED.items()
        for kind, code in enumerate(codes)
        for case in _portals(fault, Cause.HANDOVER_FAILED, code, fast=code in _FAST, kind=kind)
    ),
    *_esia("owner-refused", Cause.HANDOVER_FAILED, "ESIA-007004", fast=False),
    *_delivery("one-time-codes-down", Cause.CODE_NOT_DELIVERED, "ESIA-007046"),
    *_esia("esia-overload", Cause.MAINTENANCE, "ESIA-007008", fast=False, at=0),
    *_esia("esia-overload", Cause.MAINTENANCE, "ESIA-007008", at=1),
    *_esia("esia-internal", Cause.HANDOVER_FAILED, "ESIA-007007", fast=False, at=0),
    *_esia("esia-internal", Cause.HANDOVER_FAILED, "ESIA-007007", fast=False, at=1),
    *_esia("malformed-answer", Cause.MALFORMED_ANSWER, of=0),
    *_esia("malformed-answer", Cause.MALFORMED_ANSWER, fast=False, of=1),
    *_esia("return-missing", Cause.RETURN_MISSING, step="confirm the sign-in and return"),
    *_esia("captcha", Cause.CAPTCHA_REQUIRED, step="submit login and password"),
    Case("service-missing", "gosuslugi", VIA, FAILED, GOSUSLUGI, Cause.SERVICE_MISSING, step="choose the service"),
    *_wire("code-in-url", Cause.CREDENTIAL_IN_URL, fragment=0),
    *_wire("code-in-url", Cause.CREDENTIAL_IN_URL, fast=False, fragment=1),
    *_wire("code-in-url", Cause.CREDENTIAL_IN_URL, fragment=2),
    *_wire("code-in-referrer", Cause.CREDENTIAL_IN_REFERRER),
    *_wire("cookie-unsafe", Cause.COOKIE_UNSAFE, lacks=0),
    *_wire("cookie-unsafe", Cause.COOKIE_UNSAFE, fast=False, lacks=1),
    Case("cookie-unsafe", "esia", SIGN_IN, DEGRADED, ESIA, Cause.COOKIE_UNSAFE, parameters={"lacks": 1}),
    Case("cookie-unsafe", "esia", VIA, DEGRADED, ESIA, Cause.COOKIE_UNSAFE, parameters={"lacks": 0}, fast=False),
    *_wire("session-fixed", Cause.SESSION_FIXED),
    Case("logout-incomplete", "esia", "sign-out", FAILED, ESIA, Cause.LOGOUT_INCOMPLETE),
    Case("logout-incomplete", "nmo", "sign-out", FAILED, NMO, Cause.LOGOUT_INCOMPLETE),
    Case("logout-incomplete", "gosuslugi", "sign-out", FAILED, GOSUSLUGI, Cause.LOGOUT_INCOMPLETE),
)
