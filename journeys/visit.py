"""What a step gets to work with."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from playwright.sync_api import Page

from journeys.cause import Cause
from journeys.comparison import Comparison
from journeys.follow_up import FollowUp
from journeys.inbox import Inbox
from journeys.persona import Persona
from journeys.system import System
from journeys.target import Target


class OutcomeError(Exception):
    """A screen showed, but not what a user needs. Raised by a step; names the system and the cause.

    The message may name fields and screens, never the person's values.
    """

    def __init__(
        self, system: System, cause: Cause, message: str, code: str | None = None, variant: str | None = None
    ) -> None:
        super().__init__(message)
        self.system = system
        self.cause = cause
        self.code = code
        self.variant = variant


@dataclass
class Visit:
    """One walk of one persona through one target.

    ``page`` is the tab in front: a step that moves to a new tab puts it here. ``notes`` are carried from step
    to step and end in the result: no personal data. ``lags`` are measured waits in seconds, by kind.
    ``code`` is the one-time code that a step received for the next one to enter.
    ``doubts`` are soft checks that failed: they degrade a run that comes through, and do not stop it. ``carried`` never
    leaves the run, so it may hold what a person's screen says. ``earlier`` are the notes of the run that this one
    follows up; ``follow_up`` is set by a step that has something to be confirmed later. ``compared`` is what both
    portals showed when they were last compared. ``awaited``: the journey that follows this one up is still to come back
    to what an earlier run of this persona has left.
    """

    page: Page
    target: Target
    persona: Persona
    inbox: Inbox
    notes: dict[str, str] = field(default_factory=dict)
    lags: dict[str, float] = field(default_factory=dict)
    doubts: list[OutcomeError] = field(default_factory=list)
    carried: dict[str, dict[str, str]] = field(default_factory=dict, repr=False)
    code: str | None = field(default=None, repr=False)
    compared: tuple[Comparison, ...] = ()
    earlier: Mapping[str, str] = field(default_factory=dict)
    awaited: bool = False
    follow_up: FollowUp | None = None

    def doubt(self, system: System, cause: Cause, message: str, variant: str | None = None) -> None:
        """Record a soft check that failed."""
        self.doubts.append(OutcomeError(system, cause, message, variant=variant))
