"""Faults of the cabinet's sections."""

from types import MappingProxyType

from staging.fault import Fault

_WHICH = (
    "0 programmes, 1 plan, 2 progress, 3 report, 4 courses, 5 certificates, 6 webinars, 7 qualifications, 8 practice, "
    "9 teaching, 10 staff, 11 documents"
)


def _section_fault(name: str, title: str, description: str) -> Fault:
    return Fault(name, title, f"{description}: {_WHICH}.", ("nmo",), "cabinet", MappingProxyType({"section": 0}))


CABINET_FAULTS: tuple[Fault, ...] = (
    _section_fault("section-missing", "Раздела нет в меню", "The menu of the cabinet does not have a section"),
    _section_fault("section-empty", "Раздел пуст", "A section says «Записей нет» in place of what it holds"),
    _section_fault("section-broken", "Раздел не загружается", "A section is an error page with a code and the time"),
    _section_fault(
        "section-of-another", "Раздел с чужими данными", "A section shows the data of another person than the owner"
    ),
)
"""What can go wrong with a section, by its place in `staging.section.SECTIONS`."""
