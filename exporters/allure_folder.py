"""A folder of Allure results that stays bounded.

The folder is shared with pytest, so what belongs to the monitor is told by its name alone, also after a restart:
``monitor-<good|bad>-<run>-result.json`` and ``monitor-<good|bad>-<run>-<number>-attachment.<type>``.
"""

import os
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

from allure_commons.logger import AllureFileLogger
from allure_commons.model2 import TestResult

_OURS = re.compile(r"(?P<run>monitor-(?P<kind>good|bad)-.+)-(?P<part>result\.json|\d+-attachment\.\w+)(\.tmp)?")
_SIGNATURE = "# nmo-monitor"
_SHARE_MADE_FREE = 20
"""A twentieth of the runs that may stay is forgotten at a time."""
_HALF_WRITTEN = timedelta(hours=1)
_LOOK_EVERY_S = 3600.0
"""However few runs there are: what is too old goes within the hour after, as long as there are any."""


@dataclass(frozen=True)
class Keep:
    """How many runs stay, and for how long after their end."""

    runs: int
    age: timedelta


@dataclass
class _Stored:
    """What one run left. ``ended_at`` in Unix seconds is None without a result: a write that was cut off."""

    kind: str
    ended_at: float | None = None
    touched_at: float = 0.0
    files: list[Path] = field(default_factory=list)


class ResultsFolder:
    """Writes and forgets results of runs under ``path``; ``clock`` tells Unix seconds. Raises OSError."""

    def __init__(self, path: Path, *, good: Keep, bad: Keep, clock: Callable[[], float] = time.time) -> None:
        self._path = path
        self._keep = {"good": good, "bad": bad}
        self._clock = clock
        self._logger = AllureFileLogger(path)  # type: ignore[no-untyped-call]
        # To look through a folder of 200 runs takes 2 ms, most of a run's cost here: it is done for several at once.
        self._at_once = {kind: max(1, keep.runs // _SHARE_MADE_FREE) for kind, keep in self._keep.items()}
        self._room = dict.fromkeys(self._keep, 0)
        self._looked_at = clock()

    def entry(self, run_id: str, *, good: bool) -> "Entry":
        """A place for the files of one run; room for it is made first, so that a full disk empties with time."""
        kind = "good" if good else "bad"
        self._path.mkdir(parents=True, exist_ok=True)  # pytest's --clean-alluredir takes the whole folder away
        if not self._room[kind] or self._clock() - self._looked_at >= _LOOK_EVERY_S:
            self._prune(kind)
            self._looked_at = self._clock()
            self._room[kind] = self._at_once[kind]
        self._room[kind] -= 1
        return Entry(self._path, self._logger, f"monitor-{kind}-{quote(run_id, safe='')}")

    def describe(self, facts: Mapping[str, str]) -> None:
        """Name -> value, shown on the report's first page; a file that somebody else wrote is left alone."""
        file = self._path / "environment.properties"
        with suppress(FileNotFoundError):
            if not file.read_text(encoding="utf-8").startswith(_SIGNATURE):
                return
        lines = [f"{_escaped(name)}={_escaped(value)}" for name, value in facts.items()]
        half = file.with_suffix(".tmp")
        half.write_text("\n".join((_SIGNATURE, *lines, "")), encoding="utf-8")
        half.replace(file)

    def _prune(self, coming: str) -> None:
        """Forget what is too old or too many, and writes that a crash cut off. Other people's files stay.

        Room is made for the next runs of the kind that is ``coming``.
        """
        stored = self._stored()
        now = self._clock()
        for kind, keep in self._keep.items():
            room = keep.runs - (self._at_once[kind] if kind == coming else 0)
            newest_first = sorted(
                ((run.ended_at, run) for run in stored if run.kind == kind and run.ended_at is not None),
                key=lambda dated: dated[0],
                reverse=True,
            )
            for place, (ended_at, run) in enumerate(newest_first):
                if place >= room or now - ended_at > keep.age.total_seconds():
                    _unlink(run.files)
        for run in stored:
            if run.ended_at is None and now - run.touched_at > _HALF_WRITTEN.total_seconds():
                _unlink(run.files)

    def _stored(self) -> list[_Stored]:
        runs: dict[str, _Stored] = {}
        for entry, match in _ours(self._path):
            run = runs.setdefault(match["run"], _Stored(match["kind"]))
            run.files.append(Path(entry.path))
            try:
                modified_at = entry.stat().st_mtime
            except FileNotFoundError:  # forgotten by another process meanwhile
                continue
            run.touched_at = max(run.touched_at, entry.stat().st_ctime)
            if entry.name.endswith("-result.json"):
                run.ended_at = modified_at
        return list(runs.values())


@dataclass
class Entry:
    """The files of one run; all of them, or none."""

    path: Path
    logger: AllureFileLogger
    stem: str
    attachments: int = 0

    def attach(self, body: Path | str, suffix: str) -> str:
        """Copy a file, or write a text, and return the name it has in the folder."""
        self.attachments += 1
        name = f"{self.stem}-{self.attachments}-attachment.{suffix}"
        if isinstance(body, Path):
            self.logger.report_attached_file(body, name)  # type: ignore[no-untyped-call]
        else:
            self.logger.report_attached_data(body, name)  # type: ignore[no-untyped-call]
        return name

    def save(self, result: TestResult, ended_at: float) -> None:
        """Write the result. It is as old as its run, which ended at Unix seconds ``ended_at``, not as its file."""
        result.file_pattern = f"{self.stem}-result.json"
        self.logger.report_result(result)  # type: ignore[no-untyped-call]
        os.utime(self.path / f"{self.stem}-result.json", (ended_at, ended_at))

    def discard(self) -> None:
        """Remove everything that was written so far."""
        _unlink([Path(entry.path) for entry, match in _ours(self.path) if match["run"] == self.stem])


def _ours(path: Path) -> Iterator[tuple["os.DirEntry[str]", "re.Match[str]"]]:
    with os.scandir(path) as entries:
        for entry in entries:
            if match := _OURS.fullmatch(entry.name):
                yield entry, match


def _unlink(files: list[Path]) -> None:
    """The result goes first: a report never shows a result whose attachments are gone."""
    for file in sorted(files, key=lambda file: not file.name.endswith("-result.json")):
        file.unlink(missing_ok=True)


def _escaped(text: str) -> str:
    """As a key or a value of Java properties."""
    return re.sub(r"([\\ :=#!])", r"\\\1", text).replace("\n", r"\n")
