"""Full load: how many runs a minute two workers make when each starts the next run at once."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from statistics import median

from benchmarks.bench import Bench
from benchmarks.compare import OURS, PLAIN
from benchmarks.contenders import Ours, Plain
from benchmarks.figures import Figure, Section, spread

WORKERS = 2
_RUNS_A_BLOCK = 10
"""Short, so that the two of a pair are measured under the same sky: within half an hour this machine's rate has moved
by a fifth, for both alike."""
_WARM_UP_PAIRS = 3

Walk = Callable[[int], object]
"""Walks once at a seat, 0 to `WORKERS` - 1."""


def load(bench: Bench, pairs: int, tell: Callable[[str], None]) -> Section:
    """``pairs`` of blocks, one of each contender, the first changing from pair to pair."""
    with ExitStack() as stack:
        plain = [Plain(bench.case(f"load-plain-{seat}")) for seat in range(WORKERS)]
        for script in plain:
            stack.callback(script.close)
        ours = Ours(bench, "load-ours", WORKERS)
        stack.callback(ours.close)
        walks: list[tuple[str, Walk]] = [(PLAIN, lambda seat: plain[seat].walk()), (OURS, ours.walk)]
        rates: dict[str, list[float]] = {name: [] for name, _ in walks}
        for number in range(-_WARM_UP_PAIRS, pairs):
            tell(f"load: pair {max(number + 1, 0)} of {pairs}")
            for name, walk in walks if number % 2 else reversed(walks):
                rate = _runs_a_minute(walk)
                if number >= 0:
                    rates[name].append(rate)
    shares = [mine / theirs for mine, theirs in zip(rates[OURS], rates[PLAIN], strict=True)]
    return Section(
        name="load",
        title=f"Full load, {WORKERS} workers",
        header=("contender", "runs a minute"),
        rows=(
            *((name, spread(all_, 1)) for name, all_ in rates.items()),
            ("our worker / plain script, of each pair", spread(shares, 2)),
        ),
        figures=(Figure("runs a minute: our workers / plain scripts", median(shares), 0.95, at_least=True),),
        samples=rates,
        note=f"Medians (quartiles) of {pairs} pairs of blocks of {_RUNS_A_BLOCK} runs each, in turn.",
    )


def _runs_a_minute(walk: Walk) -> float:
    """A block shared out as the seats become free. The clock stops with its last run, while the other seat still walks:
    all of it is full load. What the other has walked of its run by then is not counted, of either contender."""
    left = iter(range(_RUNS_A_BLOCK + WORKERS - 1))  # next() on it is atomic
    ends: list[float] = []

    def keep_walking(seat: int) -> None:
        for _ in left:
            walk(seat)
            ends.append(time.perf_counter())

    started = time.perf_counter()
    with ThreadPoolExecutor(WORKERS) as seats:
        for done in [seats.submit(keep_walking, seat) for seat in range(WORKERS)]:
            done.result()
    return _RUNS_A_BLOCK / (sorted(ends)[_RUNS_A_BLOCK - 1] - started) * 60
