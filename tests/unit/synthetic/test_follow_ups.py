from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from journeys.follow_up import FollowUp
from journeys.journey import Journey
from journeys.persona import Persona
from journeys.result import RunResult, Verdict
from journeys.target import Target
from synthetic.follow_ups import FollowUps, Removed
from synthetic.history import Pending
from synthetic.prober import Probe
from synthetic.settings import MissingSecret

Made = Callable[..., RunResult]
DUE = datetime(2026, 3, 3, 9, tzinfo=UTC)
ASKED = FollowUp("sign-in", DUE, {"number": "ПС-1"})


class Stand:
    """Follow-ups with an alarm that is rung by hand; ``says`` is what each walk comes to."""

    def __init__(self, probe: Probe, says: list[RunResult | None]) -> None:
        self.rings: list[tuple[str, datetime, Callable[[], object]]] = []
        self.walked: list[Probe] = []
        self.dropped: list[RunResult] = []
        self.gone: str | None = None
        self._probe = probe
        self._says = says
        self.follow_ups = FollowUps(self._of, self._walk, self._set, self.dropped.append, "moscow")

    def _of(self, one: Pending) -> Probe:
        if self.gone:
            raise Removed(self.gone)
        return self._probe

    def _walk(self, probe: Probe) -> RunResult | None:
        self.walked.append(probe)
        return self._says.pop(0)

    def _set(self, name: str, due_at: datetime, act: Callable[[], object]) -> None:
        self.rings.append((name, due_at, act))

    def ring(self) -> None:
        self.rings.pop(0)[2]()


@pytest.fixture
def stood(journey: Journey, persona: Persona, target: Target) -> Callable[..., Stand]:
    return lambda *says: Stand(Probe(journey, persona, target), list(says))


def test_what_a_run_asks_for_is_walked_once_when_due(stood: Callable[..., Stand], run_result: Made) -> None:
    stand = stood(run_result())
    stand.follow_ups.run_finished(run_result(follow_up=ASKED))
    assert [(name, due_at) for name, due_at, _ in stand.rings] == [("follow-up run-1", DUE)]

    stand.ring()

    assert len(stand.walked) == 1
    assert stand.rings == []


def test_what_waits_for_its_time_is_told_the_next_one_first(stood: Callable[..., Stand], run_result: Made) -> None:
    stand = stood(run_result(), run_result(Verdict.BROKEN))
    for run_id, hours in (("run-1", 3), ("run-2", 1)):
        asked = FollowUp("sign-in", DUE + timedelta(hours=hours))
        stand.follow_ups.run_finished(run_result(run_id=run_id, follow_up=asked))
    assert stand.follow_ups.due() == [("sign-in", DUE + timedelta(hours=hours)) for hours in (1, 3)]

    stand.ring()
    assert stand.follow_ups.due() == [("sign-in", DUE + timedelta(hours=1))]
    stand.ring()
    assert len(stand.follow_ups.due()) == 1, "one without a verdict is tried anew"


def test_a_follow_up_is_awaited_until_it_has_its_verdict(
    stood: Callable[..., Stand], run_result: Made, persona: Persona, target: Target
) -> None:
    stand = stood(run_result(Verdict.BROKEN), run_result())

    asked = replace(ASKED, due_at=datetime.now(UTC))

    def awaited(journey: str = "sign-in", name: str = "anna") -> bool | None:
        return stand.follow_ups.awaited(journey, replace(persona, name=name), replace(target, name="stage"))

    assert awaited() is None, "what an earlier monitor left is not known yet"
    stand.follow_ups.run_finished(run_result(follow_up=asked))
    assert awaited() is True
    stand.follow_ups.resume([], all_known=True)
    assert (awaited(), awaited("consent"), awaited(name="boris")) == (True, False, False)

    stand.ring()
    assert awaited() is True, "it is tried anew"
    stand.ring()
    assert awaited() is False


