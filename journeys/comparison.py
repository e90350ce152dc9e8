"""What two portals show of a person, field by field and side by side, without what it says (S9)."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from journeys.identity import BIRTH_DATE, Rule, compare

_LONGEST = 40
_LETTERS = {"CYRILLIC": ("я", "Я"), "LATIN": ("z", "Z")}
"""Script -> what a small and a capital letter of it is shown as."""
_KEPT = frozenset("-‐‑‒–—'’.,/()")
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class Comparison:
    """One field on both portals: the `outline` of each value, and the rule that is broken; None where none is."""

    field: str
    gosuslugi: str
    nmo: str
    rule: Rule | None

    @classmethod
    def of(cls, field: str, gosuslugi: str, nmo: str) -> "Comparison":
        """From what the portals show, which is not kept."""
        return cls(field, _outlined(field, gosuslugi), _outlined(field, nmo), compare(field, gosuslugi, nmo))


def side_by_side(fields: Iterable[str], gosuslugi: Mapping[str, str], nmo: Mapping[str, str]) -> tuple[Comparison, ...]:
    """Each field as both portals show it; one that a portal does not show is empty there."""
    return tuple(Comparison.of(field, gosuslugi.get(field, ""), nmo.get(field, "")) for field in fields)


def _outlined(field: str, value: str) -> str:
    # A month is told by the length of its name.
    return outline(_WORD.sub("я", value) if field == BIRTH_DATE else value)


def outline(value: str) -> str:
    """What a value is made of: Я or я for a Cyrillic letter, Z or z for a Latin one, # for a digit, ␣ for a space.

    Hyphens and the like are kept, for they are told apart; any other sign is ``?``. At most 40 signs and an ellipsis.
    """
    marks = "".join(map(_mark, value[:_LONGEST]))
    return f"{marks}…" if len(value) > _LONGEST else marks


def _mark(sign: str) -> str:
    if sign.isspace():
        return "␣"
    if sign.isdecimal():
        return "#"
    if sign in _KEPT:
        return sign
    script = unicodedata.name(sign, "").partition(" ")[0]
    small, capital = _LETTERS.get(script, ("?", "?"))
    return capital if sign.isupper() else small


def as_markdown(compared: Iterable[Comparison]) -> str:
    """A table, and what its signs stand for."""
    rows = (
        f"| {_cell(one.field)} | {_code(one.gosuslugi)} | {_code(one.nmo)} | {one.rule or 'the same'} |"
        for one in compared
    )
    head = ("| | Госуслуги | НМО | difference |", "| --- | --- | --- | --- |")
    return "\n".join((*head, *rows, "", "Я Cyrillic, Z Latin, # digit, ␣ space, ? another sign; values are not kept."))


def _cell(label: str) -> str:
    """A site's label, which may hold what ends a cell or a row."""
    return " ".join(label.split()).replace("|", r"\|")


def _code(outlined: str) -> str:
    """No sign of an outline has a meaning between backticks."""
    return f"`{outlined}`" if outlined else "—"
