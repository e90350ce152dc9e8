"""A staging and warm browsers of one's own, on which faults are tried one at a time."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Self

from journeys.catalogue import JOURNEYS
from journeys.cause import Cause
from journeys.journey import Journey
from journeys.persona import Persona
from journeys.result import RunResult
from journeys.target import Limits, Target
from synthetic.browser import find_browser
from synthetic.embedded import EmbeddedStaging, embedded_staging
from synthetic.fanout import Fanout
from synthetic.pool import Pool
from synthetic.prober import Probe, Prober
from synthetic.worker import Worker
from tests.control import Control
from tests.faults.case import BEGUN_BY, PERSONAS, Case
from tests.faults.certificate import Authority
from tests.faults.network import Ground, network_fault
from tests.faults.trust import trusting

_TIGHT_S = 1.8
_PATIENCE_S = 3.0
_DUE_S = 60.0
"""After this time by the staging's clock everything that it promises for later is due."""


def journey_named(name: str) -> Journey:
    """A journey of the catalogue."""
    return next(journey for journey in JOURNEYS if journey.name == name)


@dataclass(frozen=True)
class Bench:
    """Where cases are tried. A fault holds for the whole staging, so a bench takes one case at a time.

    ``authority`` is one that the browsers of ``pool`` trust.
    """

    staging: EmbeddedStaging
    control: Control
    pool: Pool
    state_dir: Path
    authority: Authority

    @classmethod
    @contextmanager
    def open(cls, state_dir: Path) -> Iterator[Self]:
        """A bench with a staging and one worker of its own, for as long as the context lasts."""
        with embedded_staging() as staging, Control.of(staging) as control:
            authority = Authority.new()
            pool = Pool(partial(Worker, trusting(find_browser(), authority, state_dir)))
            try:
                yield cls(staging, control, pool, state_dir, authority)
            finally:
                pool.close()

    def meet(self, case: Case) -> RunResult:
        """Walk the case's journey, by an account of its own, while its fault is on; the fault of a follow-up comes
        when all before it has gone well."""
        # The follow-ups of the case before have moved it, and a clock that is off is one of the faults.
        self.control.reset_clock()
        persona = self.control.account(case.persona or PERSONAS[case.journey])
        if case.journey not in BEGUN_BY:
            with self._laid(case) as target:
                return self.walk(_timed(case, case.journey), persona, target)
        # The clock is put ahead for it: what was decided meanwhile is held against what the staging promises.
        limits = self.staging.target.limits
        begin = journey_named(BEGUN_BY[case.journey])
        with self._laid(case) if case.from_the_start else nullcontext(self.impatient) as target:
            begun = self.walk(begin, persona, replace(target, limits=limits))
        with self._laid(case) as target:
            followed = list(self.follow(begun, persona, replace(target, limits=limits), partial(_timed, case)))
        if not followed:
            raise RuntimeError(f"{case}: there is nothing to follow up: {begun.explanation}")
        return followed[-1]

    @contextmanager
    def _laid(self, case: Case) -> Iterator[Target]:
        """The target while the case's fault is on: one of the staging's, or of the network before the first site."""
        if fault := network_fault(case.fault):
            first = journey_named(case.journey).steps[0].system
            with fault.lay(Ground(self.impatient, first, self.authority)) as target:
                yield target
        else:
            with self.control.fault(case.fault, case.at, **case.parameters):
                yield self.impatient

    def follow(
        self, result: RunResult, persona: Persona, target: Target, found: Callable[[str], Journey] = journey_named
    ) -> Iterator[RunResult]:
        """Walk the follow-up that a run asks for, when it is due by the staging's clock, and that of the follow-up."""
        while asked := result.follow_up:
            self.control.advance(_DUE_S)
            result = self.walk(found(asked.journey), persona, target, asked.notes)
            yield result

    @property
    def impatient(self) -> Target:
        """The staging as a target: what is not there in a moment is not coming."""
        return replace(self.staging.target, code_timeout_s=_PATIENCE_S, limits=Limits(*[_PATIENCE_S] * 5))

    def walk(
        self,
        journey: Journey,
        persona: Persona,
        target: Target,
        earlier: Mapping[str, str] = MappingProxyType({}),
        *,
        awaited: bool = False,
    ) -> RunResult:
        """Walk a journey once, without a second try. ``earlier`` are the notes of the follow-up that it is; ``awaited``
        says that one waits for what an earlier run has left."""
        prober = Prober(
            self.pool, Fanout(()), self.state_dir, "test", retest=False, rest_s=0, awaited=lambda *_: awaited
        )
        return prober.run(Probe(journey, persona, target, dict(earlier)), "ci")


def _timed(case: Case, name: str) -> Journey:
    """The staging stands beside us: what is not there in 3 s is not coming. Only where slowness is the fault are the
    budgets tight, so that a busy machine is not taken for it elsewhere."""
    journey = journey_named(name)
    if case.cause is Cause.SLOW:
        return journey.timed(budgets={step.name: _TIGHT_S for step in journey.steps})
    return journey.timed(timeout_s=_PATIENCE_S)
