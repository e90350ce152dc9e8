import pytest

from journeys.result import StepResult, Verdict
from journeys.system import System
from synthetic.recorder import Document
from synthetic.slowness import slowest

END = 1_900_000_000.0
NMO, ESIA, REGISTRY, DELIVERY = System.NMO, System.ESIA, System.REGISTRY, System.DELIVERY


def came(system: System | None, before_end_s: float, took_s: float) -> Document:
    return Document("http://site.example/", system, 200, END - before_end_s, took_s)


def step(system: System) -> StepResult:
    return StepResult("wait", system, Verdict.DEGRADED, 6.0, 2.0)


@pytest.mark.parametrize(
    ("exercised", "documents", "body", "named"),
    [
        (ESIA, (), 0.0, ESIA),
        (DELIVERY, (), 0.0, DELIVERY),
        (ESIA, (came(NMO, 5, 4.0),), 0.0, NMO),
        (ESIA, (came(NMO, 5, 2.0),), 0.0, ESIA),
        (ESIA, (came(NMO, 5, 1.0),), 3.0, NMO),
        (ESIA, (came(NMO, 9, 9.0),), 0.0, ESIA),
        (ESIA, (came(None, 5, 5.0),), 0.0, ESIA),
        (REGISTRY, (), 0.0, REGISTRY),
        (REGISTRY, (came(NMO, 6, 0.1), came(NMO, 5, 5.0)), 0.0, REGISTRY),
        (REGISTRY, (came(NMO, 6, 2.5), came(NMO, 3, 2.9)), 0.0, NMO),
        (REGISTRY, (came(NMO, 5, 5.0),), 0.0, NMO),
        (NMO, (came(ESIA, 6, 0.1), came(ESIA, 5, 5.0)), 0.0, ESIA),
    ],
    ids=(
        "no page",
        "a code",
        "another site",
        "less than half",
        "its body",
        "a page of an earlier step",
        "a stranger",
        "a register, no page",
        "a register behind a quick site",
        "a slow site before a register",
        "a register, one page only",
        "a site answers for itself",
    ),
)
def test_who_is_slow(exercised: System, documents: tuple[Document, ...], body: float, named: System) -> None:
    assert slowest(step(exercised), END, body, documents) is named


def test_what_the_monitor_waited_for_a_processor_is_nobodys_part_of_a_step() -> None:
    documents = (came(NMO, 5, 2.5),)

    assert slowest(step(ESIA), END, 0.0, documents) is ESIA
    assert slowest(step(ESIA), END, 0.0, documents, waited=3.0) is NMO
