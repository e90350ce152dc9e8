"""Faults of the registers, and of what the portal gets from them."""

from types import MappingProxyType

from staging.fault import Fault

REGISTER_FAULTS: tuple[Fault, ...] = (
    Fault(
        "register-down",
        "Регистр не отвечает",
        "The look-up in the register answers with an error page.",
        ("registry",),
        "register",
    ),
    Fault(
        "register-slow",
        "Регистр отвечает медленно",
        "The look-up answers, and the synchronisation ends, so many seconds later.",
        ("registry",),
        "register",
        MappingProxyType({"seconds": 5}),
    ),
    Fault(
        "application-stalled",
        "Заявка не рассматривается",
        "An application for an account stays «не синхронизированы» while the fault is on.",
        ("registry",),
        "register",
    ),
    Fault(
        "update-stalled",
        "Изменение не рассматривается",
        "A change of the professional profile stays «На проверке» while the fault is on.",
        ("registry",),
        "profile",
    ),
    Fault(
        "sync-stale",
        "Сведения регистра устарели",
        "The synchronisation completes and brings what the register knew hours ago.",
        ("registry",),
        "synchronisation",
        MappingProxyType({"hours": 72}),
    ),
    Fault(
        "sync-partial",
        "Сведения регистра неполны",
        "The synchronisation completes, and the profile lacks: 0 the speciality, 1 the place of work.",
        ("registry",),
        "synchronisation",
        MappingProxyType({"lacks": 0}),
        choices=2,
    ),
    Fault(
        "sync-never-completes",
        "Синхронизация не завершается",
        "Every synchronisation that has started stays «Выполняется» while the fault is on.",
        ("registry",),
        "synchronisation",
    ),
)
