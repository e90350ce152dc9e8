"""Which journeys a fault has cases with, and what they are like."""

from journeys.result import Verdict
from journeys.system import System
from tests.faults.case import PERSONAS, Case
from tests.faults.cases import CASES
from tests.faults.cases.elsewhere import TOUCHED, elsewhere, untouched


def pairs(cases: tuple[Case, ...]) -> set[tuple[str, str, str]]:
    return {(case.fault, case.at, case.journey) for case in cases}


def one(fault: str, at: str, journey: str) -> Case:
    (case,) = (case for case in CASES if (case.fault, case.at, case.journey) == (fault, at, journey))
    return case


def test_every_fault_with_every_journey_is_a_case_or_one_of_the_rest() -> None:
    rest = untouched(CASES)
    assert not pairs(CASES) & pairs(rest)
    assert pairs(CASES) | pairs(rest) == {(case.fault, case.at, journey) for case in CASES for journey in PERSONAS}
    assert {case.verdict for case in rest} == {Verdict.PASSED}


def test_whom_a_fault_touches_is_said_once() -> None:
    said = [(fault, at, journey) for at, faults, journeys in TOUCHED for fault in faults for journey in journeys]
    assert len(said) == len(set(said))
    assert set(said) <= pairs(CASES)


def test_the_main_journey_meets_each_kind_of_fault_in_every_run_of_the_tests() -> None:
    first_faults = {
        *("latency", "http-500", "http-502", "http-503", "dropped-connection", "broken-asset", "blank-page"),
        *("code-never-delivered", "wrong-state", "consent-not-recorded", "sync-never-completes", "profile-mismatch"),
    }
    assert first_faults <= {case.fault for case in CASES if case.fast and case.journey == "first-visit"}


def test_what_has_a_case_gets_no_other() -> None:
    assert elsewhere(CASES) == ()


def test_a_fault_of_the_network_is_one_of_the_site_that_a_journey_opens_first() -> None:
    assert one("connection-silent", "network", "cabinet").system is System.NMO
    assert one("connection-silent", "network", "identity-match").system is System.GOSUSLUGI


def test_a_fault_is_as_it_is_by_itself() -> None:
    assert one("code-never-delivered", "delivery", "cabinet").parameters == {}
    assert one("code-late", "delivery", "cabinet").parameters != {}
