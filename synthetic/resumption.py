"""What an earlier monitor left, taken up: how journeys stood, runs that were cut off, follow-ups that wait."""

import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from exporters.prometheus import Metrics
from journeys.listener import Listener
from synthetic.follow_ups import Alarm, FollowUps
from synthetic.history import History, HistoryError, Pending, Retention, cut_off, pending, standings
from synthetic.settings import Settings

_AGAIN_AFTER = timedelta(seconds=60)


def open_history(settings: Settings) -> History:
    """The history that the settings name. Raises MissingSecret or InvalidSettings; nothing is opened yet."""
    keep = settings.history
    return History(
        settings.history_url(),
        settings.monitor.state_dir / "history-spool.jsonl",
        Retention(keep.keep_runs, timedelta(days=keep.keep_days)),
    )


@dataclass(frozen=True)
class Resumption:
    """Takes up what was left before ``began``, by this monitor's ``location``; once more later while the history cannot
    be read. ``listeners`` hear of runs that were cut off."""

    history: History
    metrics: Metrics
    listeners: Listener
    follow_ups: FollowUps
    alarm: Alarm
    location: str
    began: datetime

    def __call__(self) -> None:
        """Take up what there is; says and counts it when the history cannot be read."""
        try:
            with self.history.connection() as connection:
                stood = standings(connection, self.location)
                unfinished = cut_off(connection, self.location, self.began)
                waiting = pending(connection, self.location)
        except HistoryError as error:
            print(f"nmo-monitor: {error}; monitoring goes on, results are kept and written later", file=sys.stderr)
            self.metrics.listener_failed(self.history.name)
            self.alarm("history", datetime.now(UTC) + _AGAIN_AFTER, self)
            return
        for journey, standing in stood.items():
            self.metrics.resume(journey, standing.last_completion, standing.last_success)
        for result in unfinished:
            known = result.journey in self.metrics.journeys
            (self.listeners if known else self.history).run_finished(result)
        self.follow_ups.resume(one for one in waiting if _left(one, self.began))


def _left(one: Pending, began: datetime) -> bool:
    return one.asked_at < began
