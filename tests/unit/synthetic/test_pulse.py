from datetime import UTC, datetime, timedelta

import pytest

from synthetic.pulse import Pulse

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
NAMES = ("sign-in", "first-visit")


class Bench:
    """A pulse with a limit of 100 s, on a clock and a schedule that are set by hand."""

    def __init__(self) -> None:
        self.clock = 1000.0
        self.due: dict[str, datetime] = {}
        self.pulse = Pulse(self.due.get, limit_s=100, clock=lambda: self.clock)

    def problem(self) -> str | None:
        return self.pulse.problem(NAMES, NOW)

    def late(self, name: str, seconds: float) -> None:
        self.due[name] = NOW - timedelta(seconds=seconds)


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_a_monitor_with_nothing_to_do_is_well(bench: Bench) -> None:
    assert bench.problem() is None


def test_a_job_that_goes_on_for_long_is_well_and_for_too_long_is_stuck(bench: Bench) -> None:
    with bench.pulse.beat("sign-in"):
        bench.clock += 100
        assert bench.problem() is None
        bench.clock += 1
        assert bench.problem() == "«sign-in» has not taken a step for 101 s"
    assert bench.problem() is None


def test_a_job_that_takes_steps_is_well(bench: Bench) -> None:
    with bench.pulse.beat("sign-in"):
        progress = bench.pulse.progress("sign-in")
        for _ in range(5):
            bench.clock += 90
            progress.step_started("open the portal")
            assert bench.problem() is None


def test_a_job_that_waits_for_others_is_well_unless_it_waits_for_ever(bench: Bench) -> None:
    with bench.pulse.beat("sign-in"):
        for _ in range(10):
            with bench.pulse.beat("first-visit"):
                bench.clock += 100
                assert bench.problem() is None
        with bench.pulse.beat("first-visit"):
            bench.clock += 1
            assert bench.problem() == "«sign-in» has not taken a step for 1001 s"
    assert bench.problem() is None


def test_jobs_that_wait_for_each_other_are_stuck(bench: Bench) -> None:
    with bench.pulse.beat("sign-in"):
        bench.clock += 60
        with bench.pulse.beat("first-visit"):
            bench.clock += 100
            assert bench.problem() is None
            bench.clock += 1
            assert bench.problem() == "«sign-in» has not taken a step for 161 s"


def test_the_next_beat_begins_anew(bench: Bench) -> None:
    for _ in range(5):
        with bench.pulse.beat("sign-in"):
            bench.clock += 90
            assert bench.problem() is None
        bench.clock += 1000


def test_a_job_that_fails_has_ended(bench: Bench) -> None:
    with pytest.raises(ZeroDivisionError), bench.pulse.beat("sign-in"):
        raise ZeroDivisionError
    bench.clock += 1000
    assert bench.problem() is None


def test_a_start_that_does_not_come_is_told(bench: Bench) -> None:
    bench.late("first-visit", -5)
    bench.late("sign-in", 60)
    assert bench.problem() is None
    bench.late("sign-in", 61)
    assert bench.problem() == "«sign-in» was due 61 s ago"


def test_a_job_that_goes_on_is_not_late_for_its_next_start(bench: Bench) -> None:
    bench.late("sign-in", 90)
    with bench.pulse.beat("sign-in"):
        assert bench.problem() is None
    assert bench.problem() == "«sign-in» was due 90 s ago"


def test_a_job_that_goes_on_does_not_hide_another_that_is_late(bench: Bench) -> None:
    bench.late("first-visit", 300)
    with bench.pulse.beat("sign-in"):
        assert bench.problem() == "«first-visit» was due 300 s ago"


def test_only_what_is_asked_for_can_be_late(bench: Bench) -> None:
    bench.late("via-gosuslugi", 300)
    assert bench.problem() is None


def test_the_time_of_day_is_our_own_unless_given(bench: Bench) -> None:
    bench.due["sign-in"] = datetime.now(UTC) - timedelta(seconds=90)
    assert bench.pulse.problem(NAMES) in {f"«sign-in» was due {seconds} s ago" for seconds in range(90, 100)}
    bench.due["sign-in"] = datetime.now(UTC)
    assert bench.pulse.problem(NAMES) is None
