"""What the portal offers a specialist: a plan with courses, credits (ЗЕТ), certificates and webinars."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

GOAL = 50
"""Credits (ЗЕТ) that a specialist collects in a year."""


@dataclass(frozen=True)
class Course:
    """One programme. ``progress`` is per cent; a finished one has a certificate."""

    title: str
    credits: int
    hours: int
    progress: int
    until: datetime
    certificate: str = ""


@dataclass(frozen=True)
class Webinar:
    """One webinar of the schedule."""

    title: str
    starts: datetime
    credits: int = 2


@dataclass(frozen=True)
class Plan:
    """A specialist's year."""

    courses: tuple[Course, ...]
    webinars: tuple[Webinar, ...]

    @property
    def collected(self) -> int:
        """Credits of the finished courses."""
        return sum(course.credits for course in self.courses if course.progress == 100)

    @property
    def progress(self) -> int:
        """Per cent of the year's goal."""
        return min(100, self.collected * 100 // GOAL)


_TITLES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "Терапия": (
            "Артериальная гипертензия в практике участкового терапевта",
            "Диспансеризация взрослого населения",
            "Рациональная антибиотикотерапия",
        ),
        "Кардиология": (
            "Хроническая сердечная недостаточность: клинические рекомендации",
            "Нарушения ритма сердца: диагностика и лечение",
            "Неотложная кардиология",
        ),
        "Педиатрия": (
            "Вакцинопрофилактика в практике педиатра",
            "Бронхиальная астма у детей",
            "Вскармливание детей первого года жизни",
        ),
        "Сестринское дело": (
            "Профилактика инфекций, связанных с оказанием медицинской помощи",
            "Сестринский уход за пациентами в послеоперационный период",
            "Безопасная больничная среда",
        ),
    }
)
_FOR_EVERYONE = (
    "Сердечно-лёгочная реанимация: базовый курс",
    "Коммуникация с пациентом",
    "Цифровые сервисы в здравоохранении",
)


def plan_for(qualification: str, now: datetime) -> Plan:
    """The plan of a specialist, its dates set around ``now``."""
    first, second, third = _TITLES.get(qualification, _FOR_EVERYONE)
    day = timedelta(days=1)
    return Plan(
        courses=(
            Course(first, 18, 18, 100, now - 60 * day, "НМО-2417-00318"),
            Course(second, 12, 12, 100, now - 20 * day, "НМО-2417-00764"),
            Course(third, 12, 12, 65, now + 40 * day),
            Course("Оказание первой помощи при неотложных состояниях", 6, 6, 20, now + 75 * day),
        ),
        webinars=(
            Webinar("Новое в порядке аккредитации специалистов", now + 4 * day),
            Webinar(f"{qualification or 'Медицина'}: разбор клинических случаев", now + 11 * day),
        ),
    )
