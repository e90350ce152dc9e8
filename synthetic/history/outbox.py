"""What is still to be written to the database, in a file beside it that takes a line at once.

A line is one event of a run. Whoever writes them on takes the whole file away under another name first, and deletes
it when the database has all of it; what is written twice after a crash does no harm. A line that cannot be read, or
that the database refuses, is put aside then.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Literal
from uuid import uuid4

from filelock import FileLock
from pydantic import TypeAdapter

from journeys.result import RunResult
from synthetic.aside import aside

Kind = Literal["began", "finished", "dropped"]
_KINDS: TypeAdapter[Kind] = TypeAdapter(Kind)


@dataclass(frozen=True)
class Event:
    """A run began (with the result that stands if nothing more is heard of it), finished, or was dropped: the monitor
    ended in order while it was going on."""

    kind: Kind
    result: RunResult


@dataclass(frozen=True)
class Refused:
    """What can never be written, and why."""

    content: bytes
    why: str


class Outbox:
    """The file ``path``, and those beside it that were taken. ``trouble`` is called for each event that is put aside.
    Safe to use from several threads and processes."""

    def __init__(self, path: Path, trouble: Callable[[], None] = lambda: None) -> None:
        self._path = path
        self._trouble = trouble
        self._aside = path.with_name(f"{path.stem}-refused{path.suffix}")

    @property
    def folder(self) -> Path:
        """Where the file is."""
        return self._path.parent

    def add(self, event: Event) -> None:
        """Keep an event. Raises OSError when the disk does not take it."""
        line = f"{event.kind} {event.result.to_json()}\n".encode()
        with self._locked(), self._path.open("ab+") as file:
            # A monitor that was killed, or a disk that was full, in the middle of a line: that line alone is lost.
            if file.tell() and (file.seek(-1, 2), file.read(1))[1] != b"\n":
                line = b"\n" + line
            file.write(line)

    def drain(
        self, write: Callable[[Sequence[Event]], Iterable[Refused]], *, batch: int, go_on: Callable[[], bool]
    ) -> None:
        """Hand all events to ``write``, ``batch`` at a time, as long as ``go_on``; it gives back what is refused for
        good. What it raises leaves them where they are. Raises OSError when a file cannot be read, or what is refused
        not be kept; those behind it are handed on all the same."""
        trouble: OSError | None = None
        for taken in self._taken():
            refused = list[Refused]()
            with _lines(taken) as lines:
                for some in iter(lambda: list(islice(lines, batch)), []):
                    if not go_on():
                        return
                    read = [_read(line) for line in some if line.strip()]
                    refused += [one for one in read if isinstance(one, Refused)]
                    if events := [one for one in read if isinstance(one, Event)]:
                        refused += write(events)
            # Not before: a file that is not finished is read from its beginning again.
            try:
                self._put_aside(refused)
                taken.unlink(missing_ok=True)
            except OSError as error:
                trouble = error
        if trouble:
            raise trouble

    def _taken(self) -> Iterator[Path]:
        """Files that nobody adds to any more, the oldest first."""
        yield from sorted(self._path.parent.glob(f"{self._path.stem}.*{self._path.suffix}"), key=_changed_at)
        if not self._path.exists():
            return
        taken = self._path.with_name(f"{self._path.stem}.{uuid4().hex}{self._path.suffix}")
        with self._locked(), suppress(FileNotFoundError):  # another process may have been faster
            self._path.rename(taken)
        if taken.exists():
            yield taken

    def _locked(self) -> FileLock:
        # Not re-entrant and not shared between threads: every holder opens the lock's file anew.
        return FileLock(self._path.with_suffix(".lock"), thread_local=False, is_singleton=False)

    def _put_aside(self, refused: Sequence[Refused]) -> None:
        if not refused:
            return
        with self._aside.open("ab") as file:
            file.writelines(one.content + b"\n" for one in refused)
        for one in refused:
            self._trouble()
            aside(f"history: {one.why}; kept in {self._aside}")


def _changed_at(file: Path) -> float:
    """Unix seconds; 0 when another process has just finished the file."""
    try:
        return file.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _lines(file: Path) -> BinaryIO:
    """The file to read from; nothing when another process has just finished it."""
    try:
        return file.open("rb")
    except FileNotFoundError:
        return BytesIO()


def _read(line: bytes) -> Event | Refused:
    try:
        kind, _, result = line.decode().partition(" ")
        return Event(_KINDS.validate_python(kind), RunResult.from_json(result))
    except ValueError:
        return Refused(line.rstrip(b"\n"), "a line of the outbox cannot be read")
