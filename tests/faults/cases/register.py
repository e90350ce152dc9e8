"""Cases of a register that takes its time."""

from journeys.cause import Cause
from journeys.result import Verdict
from journeys.system import System
from tests.faults.case import Case

FAILED, DEGRADED = Verdict.FAILED, Verdict.DEGRADED
REGISTRY = System.REGISTRY

CASES = (
    Case(
        "register-slow",
        "registry",
        "first-visit",
        DEGRADED,
        REGISTRY,
        Cause.SLOW,
        step="confirm the synchronisation",
        parameters={"seconds": 5},
        fast=False,
    ),
    Case(
        "register-slow",
        "registry",
        "account-missing",
        DEGRADED,
        REGISTRY,
        Cause.SLOW,
        step="look the register up",
        parameters={"seconds": 2.5},
        fast=False,
    ),
    Case(
        "register-slow",
        "registry",
        "account-missing",
        FAILED,
        REGISTRY,
        Cause.TIMEOUT,
        step="look the register up",
        parameters={"seconds": 20},
        fast=False,
    ),
)
