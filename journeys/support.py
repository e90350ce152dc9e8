"""S11: how «Образовательный портал НМО» can be reached, and when. Times are Moscow's.

Public holidays are not known here: on one of them a channel that keeps working days is said to be open.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta, timezone

MOSCOW = timezone(timedelta(hours=3), "МСК")
"""Without daylight saving since 2014."""

_EVERY_DAY = frozenset(range(7))
_WORKING_DAYS = frozenset(range(5))
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Hours:
    """On which days (0 is Monday) somebody is there, and from when to when; ``closes`` None is midnight."""

    days: frozenset[int] = _EVERY_DAY
    opens: time = time(0)
    closes: time | None = None

    def open_at(self, moment: datetime) -> bool:
        """Whether somebody is there at an aware ``moment``."""
        there = moment.astimezone(MOSCOW)
        return there.weekday() in self.days and self.opens <= there.time() and self._before_close(there.time())

    def next_opening(self, moment: datetime) -> datetime:
        """When somebody will be there, in Moscow's time: ``moment`` itself while it is open."""
        there = moment.astimezone(MOSCOW)
        if self.open_at(there):
            return there
        today = there.replace(hour=self.opens.hour, minute=self.opens.minute, second=0, microsecond=0)
        openings = (today + days * _DAY for days in range(8))
        return next(opening for opening in openings if opening > there and opening.weekday() in self.days)

    def _before_close(self, now: time) -> bool:
        return self.closes is None or now < self.closes


@dataclass(frozen=True)
class SupportChannel:
    """One way to support: its ``key``, the portal's name for it, where it leads, and what is said of its hours."""

    key: str
    title: str
    address: str
    promise: str
    hours: Hours = Hours()


PHONE = SupportChannel("phone", "Телефон", "+7 (495) 123-45-67", "круглосуточно")
EMAIL = SupportChannel(
    "email", "Электронная почта", "support@nmo-portal.ru", "24 часов в рабочие дни", Hours(_WORKING_DAYS)
)
CHAT = SupportChannel("chat", "Чат", "на странице «Контакты»", "08:00-22:00", Hours(_EVERY_DAY, time(8), time(22)))
FORM = SupportChannel("form", "Форма обратной связи", "на странице «Контакты»", "номер")
OFFICE = SupportChannel(
    "office", "Офис", "ул. Ленинская, д. 12, офис 3", "09:00-18:00", Hours(_WORKING_DAYS, time(9), time(18))
)

CHANNELS = (PHONE, EMAIL, CHAT, FORM, OFFICE)
"""All of them."""
