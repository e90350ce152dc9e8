from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from journeys.cause import UNSAFE_TO_RETEST, Cause
from journeys.journey import Journey
from journeys.listener import Listener
from journeys.persona import Persona
from journeys.result import Attempt, Evidence, Failure, RunResult, Verdict
from journeys.system import System
from journeys.target import Target
from synthetic.assignment import Assignment
from synthetic.fanout import Fanout
from synthetic.lease import lease
from synthetic.pool import Pool
from synthetic.prober import Probe, Prober
from synthetic.worker import Worker, WorkerStartError

Made = Callable[..., RunResult]


class ScriptedWorker(Worker):
    """Comes back with the results it was given, one a run, under the run id it was asked for."""

    def __init__(self, script: list[RunResult]) -> None:
        self.runs = 0
        self.launch_s = 0.0
        self.script = script
        self.assignments: list[Assignment] = []

    @property
    def alive(self) -> bool:
        return True

    def wait_until_ready(self) -> "ScriptedWorker":
        return self

    def run(self, assignment: Assignment, journey: Journey, listeners: Iterable[Listener] = ()) -> RunResult:
        self.runs += 1
        self.assignments.append(assignment)
        for listener in listeners:
            listener.step_started("open the portal")
        return replace(self.script.pop(0), run_id=assignment.errand.run_id)

    def memory(self) -> int:
        return 0

    def stop(self) -> None: ...

    def kill(self) -> None: ...


class Ears(Listener):
    """Remembers steps and results."""

    def __init__(self) -> None:
        self.steps: list[str] = []
        self.results: list[RunResult] = []

    def step_started(self, name: str) -> None:
        self.steps.append(name)

    def run_finished(self, result: RunResult) -> None:
        self.results.append(result)


class Bench:
    """A prober on one scripted worker."""

    def __init__(self, probe: Probe, state_dir: Path) -> None:
        self.probe = probe
        self.worker = ScriptedWorker([])
        self.ears = Ears()
        self.pool = Pool(lambda: self.worker)
        self.prober = Prober(self.pool, Fanout([self.ears]), state_dir, "moscow")

    def run(self, *script: RunResult) -> RunResult:
        self.worker.script[:] = script
        return self.prober.run(self.probe, "schedule")

    @property
    def assignments(self) -> list[Assignment]:
        return self.worker.assignments


@pytest.fixture
def probe(journey: Journey, persona: Persona, target: Target) -> Probe:
    return Probe(journey, persona, target)


