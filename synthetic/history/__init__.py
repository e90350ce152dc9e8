"""What every run came to, kept in a database: SQLite in the state folder, or PostgreSQL by its URL.

Nobody waits for the database. What is to be recorded goes into a file at once, and a thread of its own writes it on; a
database that cannot be used is told and counted, and asked again after a while.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from sqlalchemy import Connection

from journeys.listener import Listener
from journeys.result import RunResult
from synthetic.aside import aside
from synthetic.history.database import (
    HistoryError,
    HistoryNewer,
    HistoryRefused,
    HistoryUnusable,
    connect,
    migrate,
    require_newest,
    shown,
    told,
)
from synthetic.history.file import HeldFile, is_there, require_folder
from synthetic.history.outbox import Event, Kind, Outbox, Refused
from synthetic.history.query import (
    Filter,
    Pending,
    Standing,
    availability,
    cut_off,
    latest,
    pending,
    pending_elsewhere,
    runs,
    standings,
)
from synthetic.history.record import record
from synthetic.history.retention import Retention

__all__ = [
    "Connection",
    "Filter",
    "History",
    "HistoryError",
    "HistoryNewer",
    "HistoryUnusable",
    "Pending",
    "Retention",
    "Standing",
    "availability",
    "cut_off",
    "latest",
    "pending",
    "pending_elsewhere",
    "runs",
    "standings",
]

_TIDIED_EVERY = 100
"""Events between two looks at what is beyond the retention."""

_BATCH = 200
_UNKEPT = 1000
"""Results that are kept while the disk is full; then the oldest go."""

_GATHERED_S = 2.0
_AGAIN_AFTER_S = 30.0
_LAST_WORDS_S = 2.0
"""How long the end of the monitor waits for the database."""


class History(Listener):
    """The history behind ``url``; ``outbox`` is the file for what is on its way there.

    ``owner`` names this monitor, so that it takes up its own runs only; it is asked for until it is not empty.
    ``trouble`` is called when the database could not be used, and the message goes to standard error when it is a new
    one. ``now`` is aware. As a listener it raises OSError when the disk does not take an event. Safe to call from
    several threads.
    """

    def __init__(
        self,
        url: str,
        outbox: Path,
        retention: Retention,
        *,
        owner: Callable[[], str] = lambda: "",
        trouble: Callable[[], None] = lambda: None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        again_after_s: float = _AGAIN_AFTER_S,
    ) -> None:
        self._owner = ""
        self._ask_owner = owner
        self._engine = connect(url)
        self._outbox = Outbox(outbox, trouble)
        self._retention = retention
        self._trouble = trouble
        self._now = now
        self._again_after_s = again_after_s
        self._held: HeldFile | None = None
        self._ended = False
        self._in_doubt = False
        self._opening = threading.Lock()
        self._writing = threading.Lock()
        self._keeping = threading.Lock()
        self._going: dict[str, RunResult] = {}
        self._unkept: deque[RunResult] = deque(maxlen=_UNKEPT)
        self._recorded = 0
        self._tidied_at = 1
        self._said = ""
        self._woken = threading.Event()
        self._stopping = threading.Event()
        self._until = 0.0
        self._writer: threading.Thread | None = None

    @property
    def owner(self) -> str:
        """The name of this monitor; empty as long as a full disk does not take one."""
        self._owner = self._owner or self._ask_owner()
        return self._owner

    def start(self, first: Callable[[Connection], None] = lambda _: None) -> None:
        """From now on a thread writes what comes. ``first`` gets a connection once, as soon as there is one and all
        that an earlier monitor left on its way has been written."""
        self._writer = threading.Thread(target=self._write_on, args=(first,), name="history", daemon=True)
        self._writer.start()

    def run_began(self, unfinished: RunResult) -> None:
        """Note that a run goes on."""
        self._going[unfinished.run_id] = unfinished
        try:
            self._add("began", unfinished)
        except OSError:
            # Nobody will hear of this run: nothing is to be taken back, nor remembered for as long as a disk is full.
            self._going.pop(unfinished.run_id, None)
            raise

    def run_finished(self, result: RunResult) -> None:
        """Note what a run came to. What the disk does not take now is kept, and noted as soon as it does."""
        self._going.pop(result.run_id, None)
        try:
            self._add("finished", result)
        except OSError:
            with self._keeping:
                self._unkept.append(result)
            self._woken.set()
            raise

    def flush(self) -> None:
        """Write what is on its way. Raises HistoryError, or OSError when the outbox cannot be read or written."""
        with self._writing:
            try:
                self._keep()
            finally:  # a disk that takes nothing can be read from
                self._outbox.drain(self._record, batch=_BATCH, go_on=self._goes_on)
            if self._recorded >= self._tidied_at and self._goes_on():
                self._tidy()

    def close(self) -> None:
        """Let go of the database, within seconds. Runs that this object heard begin and not finish are nobody's."""
        with suppress(OSError):  # a full disk: the next monitor tells of them as of runs that were cut off
            for unfinished in list(self._going.values()):
                self._add("dropped", unfinished)
        self._going.clear()
        if self._writer is None:
            # A command that is over: whoever typed it waits for it, within the database's own limits.
            self._try(self.flush)
        self._until = time.monotonic() + _LAST_WORDS_S
        self._stopping.set()
        self._woken.set()
        if self._writer:
            self._writer.join(_LAST_WORDS_S)
        else:
            self._end()
        if self._unkept:
            self._trouble()
            aside(f"history: the disk did not take the results of {len(self._unkept)} run(s); they are lost")

    @contextmanager
    def asked(self) -> Iterator[Connection | None]:
        """A connection to ask with, once; None when nothing has been recorded yet. Raises HistoryError.

        What a monitor that was killed left on its way is written first, if the database takes it.
        """
        try:
            with suppress(HistoryError, OSError):
                self.flush()
            with told(self._engine):
                there = is_there(self._engine, self._outbox.folder)
            if there:
                with self.connection() as connection:
                    yield connection
            else:
                yield None
        finally:
            self._release()

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """A connection, whose work is kept as a whole or not at all. Raises HistoryError."""
        with told(self._engine):
            held = self._open()
            try:
                with self._engine.begin() as connection:
                    yield connection
                    require_newest(connection)
            except Exception:
                self._in_doubt = True
                raise
            if held.lost:
                raise self._another()

    def _open(self) -> HeldFile:
        """What is open now. SQLite writes on into a file that was deleted or moved away, and says nothing: its
        connections are let go of then, and what has the name now is opened, or made."""
        with self._opening:
            if self._ended:
                raise HistoryUnusable("history: the monitor has ended")
            held = self._held
            if held and held.lost:
                held.let_go()
                self._tell(self._another())
                self._drop()
                held = None
            if held is None:
                # Connections of an opening that failed may be those of a file that has gone since.
                self._engine.dispose()
                require_folder(self._engine)
                migrate(self._engine)
                held = self._held = HeldFile(self._engine)
            elif self._in_doubt and migrate(self._engine):  # a PostgreSQL was made anew, or brought back from a dump
                self._tell(self._another())
            self._in_doubt = False
            return held

    def _release(self) -> None:
        with self._opening:
            self._drop()

    def _end(self) -> None:
        with self._opening:
            self._ended = True
            self._drop()

    def _drop(self) -> None:
        if self._held:
            self._held.close()
        self._held = None
        self._engine.dispose()

    def _another(self) -> HistoryUnusable:
        return HistoryUnusable(f"history: {shown(self._engine.url)} was deleted, moved or replaced")

    def _add(self, kind: Kind, result: RunResult) -> None:
        self._keep()
        self._outbox.add(Event(kind, result))
        self._woken.set()

    def _keep(self) -> None:
        """Note what the disk did not take before. Raises OSError while it does not."""
        with self._keeping:
            while self._unkept:
                self._outbox.add(Event("finished", self._unkept[0]))
                self._unkept.popleft()

    def _write_on(self, first: Callable[[Connection], None]) -> None:
        introduced = False
        while not self._stopping.is_set():
            written = self._try(self.flush)
            if written and not introduced:
                introduced = self._try(partial(self._introduce, first))
            if not (written and introduced):
                self._wait(self._again_after_s)
                continue
            self._said = ""
            self._woken.wait()
            self._woken.clear()
            # What comes close together is written together: a run's beginning and end, on a busy machine many runs.
            self._wait(_GATHERED_S)
        self._try(self.flush)
        self._end()

    def _introduce(self, first: Callable[[Connection], None]) -> None:
        with self.connection() as connection:
            first(connection)

    def _try(self, act: Callable[[], None]) -> bool:
        """Whether it worked. Whatever it trips over is told and counted: an error that ended the thread would end the
        history without a word."""
        try:
            act()
        except Exception as error:
            self._tell(error)
            return False
        return True

    def _tell(self, error: Exception, then: str = "results are kept and written later") -> None:
        self._trouble()
        # Of what nobody expected the type alone: its message may quote what was to be written.
        said = str(error) if isinstance(error, (HistoryError, OSError)) else f"history: {type(error).__name__}"
        if said != self._said:
            aside(f"{said}; monitoring goes on, {then}")
        self._said = said

    def _goes_on(self) -> bool:
        """Whether there is time to write: after the end for the last words only."""
        return not self._stopping.is_set() or time.monotonic() < self._until

    def _wait(self, seconds: float) -> bool:
        """Whether the monitor ended meanwhile."""
        return self._stopping.wait(seconds)

    def _record(self, events: Sequence[Event]) -> list[Refused]:
        try:
            self._record_at_once(events)
        except HistoryRefused:
            return [refused for event in events if (refused := self._record_alone(event))]
        return []

    def _record_alone(self, event: Event) -> Refused | None:
        try:
            self._record_at_once([event])
        except HistoryRefused as error:
            result = event.result
            return Refused(result.to_json().encode(), f"{result.journey} {result.run_id}: {error}")
        return None

    def _record_at_once(self, events: Sequence[Event]) -> None:
        over = {event.result.run_id for event in events if event.kind != "began"}
        with self.connection() as connection:
            for event in events:
                if event.kind == "began" and event.result.run_id in over:
                    continue
                record(connection, event, self.owner)
        self._recorded += len(events)
        if held := self._held:
            held.settle()

    def _tidy(self) -> None:
        """Remove a portion of what is beyond the retention, in a transaction of its own: it costs no result."""
        more = False
        try:
            with self.connection() as connection:
                more = self._retention.apply(connection, self._now())
            if held := self._held:
                held.settle()
        except HistoryError as error:
            self._tell(error, "old runs are removed later")
        if more:
            self._woken.set()  # the next portion comes after what is on its way by then
        else:
            self._tidied_at = self._recorded + _TIDIED_EVERY
