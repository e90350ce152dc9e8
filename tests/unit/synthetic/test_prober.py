import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from journeys.cause import BURNS_THE_ACCOUNT, UNSAFE_TO_RETEST, Cause
from journeys.journey import Journey
from journeys.listener import Listener
from journeys.persona import Persona
from journeys.result import Attempt, Evidence, Failure, RunResult, StepResult, Verdict
from journeys.system import System
from journeys.target import Target
from synthetic.assignment import Assignment, Timing
from synthetic.fanout import Fanout
from synthetic.inbox.totp import Totp
from synthetic.lease import lease
from synthetic.pool import Pool, PoolClosed
from synthetic.prober import Probe, Prober
from synthetic.runner import Origin
from synthetic.worker import Worker, WorkerStartError

Made = Callable[..., RunResult]


class ScriptedWorker(Worker):
    """Comes back with the results it was given, one a run, under the run id it was asked for."""

    def __init__(self, script: list[RunResult]) -> None:
        self.runs = 0
        self.launch_s = 0.0
        self.script = script
        self.assignments: list[Assignment] = []
        self.during: Callable[[], object] = lambda: None

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
        self.during()
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
    """A prober on one scripted worker. ``stopping`` is the event that ends its waits."""

    def __init__(self, probe: Probe, state_dir: Path) -> None:
        self.probe = probe
        self.state_dir = state_dir
        self.worker = ScriptedWorker([])
        self.ears = Ears()
        self.pool = Pool(lambda: self.worker)
        self.set()

    def set(self, **options: Any) -> None:
        self.prober = Prober(self.pool, Fanout([self.ears]), self.state_dir, "moscow", **options)

    def run(self, *script: RunResult, origin: Origin = "schedule") -> RunResult:
        self.worker.script[:] = script
        return self.prober.run(self.probe, origin)

    @property
    def assignments(self) -> list[Assignment]:
        return self.worker.assignments


class Interrupted(threading.Event):
    """Something happens in the middle of the first wait: with ``happen`` None, the monitor is stopped."""

    def __init__(self, happen: Callable[[], object] | None = None) -> None:
        super().__init__()
        self.happen = happen or self.set
        self.waits: list[float | None] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.waits.append(timeout)
        self.happen()
        return self.is_set()


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


def test_the_worker_is_told_all_that_it_needs(bench: Bench, run_result: Made, journey: Journey, tmp_path: Path) -> None:
    bench.probe = replace(bench.probe, journey=journey.timed(budget_s=30, budgets={"sign in": 9}, timeout_s=4))
    result = bench.run(run_result())
    [assignment] = bench.assignments
    assert (assignment.journey, assignment.persona, assignment.target) == (
        "sign-in",
        bench.probe.persona,
        bench.probe.target,
    )
    assert assignment.timing == Timing.of(bench.probe.journey)
    assert assignment.timing.applied(journey) == bench.probe.journey != journey
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
    bench.set(retest=False)
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


def test_what_was_noticed_beside_a_failure_is_kept_of_both_tries(bench: Bench, run_result: Made) -> None:
    early, late = (Failure(System.ESIA, cause, "noticed") for cause in (Cause.COOKIE_UNSAFE, Cause.SLOW))
    first = run_result(Verdict.FAILED, doubts=(early, late))
    assert bench.run(first, run_result(Verdict.FAILED, doubts=(late,))).doubts == (early, late)
    assert bench.run(first, run_result(Verdict.PASSED)).doubts == ()
    # What the second try fails for is not told beside it as well.
    failed_for = Failure(late.system, late.cause, "too slow")
    assert bench.run(first, run_result(Verdict.FAILED, failure=failed_for)).doubts == (early,)


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