def test_one_that_is_closed_or_waits_for_a_secret_is_awaited_or_not(
    stood: Callable[..., Stand], persona: Persona, target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lacking(_: Pending) -> Probe:
        raise MissingSecret("personas.anna.password: env:NOPE is not set")

    stand = stood()
    place = replace(target, name="stage")
    monkeypatch.setattr(stand.follow_ups, "_probe_of", lacking)
    asked = replace(ASKED, due_at=datetime.now(UTC))
    stand.follow_ups.resume([Pending("run-7", "anna", "stage", DUE, asked)], all_known=True)
    assert stand.follow_ups.awaited("sign-in", persona, place) is True
    monkeypatch.undo()
    stand.gone = '"anna": no such persona'
    stand.follow_ups.resume([])
    assert stand.follow_ups.awaited("sign-in", persona, place) is False


def test_a_run_that_asks_for_nothing_sets_no_alarm(stood: Callable[..., Stand], run_result: Made) -> None:
    stand = stood()
    stand.follow_ups.run_finished(run_result())
    assert stand.rings == []


@pytest.mark.parametrize(("verdict", "reason"), [(Verdict.BROKEN, None), (Verdict.SKIPPED, "leased")])
def test_a_follow_up_without_a_verdict_is_tried_anew(
    stood: Callable[..., Stand], run_result: Made, verdict: Verdict, reason: str | None
) -> None:
    stand = stood(run_result(verdict, skip_reason=reason))
    stand.follow_ups.run_finished(run_result(follow_up=ASKED))

    stand.ring()

    ((_, due_at, _),) = stand.rings
    assert timedelta(0) < due_at - datetime.now(UTC) <= timedelta(seconds=60)


def test_the_end_of_the_monitor_closes_nothing(stood: Callable[..., Stand], run_result: Made) -> None:
    stand = stood(None)
    stand.follow_ups.run_finished(run_result(follow_up=ASKED))
    stand.ring()
    assert (stand.rings, stand.dropped) == ([], [])


def test_what_an_earlier_monitor_left_is_taken_up(stood: Callable[..., Stand]) -> None:
    stand = stood()
    stand.follow_ups.resume([Pending("run-7", "anna", "stage", DUE, ASKED)])
    assert [(name, due_at) for name, due_at, _ in stand.rings] == [("follow-up run-7", DUE)]


def test_nothing_is_taken_up_twice(stood: Callable[..., Stand], run_result: Made) -> None:
    stand = stood(run_result())
    asked = Pending("run-1", "anna", "stage", DUE, ASKED)
    stand.follow_ups.run_finished(run_result(follow_up=ASKED))
    stand.follow_ups.resume([asked, asked])
    assert [name for name, _, _ in stand.rings] == ["follow-up run-1"]

    stand.ring()
    stand.follow_ups.resume([asked])  # its end is on its way to the history
    assert stand.rings == []


def test_a_follow_up_whose_secret_is_not_there_waits_and_stops_no_other(
    stood: Callable[..., Stand], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    stand = stood()
    probe_of = stand.follow_ups._probe_of

    def lacking(one: Pending) -> Probe:
        if one.run_id == "run-7":
            raise MissingSecret("personas.anna.password: env:NOPE is not set")
        return probe_of(one)

    monkeypatch.setattr(stand.follow_ups, "_probe_of", lacking)
    stand.follow_ups.resume([Pending(run_id, "anna", "stage", DUE, ASKED) for run_id in ("run-7", "run-8")])

    assert [name for name, _, _ in stand.rings] == ["follow-up run-8"]
    assert stand.dropped == []
    assert "waits: personas.anna.password: env:NOPE is not set" in capsys.readouterr().err

    stand.follow_ups.resume([Pending("run-7", "anna", "stage", DUE, ASKED)])
    assert capsys.readouterr().err == "", "what was told is not told again"
    monkeypatch.undo()
    stand.follow_ups.resume([])  # the history speaks only of what was asked for by hand
    stand.follow_ups.resume([Pending("run-7", "anna", "stage", DUE, ASKED)])
    assert [name for name, _, _ in stand.rings] == ["follow-up run-8", "follow-up run-7"]


def test_what_a_scheduled_run_asks_for_waits_for_its_secret(
    stood: Callable[..., Stand], run_result: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lacking(_: Pending) -> Probe:
        raise MissingSecret("personas.anna.password: env:NOPE is not set")

    stand = stood()
    monkeypatch.setattr(stand.follow_ups, "_probe_of", lacking)
    stand.follow_ups.run_finished(run_result(follow_up=ASKED))
    stand.follow_ups.resume([])
    assert stand.rings == []

    monkeypatch.undo()
    stand.follow_ups.resume([])
    assert [(name, due_at) for name, due_at, _ in stand.rings] == [("follow-up run-1", DUE)]


def test_a_follow_up_that_can_never_be_walked_is_closed_and_told(
    stood: Callable[..., Stand], capsys: pytest.CaptureFixture[str]
) -> None:
    stand = stood()
    stand.gone = '"anna": no such persona'

    stand.follow_ups.resume([Pending("run-7", "anna", "stage", DUE, ASKED)])

    (closed,) = stand.dropped
    assert (closed.verdict, closed.skip_reason, closed.follows) == (Verdict.SKIPPED, "removed", "run-7")
    assert closed.notes == {"removed": '"anna": no such persona'}
    assert stand.rings == []
    assert 'follow-up sign-in (anna) is closed: "anna": no such persona' in capsys.readouterr().err


def test_several_that_are_closed_for_one_reason_are_told_in_one_line(
    stood: Callable[..., Stand], capsys: pytest.CaptureFixture[str]
) -> None:
    stand = stood()
    stand.gone = "the staging has ended"
    stand.follow_ups.resume([Pending(run_id, "anna", "stage", DUE, ASKED) for run_id in ("run-7", "run-8")])
    assert len(stand.dropped) == 2
    assert capsys.readouterr().err == ("nmo-monitor: 2 follow-ups, sign-in (anna), are closed: the staging has ended\n")
