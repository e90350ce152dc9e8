"""Cases of what any site can have: overload, maintenance, pages that are not what they should be."""

from journeys.cause import Cause
from journeys.result import Verdict
from journeys.system import System
from tests.faults.case import Case

FAILED, DEGRADED = Verdict.FAILED, Verdict.DEGRADED
NMO, GOSUSLUGI, ESIA, NETWORK = System.NMO, System.GOSUSLUGI, System.ESIA, System.NETWORK

_WALKED: tuple[tuple[System, str], ...] = (
    (NMO, "sign-in"),
    (NMO, "first-visit"),
    (NMO, "via-gosuslugi"),
    (ESIA, "sign-in"),
    (ESIA, "via-gosuslugi"),
    (GOSUSLUGI, "via-gosuslugi"),
    (GOSUSLUGI, "first-visit"),
)
"""A site, and a journey that passes through it."""


def _everywhere(
    fault: str, verdict: Verdict, cause: Cause, code: str | None = None, *, system: System | None = None, fast: str = ""
) -> tuple[Case, ...]:
    """A case for every site and journey; ``fast`` names the site whose first one is part of every test run."""
    first = next((entry for entry in _WALKED if entry[0] == fast), None)
    return tuple(
        Case(fault, site, journey, verdict, system or site, cause, code, fast=(site, journey) == first)
        for site, journey in _WALKED
    )


CASES = (
    *_everywhere("http-429", FAILED, Cause.RATE_LIMITED, "429", fast="esia"),
    *_everywhere("maintenance", FAILED, Cause.MAINTENANCE, fast="gosuslugi"),
    *_everywhere("error-banner", FAILED, Cause.ERROR_SCREEN),
    *_everywhere("endless-spinner", FAILED, Cause.NEVER_READY, fast="nmo"),
    *_everywhere("script-error", DEGRADED, Cause.SCRIPT_ERROR, fast="nmo"),
    Case("slow-drip", "nmo", "sign-in", DEGRADED, NMO, Cause.SLOW),
    Case("slow-drip", "esia", "sign-in", DEGRADED, ESIA, Cause.SLOW, fast=False),
    Case("slow-drip", "gosuslugi", "via-gosuslugi", DEGRADED, GOSUSLUGI, Cause.SLOW, fast=False),
    *_everywhere("truncated-answer", FAILED, Cause.CONNECTION_DROPPED, system=NETWORK),
    *_everywhere("no-answer", FAILED, Cause.TIMEOUT, fast="esia"),
    *_everywhere("redirect-loop", FAILED, Cause.REDIRECT_LOOP, "ERR_TOO_MANY_REDIRECTS"),
    Case("changed-label", "nmo", "sign-in", FAILED, NMO, Cause.ELEMENT_MISSING, step="open the portal"),
    Case("changed-label", "esia", "sign-in", FAILED, ESIA, Cause.ELEMENT_MISSING, step="submit login and password"),
    Case("changed-label", "gosuslugi", "via-gosuslugi", FAILED, GOSUSLUGI, Cause.ELEMENT_MISSING, fast=False),
)
