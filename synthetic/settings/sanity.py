"""Whether the sections of the settings fit together: names, account states, inboxes, and time."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from journeys.journey import Journey
from synthetic.settings.complaint import Complaint, Loc, unknown
from synthetic.settings.cron import shortest_gap_s
from synthetic.settings.sections import EMBEDDED, Entry, JourneySection, Sections

FOLLOWS = "only follows up another journey; `serve` walks it when it is due"


def timed_as_set(journey: Journey, section: JourneySection | None) -> Journey:
    """The journey with the times and the objective of its section; unknown steps are left out."""
    if section is None:
        return journey
    steps = {step.name for step in journey.steps}
    budgets = {name: seconds for name, seconds in section.steps.items() if name in steps}
    return replace(
        journey.timed(budget_s=section.budget_s, budgets=budgets),
        interval_s=section.interval_s or journey.interval_s,
        objective=section.objective or journey.objective,
    )


def check_names(sections: Sections, journeys: Iterable[Journey]) -> Iterator[Complaint]:
    """Sections for journeys or steps that are not there, for the target that cannot be set, or hosts of two sites."""
    if EMBEDDED in sections.targets:
        yield Complaint(("targets", EMBEDDED), "this name means the embedded staging; choose another name")
    for target in sections.targets:
        owner: dict[str, str] = {}
        for site, hosts in sections.targets[target].hosts:
            for host in hosts:
                if owner.setdefault(host.lower(), site) != site:
                    yield Complaint(
                        ("targets", target, "hosts", site), f"{host} is already one of {owner[host.lower()]}"
                    )
    steps_of = {journey.name: [step.name for step in journey.steps] for journey in journeys}
    for name, section in sections.journeys.items():
        if name not in steps_of:
            yield Complaint(("journeys", name), unknown("journey", name, steps_of))
            continue
        for step in section.steps.keys() - steps_of[name]:
            yield Complaint(("journeys", name, "steps", step), unknown("step", step, steps_of[name]))


def check_journeys(journeys: Iterable[Journey], sections: Mapping[str, JourneySection]) -> Iterator[Complaint]:
    """Budgets that cannot hold: Σ step budgets ≤ journey budget < interval.

    What is complained of is a key that was written: the other side may be the journey's own. The deadline may lie
    beyond the interval: a stuck run then costs the next one, which is counted as missed.
    """
    for journey in journeys:
        section = sections.get(journey.name, JourneySection())
        loc: Loc = ("journeys", journey.name)
        total = sum(step.budget_s for step in journey.steps)
        if total > journey.budget_s:
            adds_up = f"the budgets of its steps add up to {total:g} s; must be at"
            if section.steps and section.budget_s is None:
                yield Complaint((*loc, "steps"), f"{adds_up} most budget_s = {journey.budget_s:g}")
            else:
                yield Complaint((*loc, "budget_s"), f"{adds_up} least that", journey.budget_s)
        if journey.budget_s >= journey.interval_s:
            if section.interval_s and section.budget_s is None:
                message = f"must be more than budget_s = {journey.budget_s:g}"
                yield Complaint((*loc, "interval_s"), message, journey.interval_s)
            else:
                message = f"must be less than interval_s = {journey.interval_s:g}"
                yield Complaint((*loc, "budget_s"), message, journey.budget_s)


def check_schedule(
    entries: Iterable[Entry], journeys: Iterable[Journey], sections: Sections, embedded_personas: Collection[str]
) -> Iterator[Complaint]:
    """Entries that name what is not there, cannot work, or are there twice."""
    known = {journey.name: journey for journey in journeys}
    seen: dict[tuple[str, str, str], int] = {}
    walks: dict[tuple[str, str], list[Journey]] = {}
    for number, entry in enumerate(entries):
        loc: Loc = ("schedule", number)
        first = seen.setdefault((entry.journey, entry.persona, entry.target), number)
        if first != number:
            yield Complaint(
                loc, f"{entry.journey} by {entry.persona} on {entry.target} is already schedule[{first + 1}]"
            )
        targets = (*sections.targets, EMBEDDED)
        personas = embedded_personas if entry.target == EMBEDDED else sections.personas
        if entry.journey not in known:
            yield Complaint((*loc, "journey"), unknown("journey", entry.journey, known), entry.journey)
        elif not known[entry.journey].on_schedule:
            yield Complaint((*loc, "journey"), FOLLOWS, entry.journey)
        else:
            yield from _check_rhythm(loc, entry, known[entry.journey])
        if entry.target not in targets:
            yield Complaint((*loc, "target"), unknown("target", entry.target, targets), entry.target)
        elif entry.persona not in personas:
            what = f"persona on {entry.target}" if entry.target == EMBEDDED else "persona"
            yield Complaint((*loc, "persona"), unknown(what, entry.persona, personas), entry.persona)
        elif entry.target != EMBEDDED and entry.journey in known:
            yield from _check_persona(loc, entry, known[entry.journey], sections)
            yield from _check_wait(entry, known[entry.journey], sections)
        if entry.journey in known and entry.target in targets and entry.persona in personas:
            others = walks.setdefault(account_of(entry.persona, entry.target, sections), [])
            if shared := shared_with(known[entry.journey], entry.persona, others):
                yield Complaint((*loc, "persona"), shared, entry.persona)
            others.append(known[entry.journey])


def account_of(persona: str, target: str, sections: Sections) -> tuple[str, str]:
    """Whose account a persona uses, and at which ЕСИА: two personas may share one, and so may two targets."""
    if target == EMBEDDED:
        return persona, EMBEDDED
    return str(sections.personas[persona].login), str(sections.targets[target].esia)


def shared_with(journey: Journey, persona: str, others: Iterable[Journey]) -> str | None:
    """What speaks against a journey with an account that ``others`` use; None where nothing does."""
    for other in others:
        alone = next((one for one in (journey, other) if one.own_account and other.name != journey.name), None)
        if alone:
            also = other.name if alone is journey else journey.name
            return f"{alone.name} needs an account that nobody else uses, and {persona} walks {also} as well"
    return None


def _check_rhythm(loc: Loc, entry: Entry, journey: Journey) -> Iterator[Complaint]:
    key = "cron" if entry.cron else "interval_s"
    given = entry.cron or entry.interval_s
    if given is None and not entry.jitter_s:
        return  # the journey's own interval, which `check_journeys` has seen
    gap_s = shortest_gap_s(entry.cron) if entry.cron else entry.interval_s or journey.interval_s
    if journey.budget_s + entry.jitter_s >= gap_s:
        if given is None:
            message = (
                f"must with the budget of {journey.name}, {journey.budget_s:g} s, be less than interval_s = {gap_s:g}"
            )
            yield Complaint((*loc, "jitter_s"), message, entry.jitter_s)
            return
        jitter = f" + jitter_s = {entry.jitter_s:g}" if entry.jitter_s else ""
        gap = f" (a run every {gap_s:g} s)" if entry.cron else ""
        message = f"must leave more than the budget of {journey.name}, {journey.budget_s:g} s{jitter}{gap}"
        yield Complaint((*loc, key), message, given)


def _check_wait(entry: Entry, journey: Journey, sections: Sections) -> Iterator[Complaint]:
    wait_s = sections.targets[entry.target].code_timeout_s
    if wait_s >= journey.deadline_s:
        message = f"must be less than the {journey.deadline_s:g} s after which a run of {journey.name} is cut off"
        yield Complaint(("targets", entry.target, "code_timeout_s"), message, wait_s)


def _check_persona(loc: Loc, entry: Entry, journey: Journey, sections: Sections) -> Iterator[Complaint]:
    persona, target = sections.personas[entry.persona], sections.targets[entry.target]
    if lacking := journey.lacking(persona):
        yield Complaint((*loc, "persona"), lacking, entry.persona)
    if unreached := journey.unreached(persona, target.inboxes.given, entry.target):
        yield Complaint((*loc, "target"), f"{entry.persona} {unreached}", entry.target)
