import math
from dataclasses import replace

import pytest

from journeys.result import StepResult, Verdict
from journeys.system import System
from synthetic.recorder import Document
from synthetic.slowness import slowest

END = 1_900_000_000.0
NMO, ESIA, REGISTRY, DELIVERY = System.NMO, System.ESIA, System.REGISTRY, System.DELIVERY


def came(system: System | None, before_end_s: float, took_s: float, body_s: float = 0.0) -> Document:
    """Asked for so long before the end, its first byte after ``took_s``; all of it ``body_s`` later."""
    asked = END - before_end_s
    return Document("http://site.example/", system, 200, asked, took_s, whole=asked + took_s + body_s)


def coming(system: System, before_end_s: float, took_s: float) -> Document:
    return replace(came(system, before_end_s, took_s), whole=math.inf)


def passed_on(system: System, before_end_s: float, took_s: float) -> Document:
    """A redirect, or something that no tab shows."""
    return replace(came(system, before_end_s, took_s), whole=0.0)


def step(system: System) -> StepResult:
    return StepResult("wait", system, Verdict.DEGRADED, 6.0, 2.0)


@pytest.mark.parametrize(
    ("exercised", "documents", "named"),
    [
        (ESIA, (), ESIA),
        (DELIVERY, (), DELIVERY),
        (ESIA, (came(NMO, 5, 4.0),), NMO),
        (ESIA, (came(NMO, 5, 2.0),), ESIA),
        (ESIA, (came(NMO, 5, 1.0, 3.0),), NMO),
        (ESIA, (came(NMO, 5, 1.0, 60.0),), NMO),
        (ESIA, (coming(NMO, 5, 1.0),), NMO),
        (ESIA, (coming(NMO, 6, 1.0), came(ESIA, 1, 0.1)), NMO),
        (ESIA, (passed_on(NMO, 6, 1.0),), ESIA),
        (DELIVERY, (came(NMO, 1, 0.1, 60.0),), DELIVERY),
        (DELIVERY, (passed_on(NMO, 1, 60.0),), DELIVERY),
        (NMO, (came(ESIA, 6, 0.1, 3.3), came(NMO, 2, 0.1)), ESIA),
        (REGISTRY, (came(NMO, 6, 0.01, 3.0), came(NMO, 3, 0.1, 2.9)), NMO),
        (ESIA, (came(NMO, 9, 9.0),), ESIA),
        (ESIA, (came(None, 5, 5.0),), ESIA),
        (REGISTRY, (), REGISTRY),
        (REGISTRY, (came(NMO, 6, 0.1), came(NMO, 5, 5.0)), REGISTRY),
        (REGISTRY, (came(NMO, 6, 2.5), came(NMO, 3, 2.9)), NMO),
        (REGISTRY, (came(NMO, 5, 5.0),), NMO),
        (NMO, (came(ESIA, 6, 0.1), came(ESIA, 5, 5.0)), ESIA),
    ],
    ids=(
        "no page",
        "a code",
        "another site",
        "less than half",
        "its body",
        "a body that comes on after the step",
        "a body that is still coming",
        "a body that is still coming in another tab",
        "a redirect to somewhere slow",
        "a body that comes on long after the step",
        "an answer that begins long after the step",
        "the body of the first",
        "a slow site before a register, by its bodies",
        "a page of an earlier step",
        "a stranger",
        "a register, no page",
        "a register behind a quick site",
        "a slow site before a register",
        "a register, one page only",
        "a site answers for itself",
    ),
)
def test_who_is_slow(exercised: System, documents: tuple[Document, ...], named: System) -> None:
    assert slowest(step(exercised), END, documents) is named


def test_what_the_monitor_waited_for_a_processor_is_nobodys_part_of_a_step() -> None:
    documents = (came(NMO, 5, 2.5),)

    assert slowest(step(ESIA), END, documents) is ESIA
    assert slowest(step(ESIA), END, documents, waited=3.0) is NMO
