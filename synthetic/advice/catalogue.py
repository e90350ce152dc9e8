"""The catalogue file by file, as models; whoever writes it learns what is wrong and where.

CatalogueInvalid   a line a mistake: the file, the place in it, and what would be right
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from journeys.cause import Cause

Text = Annotated[str, StringConstraints(min_length=2, strip_whitespace=True)]
Contact = Literal["portal", "esia", "operator", "monitor"]
Attachment = Literal[
    "screenshot",
    "both-screenshots",
    "code-and-time",
    "time",
    "request-number",
    "documents",
    "account",
    "host",
    "run",
]

_FOLDER = Path(__file__).parent / "diagnoses"


class CatalogueInvalid(Exception):
    """A line a mistake."""


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Words(_Table):
    """A cause in one language. ``sees`` is what a user sees, ``remedy`` the steps that help, in order."""

    title: Text
    explanation: Text
    sees: Text
    remedy: Annotated[tuple[Text, ...], Field(min_length=1)]


class Variant(_Table):
    """What is particular to a variant, told after the cause's explanation. A title, a sight and a remedy of its own
    stand in the place of the cause's; with a title of its own the explanation does so as well."""

    ru: Text
    en: Text
    ru_title: str = ""
    en_title: str = ""
    ru_sees: str = ""
    en_sees: str = ""
    ru_remedy: tuple[Text, ...] = ()
    en_remedy: tuple[Text, ...] = ()


class Entry(_Table):
    """A cause: the requirement that it belongs to, who to turn to unless the system says it, what to take along."""

    requirement: Annotated[str, StringConstraints(pattern=r"^S([1-9]|1[0-4])$")]
    ru: Words
    en: Words
    contact: Contact | None = None
    attach: Annotated[tuple[Attachment, ...], Field(min_length=1)]
    variants: Mapping[str, Variant] = {}


@cache
def catalogue(folder: Path = _FOLDER) -> Mapping[Cause, Entry]:
    """Every cause with its entry, in the order of `Cause`. Raises CatalogueInvalid."""
    found: dict[Cause, Entry] = {}
    seen: set[str] = set()
    wrong: list[str] = []
    for file in sorted(folder.glob("*.toml")):
        for name, table in _read(file).items():
            if name not in set(Cause):
                wrong.append(f"{file.name}: [{name}] is no cause")
                continue
            if name in seen:
                wrong.append(f"{file.name}: [{name}] is there twice")
            seen.add(name)
            try:
                found[Cause(name)] = Entry.model_validate(table)
            except ValidationError as error:
                wrong += (f"{file.name}: {_place(name, fault['loc'])}: {fault['msg']}" for fault in error.errors())
    wrong += (f"[{cause}] is missing" for cause in Cause if cause not in seen)
    if wrong:
        raise CatalogueInvalid("\n".join(f"catalogue of diagnoses: {line}" for line in wrong))
    return MappingProxyType({cause: found[cause] for cause in Cause})


def _read(file: Path) -> dict[str, object]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise CatalogueInvalid(f"catalogue of diagnoses: {file.name}: {error}") from None


def _place(name: str, loc: tuple[int | str, ...]) -> str:
    return ".".join((name, *map(str, loc)))
