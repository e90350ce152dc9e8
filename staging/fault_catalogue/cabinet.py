"""Faults of the cabinet's sections."""

from types import MappingProxyType

from staging.fault import Fault

_SECTIONS = (
    *("programmes", "plan", "progress", "report", "courses", "certificates", "webinars", "qualifications"),
    *("practice", "teaching", "staff", "documents"),
)


def _section_fault(name: str, title: str, description: str) -> Fault:
    which = ", ".join(f"{number} {section}" for number, section in enumerate(_SECTIONS))
    return Fault(
        name,
        title,
        f"{description}: {which}.",
        ("nmo",),
        "cabinet",
        MappingProxyType({"section": 0}),
        choices=len(_SECTIONS),
    )


CABINET_FAULTS: tuple[Fault, ...] = (
    _section_fault("section-missing", "Раздела нет в меню", "The menu of the cabinet does not have a section"),
    _section_fault("section-empty", "Раздел пуст", "A section says «Записей нет» in place of what it holds"),
    _section_fault("section-broken", "Раздел не загружается", "A section is an error page with a code and the time"),
    _section_fault(
        "section-of-another", "Раздел с чужими данными", "A section shows the data of another person than the owner"
    ),
)
"""What can go wrong with a section, by its place in `staging.section.SECTIONS`."""
