"""Every fault of the staging's catalogue: the verdict is right, and the right system and cause are named."""

import pytest

from journeys.result import Verdict
from staging.fault_catalogue import CATALOGUE
from tests.faults.bench import Bench, journey_named
from tests.faults.case import PERSONAS, Case
from tests.faults.cases import CASES
from tests.faults.outcome import named_by

pytestmark = pytest.mark.browser


ALLOWED = "patronymic-missing"
"""What the register may do without a user being any the worse for it (S2)."""


def test_every_fault_of_the_catalogue_has_a_case() -> None:
    assert {case.fault for case in CASES} == {fault.name for fault in CATALOGUE} - {ALLOWED}
    applied = {(fault.name, system) for fault in CATALOGUE for system in fault.systems}
    assert {(case.fault, case.at) for case in CASES} <= applied


def test_a_missing_patronymic_is_no_mismatch(bench: Bench) -> None:
    persona = bench.control.account(PERSONAS["sign-in"])
    with bench.control.fault(ALLOWED, "nmo"):
        result = bench.walk(journey_named("sign-in"), persona, bench.impatient)
    assert result.verdict is Verdict.PASSED, result.explanation


@pytest.mark.parametrize("case", [case for case in CASES if case.fast], ids=str)
def test_fault_is_named(case: Case, bench: Bench) -> None:
    result = bench.meet(case)

    assert result.verdict is case.verdict, result.explanation
    named = named_by(result)
    assert named, result.explanation
    assert {(failure.system, failure.cause) for failure in named} == {(case.system, case.cause)}, result.explanation
    if case.code:
        assert {failure.code for failure in named} == {case.code}
    if case.variant:
        assert {failure.variant for failure in named} == {case.variant}
    if case.step:
        assert {failure.step for failure in named} == {case.step}
