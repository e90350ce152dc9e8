"""What a specialist learns: programmes, a plan with courses, credits (ЗЕТ), certificates, qualifications."""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

GOAL = 50
"""Credits (ЗЕТ) that a specialist collects in a year."""
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Course:
    """One programme that the person is enrolled in. ``progress`` is per cent; a finished one has a certificate."""

    title: str
    credits: int
    hours: int
    progress: int
    until: datetime
    form: str = "дистанционно"
    certificate: str = ""


@dataclass(frozen=True)
class Programme:
    """One programme of the portal's list. ``state`` is what it is to this person."""

    title: str
    organiser: str
    hours: int
    credits: int
    state: str


@dataclass(frozen=True)
class Webinar:
    """One webinar of the schedule."""

    title: str
    speaker: str
    starts: datetime
    credits: int = 2


@dataclass(frozen=True)
class Year:
    """Credits and hours of one year of the five that an accreditation holds."""

    number: int
    credits: int
    hours: int


@dataclass(frozen=True)
class Qualification:
    """A speciality and the accreditation that lets the person work in it."""

    speciality: str
    kind: str
    number: str
    issued: datetime
    until: datetime


@dataclass(frozen=True)
class Plan:
    """A specialist's year."""

    number: str
    courses: tuple[Course, ...]
    webinars: tuple[Webinar, ...]

    @property
    def finished(self) -> tuple[Course, ...]:
        """The courses that have a certificate."""
        return tuple(course for course in self.courses if course.progress == 100)

    @property
    def collected(self) -> int:
        """Credits of the finished courses."""
        return sum(course.credits for course in self.finished)

    @property
    def progress(self) -> int:
        """Per cent of the year's goal."""
        return min(100, self.collected * 100 // GOAL)


@dataclass(frozen=True)
class Record:
    """Everything that the portal knows of a person's education. ``registered`` is the number in the register."""

    plan: Plan
    programmes: tuple[Programme, ...]
    years: tuple[Year, ...]
    qualifications: tuple[Qualification, ...]
    registered: str

    @property
    def credits(self) -> int:
        """Credits of the five years."""
        return sum(year.credits for year in self.years)


_TITLES: Mapping[str, tuple[str, str, str]] = MappingProxyType(
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
        "Организация здравоохранения": (
            "Управление качеством медицинской помощи",
            "Экономика и планирование медицинской организации",
            "Внутренний контроль и безопасность медицинской деятельности",
        ),
        "Управление персоналом": (
            "Непрерывное образование персонала: требования и учёт",
            "Аккредитация специалистов: документы и сроки",
            "Кадровый документооборот медицинской организации",
        ),
    }
)
_FOR_EVERYONE = (
    "Сердечно-лёгочная реанимация: базовый курс",
    "Коммуникация с пациентом",
    "Цифровые сервисы в здравоохранении",
)
_FIRST_AID = "Оказание первой помощи при неотложных состояниях"
_ORGANISERS = (
    "Академия последипломного образования",
    "Медицинский университет, факультет повышения квалификации",
    "Учебный центр «Практика»",
)


def number_of(oid: str, kind: str, of: str) -> str:
    """The number of a person's document, ``KIND-00000000``: another one for each person and document."""
    return f"{kind}-{zlib.crc32(f'{oid} {of}'.encode()) % 100_000_000:08d}"


def plan_for(oid: str, qualification: str, now: datetime) -> Plan:
    """The plan of a specialist, its dates set around ``now``."""
    first, second, third = _TITLES.get(qualification, _FOR_EVERYONE)
    certificates = [number_of(oid, "НМО", title) for title in (first, second)]
    return Plan(
        number=number_of(oid, "ПЛ", "план"),
        courses=(
            Course(first, 18, 18, 100, now - 60 * _DAY, certificate=certificates[0]),
            Course(second, 12, 12, 100, now - 20 * _DAY, "очно", certificates[1]),
            Course(third, 12, 12, 65, now + 40 * _DAY),
            Course(_FIRST_AID, 6, 6, 20, now + 75 * _DAY, "очно, симуляционный центр"),
        ),
        webinars=(
            Webinar("Новое в порядке аккредитации специалистов", "Центр аккредитации", now + 4 * _DAY),
            Webinar(f"{qualification or 'Медицина'}: разбор клинических случаев", _ORGANISERS[0], now + 11 * _DAY),
            Webinar("Как вести личный план обучения", "Портал НМО", now + 25 * _DAY, 1),
        ),
    )


def record_for(oid: str, qualification: str, now: datetime) -> Record:
    """What the portal knows of a person's education, its dates set around ``now``."""
    plan = plan_for(oid, qualification, now)
    of_plan = tuple(
        Programme(
            course.title, organiser, course.hours, course.credits, "Пройдена" if course.certificate else "В плане"
        )
        for course, organiser in zip(plan.courses, (*_ORGANISERS, _ORGANISERS[2]), strict=True)
    )
    offered = tuple(
        Programme(title, organiser, 36, 36, "Можно записаться")
        for title, organiser in zip(_FOR_EVERYONE, _ORGANISERS, strict=True)
        if title not in {programme.title for programme in of_plan}
    )
    lead = zlib.crc32(oid.encode()) % 12
    earlier = tuple(_earlier(oid, now.year - ago) for ago in (4, 3, 2, 1))
    return Record(
        plan=plan,
        programmes=of_plan + offered,
        years=(*earlier, Year(now.year, plan.collected, sum(course.hours for course in plan.finished))),
        qualifications=(
            Qualification(
                qualification or "Лечебное дело",
                "Периодическая аккредитация",
                number_of(oid, "АК", qualification),
                now - (500 + lead) * _DAY,
                now + (1325 - lead) * _DAY,
            ),
            Qualification(
                "Оказание первой помощи",
                "Обучение первой помощи",
                number_of(oid, "ПП", _FIRST_AID),
                now - (310 + lead) * _DAY,
                now + (785 - lead) * _DAY,
            ),
        ),
        registered=number_of(oid, "РМР", "регистр"),
    )


def _earlier(oid: str, year: int) -> Year:
    """A year that is over: a little under or over the goal."""
    collected = GOAL - 5 + zlib.crc32(f"{oid} {year}".encode()) % 9
    return Year(year, collected, collected + 2)
