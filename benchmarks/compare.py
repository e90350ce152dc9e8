"""One run, one contender after another: how long it takes and what it costs."""

import random
from collections.abc import Callable
from contextlib import ExitStack
from statistics import median

from benchmarks.bench import Bench
from benchmarks.contenders import Contender, Cost, Ours, Plain, peers
from benchmarks.figures import Figure, Section, spread

PLAIN, OURS = "plain script", "our worker"
_WARM_UP_ROUNDS = 2
_TURNS = 15
"""Of the two warm contenders in a round: 5 % between them takes more runs to see than a factor of two."""


def compare(bench: Bench, rounds: int, tell: Callable[[str], None]) -> Section:
    """``rounds`` rounds, each in an order of its own: every peer once, the warm two `_TURNS` times."""
    with ExitStack() as stack:
        contenders: dict[str, Contender] = {PLAIN: Plain(bench.case("plain")), OURS: Ours(bench, "ours")}
        contenders |= peers(bench)
        for contender in contenders.values():
            stack.callback(contender.close)
        costs: dict[str, list[Cost]] = {name: [] for name in contenders}
        order = [*contenders, *[PLAIN, OURS] * (_TURNS - 1)]
        for number in range(-_WARM_UP_ROUNDS, rounds):
            tell(f"compare: round {max(number + 1, 0)} of {rounds}")
            random.shuffle(order)
            for name in order:
                cost = contenders[name].run()
                if number >= 0:
                    costs[name].append(cost)
    return _section(costs, rounds)


def _section(costs: dict[str, list[Cost]], rounds: int) -> Section:
    wall = {name: [cost.wall_s for cost in all_] for name, all_ in costs.items()}
    cpu = {name: [cost.cpu_s for cost in all_] for name, all_ in costs.items()}
    walk = {name: [cost.walk_s for cost in all_ if cost.walk_s is not None] for name, all_ in costs.items()}
    cheapest_peer = min(("Playwright Test", "@elastic/synthetics"), key=lambda name: median(cpu[name]))
    return Section(
        name="compare",
        title="One run",
        header=("contender", "wall, s", "of it the walk, s", "CPU, s", "wall / plain", "CPU / plain"),
        rows=tuple(
            (
                name,
                spread(wall[name]),
                spread(walk[name]) if walk[name] else "",
                spread(cpu[name]),
                f"{median(wall[name]) / median(wall[PLAIN]):.2f}",
                f"{median(cpu[name]) / median(cpu[PLAIN]):.2f}",
            )
            for name in costs
        ),
        figures=(
            Figure("wall: our worker / plain script", median(wall[OURS]) / median(wall[PLAIN]), 1.05),
            Figure(f"CPU: our worker / {cheapest_peer}", median(cpu[OURS]) / median(cpu[cheapest_peer]), 0.5),
        ),
        samples={f"{name} wall_s": all_ for name, all_ in wall.items()}
        | {f"{name} walk_s": all_ for name, all_ in walk.items() if all_}
        | {f"{name} cpu_s": all_ for name, all_ in cpu.items()},
        note=(
            f"Medians (quartiles) of {rounds} interleaved rounds, {_TURNS} turns a round for the warm two. "
            f"The walk alone, our worker / plain script: {median(walk[OURS]) / median(walk[PLAIN]):.2f}."
        ),
    )
