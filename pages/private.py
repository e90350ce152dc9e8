"""Where a screen shows personal data or secrets, so that a picture of it can leave them out."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from playwright.sync_api import Error, Frame, Locator, Page

T = TypeVar("T")

_FIELDS = (
    "input, textarea, select, output, dd, [contenteditable]:not([contenteditable=false]),"
    "img, canvas, video, object, embed, [aria-label='Владелец кабинета'], table[aria-label='Сотрудники'] td:first-child"
)
"""What is masked whatever it holds. A picture may be a person's photo, a scan or the QR code of a second factor; a list
of staff names people whom the monitor does not know."""

_PATIENCE_MS = 2_000


class NotInspected(Exception):
    """Nobody can say what a part of the screen shows."""


def private_fields(page: Page) -> Locator:
    """Fields, values of description lists and the owner of a cabinet, in the page itself."""
    return page.locator(_FIELDS)


def private_regions(page: Page, found: Callable[[str], Iterable[str]]) -> list[Locator]:
    """Everything private in every frame: fields, pictures, and what ``found`` names of the texts that are shown.

    Raises `NotInspected` for a frame that does not answer, or a text that nothing can be laid over.
    """
    return [region for part in _each_frame(page, lambda frame: _regions(frame, found)) for region in part]


def private_texts(page: Page, found: Callable[[str], Iterable[str]]) -> set[str]:
    """What ``found`` names of the texts of every frame; raises `NotInspected`."""
    parts = _each_frame(page, lambda frame: found("\n".join(_texts(frame))))
    return {text for part in parts for text in part}


def _each_frame(page: Page, look: Callable[[Frame], Iterable[T]]) -> Iterator[Iterable[T]]:
    for frame in page.frames:
        try:
            yield look(frame)
        except Error as error:
            if frame == page.main_frame:
                raise
            if not frame.is_detached():
                raise NotInspected("a frame does not answer") from error


def _texts(frame: Frame) -> tuple[str, str]:
    """The text as it is laid out, and that of the accessibility tree, which looks into shadow roots too."""
    root = frame.locator(":root")
    return root.inner_text(timeout=_PATIENCE_MS), root.aria_snapshot(timeout=_PATIENCE_MS)


def _regions(frame: Frame, found: Callable[[str], Iterable[str]]) -> list[Locator]:
    regions = [frame.locator(_FIELDS)]
    laid_out, tree = _texts(frame)
    visible = set(found(laid_out))
    for text in visible | set(found(tree)):
        # A line break is a space in one text and nothing in another.
        pattern = re.compile(r"\s*".join(map(re.escape, text.split())), re.IGNORECASE)
        region = frame.get_by_text(pattern)
        regions.append(region)
        shown = len(pattern.findall(laid_out)) if text in visible else 0
        if shown > sum(len(pattern.findall(part)) for part in region.all_inner_texts()):
            # Of an element and its child that both show it, only the child is found: hide the two.
            mixed = region.locator("xpath=ancestor::*[text()[normalize-space()]]")
            if not mixed.count():
                raise NotInspected("a private text stands in no element")
            regions.append(mixed)
    return regions
