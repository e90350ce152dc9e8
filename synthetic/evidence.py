"""What a failed run leaves on disk: a picture, the page's text, the requests. Redacted, or not written at all."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Error, Page

from journeys.result import Evidence
from pages.private import private_fields, private_regions, private_texts
from synthetic.recorder import Recorder
from synthetic.redaction import Redactor

_PATIENCE_MS = 5_000
_TELLING = 6
"""A shorter value of a description list («Да», «12», «Врач») is hidden in its line, and nowhere else."""


class Unsafe(Exception):
    """A piece of evidence shows, or may show, what must not be shown."""


@dataclass
class EvidenceFolder:
    """The evidence of one run. ``quarantined`` counts the pieces that could not be made safe and were not written,
    ``lost`` those that the page did not give in time or the disk did not take."""

    path: Path
    redactor: Redactor
    written: list[Evidence] = field(default_factory=list)
    quarantined: int = 0
    lost: int = 0

    def collect(self, page: Page, recorder: Recorder) -> None:
        """Picture, text and requests of the moment. A piece that cannot be had is counted, never raised."""
        for take in (self._screenshot, self._text, lambda _: self._network(recorder)):
            self._guarded(take, page)

    def picture(self, page: Page, name: str) -> None:
        """One more picture, for full evidence."""
        self._guarded(lambda page: self._screenshot(page, name), page)

    def _guarded(self, take: Callable[[Page], None], page: Page) -> None:
        try:
            take(page)
        except (OSError, Error):
            self.lost += 1
        except Exception:
            # Evidence never changes a verdict, and what cannot be masked is not written.
            self.quarantined += 1

    def _screenshot(self, page: Page, name: str = "screenshot") -> None:
        found = self.redactor.found
        before = private_texts(page, found)
        masks = private_regions(page, found)
        picture = page.screenshot(mask=masks, mask_color="#666", timeout=_PATIENCE_MS, animations="disabled")
        if private_texts(page, found) - before:
            raise Unsafe("the page went on while its picture was taken")
        self._write(name, "screenshot.png" if name == "screenshot" else f"{name}.png", picture, "image/png")

    def _text(self, page: Page) -> None:
        # The only call that a stuck page cannot hold up comes first.
        body = page.locator("body").inner_text(timeout=_PATIENCE_MS)
        shown = {line.strip() for text in private_fields(page).all_inner_texts() for line in text.splitlines()}
        # What a screen shows of a person is no secret of the run: «Врач» stays in its messages.
        redactor = self.redactor.copy()
        for value in shown:
            if len(value) >= _TELLING:
                redactor.learn("private", value)
        lines = ("‹private›" if line.strip() in shown - {""} else line for line in body.splitlines())
        text = "\n".join((page.title(), "", *lines, ""))
        content = f"{redactor.url(page.url)}\n{redactor.text(text)}"
        if redactor.leaks(content):
            raise Unsafe("a secret survived redaction")
        self._write("page-text", "page.txt", content.encode(), "text/plain")

    def _network(self, recorder: Recorder) -> None:
        redact = self.redactor
        record = {
            "documents": [
                {
                    "system": document.system,
                    "url": redact.url(document.url),
                    "status": document.status,
                    "seconds": round(document.duration_s, 4),
                    "error": document.error,
                }
                for document in recorder.documents()
            ],
            "failed": [
                {
                    "system": request.system,
                    "url": redact.url(request.url),
                    "kind": request.kind,
                    "error": request.error,
                }
                for request in recorder.failed_requests()
            ],
            "console": [redact.text(line) for line in recorder.console],
            "script_errors": [redact.text(message) for _, message in recorder.script_errors],
        }
        self._checked("network", "network.json", json.dumps(record, ensure_ascii=False, indent=1), "application/json")

    def _checked(self, kind: str, name: str, text: str, media_type: str) -> None:
        if self.redactor.leaks(text):
            raise ValueError("a secret survived redaction")
        self._write(kind, name, text.encode(), media_type)

    def _write(self, kind: str, name: str, content: bytes, media_type: str) -> None:
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = self.path / name
        # A worker that is ended may be at it: what is found under the name is whole.
        half = file.with_suffix(".tmp")
        half.write_bytes(content)
        half.replace(file)
        self.written.append(Evidence("screenshot" if media_type == "image/png" else kind, file, media_type))
