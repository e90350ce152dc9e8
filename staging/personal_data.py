"""What a person changes on Госуслуги: it waits for a code, with documents for a check as well, and then holds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Literal

from staging.faults import Faults

CODE_LIVES = timedelta(minutes=5)
_PREFIXES = MappingProxyType({"gosuslugi": "EPGU", "nmo": "NMO"})
LARGEST_SCAN = 5 * 1024 * 1024
_SCANS = (b"%PDF-", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
"""How a PDF, a JPEG and a PNG begin."""

CONTACTS: Mapping[str, str] = MappingProxyType(
    {"phone": "Мобильный телефон", "email": "Электронная почта", "address": "Почтовый адрес"}
)
"""Field of a person -> what it is called."""
CHECKED = ("surname", "given_name", "patronymic", "snils", "inn", "oms")
"""Fields that are changed with the scan of a document."""


@dataclass(frozen=True)
class Change:
    """New values of a person's fields; ``action`` is what «Журнал действий» calls it."""

    action: str
    values: Mapping[str, str] = field(repr=False)
    checked: bool = False


@dataclass(frozen=True)
class Unconfirmed:
    """A change that waits for its one-time code. ``sent_to`` is as it is shown, not in full."""

    change: Change
    code: str = field(repr=False)
    expires: datetime
    sent_to: str


@dataclass(frozen=True)
class Check:
    """The automatic check of a change with documents."""

    change: Change
    sent: datetime
    due: datetime
    refused: str = ""
    """Why, when the change was not accepted."""


@dataclass(frozen=True)
class JournalEntry:
    """One line of «Журнал действий»."""

    at: datetime
    action: str
    status: str


def wrong_scan(content: bytes, faults: Faults, system: Literal["gosuslugi", "nmo"]) -> tuple[str, str] | None:
    """Code and text of what is wrong with a file that was uploaded to a site; None when it can be checked."""
    prefix = _PREFIXES[system]
    refused = faults.parameters("scan-refused", system).get("for")
    if not content:
        return f"{prefix}-3103", "Приложите скан документа."
    if len(content) > LARGEST_SCAN or refused == 1:
        return f"{prefix}-3102", "Файл больше 5 МБ. Загрузите файл меньшего размера."
    if not content.startswith(_SCANS) or refused == 0:
        return f"{prefix}-3101", "Файл не подходит. Загрузите скан в формате PDF, JPG или PNG."
    return None
