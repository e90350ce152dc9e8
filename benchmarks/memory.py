"""What a worker holds, beside the plain script, and whether it grows."""

from collections.abc import Callable
from contextlib import ExitStack
from statistics import median

from benchmarks.bench import Bench
from benchmarks.compare import OURS, PLAIN
from benchmarks.contenders import Ours, Plain
from benchmarks.figures import Figure, Section
from benchmarks.tree import pss_mib, settled_cpu_s

WARM = 30
_READINGS = 10
"""A reading depends on when garbage was last collected: the median of this many runs up to a mark is taken."""


def memory(bench: Bench, runs: int, tell: Callable[[str], None]) -> Section:
    """``runs`` runs of both in turn; both, since what grows may be the browser's own."""
    with ExitStack() as stack:
        plain, ours = Plain(bench.case("memory-plain")), Ours(bench, "memory-ours")
        stack.callback(plain.close)
        stack.callback(ours.close)
        held: dict[str, list[float]] = {PLAIN: [], OURS: []}
        for number in range(1, runs + 1):
            tell(f"memory: run {number} of {runs}")
            for name, warm in ((PLAIN, plain), (OURS, ours)):
                warm.walk()
                if _counts(number, WARM) or _counts(number, runs):
                    settled_cpu_s(warm.pid)
                    held[name].append(pss_mib(warm.pid))
    early = {name: median(all_[:_READINGS]) for name, all_ in held.items()}
    late = {name: median(all_[-_READINGS:]) for name, all_ in held.items()}
    return Section(
        name="memory",
        title="Memory of a worker",
        header=("contender", f"after {WARM} runs, MiB", f"after {runs} runs, MiB", "growth"),
        rows=tuple(
            (name, f"{early[name]:.0f}", f"{late[name]:.0f}", f"{late[name] / early[name] - 1:+.1%}") for name in held
        ),
        figures=(
            Figure(f"our worker − plain script after {WARM} runs", early[OURS] - early[PLAIN], 60, unit=" MiB"),
            Figure(f"our worker after {runs} runs / after {WARM}", late[OURS] / early[OURS], 1.05),
        ),
        samples={f"{name} mib": all_ for name, all_ in held.items()},
        note=(
            "Proportional set size of the process, its driver and its browser, at rest; medians of the "
            f"{_READINGS} runs up to the mark."
        ),
    )


def _counts(number: int, mark: int) -> bool:
    return mark - _READINGS < number <= mark
