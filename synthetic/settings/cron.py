"""A cron expression: five fields, checked before anything is scheduled by it."""

import re

from synthetic.trigger import cron

_RANGES = {"minute": (0, 59), "hour": (0, 23), "day of month": (1, 31), "month": (1, 12)}
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_PART = re.compile(r"(\*|(?P<first>\d+)(-(?P<last>\d+))?)(/(?P<every>\d+))?")
_MINUTES_A_DAY = 24 * 60


def shortest_gap_s(expression: str) -> float:
    """The least number of seconds between two firings of ``minute hour day month weekday``.

    It is the gap within a day or over midnight, as if every day were chosen. ValueError says what is wrong, also
    of an expression that the scheduler would refuse or that never comes.
    """
    fields = expression.split()
    if len(fields) != 5:
        raise ValueError(f"five fields are needed (minute hour day month weekday), not {len(fields)}")
    values = [_values(name, text, *_RANGES[name]) for name, text in zip(_RANGES, fields, strict=False)]
    _check_weekdays(fields[4])
    cron(expression)
    minutes, hours = values[0], values[1]
    times = sorted(hour * 60 + minute for hour in hours for minute in minutes)
    following = [*times[1:], times[0] + _MINUTES_A_DAY]
    return 60.0 * min(later - earlier for earlier, later in zip(times, following, strict=True))


def _values(name: str, text: str, low: int, high: int) -> set[int]:
    """Every number that one field stands for."""
    chosen: set[int] = set()
    for part in text.split(","):
        match = _PART.fullmatch(part)
        if match is None:
            raise ValueError(f"{name} {text!r} is not *, a number, a range (1-5) or a step (*/5)")
        every = int(match["every"] or 1)
        open_ended = match["first"] is None or (match["every"] and not match["last"])
        first = int(match["first"] or low)
        last = high if open_ended else int(match["last"] or first)
        if not low <= first <= last <= high or every < 1:
            raise ValueError(f"{name} {text!r} is out of {low}-{high}")
        chosen.update(range(first, last + 1, every))
    return chosen


def _check_weekdays(text: str) -> None:
    # Numbers are refused: cron counts from Sunday and APScheduler 3 from Monday.
    names = [name for part in text.split(",") for name in part.split("-")]
    if text != "*" and not all(name in _WEEKDAYS for name in names):
        raise ValueError(f"weekday {text!r} is not * or names (mon-fri, sat,sun); numbers mean different days")
    for part in text.split(","):
        order = [_WEEKDAYS.index(name) for name in part.split("-") if name in _WEEKDAYS]
        if order != sorted(order):
            raise ValueError(f"weekday {part!r} runs backwards; weeks begin on Monday: write single days, sun,mon")
