"""Come back later and confirm: what a run leaves to be looked at when it is due."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class FollowUp:
    """A journey to be walked at ``due_at`` (UTC) by the same persona on the same target.

    ``notes`` tell it what it comes back for, as the number of a request; no personal data.
    """

    journey: str
    due_at: datetime
    notes: Mapping[str, str] = field(default_factory=dict)