def test_a_leased_persona_is_skipped_and_told(
    bench: Bench, probe: Probe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("synthetic.prober._LEASE_PATIENCE_S", dict.fromkeys(("schedule", "support", "ci"), 0.0))
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


def test_a_lease_that_ends_before_long_is_waited_for(bench: Bench, run_result: Made, tmp_path: Path) -> None:
    with ExitStack() as other:
        other.enter_context(lease(bench.probe.persona, bench.probe.target, tmp_path))
        wait = Interrupted(happen=other.close)
        bench.set(stopping=wait)
        assert bench.run(run_result()).verdict is Verdict.PASSED
    assert len(wait.waits) == 1


def test_whatever_the_monitor_trips_over_the_run_has_a_result(bench: Bench) -> None:
    result = bench.run()  # the worker has nothing to come back with, and raises
    assert result.failure is not None
    assert (result.verdict, result.failure.cause) == (Verdict.BROKEN, Cause.MONITOR_ERROR)
    assert result.failure.message == "IndexError"
    assert bench.ears.results == [result]


def test_a_run_that_never_began_is_made_by_another_worker(bench: Bench, run_result: Made) -> None:
    died = run_result(Verdict.BROKEN, Cause.WORKER_DIED)
    assert bench.run(died, run_result()).verdict is Verdict.PASSED
    assert bench.run(died, died).verdict is Verdict.BROKEN
    begun = replace(died, steps=(StepResult("sign in", System.ESIA, Verdict.BROKEN, 1.0, 5.0),))
    assert bench.run(begun, run_result()).verdict is Verdict.BROKEN


# A retest that the monitor breaks.


def test_a_broken_retest_leaves_the_failure_standing(bench: Bench, run_result: Made) -> None:
    first = with_evidence(run_result, Verdict.FAILED, "first.png", notes={"round": "one"})
    broken = with_evidence(run_result, Verdict.BROKEN, "second.png")
    broken = replace(broken, failure=Failure(System.MONITOR, Cause.BROWSER_DIED, "it went away"))
    result = bench.run(first, broken)
    assert (result.verdict, result.failure, result.attempts) == (Verdict.FAILED, first.failure, first.attempts)
    assert result.notes == {"round": "one", "retest": "broken: browser-died"}
    assert [piece.path.name for piece in result.evidence] == ["first.png", "second.png"]
    assert bench.ears.results == [result]


# An account that ЕСИА has refused.


@pytest.mark.parametrize("cause", sorted(BURNS_THE_ACCOUNT))
def test_a_refused_account_is_left_alone_by_the_schedule(bench: Bench, run_result: Made, cause: Cause) -> None:
    bench.run(run_result(Verdict.FAILED, cause))
    result = bench.run(run_result())
    assert (result.verdict, result.skip_reason, result.attempts) == (Verdict.SKIPPED, "locked", ())
    assert len(bench.assignments) == 1
    assert bench.ears.results[-1] == result


@pytest.mark.parametrize("cause", [Cause.ACCOUNT_UNCONFIRMED, Cause.TIMEOUT])
def test_what_does_not_count_towards_a_lock_changes_nothing(bench: Bench, run_result: Made, cause: Cause) -> None:
    bench.set(retest=False)
    bench.run(run_result(Verdict.FAILED, cause))
    assert bench.run(run_result()).verdict is Verdict.PASSED


def test_support_gets_a_run_that_it_asks_for_and_its_refusal_counts(bench: Bench, run_result: Made) -> None:
    refused = run_result(Verdict.FAILED, Cause.CREDENTIALS_REJECTED)
    assert bench.run(refused, origin="support").verdict is Verdict.FAILED
    assert bench.run(run_result()).skip_reason == "locked"
    assert bench.run(run_result(), origin="ci").skip_reason == "locked"
    # A sign-in that comes through sets ЕСИА's count back.
    assert bench.run(run_result(), origin="support").verdict is Verdict.PASSED
    assert bench.run(run_result()).verdict is Verdict.PASSED


@pytest.mark.parametrize("origin", ["support", "ci"])
def test_a_refused_account_is_not_refused_again_on_purpose(bench: Bench, run_result: Made, origin: Origin) -> None:
    bench.probe = replace(bench.probe, journey=replace(bench.probe.journey, own_account=True))
    bench.run(run_result(Verdict.FAILED, Cause.CREDENTIALS_REJECTED), origin=origin)
    assert bench.run(run_result(), origin=origin).skip_reason == "locked"


def test_a_rest_is_kept_over_a_restart_and_holds_for_the_account(bench: Bench, run_result: Made) -> None:
    bench.run(run_result(Verdict.FAILED, Cause.CREDENTIALS_REJECTED))
    bench.set()
    assert bench.run(run_result()).skip_reason == "locked"
    bench.probe = replace(bench.probe, persona=replace(bench.probe.persona, name="namesake"))
    assert bench.run(run_result()).skip_reason == "locked"


@pytest.mark.parametrize("cause", [Cause.TIMEOUT, Cause.HTTP_ERROR, Cause.BROWSER_DIED])
def test_a_step_that_may_have_left_a_refused_sign_in_is_not_taken_again(
    bench: Bench, run_result: Made, cause: Cause
) -> None:
    first, second = bench.probe.journey.steps
    burning = replace(bench.probe.journey, steps=(first, replace(second, burns_the_account=True)))
    bench.probe = replace(bench.probe, journey=burning)
    verdict = Verdict.BROKEN if cause is Cause.BROWSER_DIED else Verdict.FAILED
    result = run_result(verdict, cause)
    assert result.failure
    bench.run(replace(result, failure=replace(result.failure, step=second.name)))
    assert bench.run(run_result()).skip_reason == "locked"
    assert len(bench.assignments) == 1


def test_an_account_is_left_alone_for_a_while_only(bench: Bench, run_result: Made) -> None:
    bench.set(rest_s=0.0)
    bench.run(run_result(Verdict.FAILED, Cause.ACCOUNT_LOCKED))
    assert bench.run(run_result()).verdict is Verdict.PASSED


@pytest.mark.parametrize("other", ["persona", "target"])
def test_other_accounts_go_on(bench: Bench, run_result: Made, other: str) -> None:
    bench.run(run_result(Verdict.FAILED, Cause.ACCOUNT_LOCKED))
    if other == "persona":
        bench.probe = replace(bench.probe, persona=replace(bench.probe.persona, login=SecretStr("+79000001099")))
    else:
        bench.probe = replace(bench.probe, target=replace(bench.probe.target, esia="https://esia.elsewhere.example"))
    assert bench.run(run_result()).verdict is Verdict.PASSED


# The end of the monitor.


def check_cut_off(bench: Bench, *script: RunResult) -> None:
    """The run ends at once, nobody hears of it, and the persona is free for whoever comes next."""
    with pytest.raises(PoolClosed):
        bench.run(*script)
    assert bench.ears.results == []


def test_the_end_of_the_monitor_ends_the_wait_for_a_lease(bench: Bench, tmp_path: Path) -> None:
    stopping = Interrupted()
    bench.set(stopping=stopping)
    with lease(bench.probe.persona, bench.probe.target, tmp_path):
        check_cut_off(bench)
    assert len(stopping.waits) == 1
    assert bench.assignments == []


def test_the_end_of_the_monitor_ends_the_wait_for_a_code(bench: Bench, run_result: Made, tmp_path: Path) -> None:
    secret = SecretStr("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    bench.probe = replace(bench.probe, persona=replace(bench.probe.persona, factor="totp", totp_secret=secret))
    # The code of the next window is used up, so that there is a wait even if this window ends meanwhile.
    Totp(secret, tmp_path / "totp", clock=lambda: time.time() + 30, wait=lambda _: None).take()
    stopping = Interrupted()
    bench.set(stopping=stopping)
    check_cut_off(bench, run_result())
    assert len(stopping.waits) == 1
    assert bench.assignments == []
    with lease(bench.probe.persona, bench.probe.target, tmp_path):
        pass


def test_the_end_of_the_monitor_cuts_a_run_off(bench: Bench, run_result: Made, tmp_path: Path) -> None:
    bench.worker.during = bench.pool.close
    check_cut_off(bench, run_result(Verdict.FAILED))
    assert len(bench.assignments) == 1
    with lease(bench.probe.persona, bench.probe.target, tmp_path):
        pass


def test_the_end_of_the_monitor_cuts_a_retest_off(bench: Bench, run_result: Made) -> None:

    def close_in_the_second() -> None:
        if len(bench.assignments) == 2:
            bench.pool.close()

    bench.worker.during = close_in_the_second
    check_cut_off(bench, run_result(Verdict.FAILED), run_result())
    assert len(bench.assignments) == 2


def test_a_monitor_that_was_stopped_makes_no_more_runs(bench: Bench, run_result: Made) -> None:
    bench.pool.close()
    check_cut_off(bench, run_result())
    assert bench.assignments == []


@pytest.mark.parametrize("waits", [True, False])
def test_a_journey_is_told_whether_what_it_left_is_still_awaited(bench: Bench, run_result: Made, waits: bool) -> None:
    asked: list[tuple[str, str, str]] = []

    def awaited(journey: str, persona: Persona, target: Target) -> bool:
        asked.append((journey, persona.name, target.name))
        return waits

    bench.set(awaited=awaited)
    bench.run(run_result())
    assert asked == [], "nobody follows this one up"
    bench.probe = replace(bench.probe, journey=replace(bench.probe.journey, followed_by="outcome"))
    bench.run(run_result())
    assert asked == [("outcome", bench.probe.persona.name, bench.probe.target.name)]
    assert [one.awaited for one in bench.assignments] == [False, waits]


def test_what_an_earlier_monitor_left_is_waited_for_until_it_is_known(bench: Bench, run_result: Made) -> None:
    answers: list[bool | None] = [None, None, False]
    stopping = Interrupted(lambda: None)
    bench.set(awaited=lambda *_: answers.pop(0), stopping=stopping)
    bench.probe = replace(bench.probe, journey=replace(bench.probe.journey, followed_by="outcome"))
    bench.run(run_result())
    assert (len(stopping.waits), bench.assignments[0].awaited) == (2, False)


def test_a_run_that_cannot_know_is_skipped(bench: Bench, run_result: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("synthetic.prober._KNOWN_WITHIN_S", 0)
    bench.set(awaited=lambda *_: None)
    bench.probe = replace(bench.probe, journey=replace(bench.probe.journey, followed_by="outcome"))
    result = bench.run(run_result())
    assert (result.verdict, bench.assignments, bench.ears.results) == (Verdict.SKIPPED, [], [result])
    assert "does not say whether a follow-up waits" in result.explanation


def test_the_monitor_ends_while_it_waits_to_know(bench: Bench, run_result: Made) -> None:
    bench.set(awaited=lambda *_: None, stopping=Interrupted())
    bench.probe = replace(bench.probe, journey=replace(bench.probe.journey, followed_by="outcome"))
    with pytest.raises(PoolClosed):
        bench.run(run_result())
