"""Whom to name when a step took longer than its budget."""

from journeys.result import StepResult
from journeys.system import System
from synthetic.recorder import Document

_AT_ONCE = 0.25
"""Of the time of the slowest page of a step: one that came within it was not slow."""


def slowest(step: StepResult, end: float, documents: tuple[Document, ...], waited: float = 0.0) -> System:
    """The site that took more than half of a step, else what the step exercises.

    ``end`` is the Unix time at which the step ended, ``waited`` the seconds for which the monitor's own processes had
    no processor: nobody took them. In which of the documents they fell cannot be told, so they stay in theirs.

    A register answers through a site: when that has answered another page of the step at once, the register is slow.
    """
    spent: dict[System, float] = {}
    times: list[float] = []
    within = [d for d in documents if d.system and end - step.duration_s <= d.started <= end]
    for document in within:
        came = document.whole or document.started + document.duration_s
        times.append(min(came, end) - document.started)
        if document.system:
            spent[document.system] = spent.get(document.system, 0.0) + times[-1]
    if step.system is System.REGISTRY and len(times) > 1 and min(times) < _AT_ONCE * max(times):
        return step.system
    worst = max(spent, key=lambda system: spent[system], default=step.system)
    return worst if spent.get(worst, 0.0) > (step.duration_s - waited) / 2 else step.system
