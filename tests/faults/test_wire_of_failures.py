"""What a run that fails says of the wire besides."""

import pytest

from journeys.cause import Cause
from journeys.result import Verdict
from journeys.system import System
from tests.faults.bench import Bench, journey_named

pytestmark = pytest.mark.browser

UNSAFE_AT_ESIA = (System.ESIA, Cause.COOKIE_UNSAFE)


@pytest.mark.parametrize(
    ("fault", "system", "failed_for"),
    [
        ("name-mismatch", "nmo", Cause.NAME_MISMATCH),
        # What a run fails for is not said again as a doubt.
        ("wrong-state", "esia", Cause.STATE_MISMATCH),
    ],
)
def test_a_failure_does_not_hide_what_was_left_on_the_wire(
    bench: Bench, fault: str, system: str, failed_for: Cause
) -> None:
    persona = bench.control.account("doctor")
    with bench.control.fault("cookie-unsafe", "esia", lacks=0), bench.control.fault(fault, system):
        result = bench.walk(journey_named("sign-in"), persona, bench.staging.target)

    assert (result.verdict, result.failure and result.failure.cause) == (Verdict.FAILED, failed_for), result.explanation
    assert [(doubt.system, doubt.cause) for doubt in result.doubts] == [UNSAFE_AT_ESIA], result.explanation
    assert "besides: esia: the session's cookie" in result.explanation
