"""What is wrong with one setting, in words for a person, without ever showing a secret."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from types import NoneType
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from synthetic.settings.sections import PersonaSection, Sections
from synthetic.settings.value import REFERENCE_HINT

Loc = tuple[int | str, ...]
"""The way to a key through tables (names) and lists (numbers from 0)."""


@dataclass(frozen=True)
class Complaint:
    """A key, what is wrong with it or would be right, and the value found there."""

    loc: Loc
    message: str
    value: object = None

    @property
    def shown(self) -> str:
        """`` = "value"``, or nothing when the value is absent, a table, or might be secret."""
        if not _may_show(self.loc, self.value):
            return ""
        text = json.dumps(str(self.value) if isinstance(self.value, Path) else self.value, ensure_ascii=False)
        return f" = {text}" if len(text) <= 60 else f' = {text[:57]}…"'


def dotted(loc: Loc) -> str:
    """``schedule[1].journey`` for ("schedule", 0, "journey")."""
    written = ""
    for part in loc:
        if isinstance(part, int):
            written += f"[{part + 1}]"
        else:
            bare = part if re.fullmatch(r"[\w-]+", part) else json.dumps(part, ensure_ascii=False)
            written += f".{bare}" if written else bare
    return written


def complaints(error: ValidationError) -> tuple[Complaint, ...]:
    """One for each thing that pydantic refused."""
    return tuple(_complaint(detail) for detail in error.errors(include_url=False))


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that was probably meant."""
    return next(iter(get_close_matches(name, list(known), n=1, cutoff=0.5)), None)


def unknown(what: str, name: str, known: Iterable[str]) -> str:
    """«no such journey; did you mean "sign-in"?», or the list when nothing is near."""
    names = sorted(known)
    near = nearest(name, names)
    listed = ", ".join(names) or "none"
    return f"no such {what}; " + (f'did you mean "{near}"?' if near else f"known: {listed}")


_EXPECTED = {
    "bool_parsing": "true or false",
    "bool_type": "true or false",
    "dict_type": "a table",
    "finite_number": "a finite number",
    "float_parsing": "a number",
    "float_type": "a number",
    "greater_than": "more than {gt}",
    "greater_than_equal": "at least {ge}",
    "int_from_float": "a whole number",
    "int_parsing": "a whole number",
    "int_type": "a whole number",
    "less_than": "less than {lt}",
    "less_than_equal": "at most {le}",
    "literal_error": "{expected}",
    "model_attributes_type": "a table",
    "model_type": "a table",
    "path_type": "text in quotes",
    "string_pattern_mismatch": "lower-case Latin letters, digits and hyphens",
    "string_too_short": "not empty",
    "string_type": "text in quotes",
    "tuple_type": "a list",
}
"""Pydantic's error type -> what would be right."""

_OPEN_PERSONA_KEYS = frozenset({"factor", "state", "role"})


def _complaint(detail: ErrorDetails) -> Complaint:
    loc, kind, context = detail["loc"], detail["type"], detail.get("ctx", {})
    value: object = detail["input"]
    if kind == "extra_forbidden":
        return Complaint(loc, _unknown_key(loc))
    if kind == "missing":
        return Complaint(loc, "missing; " + REFERENCE_HINT if _secret(loc) else "missing")
    if loc and loc[-1] == "[key]":
        return Complaint(loc[:-1], f"a name must be {_EXPECTED['string_pattern_mismatch']}")
    if kind == "settings":
        return Complaint(loc, detail["msg"], value)
    if _secret(loc):
        return Complaint(loc, f"must be a reference: {REFERENCE_HINT} (the value is not shown)")
    expected = _EXPECTED.get(kind)
    return Complaint(loc, f"must be {expected.format(**context)}" if expected else detail["msg"], value)


def _unknown_key(loc: Loc) -> str:
    known = _keys_at(loc[:-1])
    near = nearest(str(loc[-1]), known)
    return "unknown key; " + (f"did you mean {near}?" if near else f"known: {', '.join(known)}")


def _keys_at(loc: Loc) -> list[str]:
    """The keys that the table at ``loc`` may hold."""
    section: type[BaseModel] = Sections
    parts = iter(loc)
    for part in parts:
        annotation = section.model_fields[str(part)].annotation
        found = _section_in(annotation)
        if found is None:
            return []
        if found is not annotation and not _optional(annotation, found):
            next(parts, None)  # a name or a number, which says which of many
        section = found
    return list(section.model_fields)


def _section_in(annotation: Any) -> type[BaseModel] | None:
    """The model that an annotation is made of: itself, or what a dict, tuple or union holds."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for arg in get_args(annotation) if (found := _section_in(arg))), None)


def _optional(annotation: Any, section: type[BaseModel]) -> bool:
    return set(get_args(annotation)) == {section, NoneType}


def _secret(loc: Loc) -> bool:
    if loc[0] == "personas":
        return len(loc) > 2 and loc[2] in PersonaSection.model_fields and loc[2] not in _OPEN_PERSONA_KEYS
    return loc[0] == "targets" and "inboxes" in loc and loc[-1] in {"token", "password"}


def _may_show(loc: Loc, value: object) -> bool:
    if value is None or not isinstance(value, str | int | float | Path) or not loc or _secret(loc):
        return False
    if loc[0] == "personas" and len(loc) < 3:  # a whole persona written as one value
        return False
    return not (isinstance(value, str) and re.search(r"[@?]", value))  # a URL may carry a password
