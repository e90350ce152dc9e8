"""Every fault of the staging's catalogue: the verdict is right, and the right system and cause are named."""

from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from journeys.catalogue import JOURNEYS
from journeys.cause import Cause
from journeys.result import Failure, RunResult, Verdict
from journeys.system import System
from staging.faults import CATALOGUE
from synthetic.embedded import EmbeddedStaging
from synthetic.fanout import Fanout
from synthetic.pool import Pool
from synthetic.prober import Probe, Prober
from tests.control import Control

pytestmark = pytest.mark.browser

FAILED, DEGRADED = Verdict.FAILED, Verdict.DEGRADED
NMO, GOSUSLUGI, ESIA = System.NMO, System.GOSUSLUGI, System.ESIA
_TIGHT_S = 1.8
_SLOW_S = 2.2
_PATIENCE_S = 3.0
_PERSONAS = {"sign-in": "doctor", "via-gosuslugi": "services-doctor", "first-visit": "newcomer"}


@dataclass(frozen=True)
class Case:
    """A fault, where it is applied, the journey that meets it, and what must be said of it."""

    fault: str
    at: str
    journey: str
    verdict: Verdict
    system: System
    cause: Cause
    code: str | None = None
    step: str | None = None
    parameters: dict[str, float] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.fault}-{self.at}-{self.journey}"


CASES = (
    Case("latency", "nmo", "sign-in", DEGRADED, NMO, Cause.SLOW, parameters={"seconds": _SLOW_S}),
    Case("latency", "esia", "sign-in", DEGRADED, ESIA, Cause.SLOW, parameters={"seconds": _SLOW_S}),
    Case("latency", "gosuslugi", "via-gosuslugi", DEGRADED, GOSUSLUGI, Cause.SLOW, parameters={"seconds": _SLOW_S}),
    Case("http-500", "nmo", "sign-in", FAILED, NMO, Cause.HTTP_ERROR),
    Case("http-500", "esia", "sign-in", FAILED, ESIA, Cause.HTTP_ERROR),
    Case("http-500", "gosuslugi", "via-gosuslugi", FAILED, GOSUSLUGI, Cause.HTTP_ERROR),
    Case("http-502", "nmo", "sign-in", FAILED, NMO, Cause.HTTP_ERROR, "502"),
    Case("http-502", "esia", "via-gosuslugi", FAILED, ESIA, Cause.HTTP_ERROR, "502"),
    Case("http-503", "esia", "first-visit", FAILED, ESIA, Cause.HTTP_ERROR, "503"),
    Case("http-503", "gosuslugi", "via-gosuslugi", FAILED, GOSUSLUGI, Cause.HTTP_ERROR, "503"),
    Case(
        "http-503",
        "gosuslugi",
        "first-visit",
        FAILED,
        GOSUSLUGI,
        Cause.HTTP_ERROR,
        "503",
        "compare with Госуслуги",
    ),
    Case(
        "dropped-connection",
        "nmo",
        "sign-in",
        FAILED,
        System.NETWORK,
        Cause.CONNECTION_DROPPED,
        "ERR_EMPTY_RESPONSE",
    ),
    Case(
        "dropped-connection",
        "esia",
        "sign-in",
        FAILED,
        System.NETWORK,
        Cause.CONNECTION_DROPPED,
        "ERR_EMPTY_RESPONSE",
    ),
    Case(
        "dropped-connection",
        "gosuslugi",
        "via-gosuslugi",
        FAILED,
        System.NETWORK,
        Cause.CONNECTION_DROPPED,
        "ERR_EMPTY_RESPONSE",
    ),
    Case("broken-asset", "nmo", "sign-in", DEGRADED, NMO, Cause.ASSET_UNAVAILABLE, "404"),
    Case("broken-asset", "gosuslugi", "via-gosuslugi", DEGRADED, GOSUSLUGI, Cause.ASSET_UNAVAILABLE, "404"),
    Case(
        "broken-asset",
        "esia",
        "sign-in",
        FAILED,
        ESIA,
        Cause.ASSET_UNAVAILABLE,
        "404",
        "confirm the sign-in and return",
    ),
    Case("blank-page", "nmo", "sign-in", FAILED, NMO, Cause.BLANK_PAGE),
    Case("blank-page", "esia", "sign-in", FAILED, ESIA, Cause.BLANK_PAGE),
    Case("blank-page", "gosuslugi", "via-gosuslugi", FAILED, GOSUSLUGI, Cause.BLANK_PAGE),
    Case("code-never-delivered", "delivery", "sign-in", FAILED, System.DELIVERY, Cause.CODE_NOT_DELIVERED),
    Case("code-never-delivered", "delivery", "first-visit", FAILED, System.DELIVERY, Cause.CODE_NOT_DELIVERED),
    Case("wrong-state", "esia", "sign-in", FAILED, ESIA, Cause.HANDOVER_FAILED),
    Case("wrong-state", "esia", "via-gosuslugi", FAILED, ESIA, Cause.HANDOVER_FAILED),
    Case(
        "consent-not-recorded",
        "nmo",
        "first-visit",
        FAILED,
        NMO,
        Cause.CONSENT_NOT_RECORDED,
        step="give the consent",
    ),
    Case("sync-never-completes", "registry", "first-visit", FAILED, System.REGISTRY, Cause.SYNC_STALLED),
    Case("profile-mismatch", "nmo", "first-visit", FAILED, NMO, Cause.DATA_MISMATCH, step="compare with Госуслуги"),
)


def test_every_fault_of_the_catalogue_has_a_case() -> None:
    assert {case.fault for case in CASES} == {fault.name for fault in CATALOGUE}
    applied = {(fault.name, system) for fault in CATALOGUE for system in fault.systems}
    assert {(case.fault, case.at) for case in CASES} <= applied


def _run(case: Case, staging: EmbeddedStaging, control: Control, pool: Pool, state_dir: Path) -> RunResult:
    journey = next(journey for journey in JOURNEYS if journey.name == case.journey)
    # The staging stands beside us: what is not there in 3 s is not coming. Only where slowness is the fault are the
    # budgets tight, so that a busy machine is not taken for it elsewhere.
    budgets = {step.name: _TIGHT_S for step in journey.steps} if case.fault == "latency" else {}
    journey = journey.timed(budgets=budgets)
    journey = replace(journey, steps=tuple(replace(step, timeout_s=_PATIENCE_S) for step in journey.steps))
    persona = control.account(_PERSONAS[case.journey])
    prober = Prober(pool, Fanout(()), state_dir, "test", retest=False)
    with control.fault(case.fault, case.at, **case.parameters):
        return prober.run(Probe(journey, persona, staging.target), "ci")


@pytest.mark.parametrize("case", CASES, ids=str)
def test_fault_is_named(case: Case, staging: EmbeddedStaging, control: Control, pool: Pool, tmp_path: Path) -> None:
    result = _run(case, staging, control, pool, tmp_path)

    assert result.verdict is case.verdict, result.explanation
    named = _named(result)
    assert named, result.explanation
    assert {(failure.system, failure.cause) for failure in named} == {(case.system, case.cause)}, result.explanation
    if case.code:
        assert {failure.code for failure in named} == {case.code}
    if case.step:
        assert {failure.step for failure in named} == {case.step}


def _named(result: RunResult) -> tuple[Failure, ...]:
    return (result.failure,) if result.failure else result.doubts
