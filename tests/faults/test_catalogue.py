"""Every fault of the staging's catalogue: the verdict is right, and the right system and cause are named."""

from dataclasses import replace
from pathlib import Path

import pytest

from journeys.catalogue import JOURNEYS
from journeys.result import Failure, RunResult
from staging.fault_catalogue import CATALOGUE
from synthetic.embedded import EmbeddedStaging
from synthetic.fanout import Fanout
from synthetic.pool import Pool
from synthetic.prober import Probe, Prober
from tests.control import Control
from tests.faults.case import PERSONAS, Case
from tests.faults.cases import CASES

pytestmark = pytest.mark.browser

_TIGHT_S = 1.8
_PATIENCE_S = 3.0


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
    persona = control.account(case.persona or PERSONAS[case.journey])
    prober = Prober(pool, Fanout(()), state_dir, "test", retest=False)
    with control.fault(case.fault, case.at, **case.parameters):
        return prober.run(Probe(journey, persona, staging.target), "ci")


@pytest.mark.parametrize("case", [case for case in CASES if case.fast], ids=str)
def test_fault_is_named(case: Case, staging: EmbeddedStaging, control: Control, pool: Pool, tmp_path: Path) -> None:
    result = _run(case, staging, control, pool, tmp_path)

    assert result.verdict is case.verdict, result.explanation
    named = _named(result)
    assert named, result.explanation
    assert {(failure.system, failure.cause) for failure in named} == {(case.system, case.cause)}, result.explanation
    if case.code:
        assert {failure.code for failure in named} == {case.code}
    if case.variant:
        assert {failure.variant for failure in named} == {case.variant}
    if case.step:
        assert {failure.step for failure in named} == {case.step}


def _named(result: RunResult) -> tuple[Failure, ...]:
    return (result.failure,) if result.failure else result.doubts
