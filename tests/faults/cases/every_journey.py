"""Cases of every journey: each site on its way shows a proxy's page in place of its own, or nothing at all."""

from journeys.catalogue import JOURNEYS
from journeys.cause import Cause
from journeys.result import Verdict
from journeys.system import SITES
from tests.faults.case import Case

_TRIED = ("sign-in", "via-gosuslugi", "first-visit")
"""Journeys that meet all that a site can have elsewhere in this package."""

CASES = tuple(
    Case(fault, site, journey.name, Verdict.FAILED, site, cause, code, fast=False)
    for journey in JOURNEYS
    if journey.on_schedule and journey.name not in _TRIED
    for site in SITES
    if site in {step.system for step in journey.steps}
    for fault, cause, code in (("http-503", Cause.HTTP_ERROR, "503"), ("blank-page", Cause.BLANK_PAGE, None))
)