@pytest.fixture
def bench(probe: Probe, tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(probe, tmp_path)
    yield bench
    bench.pool.close()


def with_evidence(made: Made, verdict: Verdict, name: str, **fields: object) -> RunResult:
    evidence = (Evidence("screenshot", Path(name), "image/png"),)
    failure = Failure(System.ESIA, Cause.TIMEOUT, "nothing came") if verdict is Verdict.FAILED else None
    attempts = (Attempt(verdict, 2.0, failure, evidence),)
    return made(verdict, evidence=evidence, attempts=attempts, **fields)


def test_a_good_run_is_made_once_and_told(bench: Bench, run_result: Made) -> None:
    result = bench.run(run_result(Verdict.PASSED))
    assert result.verdict is Verdict.PASSED
    assert bench.ears.results == [result]
    assert bench.ears.steps == ["open the portal"]
    assert len(bench.assignments) == 1


def test_the_worker_is_told_all_that_it_needs(bench: Bench, run_result: Made, tmp_path: Path) -> None:
    bench.probe = replace(bench.probe, journey=bench.probe.journey.timed(budget_s=30, budgets={"sign in": 9}))
    result = bench.run(run_result())
    [assignment] = bench.assignments
    assert (assignment.journey, assignment.persona, assignment.target) == (
        "sign-in",
        bench.probe.persona,
        bench.probe.target,
    )
    assert (assignment.timing.budget_s, assignment.timing.budgets["sign in"]) == (30, 9)
    errand = assignment.errand
    assert (errand.origin, errand.location, errand.full_evidence) == ("schedule", "moscow", False)
    assert errand.evidence_dir == tmp_path / "artifacts"
    assert errand.run_id == result.run_id


@pytest.mark.parametrize("verdict", [Verdict.PASSED, Verdict.DEGRADED, Verdict.BROKEN])
def test_only_a_failure_is_retested(bench: Bench, run_result: Made, verdict: Verdict) -> None:
    assert bench.run(run_result(verdict)).verdict is verdict
    assert len(bench.assignments) == 1


@pytest.mark.parametrize("cause", sorted(UNSAFE_TO_RETEST))
def test_what_could_hurt_the_account_is_not_retested(bench: Bench, run_result: Made, cause: Cause) -> None:
    result = bench.run(run_result(Verdict.FAILED, cause))
    assert (result.verdict, len(bench.assignments)) == (Verdict.FAILED, 1)


@pytest.mark.parametrize("cause", [Cause.TIMEOUT, Cause.HTTP_ERROR, Cause.CODE_NOT_DELIVERED])
def test_any_other_failure_is_retested_once(bench: Bench, run_result: Made, cause: Cause) -> None:
    failed = run_result(Verdict.FAILED, cause)
    result = bench.run(failed, failed, run_result(Verdict.PASSED))
    assert (result.verdict, len(bench.assignments), len(result.attempts)) == (Verdict.FAILED, 2, 2)
    assert not result.flaky


def test_a_retest_can_be_left_out(bench: Bench, run_result: Made) -> None:
    bench.prober = replace(bench.prober, retest=False)
    assert bench.run(run_result(Verdict.FAILED)).verdict is Verdict.FAILED
    assert len(bench.assignments) == 1


def test_a_flaky_run_keeps_both_tries_and_their_evidence(bench: Bench, run_result: Made) -> None:
    first = with_evidence(run_result, Verdict.FAILED, "first.png", quarantined=1)
    second = with_evidence(run_result, Verdict.PASSED, "second.png", quarantined=2, duration_s=7.0)
    result = bench.run(first, second)
    assert (result.verdict, result.flaky, result.failure) == (Verdict.PASSED, True, None)
    assert [attempt.verdict for attempt in result.attempts] == [Verdict.FAILED, Verdict.PASSED]
    assert [piece.path.name for piece in result.evidence] == ["first.png", "second.png"]
    assert (result.quarantined, result.duration_s, result.started_at) == (3, 7.0, first.started_at)
    assert bench.ears.results == [result]


def test_a_retest_takes_full_evidence_into_a_folder_of_its_own(bench: Bench, run_result: Made) -> None:
    result = bench.run(run_result(Verdict.FAILED), run_result(Verdict.PASSED))
    first, second = (assignment.errand for assignment in bench.assignments)
    assert result.run_id == first.run_id
    assert (first.full_evidence, second.full_evidence) == (False, True)
    assert first.evidence_dir / first.run_id != second.evidence_dir / second.run_id
    # One folder a run, so that room is made for whole runs.
    assert second.evidence_dir == first.evidence_dir / first.run_id


def test_full_evidence_can_be_asked_for(bench: Bench, run_result: Made) -> None:
    bench.worker.script[:] = [run_result()]
    bench.prober.run(bench.probe, "support", full_evidence=True)
    assert bench.assignments[0].errand.full_evidence


def test_without_a_browser_the_run_is_broken(probe: Probe, tmp_path: Path) -> None:
    def refuse() -> Worker:
        raise WorkerStartError("the browser did not start: no such file")

    ears = Ears()
    pool = Pool(refuse)
    try:
        result = Prober(pool, Fanout([ears]), tmp_path, "local").run(probe, "schedule")
    finally:
        pool.close()
    assert result.verdict is Verdict.BROKEN
    assert result.failure is not None
    assert (result.failure.system, result.failure.cause) == (System.MONITOR, Cause.BROWSER_MISSING)
    assert "no such file" in result.explanation
    assert [attempt.verdict for attempt in result.attempts] == [Verdict.BROKEN]
    assert ears.results == [result]


def test_a_leased_persona_is_skipped_and_told(bench: Bench, probe: Probe, tmp_path: Path) -> None:
    with lease(probe.persona, probe.target, tmp_path):
        result = bench.run()
    assert (result.verdict, result.skip_reason, result.attempts) == (Verdict.SKIPPED, "leased", ())
    assert bench.assignments == []
    assert bench.ears.results == [result]


def test_the_persona_is_free_again_when_the_run_is_over(bench: Bench, run_result: Made) -> None:
    assert [bench.run(run_result()).verdict for _ in range(2)] == [Verdict.PASSED] * 2


def test_progress_hears_of_the_steps_and_not_of_the_end(bench: Bench, run_result: Made) -> None:
    bench.worker.script[:] = [run_result()]
    progress = Ears()
    bench.prober.run(bench.probe, "support", progress=(progress,))
    assert (progress.steps, progress.results) == (["open the portal"], [])


def test_progress_that_fails_does_not_break_the_run(bench: Bench, run_result: Made) -> None:
    class Fails(Listener):
        def step_started(self, name: str) -> None:
            raise BrokenPipeError

    bench.worker.script[:] = [run_result()]
    after = Ears()
    assert bench.prober.run(bench.probe, "support", progress=(Fails(), after)).verdict is Verdict.PASSED
    assert after.steps == ["open the portal"]


def test_progress_hears_of_both_tries(bench: Bench, run_result: Made) -> None:
    bench.worker.script[:] = [run_result(Verdict.FAILED), run_result()]
    progress = Ears()
    bench.prober.run(bench.probe, "support", progress=(progress,))
    assert progress.steps == ["open the portal"] * 2


def test_the_wait_for_a_worker_is_measured(bench: Bench, run_result: Made) -> None:
    assert 0 <= bench.run(run_result()).queue_wait_s < 10
