"""The scan of a document that a correction is sent with, and what it means that a site does not take it."""

import re
import struct
import zlib
from pathlib import Path

from journeys.cause import Cause
from journeys.persona import Persona
from journeys.system import System
from journeys.visit import OutcomeError
from pages.screen import ErrorShown

_ABOUT_THE_SCAN = re.compile("скан|файл", re.IGNORECASE)
_WIDTH, _HEIGHT = 620, 877
"""An A4 page at 75 dots an inch."""


def scan_of(persona: Persona) -> Path | bytes:
    """The path of the persona's own scan; for who has none, a blank page as PNG: it shows nobody's document."""
    return persona.scan or _blank_png()


def scan_refused(system: System, shown: ErrorShown) -> OutcomeError | None:
    """What an error on a form with a scan comes to when it is about the scan."""
    if not _ABOUT_THE_SCAN.search(str(shown)):
        return None
    return OutcomeError(system, Cause.SCAN_REJECTED, str(shown), shown.code)


def _blank_png() -> bytes:
    row = b"\0" + b"\xff" * _WIDTH
    header = struct.pack(">IIBBBBB", _WIDTH, _HEIGHT, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(row * _HEIGHT)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, content) for kind, content in chunks)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
