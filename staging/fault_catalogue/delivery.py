"""Faults of the way on which one-time codes come."""

from types import MappingProxyType

from staging.fault import Fault

_BY = "by: 0 SMS and e-mail, 1 SMS, 2 e-mail"

DELIVERY_FAULTS: tuple[Fault, ...] = (
    Fault(
        "code-never-delivered",
        "Код не доставлен",
        f"One-time codes never reach the outbox; {_BY}.",
        ("delivery",),
        "one-time codes",
        MappingProxyType({"by": 0}),
        choices=3,
    ),
    Fault(
        "code-late",
        "Код приходит поздно",
        f"One-time codes reach the outbox so many seconds after they were asked for; {_BY}.",
        ("delivery",),
        "one-time codes",
        MappingProxyType({"seconds": 5, "by": 0}),
        choices=3,
    ),
    Fault(
        "wrong-code-delivered",
        "Доставлен неверный код",
        f"The first message holds another code than is waited for; one that is asked for again is right; {_BY}.",
        ("delivery",),
        "one-time codes",
        MappingProxyType({"by": 0}),
        choices=3,
    ),
)
