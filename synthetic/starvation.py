"""Whether a wait ran out because the monitor's own processes got no processor: that is nobody else's fault."""

from journeys.cause import Cause
from journeys.journey import Step
from journeys.result import Failure
from synthetic.diagnosis import broken

_WAITED_IN_VAIN = frozenset(
    {
        Cause.TIMEOUT,
        Cause.NEVER_READY,
        Cause.BLANK_PAGE,
        Cause.UNEXPECTED_SCREEN,
        # Seen on a machine ten times too slow: the way in was on the front page and not painted yet.
        Cause.ELEMENT_MISSING,
        # A line of an error may be of before the wait.
        Cause.ERROR_SCREEN,
    }
)
"""What a wait that ran out may come to."""


def starved(failure: Failure, step: Step, duration_s: float, waited_s: float) -> Failure | None:
    """The monitor's own fault in place of ``failure``, or None when it stands.

    Of the ``duration_s`` seconds that the step took, the monitor's processes were ready to run and did not for
    ``waited_s``: that is at least half of a wait that ran out, and the rest is within the budget.
    """
    ran_out = failure.cause in _WAITED_IN_VAIN and duration_s >= step.timeout_s
    if not ran_out or duration_s - waited_s > step.budget_s or waited_s < duration_s / 2:
        return None
    words = f"the monitor was short of processor time: {waited_s:.1f} s of {duration_s:.1f} s ({failure.message})"
    return broken(Cause.MONITOR_ERROR, words, step.name)
