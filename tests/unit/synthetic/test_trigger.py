from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from synthetic.trigger import Beat, cron

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def fired(beat: Beat, count: int) -> list[datetime]:
    """The first times, each found on time from the one before."""
    times = [START]
    while len(times) < count:
        due = beat.get_next_fire_time(times[-1], times[-1])
        assert due is not None
        times.append(due)
    return times


def test_jitter_does_not_add_up() -> None:
    times = fired(Beat(START, 60, jitter_s=30), 500)
    delays = [(time - START).total_seconds() - 60 * number for number, time in enumerate(times)]
    assert all(0 <= delay <= 30 for delay in delays)
    assert len(set(delays)) > 100
    assert max(delays) - min(delays) > 15


def test_without_jitter_every_beat_is_on_time() -> None:
    assert {later - earlier for earlier, later in pairwise(fired(Beat(START, 0.7), 50))} == {timedelta(seconds=0.7)}


def test_a_beat_starts_at_its_start() -> None:
    assert Beat(START, 60).get_next_fire_time(None, START - timedelta(seconds=5)) == START


def test_cron_fires_in_utc() -> None:
    assert cron("30 6 * * mon").get_next_fire_time(None, START) == datetime(2026, 3, 9, 6, 30, tzinfo=UTC)


def test_the_jitter_of_cron_delays_and_does_not_add_up() -> None:
    trigger, times = cron("*/10 * * * *", jitter_s=300), [START]
    for _ in range(200):
        due = trigger.get_next_fire_time(times[-1], times[-1])
        times.append(due)
    delays = [(time - START).total_seconds() - 600 * number for number, time in enumerate(times[1:], start=1)]
    assert all(0 <= delay <= 300 for delay in delays)


def test_what_jobs_of_one_expression_share_is_right_for_each_of_them() -> None:
    every_minute, at_ten = cron("* * * * *"), cron("10 * * * *")
    minute = timedelta(minutes=1)
    for _ in range(2):
        assert every_minute.get_next_fire_time(START, START) == START + minute
        assert at_ten.get_next_fire_time(START, START) == START + 10 * minute
    assert cron("* * * * *").get_next_fire_time(START + minute, START + minute) == START + 2 * minute


def test_cron_begins_anew_when_the_clock_was_put_back() -> None:
    early = START - timedelta(hours=2)
    assert cron("* * * * *").get_next_fire_time(START, early) == early


def test_a_leap_day_comes() -> None:
    due = cron("0 0 29 2 *").get_next_fire_time(None, START)
    assert due == datetime(2028, 2, 29, tzinfo=UTC)


@pytest.mark.parametrize("expression", ["0 0 31 2 *", "0 0 30,31 2 *", "0 0 31 4,6 *"])
def test_a_day_that_never_comes_is_refused(expression: str) -> None:
    with pytest.raises(ValueError, match="no such day"):
        cron(expression)


@pytest.mark.parametrize(("seconds", "left_out"), [(60, 0), (119, 0), (120, 1), (605, 9)])
def test_beats_that_were_left_out_are_counted(seconds: int, left_out: int) -> None:
    assert Beat(START, 60, jitter_s=50).between(START, START + timedelta(seconds=seconds)) == left_out


@pytest.mark.parametrize(("minutes", "left_out"), [(10, 0), (12, 0), (20, 1), (65, 5)])
def test_times_of_cron_that_were_left_out_are_counted(minutes: int, left_out: int) -> None:
    trigger = cron("*/10 * * * *", jitter_s=300)
    assert trigger.between(START + timedelta(minutes=4), START + timedelta(minutes=minutes)) == left_out


def test_times_are_counted_up_to_a_day() -> None:
    assert cron("* * * * *").between(START, START + timedelta(days=30)) == 24 * 60
    assert Beat(START, 60).between(START, START + timedelta(days=30)) == 24 * 60
