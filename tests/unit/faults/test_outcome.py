"""How a run that met a fault is judged."""

from datetime import UTC, datetime

import pytest

from journeys.cause import Cause
from journeys.result import Failure, RunResult, Verdict
from journeys.system import System
from tests.faults.case import Case
from tests.faults.figures import Figures, confusion, figures, share
from tests.faults.outcome import Outcome, outcome
from tests.faults.report import html, markdown

CASE = Case("http-502", "nmo", "sign-in", Verdict.FAILED, System.NMO, Cause.HTTP_ERROR, "502")


def said(verdict: Verdict, *blamed: tuple[System, Cause], code: str | None = "502") -> Outcome:
    failures = tuple(Failure(system, cause, "<words>|words", code) for system, cause in blamed)
    failed = verdict in {Verdict.FAILED, Verdict.BROKEN}
    result = RunResult(
        run_id="1",
        journey="sign-in",
        persona="doctor",
        target="embedded",
        location="test",
        origin="ci",
        started_at=datetime(2026, 1, 1, tzinfo=UTC),
        duration_s=1.0,
        verdict=verdict,
        failure=failures[0] if failed else None,
        doubts=failures[failed:],
    )
    return outcome(CASE, result)


RIGHT = (System.NMO, Cause.HTTP_ERROR)
OTHER_CAUSE = (System.NMO, Cause.BLANK_PAGE)
OTHER_SYSTEM = (System.ESIA, Cause.HTTP_ERROR)


@pytest.mark.parametrize(
    ("one", "judged"),
    [
        (said(Verdict.FAILED, RIGHT), (True, True, True)),
        (said(Verdict.FAILED, RIGHT, code="503"), (True, True, False)),
        (said(Verdict.DEGRADED, RIGHT), (True, True, False)),
        (said(Verdict.FAILED, OTHER_CAUSE), (True, True, False)),
        (said(Verdict.FAILED, OTHER_SYSTEM), (True, False, False)),
        (said(Verdict.DEGRADED, RIGHT, OTHER_SYSTEM), (True, False, False)),
        (said(Verdict.FAILED, RIGHT, OTHER_SYSTEM), (True, False, False)),
        (said(Verdict.BROKEN, (System.MONITOR, Cause.MONITOR_ERROR)), (False, False, False)),
        (said(Verdict.PASSED), (False, False, False)),
    ],
)
def test_detection_system_and_cause_are_told_apart(one: Outcome, judged: tuple[bool, bool, bool]) -> None:
    assert (one.detected, one.right_system, one.exact) == judged


def test_figures_count_and_say_when_they_are_enough() -> None:
    right, wrong_cause = said(Verdict.FAILED, RIGHT), said(Verdict.FAILED, OTHER_CAUSE)
    assert figures([right] * 19 + [wrong_cause]) == Figures(20, 20, 20, 19)
    assert figures([right] * 19 + [wrong_cause]).enough
    assert not figures([right] * 18 + [wrong_cause] * 2).enough
    assert not figures([right] * 99 + [said(Verdict.FAILED, OTHER_SYSTEM)]).enough
    assert not figures([right] * 99 + [said(Verdict.PASSED)]).enough
    assert not figures([]).enough


def test_what_was_not_seen_is_in_the_matrix() -> None:
    missed = said(Verdict.PASSED)
    both = said(Verdict.DEGRADED, RIGHT, OTHER_SYSTEM)
    assert confusion([missed, both]) == {("nmo", "nothing"): 1, ("nmo", "nmo"): 1, ("nmo", "esia"): 1}


@pytest.mark.parametrize(
    ("part", "whole", "words"), [(3, 3, "100 %"), (1999, 2000, "99.9 %"), (0, 5, "0 %"), (0, 0, "–")]
)
def test_all_is_said_only_of_all(part: int, whole: int, words: str) -> None:
    assert share(part, whole) == words


def test_pages_list_the_misses() -> None:
    outcomes = [said(Verdict.FAILED, RIGHT), said(Verdict.FAILED, OTHER_CAUSE)]
    page = markdown(outcomes, "make matrix")
    assert "| 2 | 100 % (2) | 100 % (2) | 50 % (1) |" in page
    assert "| nmo/http-error | nmo/blank-page | 1 |" in page
    assert "| http-502 | nmo | nmo/http-error | sign-in ×2 | ✓ | ✓ | 1 of 2 |" in page
    assert "<words>\\|words" in page
    standing = html(outcomes, "make matrix")
    assert standing.count("<tr class=missed>") == 1
    assert "&lt;words&gt;|words" in standing
    assert "None." in markdown(outcomes[:1], "make matrix")
