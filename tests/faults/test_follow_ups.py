"""What a run leaves for later, on a staging whose clock can be moved: every follow-up is walked when it is due."""

from collections.abc import Callable

import pytest

from journeys.catalogue import JOURNEYS
from journeys.persona import Persona
from journeys.result import RunResult, Verdict
from tests.faults.bench import Bench, journey_named

pytestmark = pytest.mark.browser

UPDATE, UPDATE_LATER = "specialist-update", "specialist-update-outcome"
ACCOUNT, ACCOUNT_LATER = "account-missing", "account-missing-outcome"


@pytest.fixture
def walk_all(bench: Bench) -> Callable[[str, Persona], list[RunResult]]:
    """Walks a journey and all that follows; the results in order."""

    def walked(journey: str, persona: Persona) -> list[RunResult]:
        first = bench.walk(journey_named(journey), persona, bench.staging.target)
        return [first, *bench.follow(first, persona, bench.staging.target)]

    return walked


def passed(results: list[RunResult]) -> list[str]:
    assert [result.explanation for result in results if result.verdict is not Verdict.PASSED] == []
    return [result.journey for result in results]


@pytest.mark.parametrize(
    ("like", "later", "lags"),
    [
        ("updating-doctor", 1, [{}, {"update": 20.0}]),
        ("documents-doctor", 2, [{}, {"update": 20.0}, {"documents": 20.0}]),
        ("refused-doctor", 2, [{}, {"update": 20.0}, {"resubmission": 20.0}]),
    ],
)
def test_a_change_is_confirmed_when_it_is_due_again_and_again(
    like: str,
    later: int,
    lags: list[dict[str, float]],
    account: Callable[[str], Persona],
    walk_all: Callable[[str, Persona], list[RunResult]],
) -> None:
    persona = account(like)
    for _ in range(2):
        results = walk_all(UPDATE, persona)
        assert passed(results) == [UPDATE, *[UPDATE_LATER] * later]
        assert [result.lags for result in results] == lags


def test_an_account_is_there_after_the_application_and_given_up_again(
    account: Callable[[str], Persona], walk_all: Callable[[str, Persona], list[RunResult]]
) -> None:
    persona = account("not-registered")
    for _ in range(2):
        assert passed(walk_all(ACCOUNT, persona)) == [ACCOUNT, ACCOUNT_LATER]


@pytest.mark.parametrize(
    ("journey", "like"),
    [
        (UPDATE, "updating-doctor"),
        (UPDATE, "documents-doctor"),
        (UPDATE, "refused-doctor"),
        (ACCOUNT, "not-registered"),
    ],
)
def test_what_a_follow_up_waits_for_is_there_for_it_whoever_comes_before(
    journey: str, like: str, account: Callable[[str], Persona], bench: Bench
) -> None:
    """As on a schedule whose next run is due before the follow-up, and after the decision."""
    persona, target = account(like), bench.staging.target
    asked = bench.walk(journey_named(journey), persona, target)
    bench.control.advance(60)
    between = bench.walk(journey_named(journey), persona, target, awaited=True)
    assert (between.explanation, between.follow_up) == ("passed", None)
    assert asked.follow_up
    outcome = bench.walk(journey_named(asked.follow_up.journey), persona, target, asked.follow_up.notes)
    assert outcome.explanation == "passed"


def test_every_journey_that_only_follows_up_is_followed_here() -> None:
    later = {UPDATE_LATER, ACCOUNT_LATER}
    assert {journey.name for journey in JOURNEYS if not journey.on_schedule} == later
    assert {journey.followed_by for journey in JOURNEYS} == {None, *later}
