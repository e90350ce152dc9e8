"""The ways to read one text: as it is, and with the escapes of URLs, JSON and HTML taken off, layer by layer; and
with Latin letters in Russian words for the Russian ones that they look like.

Each view remembers where its characters stand in the source, so that what is found in it can be masked there.
"""

import html
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import unquote

_LAYERS = 4
"""A URL within a parameter of a URL within JSON has three."""
_MOST = 16

_TAIL = r"%[89ab][\da-f]"
_MARKS = (
    r"[^\W\d_][\u0300-\u036f]+"  # a letter and its marks, one by one: decomposed «ё» and «й», stressed vowels
    r"|[\u00ad\u200b-\u200d\u2060\ufeff]"  # what shows nothing
)
_KINDS = tuple(
    re.compile(f"{kind}|{_MARKS}", re.IGNORECASE)
    for kind in (
        rf"%(?:[0-7][\da-f]|[cd][\da-f]{_TAIL}|e[\da-f](?:{_TAIL}){{2}}|f[0-7](?:{_TAIL}){{3}})",
        r"\\(?:u[\da-f]{4}|x[\da-f]{2}|[nrtbf]|[^\w\s])",
        r"&(?:\#\d{1,7}|\#x[\da-f]{1,6}|[a-z]{2,8});",
    )
)
"""Escapes of URLs, of JSON and of HTML. Each is taken off by itself: a backslash in HTML is a backslash."""
_SAME = str.maketrans("ёЁ\u00a0\u202f\u2009\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "еЕ   -------")
_MIXED = re.compile(r"(?<![^\W\d_])[^\W\d_]*(?:[а-яё][a-z]|[a-z][а-яё])[^\W\d_]*", re.IGNORECASE)
_LOOK_ALIKES = str.maketrans("AaBCcEeHKkMOoPpTXxyY", "АаВСсЕеНКкМОоРрТХхуУ")
_SIGNS = {"n": "\n", "r": "\r", "t": "\t", "b": " ", "f": " "}


@dataclass(frozen=True)
class View:
    """A reading of a source. Character ``i`` of ``text`` stands for ``starts[i]``…``ends[i]`` of the source."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def span(self, found: re.Match[str], group: str | int = 0) -> tuple[int, int]:
        """Where that part of a match, which must not be empty, stands in the source."""
        return self.starts[found.start(group)], self.ends[found.end(group) - 1]

    @cached_property
    def lower(self) -> str:
        """The text in small letters."""
        return self.text.lower()

    @cached_property
    def digits(self) -> str:
        """The digits of the text, nothing between them."""
        return re.sub(r"\D+", "", self.text)


def plain(text: str) -> str:
    """``text`` as every view shows it: composed, «е» for «ё», one kind of hyphen and of space."""
    composed = re.sub(_MARKS, lambda found: _meaning(found[0]), text)
    return composed.translate(_SAME)


def views(text: str) -> list[View]:
    """Every reading of ``text``, layer by layer."""
    readings = layer = [View(text.translate(_SAME), range(len(text)), range(1, len(text) + 1))]
    if not text.isascii() or any(sign in text for sign in "%\\&"):
        for _ in range(_LAYERS):
            seen = {view.text for view in readings}
            below = (_unescaped(view, kind) for view in layer for kind in _KINDS if kind.search(view.text))
            layer = list({view.text: view for view in below if view.text not in seen}.values())
            readings = [*readings, *layer][:_MOST]
            if not layer or len(readings) == _MOST:
                break
    return [*readings, *(view for view in map(_folded, readings) if view)]


def _folded(view: View) -> View | None:
    """The view with the Latin letters of words that are Russian but for them made Russian; None when there are none.

    Seen on a screen that showed a surname with look-alikes in it, which is what the rules of S2 are about.
    """
    text = _MIXED.sub(lambda word: word[0].translate(_LOOK_ALIKES), view.text)
    return View(text, view.starts, view.ends) if text != view.text else None


def _unescaped(view: View, kind: re.Pattern[str]) -> View:
    parts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    for found in kind.finditer(view.text):
        start, end = found.span()
        meaning = _meaning(found[0])
        parts += view.text[at:start], meaning
        starts += [*view.starts[at:start], *[view.starts[start]] * len(meaning)]
        ends += [*view.ends[at:start], *[view.ends[end - 1]] * len(meaning)]
        at = end
    parts.append(view.text[at:])
    return View("".join(parts).translate(_SAME), [*starts, *view.starts[at:]], [*ends, *view.ends[at:]])


def _meaning(escape: str) -> str:
    match escape[0], escape[1:2]:
        case "%", _:
            return unquote(escape, errors="replace")
        case "&", _:
            return html.unescape(escape)
        case "\\", "u" | "U" | "x" | "X":
            return chr(int(escape[2:], 16))
        case "\\", sign:
            return _SIGNS.get(sign.lower(), sign)
        case _, "":
            return ""
        case _:
            composed = unicodedata.normalize("NFC", escape)
            return composed if len(composed) == 1 else unicodedata.normalize("NFC", escape[0])
