from datetime import UTC, datetime

import pytest

from journeys.support import CHAT, EMAIL, MOSCOW, OFFICE, PHONE, SupportChannel

MONDAY = datetime(2026, 3, 2, tzinfo=MOSCOW)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return MONDAY.replace(day=MONDAY.day + day, hour=hour, minute=minute)


@pytest.mark.parametrize(
    ("channel", "moment", "there"),
    [
        (PHONE, at(6, 3), True),
        (CHAT, at(0, 7, 59), False),
        (CHAT, at(0, 8), True),
        (CHAT, at(6, 21, 59), True),
        (CHAT, at(0, 22), False),
        (EMAIL, at(4, 23, 59), True),
        (EMAIL, at(5, 12), False),
        (OFFICE, at(0, 9), True),
        (OFFICE, at(0, 18), False),
        (OFFICE, at(5, 12), False),
    ],
)
def test_hours(channel: SupportChannel, moment: datetime, there: bool) -> None:
    assert channel.hours.open_at(moment) is there
    assert channel.hours.open_at(moment.astimezone(UTC)) is there


@pytest.mark.parametrize(
    ("channel", "moment", "opens"),
    [
        (CHAT, at(0, 3), at(0, 8)),
        (CHAT, at(0, 12, 30), at(0, 12, 30)),
        (CHAT, at(0, 23), at(1, 8)),
        (OFFICE, at(4, 19), at(7, 9)),
        (EMAIL, at(6, 12), at(7, 0)),
        (PHONE, at(6, 4), at(6, 4)),
    ],
)
def test_the_next_opening(channel: SupportChannel, moment: datetime, opens: datetime) -> None:
    assert channel.hours.next_opening(moment.astimezone(UTC)) == opens
