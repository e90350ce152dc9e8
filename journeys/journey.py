"""A journey is an immutable ordered list of steps, known at import."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Literal

from journeys.persona import AccountState, Factor, Identity, Role
from journeys.system import System
from journeys.target import Asked, Channel, asks_by_address
from journeys.visit import Visit

Act = Callable[[Visit], None]
Kind = Literal["positive", "negative", "both"]

_BY: Mapping[Channel, str] = MappingProxyType({"sms": "SMS", "email": "e-mail"})


@dataclass(frozen=True)
class Step:
    """A named action of a user, the system it exercises, and the time it should take.

    Over ``budget_s`` the run is degraded; a single wait inside the step gives up after ``timeout_s``. Where it fails,
    one that ``burns_the_account`` leaves a sign-in behind that ЕСИА has refused, and counts.
    """

    name: str
    system: System
    budget_s: float
    act: Act = field(repr=False)
    timeout_s: float = 10.0
    burns_the_account: bool = False

    def timed(self, budget_s: float, timeout_s: float | None = None) -> "Step":
        """The same step with another budget, and a timeout that is not below it unless it is given."""
        return replace(self, budget_s=budget_s, timeout_s=timeout_s or max(self.timeout_s, budget_s))


@dataclass(frozen=True)
class Journey:
    """What a user does, from the first screen to the last, and how well it has to go.

    ``states``, ``factors`` and ``roles`` are those of the accounts that it can be walked with, without ``roles`` any;
    ``needs`` names the fields that a persona must have, ``channels`` what codes come by beside the second factor. A
    ``negative`` journey proves a refusal, and passes when it is the right one; one that is ``both`` proves an entry or
    a refusal, whichever the persona's account calls for. One with its ``own_account`` may have it locked, so that no
    other journey may use it; not every one ``signs_in``. One that is not ``on_schedule`` only follows up another, which
    names it as ``followed_by``. ``objective`` is the share of good runs promised, 0 to 1. ``interval_s`` is the default
    time between two scheduled runs. A run over ``budget_s`` is degraded; one that reaches ``deadline_s`` is cut off.
    """

    name: str
    title: str
    requirements: tuple[str, ...]
    steps: tuple[Step, ...]
    budget_s: float
    interval_s: float
    states: tuple[AccountState, ...]
    objective: float = 0.99
    tags: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    channels: tuple[Channel, ...] = ()
    factors: tuple[Factor, ...] = ("sms", "totp")
    roles: tuple[Role, ...] = ()
    kind: Kind = "positive"
    own_account: bool = False
    signs_in: bool = True
    on_schedule: bool = True
    followed_by: str | None = None

    def lacking(self, persona: Identity) -> str | None:
        """What a persona lacks for this journey, in words that go on after its name; None when it fits."""
        if persona.state not in self.states:
            return f"its account is {persona.state}; {self.name} needs one that is {' or '.join(self.states)}"
        if persona.factor not in self.factors:
            return f"its second factor is {persona.factor}; {self.name} needs {' or '.join(self.factors)}"
        if self.roles and persona.role not in self.roles:
            return f"its role is {persona.role}; {self.name} needs {' or '.join(self.roles)}"
        missing = [need for need in self.needs if getattr(persona, need) is None]
        if missing:
            return f"it has no {', '.join(missing)}; {self.name} needs {', '.join(self.needs)}"
        return None

    def unreached(self, persona: Identity, inboxes: Mapping[Channel, Asked], target: str) -> str | None:
        """Which of the persona's codes cannot be read on a target, in words that go on after its name."""
        by_sms: tuple[Channel, ...] = ("sms",) if persona.factor == "sms" else ()
        for channel in (*by_sms, *self.channels):
            if channel == "email" and not persona.email:
                continue  # who has none is asked for no code from there
            inbox = f"[targets.{target}.inboxes.{channel}]"
            if channel not in inboxes:
                return f"is sent a code by {_BY[channel]}; add {inbox}"
            if channel == "sms" and not persona.phone and asks_by_address(inboxes[channel]):
                return f"has no phone, by which {inbox} finds codes"
        return None

    @property
    def deadline_s(self) -> float:
        """Seconds after which a run is cut off: long enough for one stuck wait and a slow remainder."""
        return self.budget_s + max(step.timeout_s for step in self.steps)

    def timed(
        self,
        *,
        budget_s: float | None = None,
        budgets: dict[str, float] | None = None,
        timeout_s: float | None = None,
    ) -> "Journey":
        """The same journey with other times; a key of ``budgets`` must be a step's name (KeyError).

        A budget beyond a step's timeout could never be exceeded, only cut off: the timeout grows with it, unless
        ``timeout_s`` is given, which is that of every step.
        """
        budgets = budgets or {}
        unknown = budgets.keys() - {step.name for step in self.steps}
        if unknown:
            raise KeyError(sorted(unknown)[0])
        steps = tuple(step.timed(budgets.get(step.name, step.budget_s), timeout_s) for step in self.steps)
        return replace(self, steps=steps, budget_s=budget_s or self.budget_s)


def step(
    name: str, system: System, *, budget_s: float, timeout_s: float = 10.0, burns_the_account: bool = False
) -> Callable[[Act], Step]:
    """Turn a function of a visit into a `Step`.

    >>> @step("open the portal", System.NMO, budget_s=3)
    ... def open_portal(visit: Visit) -> None: ...
    """

    def made(act: Act) -> Step:
        return Step(name, system, budget_s, act, timeout_s, burns_the_account)

    return made
