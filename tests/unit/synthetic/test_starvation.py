import pytest

from journeys.cause import Cause
from journeys.journey import Step
from journeys.result import Failure
from journeys.system import System
from journeys.visit import Visit
from synthetic.starvation import starved


def walked(_: Visit) -> None:
    """Nothing."""


STEP = Step("enter", System.NMO, 2.0, walked, timeout_s=10.0)


def failed(cause: Cause) -> Failure:
    return Failure(System.NMO, cause, "nothing came", step="enter")


@pytest.mark.parametrize("cause", [Cause.TIMEOUT, Cause.BLANK_PAGE, Cause.ELEMENT_MISSING, Cause.ERROR_SCREEN])
def test_a_wait_that_ran_out_without_a_processor_is_the_monitors(cause: Cause) -> None:
    found = starved(failed(cause), STEP, 10.0, 9.0)

    assert found is not None
    assert (found.system, found.cause, found.step) == (System.MONITOR, Cause.MONITOR_ERROR, "enter")
    assert found.message == "the monitor was short of processor time: 9.0 s of 10.0 s (nothing came)"


@pytest.mark.parametrize(
    ("cause", "duration_s", "waited_s"),
    [
        (Cause.TIMEOUT, 10.0, 0.0),
        (Cause.TIMEOUT, 10.0, 7.9),
        (Cause.ELEMENT_MISSING, 10.0, 4.0),
        (Cause.ELEMENT_MISSING, 1.0, 0.9),
        (Cause.ERROR_SCREEN, 1.0, 0.9),
        (Cause.HTTP_ERROR, 10.0, 10.0),
    ],
    ids=(
        "no want",
        "slow all the same",
        "less than half",
        "no wait that ran out",
        "an error that showed at once",
        "something that was seen",
    ),
)
def test_what_the_target_did_stays_the_targets(cause: Cause, duration_s: float, waited_s: float) -> None:
    assert starved(failed(cause), STEP, duration_s, waited_s) is None
