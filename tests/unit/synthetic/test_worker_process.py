"""What a worker tells of its steps, and when."""

from multiprocessing.connection import Connection
from unittest.mock import create_autospec

import pytest

from journeys.result import StepResult, Verdict
from journeys.system import System
from synthetic.assignment import StepFinished, StepStarted
from synthetic.recorder import Document, Recorder
from synthetic.worker_process import Stream

STEPS = ("open the portal", "sign in", "leave")
CAME = Document("https://esia.example/login", System.ESIA, 200, 1.0, 0.2)


class Told:
    """A stream of the run of a journey with `STEPS`, and what came out of it."""

    def __init__(self, *, pictures: bool = False) -> None:
        pipe = create_autospec(Connection, instance=True)
        recorder = create_autospec(Recorder, instance=True)
        recorder.documents.return_value = [CAME]
        self._stream = Stream(pipe, recorder, STEPS, pictures=pictures)
        self._pipe = pipe

    def take(self, name: str, verdict: Verdict = Verdict.PASSED) -> StepResult:
        step = StepResult(name, System.ESIA, verdict, 0.1, 3.0)
        self._stream.step_started(name)
        self._stream.step_finished(step)
        return step

    @property
    def messages(self) -> list[object]:
        return [call.args[0] for call in self._pipe.send.call_args_list]


def started(name: str) -> StepStarted:
    return StepStarted(name, (CAME,))


def test_the_end_of_a_step_tells_of_the_next_one_too() -> None:
    told = Told()
    first, second, third = map(told.take, STEPS)
    assert told.messages == [
        started("open the portal"),
        StepFinished(first, started("sign in")),
        StepFinished(second, started("leave")),
        StepFinished(third),
    ]


def test_a_slow_step_is_followed_as_well() -> None:
    told = Told()
    slow = told.take("open the portal", Verdict.DEGRADED)
    assert told.messages[-1] == StepFinished(slow, started("sign in"))


@pytest.mark.parametrize("verdict", [Verdict.FAILED, Verdict.BROKEN])
def test_nothing_follows_a_step_that_failed(verdict: Verdict) -> None:
    told = Told()
    failed = told.take("open the portal", verdict)
    assert told.messages[-1] == StepFinished(failed)


def test_where_a_picture_is_taken_in_between_each_step_is_told_of_when_it_begins() -> None:
    told = Told(pictures=True)
    first, second = map(told.take, STEPS[:2])
    assert told.messages == [
        started("open the portal"),
        StepFinished(first),
        started("sign in"),
        StepFinished(second),
    ]
