import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from journeys.result import Evidence, RunResult
from synthetic.artifacts import ArtifactLimit, FolderUnwritable, writable

NOW = 1_800_000_000.0
DAY = 86_400.0
EVIDENCE = (Evidence("screenshot", Path("x.png"), "image/png"),)

Made = Callable[..., RunResult]


def runs_of(folder: Path, ages: list[float]) -> list[Path]:
    """A folder with a picture for each age in seconds."""
    runs = []
    for number, age in enumerate(ages):
        run = folder / f"run-{number}"
        (run / "retest").mkdir(parents=True)
        (run / "retest" / "screenshot.png").write_bytes(b"png")
        os.utime(run, (NOW - age, NOW - age))
        runs.append(run)
    return runs


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def limit(folder: Path, keep: int = 100, age_s: float = 100 * DAY) -> ArtifactLimit:
    return ArtifactLimit(folder, keep=keep, age_s=age_s, clock=lambda: NOW)


def test_the_newest_are_kept(tmp_path: Path, run_result: Made) -> None:
    runs_of(tmp_path, [50, 10, 40, 20, 30])
    limit(tmp_path, keep=2).run_finished(run_result(evidence=EVIDENCE))
    assert left(tmp_path) == ["run-1", "run-3"]


def test_the_old_go(tmp_path: Path, run_result: Made) -> None:
    runs_of(tmp_path, [DAY - 1, DAY + 1, 0, 30 * DAY])
    limit(tmp_path, age_s=DAY).run_finished(run_result(evidence=EVIDENCE))
    assert left(tmp_path) == ["run-0", "run-2"]


def test_a_run_without_evidence_makes_room_too(tmp_path: Path, run_result: Made) -> None:
    """Otherwise the evidence of the last bad day would stay for as long as all is well."""
    runs_of(tmp_path, [10, 20, 2 * DAY])
    limit(tmp_path, keep=1).run_finished(run_result())
    assert left(tmp_path) == ["run-0"]


def test_before_there_is_any_evidence_there_is_nothing_to_do(tmp_path: Path, run_result: Made) -> None:
    limit(tmp_path / "artifacts").run_finished(run_result())
    assert left(tmp_path) == []


def test_runs_that_end_together_do_not_get_in_each_others_way(tmp_path: Path, run_result: Made) -> None:
    """Two threads that remove the same folders would trip over what the other has removed."""
    runs_of(tmp_path, [float(age) for age in range(60)])
    bound = limit(tmp_path, keep=5)
    together = threading.Barrier(4)

    def finish() -> None:
        together.wait(10)
        bound.run_finished(run_result())

    with ThreadPoolExecutor(4) as threads:
        for done in [threads.submit(finish) for _ in range(4)]:
            done.result(10)
    assert left(tmp_path) == [f"run-{number}" for number in range(5)]


def test_a_file_that_is_no_run_is_left_alone_and_takes_no_place(tmp_path: Path, run_result: Made) -> None:
    runs_of(tmp_path, [10, 20])
    (tmp_path / "notes.txt").touch()
    limit(tmp_path, keep=1).run_finished(run_result(evidence=EVIDENCE))
    assert left(tmp_path) == ["notes.txt", "run-0"]


def test_a_folder_is_made(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    assert writable(folder, "monitor.results_dir") == folder
    assert list(folder.iterdir()) == []


def test_a_file_in_the_place_of_a_folder(tmp_path: Path) -> None:
    file = tmp_path / "results"
    file.touch()
    with pytest.raises(FolderUnwritable) as refused:
        writable(file, "monitor.results_dir")
    assert str(refused.value) == (
        f"monitor.results_dir: cannot write to {file}: File exists; name a folder that can be written"
    )


def test_a_folder_below_a_file(tmp_path: Path) -> None:
    file = tmp_path / "results"
    file.touch()
    with pytest.raises(FolderUnwritable, match=r"^monitor\.state_dir: cannot write to .*: Not a directory; name"):
        writable(file / "below", "monitor.state_dir")
