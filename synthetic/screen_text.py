"""What the words and codes of an error screen mean."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from journeys.cause import Cause
from journeys.refusal import ABOUT_THE_CODE, LOCKED
from journeys.system import System
from synthetic.handover import refusal_meant


@dataclass(frozen=True)
class Said:
    """What a screen says. ``system`` is the one at fault; None: the one that shows it."""

    system: System | None
    cause: Cause
    variant: str | None = None


def read(text: str, place: System | None = None) -> Said | None:
    """What the text of an error screen, code included, says; None when it is not known. ``place`` is the site that
    shows it, None for a code without a screen."""
    if _MAINTENANCE.search(text):
        return Said(None, Cause.MAINTENANCE)
    if place is System.ESIA:
        for words, cause in _SHOWN_BY_ESIA:
            if words.search(text):
                return Said(System.ESIA, cause)
    for pattern, system, cause in _SHOWN:
        if re.search(pattern, text):
            variant = next((name for part, of, name in _VARIANTS if of is cause and part in text), None)
            return Said(system, cause, variant)
    return None


def code_said(code: str) -> Said | None:
    """What an error code says, as ``ESIA-007015``; None for a word that is none, or one that is not known."""
    if not is_code(code):
        return None
    if meant := refusal_meant(code):
        return Said(*meant)
    letters, _, number = code.partition("-")
    if letters in _SITES and number in _OF_ANY_SITE:
        return Said(_SITES[letters], _OF_ANY_SITE[number])
    return _OF_THE_PORTALS.get(code) or read(code)


def is_code(word: str) -> bool:
    """Whether a word has the form of an error code."""
    return _CODE.fullmatch(word) is not None


_CODE = re.compile(r"[A-Z]{2,6}-\d{3,6}")

_OF_THE_PORTALS: Mapping[str, Said] = MappingProxyType(
    {
        "NMO-2001": Said(System.NMO, Cause.NAME_MISMATCH),
        "NMO-2002": Said(System.NMO, Cause.SNILS_MISMATCH),
        "NMO-3001": Said(System.NMO, Cause.NMO_ACCOUNT_MISSING, "not-registered"),
        "NMO-3002": Said(System.NMO, Cause.NMO_ACCOUNT_MISSING, "not-synchronised"),
        "NMO-3003": Said(System.NMO, Cause.NMO_ACCOUNT_MISSING, "profile-error"),
        "NMO-3090": Said(System.NMO, Cause.SECTION_UNAVAILABLE),
        **{f"NMO-{number}": Said(System.NMO, Cause.SECTION_UNAVAILABLE) for number in range(3200, 3212)},
        **{f"NMO-{number}": Said(System.NMO, Cause.SCAN_REJECTED) for number in range(3101, 3104)},
        **{f"EPGU-{number}": Said(System.GOSUSLUGI, Cause.SCAN_REJECTED) for number in range(3101, 3104)},
        "NMO-4001": Said(System.REGISTRY, Cause.REGISTRY_UNAVAILABLE),
    }
)
"""Codes of refusals that are told from each other by the screen they stand on, for who knows the code alone."""

_SITES: Mapping[str, System] = MappingProxyType({"ESIA": System.ESIA, "NMO": System.NMO, "EPGU": System.GOSUSLUGI})
_OF_ANY_SITE: Mapping[str, Cause] = MappingProxyType({"4004": Cause.HTTP_ERROR, "7003": Cause.ERROR_SCREEN})
"""Number of a code that each site has with its own letters: a page that is not there, a part that does not work."""

_MAINTENANCE = re.compile("технические работы|обновляется и временно недоступ|регламентные работы", re.IGNORECASE)

_SHOWN_BY_ESIA: tuple[tuple[re.Pattern[str], Cause], ...] = (
    (re.compile("Неверные логин или пароль"), Cause.CREDENTIALS_REJECTED),
    (re.compile("Срок действия пароля истёк"), Cause.PASSWORD_EXPIRED),
    (LOCKED, Cause.ACCOUNT_LOCKED),
    (ABOUT_THE_CODE, Cause.SECOND_FACTOR_REJECTED),
)
"""What ЕСИА says of a person's sign-in, first match wins. Portals use the same words of other things: of an address
that is locked out, of a code for a change."""

_SHOWN: tuple[tuple[str, System, Cause], ...] = (
    ("ESIA-007055", System.ESIA, Cause.ACCOUNT_UNCONFIRMED),
    ("ESIA-5", System.ESIA, Cause.HTTP_ERROR),
    ("NMO-5", System.NMO, Cause.HTTP_ERROR),
    ("EPGU-5", System.GOSUSLUGI, Cause.HTTP_ERROR),
    ("ESIA-00", System.ESIA, Cause.HANDOVER_FAILED),
    ("(?:NMO|EPGU)-1005", System.ESIA, Cause.MALFORMED_ANSWER),
    ("NMO-1", System.NMO, Cause.HANDOVER_FAILED),
    ("EPGU-1", System.GOSUSLUGI, Cause.HANDOVER_FAILED),
)
"""What a screen says, first match wins -> who is at fault. A code's prefix names the system that made it."""

_VARIANTS: tuple[tuple[str, Cause, str], ...] = (
    ("личность не подтверждена", Cause.ACCOUNT_UNCONFIRMED, "identity"),
    ("профиль не связан", Cause.ACCOUNT_UNCONFIRMED, "register"),
    ("второй фактор входа не включён", Cause.ACCOUNT_UNCONFIRMED, "second-factor"),
)
"""What a screen says beside a cause's own words -> which variant of the cause it is."""
