from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from journeys.cause import Cause
from journeys.comparison import Comparison
from journeys.identity import Rule
from journeys.result import (
    Attempt,
    Evidence,
    Failure,
    Hop,
    RunFailed,
    RunResult,
    SecurityDetails,
    StepResult,
    Verdict,
)
from journeys.system import System

seconds = st.floats(0, 1e6, allow_nan=False)
words = st.text(max_size=20)
paths = st.lists(st.text("abя0-_ ", min_size=1, max_size=8), min_size=1, max_size=3).map(lambda parts: Path(*parts))
failures = st.builds(
    Failure,
    st.sampled_from(System),
    st.sampled_from(Cause),
    words,
    code=st.none() | words,
    step=st.none() | words,
)
evidence = st.builds(Evidence, words, paths, words)
several_evidence = st.lists(evidence, max_size=2).map(tuple)
attempts = st.builds(Attempt, st.sampled_from(Verdict), seconds, st.none() | failures, several_evidence)
comparisons = st.builds(Comparison, words, words, words, st.none() | st.sampled_from(Rule))
by_word = st.dictionaries(words, seconds, max_size=2)
results = st.builds(
    RunResult,
    run_id=words,
    journey=words,
    persona=words,
    target=words,
    location=words,
    origin=words,
    started_at=st.datetimes(min_value=datetime(1970, 1, 2), max_value=datetime(2200, 1, 1), timezones=st.just(UTC)),
    duration_s=seconds,
    verdict=st.sampled_from(Verdict),
    failure=st.none() | failures,
    steps=st.lists(
        st.builds(StepResult, words, st.sampled_from(System), st.sampled_from(Verdict), seconds, seconds),
        max_size=3,
    ).map(tuple),
    hops=st.lists(
        st.builds(Hop, st.none() | st.sampled_from(System), words, st.integers(0, 599), seconds), max_size=3
    ).map(tuple),
    attempts=st.lists(attempts, max_size=2).map(tuple),
    evidence=several_evidence,
    doubts=st.lists(failures, max_size=2).map(tuple),
    skip_reason=st.none() | words,
    notes=st.dictionaries(words, words, max_size=2),
    compared=st.lists(comparisons, max_size=2).map(tuple),
    lags=by_word,
    vitals=by_word,
    security=st.dictionaries(words, st.builds(SecurityDetails, words, words, words, seconds, seconds), max_size=2),
    console_errors=st.integers(0, 9),
    queue_wait_s=seconds,
    quarantined=st.integers(0, 9),
)

Made = Callable[..., RunResult]


@pytest.fixture
def made() -> Made:
    def run(verdict: Verdict, **fields: object) -> RunResult:
        values: dict[str, object] = {
            "run_id": "run-1",
            "journey": "sign-in",
            "persona": "anna",
            "target": "stage",
            "location": "local",
            "origin": "ci",
            "started_at": datetime(2026, 3, 2, 9, 0, tzinfo=UTC),
            "duration_s": 1.0,
        }
        return RunResult(verdict=verdict, **{**values, **fields})  # type: ignore[arg-type]

    return run


LOCKED = Failure(System.ESIA, Cause.ACCOUNT_LOCKED, "the account is locked", code="ESIA-007", step="sign in")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(results)
def test_json_leads_back_to_the_same_result(result: RunResult) -> None:
    text = result.to_json()
    assert "\n" not in text
    assert RunResult.from_json(text) == result
    assert RunResult.from_json(text.encode()) == result


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"run_id": 1}', "null"])
def test_json_of_something_else_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        RunResult.from_json(text)


def test_an_unknown_cause_is_refused(made: Made) -> None:
    text = made(Verdict.FAILED, failure=LOCKED).to_json()
    with pytest.raises(ValidationError, match="cause"):
        RunResult.from_json(text.replace("account-locked", "account-eaten"))


@pytest.mark.parametrize(
    ("verdict", "good", "counted"),
    [
        (Verdict.PASSED, True, True),
        (Verdict.DEGRADED, True, True),
        (Verdict.FAILED, False, True),
        (Verdict.BROKEN, False, False),
        (Verdict.SKIPPED, False, False),
    ],
)
def test_what_the_objective_counts(made: Made, verdict: Verdict, good: bool, counted: bool) -> None:
    assert (made(verdict).good, made(verdict).counted) == (good, counted)


@pytest.mark.parametrize(
    ("tries", "flaky"),
    [
        ((Verdict.PASSED,), False),
        ((Verdict.FAILED, Verdict.PASSED), True),
        ((Verdict.FAILED, Verdict.DEGRADED), True),
        ((Verdict.FAILED, Verdict.FAILED), False),
        ((Verdict.FAILED, Verdict.BROKEN), False),
    ],
)
def test_failed_then_good_is_flaky(made: Made, tries: tuple[Verdict, ...], flaky: bool) -> None:
    assert made(tries[-1], attempts=tuple(Attempt(each, 1.0) for each in tries)).flaky is flaky


@pytest.mark.parametrize("verdict", [Verdict.PASSED, Verdict.DEGRADED, Verdict.SKIPPED])
def test_a_good_or_skipped_run_does_not_raise(made: Made, verdict: Verdict) -> None:
    result = made(verdict)
    assert result.raise_for_verdict() is result


@pytest.mark.parametrize("verdict", [Verdict.FAILED, Verdict.BROKEN])
def test_a_bad_run_raises_its_explanation(made: Made, verdict: Verdict) -> None:
    with pytest.raises(RunFailed) as raised:
        made(verdict, failure=LOCKED).raise_for_verdict()
    assert str(raised.value) == f"{verdict} in «sign in»: esia/account-locked [ESIA-007]: the account is locked"


def test_the_explanation_of_a_failure_leaves_out_what_is_not_known(made: Made) -> None:
    failure = Failure(System.NMO, Cause.TIMEOUT, "nothing came")
    assert made(Verdict.FAILED, failure=failure).explanation == "failed: nmo/timeout: nothing came"


def test_the_explanation_of_a_failure_says_what_was_noticed_besides(made: Made) -> None:
    failure, doubt = Failure(System.NMO, Cause.TIMEOUT, "nothing came"), Failure(System.ESIA, Cause.SLOW, "slow")
    said = made(Verdict.FAILED, failure=failure, doubts=(doubt,)).explanation
    assert said == "failed: nmo/timeout: nothing came; besides: slow"


def test_the_explanation_of_a_run_without_failure(made: Made) -> None:
    assert made(Verdict.PASSED).explanation == "passed"
    assert made(Verdict.SKIPPED, skip_reason="leased").explanation == "skipped: leased"
    doubts = (Failure(System.NMO, Cause.SLOW, "slow"), Failure(System.NMO, Cause.SCRIPT_ERROR, "a script broke"))
    assert made(Verdict.DEGRADED, doubts=doubts).explanation == "degraded: slow; a script broke"


def test_the_explanation_of_a_flaky_run_says_what_failed_first(made: Made) -> None:
    failure = Failure(System.NMO, Cause.TIMEOUT, "nothing came")
    tries = (Attempt(Verdict.FAILED, 1.0, failure), Attempt(Verdict.PASSED, 1.0))
    said = made(Verdict.PASSED, attempts=tries).explanation
    assert said.startswith("passed")
    assert "nmo/timeout: nothing came" in said
