"""Who is compared: two that stay warm, the plain script and our worker, and three that are a process a run."""

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Protocol

from prometheus_client import CollectorRegistry

from benchmarks import plain
from benchmarks.bench import Bench, BenchmarkError, Case
from benchmarks.tree import settled_cpu_s
from exporters.allure import AllureResults
from exporters.allure_folder import Keep, ResultsFolder
from exporters.prometheus import Metrics
from journeys.sign_in import SIGN_IN
from synthetic.fanout import Fanout
from synthetic.history import History, Retention
from synthetic.pool import Pool
from synthetic.prober import Probe, Prober
from synthetic.worker import Worker

HERE = Path(__file__).parent
PEERS = HERE / "peers"
_PEER_LIMIT_S = 120


@dataclass(frozen=True)
class Cost:
    """What one run took, in seconds: from the word to the answer, and CPU of everything involved; and of the warm ones
    the walk itself, by the clock of the process that walks."""

    wall_s: float
    cpu_s: float
    walk_s: float | None = None


class Contender(Protocol):
    """Somebody who walks the journey."""

    def run(self) -> Cost:
        """Walk it once. Raises BenchmarkError when that fails."""

    def close(self) -> None:
        """Leave nothing running."""


class Plain:
    """(a) The plain script, warm in a process of its own."""

    def __init__(self, case: Case) -> None:
        self._process = subprocess.Popen(
            [sys.executable, plain.__file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=case.environment(),
        )
        self._hear("ready")

    @property
    def pid(self) -> int:
        """The root of its process tree."""
        return self._process.pid

    def walk(self) -> float:
        """Walk the journey once; seconds by the script's own clock."""
        assert self._process.stdin
        self._process.stdin.write("go\n")
        self._process.stdin.flush()
        (seconds,) = self._hear("done")
        return float(seconds)

    def run(self) -> Cost:
        """Walk once, measured."""
        return _measured(self)

    def close(self) -> None:
        """Let it close its browser."""
        self._process.communicate(timeout=10)

    def _hear(self, word: str) -> list[str]:
        assert self._process.stdout
        said, *more = self._process.stdout.readline().split() or [""]
        if said != word:
            raise BenchmarkError("the plain script failed, see above")
        return more


class Ours:
    """(b) The suite as `serve` runs it: prober, pool, worker, metrics, Allure results, light evidence.

    ``size`` workers, each with an account of its own, ``seat`` 0 and on.
    """

    def __init__(self, bench: Bench, name: str, size: int = 1) -> None:
        folder = bench.folder / name
        keep = Keep(200, timedelta(days=1))
        results = ResultsFolder(folder / "allure-results", good=keep, bad=keep)
        metrics = Metrics(CollectorRegistry(), [SIGN_IN], location="bench", listeners=["metrics", "allureresults"])
        # Never replaced: a replacement would hide growth, and its start would not be a run's cost.
        make = partial(Worker, bench.browser)
        self._pool = Pool(make, size=size, runs_per_worker=sys.maxsize, growth_mib=2**20, watcher=metrics)
        url = f"sqlite:///{folder / 'history.sqlite'}"
        self._history = History(url, folder / "history-outbox.jsonl", Retention(100_000, timedelta(days=90)))
        self._history.start()
        fanout = Fanout([self._history, metrics, AllureResults(results, [SIGN_IN])])
        self._prober = Prober(self._pool, fanout, folder, "bench", retest=False)
        target = bench.staging.target
        self._probes = [Probe(SIGN_IN, bench.persona(f"{name}-{seat}"), target) for seat in range(size)]

    @property
    def pid(self) -> int:
        """The root of a worker's process tree."""
        with self._pool.worker() as worker:
            return worker.pid

    def walk(self, seat: int = 0) -> float:
        """Walk the journey once; seconds by the run's own clock."""
        result = self._prober.run(self._probes[seat], "schedule")
        if not result.good:
            raise BenchmarkError(f"our worker: {result.explanation}")
        return result.duration_s

    def run(self) -> Cost:
        """Walk once, measured."""
        return _measured(self)

    def close(self) -> None:
        """Stop the workers, and write what is on its way to the history."""
        self._pool.close()
        self._history.close()


def _measured(warm: Plain | Ours) -> Cost:
    """CPU is that of the tree, contexts and evidence included, and of this process, which drives it."""
    pid = warm.pid
    before = settled_cpu_s(pid)
    own, started = time.process_time(), time.perf_counter()
    walk_s = warm.walk()
    wall_s, own = time.perf_counter() - started, time.process_time() - own
    return Cost(wall_s, settled_cpu_s(pid) - before + own, walk_s)


@dataclass(frozen=True)
class Peer:
    """A command that walks the journey once and leaves."""

    name: str
    command: tuple[str, ...]
    case: Case
    folder: Path

    def run(self) -> Cost:
        """Run it in a folder of its own, measured with everything that it starts."""
        self.folder.mkdir(exist_ok=True)
        report = self.folder / "report.json"
        root = str(HERE.parent)
        environment = self.case.environment() | {"PYTHONPATH": root, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.measured", str(report), *self.command],
            cwd=self.folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=_PEER_LIMIT_S,
            check=False,
        )
        if done.returncode:
            raise BenchmarkError(f"{self.name} failed ({done.returncode}):\n{done.stdout[-3000:]}")
        return Cost(**json.loads(report.read_text()))

    def close(self) -> None:
        """It has left."""


def peers(bench: Bench) -> dict[str, Contender]:
    """(c), (d) and (e), each set up to do nothing but the journey: no traces, pictures, throttling or plugins."""
    modules = HERE / "node_modules"
    commands: dict[str, tuple[str, ...]] = {
        "pytest-playwright": (
            *(sys.executable, "-m", "pytest", "--quiet", "-p", "pytest_playwright.pytest_playwright"),
            *("-p", "no:cacheprovider", "-c", str(PEERS / "pytest.ini")),
            str(PEERS / "test_sign_in.py"),
        ),
        "Playwright Test": (
            *("node", str(modules / "@playwright/test/cli.js"), "test"),
            *("--config", str(PEERS / "playwright.config.ts")),
        ),
        "@elastic/synthetics": (
            *("node", str(modules / "@elastic/synthetics/dist/cli.js"), str(PEERS / "elastic")),
            *("--config", str(PEERS / "elastic/synthetics.config.ts"), "--screenshots", "off", "--no-throttling"),
        ),
    }
    return {
        name: Peer(name, command, bench.case(f"peer-{number}"), bench.folder / f"peer-{number}")
        for number, (name, command) in enumerate(commands.items())
    }
