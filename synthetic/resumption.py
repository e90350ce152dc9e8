"""What an earlier monitor left, taken up: how journeys stood, runs that were cut off, follow-ups that wait."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from uuid import uuid4

from filelock import FileLock

from exporters.prometheus import Metrics
from journeys.listener import Listener
from journeys.persona import Persona
from journeys.result import RunResult
from journeys.target import Target
from synthetic.aside import aside
from synthetic.follow_ups import FollowUps
from synthetic.history import (
    Connection,
    History,
    HistoryError,
    Pending,
    Retention,
    cut_off,
    latest,
    pending,
    pending_elsewhere,
    standings,
)
from synthetic.settings import Settings

_OWNER_LOCK_S = 10.0
_LATEST = 5


def open_history(settings: Settings, trouble: Callable[[], None] = lambda: None) -> History:
    """The history that the settings name; nothing is opened yet. ``trouble`` is called when it cannot be used.

    Raises MissingSecret or InvalidSettings.
    """
    keep, folder = settings.history, settings.monitor.state_dir
    return History(
        settings.history_url(),
        folder / "history-outbox.jsonl",
        Retention(keep.keep_runs, timedelta(days=keep.keep_days)),
        owner=partial(_owner, folder / "monitor-id"),
        trouble=trouble,
    )


def is_awaited(settings: Settings, journey: str, persona: Persona, target: Target) -> bool | None:
    """Whether `serve` is still to come back with a journey to what a persona has left; None when the history does not
    say. Raises MissingSecret or InvalidSettings."""
    with suppress(HistoryError), open_history(settings).asked() as connection:
        waiting = pending(connection, settings.monitor.location) if connection else []
        return any(one.counts(journey, persona, target, datetime.now(UTC)) for one in waiting)
    return None


def _owner(file: Path) -> str:
    """Tells this installation from others with the same database; it is made once. "" for one that only reads."""
    try:
        if not file.parent.is_dir():
            return ""
        # One number for all that ask at once, and whole: without one it would be the same as any other without one.
        with FileLock(file.with_suffix(".lock"), timeout=_OWNER_LOCK_S):
            if not file.exists() or not file.stat().st_size:
                half = file.with_suffix(".tmp")
                half.write_text(uuid4().hex, encoding="ascii")
                half.replace(file)
        return file.read_text(encoding="ascii").strip()
    except OSError:  # filelock's Timeout is one
        return ""


@dataclass(frozen=True)
class Resumption:
    """Takes up what was left before ``began`` at this monitor's ``location``. ``listeners`` hear of runs that were cut
    off; ``kept``, the history alone, of those that are not monitored any more, or never were: a run that was made by
    hand and has not ended within ``longest`` has died. Neither raises."""

    history: History
    metrics: Metrics
    listeners: Listener
    kept: Listener
    follow_ups: FollowUps
    location: str
    began: datetime
    longest: timedelta
    now: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))
    _told: set[str] = field(default_factory=set)

    def __call__(self, connection: Connection) -> None:
        """Take up what there is. Raises HistoryError."""
        for journey, standing in standings(connection, self.location).items():
            self.metrics.resume(journey, standing.last_completion, standing.last_success)
        self._resume_certificates(connection)
        for result in cut_off(connection, self.history.owner, self.began):
            known = result.journey in self.metrics.journeys
            self._tell(self.listeners if known else self.kept, result)
        self._give_up(connection)
        left = [one for one in pending(connection, self.location) if one.asked_at < self.began]
        self.follow_ups.resume(left, all_known=True)
        self._say_elsewhere(connection)

    def look(self) -> None:
        """Take up what `nmo-monitor run` has asked for since, and its runs that were killed; a history that is out of
        reach is asked next time."""
        asked: list[Pending] = []
        with suppress(HistoryError), self.history.connection() as connection:
            asked = pending(connection, self.location, by_hand=True)
            self._give_up(connection)
        self.follow_ups.resume(asked)

    def _resume_certificates(self, connection: Connection) -> None:
        """As the latest runs of each journey saw them: a run that failed may not have come to every host."""
        seen = [
            result
            for journey in self.metrics.journeys
            for result in latest(connection, journey, self.location, _LATEST)
        ]
        for result in sorted(seen, key=lambda result: result.started_at):
            self.metrics.resume_certificates(result.security)

    def _say_elsewhere(self, connection: Connection) -> None:
        """Where the location of this monitor was changed, nobody may be there any more."""
        for place, count in pending_elsewhere(connection, self.location).items():
            said = f"follow-ups that wait at the location {place}: {count}; this one, {self.location}, leaves them"
            aside(f"history: {said}")

    def _give_up(self, connection: Connection) -> None:
        """The verdict of runs by hand that have died."""
        for result in cut_off(connection, self.history.owner, self.now() - self.longest, by_hand=True):
            self._tell(self.kept, result)

    def _tell(self, listener: Listener, result: RunResult) -> None:
        """Once: it may be long on its way to the database, and what fails after it is taken up again."""
        if result.run_id not in self._told:
            self._told.add(result.run_id)
            listener.run_finished(result)
