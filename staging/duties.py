"""What the portal has for one audience only: practice, teachers' programmes, the staff of an institution."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from staging.curriculum import GOAL, number_of

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Module:
    """A part of a resident's practice; ``passed`` is None until the mentor has signed it off."""

    title: str
    hours: int
    passed: datetime | None


@dataclass(frozen=True)
class Practice:
    """A resident's practice and who answers for it."""

    agreement: str
    mentor: str
    base: str
    modules: tuple[Module, ...]


@dataclass(frozen=True)
class TaughtProgramme:
    """A programme that a teacher runs, and its materials."""

    code: str
    title: str
    materials: str
    listeners: int
    until: datetime


@dataclass(frozen=True)
class Colleague:
    """An employee as the head and the HR staff of the institution see them."""

    name: str
    position: str
    credits: int
    document: str
    kind: str
    issued: datetime
    filed: bool

    @property
    def on_time(self) -> bool:
        """Whether the year's requirement is met."""
        return self.credits >= GOAL


@dataclass(frozen=True)
class Duties:
    """Everything that is some audience's own."""

    practice: Practice
    programmes: tuple[TaughtProgramme, ...]
    staff: tuple[Colleague, ...]

    @property
    def listeners(self) -> int:
        """How many people the teacher has in all."""
        return sum(programme.listeners for programme in self.programmes)

    @property
    def met(self) -> int:
        """How many of the staff meet the year's requirement."""
        return sum(colleague.on_time for colleague in self.staff)

    @property
    def unfiled(self) -> int:
        """How many documents wait to be put into personal files."""
        return sum(not colleague.filed for colleague in self.staff)


_STAFF = (
    ("Абрамова Л. В.", "врач-терапевт участковый", 52),
    ("Быков С. Н.", "врач-хирург", 36),
    ("Власова М. И.", "медицинская сестра", 50),
    ("Горшков А. А.", "врач-невролог", 58),
    ("Дроздова Е. П.", "старшая медицинская сестра", 30),
    ("Ефремов П. Ю.", "врач-рентгенолог", 54),
)
_KINDS = ("Удостоверение", "Сертификат специалиста", "Выписка об аккредитации")
_MODULES = ("Приём пациентов под наблюдением", "Дежурства в стационаре", "Ведение документации", "Итоговый зачёт")
_TAUGHT = (
    ("Клиническое мышление: семинар для ординаторов", "Рабочая тетрадь, 42 с.", 24),
    ("Симуляционный курс реанимации", "Сценарии занятий, 6 шт.", 12),
    ("Методика преподавания клинических дисциплин", "Презентации и тесты, 18 шт.", 31),
)


def duties_of(oid: str, workplace: str, now: datetime) -> Duties:
    """What is a person's own in each audience, its dates set around ``now``."""
    modules = tuple(
        Module(title, 36 + 12 * place, now - (40 - 15 * place) * _DAY if place < 2 else None)
        for place, title in enumerate(_MODULES)
    )
    taught = tuple(
        TaughtProgramme(number_of(oid, "ПР", title), title, materials, listeners, now + (20 + 30 * place) * _DAY)
        for place, (title, materials, listeners) in enumerate(_TAUGHT)
    )
    staff = tuple(
        Colleague(
            name,
            position,
            collected,
            number_of(oid, "ДК", name),
            _KINDS[place % len(_KINDS)],
            now - (12 + 9 * place) * _DAY,
            place % 3 != 1,
        )
        for place, (name, position, collected) in enumerate(_STAFF)
    )
    practice = Practice(number_of(oid, "ПН", "практика"), "Архипов Глеб Романович", workplace, modules)
    return Duties(practice, taught, staff)
