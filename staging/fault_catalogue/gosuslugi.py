"""Faults of the profile on Госуслуги."""

from types import MappingProxyType

from staging.fault import Fault

GOSUSLUGI_FAULTS: tuple[Fault, ...] = (
    Fault(
        "change-not-saved",
        "Изменение не сохраняется",
        "A change of data or contacts is confirmed by its code, and the old value stays.",
        ("gosuslugi",),
        "profile",
    ),
    Fault(
        "change-code-refused",
        "Верный код изменения отклоняется",
        "Госуслуги refuse right codes that confirm a change of data or contacts.",
        ("gosuslugi",),
        "profile",
    ),
    Fault(
        "journal-entry-missing",
        "Нет записи в журнале действий",
        "«Журнал действий» does not get an entry for a change.",
        ("gosuslugi",),
        "profile",
    ),
    Fault(
        "check-never-ends",
        "Проверка данных не завершается",
        "The automatic check of changed personal data stays «Данные на проверке» while the fault is on.",
        ("gosuslugi",),
        "profile",
    ),
    Fault(
        "correction-refused",
        "Изменение данных отклонено",
        "The automatic check refuses every change of personal data.",
        ("gosuslugi",),
        "profile",
    ),
    Fault(
        "scan-refused",
        "Скан не принимается",
        "Every scan is taken for a file that is: 0 of the wrong type, 1 too large.",
        ("gosuslugi", "nmo"),
        "profile",
        MappingProxyType({"for": 0}),
        choices=2,
    ),
)
