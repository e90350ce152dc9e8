"""The register of medical specialists: what it knows of a person, and whether that is who ЕСИА says they are."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from staging.cabinet import Profile
from staging.faults import Faults
from staging.identifiers import snils, snils_control
from staging.person import Person

_FIELDS: Mapping[str, str] = MappingProxyType(
    {"surname": "Фамилия", "given_name": "Имя", "patronymic": "Отчество", "snils": "СНИЛС"}
)
_LOOK_ALIKES = str.maketrans("аеорсух", "aeopcyx")
_LATIN = str.maketrans(
    dict(zip("абвгдеёзийклмнопрстуфыэ", "abvgdeeziiklmnoprstufye", strict=True))
    | {"ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "ie", "ь": "", "ю": "iu", "я": "ia"}
)


def differences(person: Person, profile: Profile, faults: Faults) -> dict[str, tuple[str, str]]:
    """Field -> value at ЕСИА and in the register, of those that differ. A missing patronymic is none, unless a
    fault says so."""
    excused = () if faults.on("patronymic-demanded", "nmo") else ("Отчество",)
    record = _record(person, faults)
    pairs = {name: (getattr(profile, key), getattr(record, key)) for key, name in _FIELDS.items()}
    return {
        name: values
        for name, values in pairs.items()
        if values[0] != values[1] and not (name in excused and "" in values)
    }


def _record(person: Person, faults: Faults) -> Person:
    """The person as the register has them; what a clerk got wrong is a fault."""
    name = person.surname
    if wrong := faults.parameters("name-mismatch", "nmo"):
        spellings = (
            f"{name[:3]} {name[3:]}",
            f"{name[:3]}-{name[3:]}",
            name.translate(_LOOK_ALIKES),
            name.lower().translate(_LATIN).capitalize(),
            f"{name}{name[-1]}",
        )
        return replace(person, surname=spellings[int(wrong["rule"])])
    if wrong := faults.parameters("snils-mismatch", "nmo"):
        return replace(person, snils=_wrong_snils(person.snils, int(wrong["rule"])))
    if faults.on("patronymic-missing", "nmo") or faults.on("patronymic-demanded", "nmo"):
        return replace(person, patronymic="")
    return person


def _wrong_snils(number: str, rule: int) -> str:
    digits = int("".join(filter(str.isdigit, number))[:9])
    another = snils(digits - 900_000_000 + 77)
    wrong_control = f"{number[:12]}{(snils_control(digits) + 1) % 100:02d}"
    return (another, wrong_control, number.replace("-", "")[:-1])[rule]
