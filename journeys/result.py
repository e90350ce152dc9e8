"""What a run comes to: the one value that crosses every boundary, with its JSON form both ways."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from pydantic import TypeAdapter

from journeys.cause import Cause
from journeys.comparison import Comparison
from journeys.follow_up import FollowUp
from journeys.system import System


class Verdict(StrEnum):
    """How a run, or a step of it, ended."""

    PASSED = "passed"
    DEGRADED = "degraded"
    FAILED = "failed"
    BROKEN = "broken"
    SKIPPED = "skipped"


class RunFailed(Exception):
    """Raised by `RunResult.raise_for_verdict` for a run that is neither good nor skipped."""


@dataclass(frozen=True)
class Failure:
    """Whose fault, why, where, and what the screen said. ``code`` is an error code, HTTP status or net error.

    ``variant`` tells apart what has one cause and several remedies: which of the conditions is missing, which rule a
    name breaks. The diagnosis catalogue lists those of each cause.
    """

    system: System
    cause: Cause
    message: str
    code: str | None = None
    step: str | None = None
    variant: str | None = None

    @property
    def explanation(self) -> str:
        """Where, whose fault, and what was seen; goes on after a verdict."""
        at = f" in «{self.step}»" if self.step else ""
        code = f" [{self.code}]" if self.code else ""
        return f"{at}: {self.system}/{self.cause}{code}: {self.message}"


@dataclass(frozen=True)
class StepResult:
    """A step that was entered. Durations and budgets are in seconds."""

    name: str
    system: System
    verdict: Verdict
    duration_s: float
    budget_s: float


@dataclass(frozen=True)
class Hop:
    """One document of the way, redirects included. ``url`` is redacted; ``status`` is 0 when nothing came."""

    system: System | None
    url: str
    status: int
    duration_s: float


@dataclass(frozen=True)
class SecurityDetails:
    """How a host was reached over TLS, as the browser tells it: the protocol, whose the certificate is and who gave it,
    from when until when it is valid, in Unix seconds. What is not told is empty, or 0."""

    protocol: str = ""
    subject: str = ""
    issuer: str = ""
    not_before: float = 0.0
    not_after: float = 0.0


@dataclass(frozen=True)
class Evidence:
    """A redacted file that a run left: ``kind`` is screenshot, page-text or network."""

    kind: str
    path: Path
    media_type: str


@dataclass(frozen=True)
class Attempt:
    """One try of a run. A failed first try is followed by a second with full evidence."""

    verdict: Verdict
    duration_s: float
    failure: Failure | None = None
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True)
class RunResult:
    """One run of one journey by one persona against one target; times in seconds, ``started_at`` in UTC.

    ``failure`` is None unless failed or broken. ``doubts`` say why a run is degraded, or what was noticed besides in
    one that failed; ``skip_reason`` why it was skipped. ``lags`` are measured waits by kind, ``vitals`` are web
    vitals in seconds, ``security`` is by host, of those reached over TLS, ``console_errors`` is how many the
    browser's console showed. ``compared`` are the fields of both portals side by side, as last compared.
    ``quarantined`` pieces of evidence could not be redacted, ``evidence_lost`` not be stored; neither was written.
    ``attempts`` holds every try, the last one being the run's own verdict. ``follow_up`` is what the run asks to be
    confirmed later, ``follows`` the id of the run that asked for this one.
    """

    run_id: str
    journey: str
    persona: str
    target: str
    location: str
    origin: str
    started_at: datetime
    duration_s: float
    verdict: Verdict
    failure: Failure | None = None
    steps: tuple[StepResult, ...] = ()
    hops: tuple[Hop, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    doubts: tuple[Failure, ...] = ()
    skip_reason: str | None = None
    notes: dict[str, str] = field(default_factory=dict)
    compared: tuple[Comparison, ...] = ()
    lags: dict[str, float] = field(default_factory=dict)
    vitals: dict[str, float] = field(default_factory=dict)
    security: dict[str, SecurityDetails] = field(default_factory=dict)
    console_errors: int = 0
    queue_wait_s: float = 0.0
    follow_up: FollowUp | None = None
    follows: str | None = None
    quarantined: int = 0
    evidence_lost: int = 0

    @property
    def good(self) -> bool:
        """Whether the objective counts this run as a success."""
        return self.verdict in {Verdict.PASSED, Verdict.DEGRADED}

    @property
    def counted(self) -> bool:
        """Whether the objective counts this run at all."""
        return self.good or self.verdict is Verdict.FAILED

    @property
    def flaky(self) -> bool:
        """Failed first and good on the retest."""
        return self.good and any(attempt.verdict is Verdict.FAILED for attempt in self.attempts)

    def raise_for_verdict(self) -> "RunResult":
        """Return self, or raise `RunFailed` with one line that explains a failed or broken run."""
        if self.good or self.verdict is Verdict.SKIPPED:
            return self
        raise RunFailed(self.explanation)

    @property
    def explanation(self) -> str:
        """One line for people: what failed, where, and whose fault it is."""
        if self.failure:
            said = f"{self.verdict}{self.failure.explanation}"
            other = self.attempts[0].failure if len(self.attempts) > 1 else None
            if other and (other.system, other.cause) != (self.failure.system, self.failure.cause):
                said += f"; the first try failed{other.explanation}"
            return "; besides: ".join([said, *(doubt.message for doubt in self.doubts)])
        first = self.attempts[0].failure if self.flaky else None
        reasons = [
            self.skip_reason,
            *(doubt.message for doubt in self.doubts),
            f"only at the second try; the first failed{first.explanation}" if first else None,
        ]
        said = "; ".join(reason for reason in reasons if reason)
        return f"{self.verdict}: {said}" if said else str(self.verdict)

    def to_json(self) -> str:
        """One JSON object on one line."""
        return _ADAPTER.dump_json(self).decode()

    @classmethod
    def from_json(cls, text: str | bytes) -> "RunResult":
        """The inverse of `to_json`; pydantic.ValidationError for anything else."""
        return _ADAPTER.validate_json(text)


_ADAPTER = TypeAdapter(RunResult)
