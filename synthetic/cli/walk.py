"""`nmo-monitor run`: journeys walked once, now."""

from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.markup import escape

from journeys.catalogue import JOURNEYS
from journeys.comparison import as_markdown
from journeys.journey import Journey
from journeys.listener import Listener
from journeys.persona import Persona
from journeys.result import RunResult, Verdict
from journeys.support import MOSCOW
from journeys.target import Target
from synthetic.advice import Language, catalogue, explained
from synthetic.artifacts import writable
from synthetic.board import COLOURS, Steps
from synthetic.browser import check_devices, find_browser
from synthetic.cli.options import AsJson, Faults, SettingsFile, journey_names, persona_names, target_names
from synthetic.embedded import EmbeddedStaging, embedded_staging
from synthetic.fanout import Fanout
from synthetic.listing import show_markdown
from synthetic.pool import Pool
from synthetic.prober import Awaited, Probe, Prober
from synthetic.process_tree import adopt_orphans
from synthetic.resumption import is_awaited, open_history
from synthetic.serve import artifact_limit
from synthetic.settings import EMBEDDED, Settings, UnknownName, load, with_secrets
from synthetic.settings.complaint import unknown
from synthetic.settings.sanity import FOLLOWS
from synthetic.worker import Worker

_EXIT_CODES = {Verdict.FAILED: 1, Verdict.BROKEN: 3}


def run(
    journeys: Annotated[
        list[str],
        typer.Argument(
            metavar="JOURNEY",
            help="Names; see `nmo-monitor journeys`.",
            autocompletion=journey_names,
        ),
    ],
    persona: Annotated[
        str | None, typer.Option(help="Who walks [default: the first that fits]", autocompletion=persona_names)
    ] = None,
    target: Annotated[
        str,
        typer.Option(
            help="Where: a target of the settings; embedded starts a staging for this run alone.",
            autocompletion=target_names,
        ),
    ] = EMBEDDED,
    as_json: AsJson = False,
    headed: Annotated[bool, typer.Option("--headed", help="Show the browser.")] = False,
    evidence: Annotated[Literal["light", "full"], typer.Option(help="full: a picture after every step.")] = "light",
    retest: Annotated[bool, typer.Option(help="Try a failure once more, where that is safe.")] = True,
    fault: Faults = None,
    settings_file: SettingsFile = None,
) -> None:
    """Walk journeys once, now. Exit code: 0 good, 1 failed, 3 broken, 2 usage."""
    settings = load(settings_file, journeys=JOURNEYS)
    chosen = [settings.journey(name) for name in journeys]
    for journey in chosen:
        if not journey.on_schedule:
            raise UnknownName(f'"{journey.name}": {FOLLOWS}')
    monitor = settings.monitor
    browser = find_browser(monitor.browser, headed=headed or monitor.headed)
    state_dir = writable(monitor.state_dir, "monitor.state_dir")
    if fault and target != EMBEDDED:
        raise UnknownName("--fault: only the embedded staging can be broken; leave out --target")
    catalogue()
    adopt_orphans()
    with ExitStack() as stack:
        staging = stack.enter_context(embedded_staging(fault or ())) if target == EMBEDDED else None
        probes = with_secrets(partial(_probe, journey, persona, target, settings, staging) for journey in chosen)
        check_devices(probe.target for probe in probes)
        pool = Pool(partial(Worker, browser, headed=headed or monitor.headed, sandbox=monitor.sandbox))
        stack.callback(pool.close)
        listeners: list[Listener] = [artifact_limit(settings)]
        awaited: Awaited = lambda *_: False  # noqa: E731
        if staging is None:  # what happened on a staging of this run alone is nobody's history
            history = open_history(settings)
            stack.callback(history.close)
            listeners.append(history)
            awaited = partial(is_awaited, settings)
        prober = Prober(pool, Fanout(listeners), state_dir, monitor.location, retest=retest, awaited=awaited)
        results = [
            _walked(prober, probe, monitor.language, full=evidence == "full", as_json=as_json) for probe in probes
        ]
    raise typer.Exit(max(_EXIT_CODES.get(result.verdict, 0) for result in results))


def _probe(
    journey: Journey, persona: str | None, target: str, settings: Settings, staging: EmbeddedStaging | None
) -> Probe:
    """The journey with a persona that fits it. Raises UnknownName, also when none fits, and MissingSecret."""
    names = tuple(staging.personas) if staging else settings.personas
    if persona is not None and persona not in names:
        raise UnknownName(f'--persona "{persona}": {unknown("persona", persona, names)}')
    # Who walks it on schedule comes first: others may belong to journeys that count on the state they are in.
    planned = [one.persona for one in settings.schedule if one.journey == journey.name and one.target == target]

    def able() -> Iterator[Persona]:
        for name in [persona] if persona else (*planned, *names):
            found = staging.personas[name] if staging else settings.persona(name)
            lacking = journey.lacking(found)
            if lacking is None:
                yield found
            elif persona:
                raise UnknownName(f'--persona "{persona}": {lacking}')

    if staging is None:  # what is missing of the two is told together
        with_secrets([partial(settings.target, target), partial(next, able(), None)])
    place = staging.target if staging else settings.target(target)
    almost: str | None = None
    for found in able():
        reason = _kept_from(journey, found, place, settings)
        if reason is None:
            return Probe(journey, found, place)
        if persona:
            raise UnknownName(f'--persona "{persona}": {reason}')
        almost = almost or f"personas.{found.name}: {reason}"
    if almost:
        raise UnknownName(almost)
    role = f", of the role {' or '.join(journey.roles)}" if journey.roles else ""
    state = " or ".join(journey.states)
    raise UnknownName(f"personas: none has what {journey.name} needs: an account that is {state}{role}")


def _kept_from(journey: Journey, persona: Persona, target: Target, settings: Settings) -> str | None:
    """What keeps a persona that has all that the journey needs from walking it on a target."""
    if unreached := journey.unreached(persona, target.inboxes, target.name):
        return f"it {unreached}"
    # A sign-in by hand harms no account, whosever it is; nor does anything one of a staging for this run alone.
    spent = journey.own_account and target.name != EMBEDDED
    return settings.shared(journey, persona.name, target.name) if spent else None


def _walked(prober: Prober, probe: Probe, language: Language, *, full: bool, as_json: bool) -> RunResult:
    console = Console(highlight=False)
    progress: tuple[Listener, ...] = ()
    if not as_json:
        console.print(f"{probe.journey.name} ({probe.persona.name} → {probe.target.name})", soft_wrap=True)
        progress = (Steps(console),)
    result = prober.run(probe, "support", full_evidence=full, progress=progress)
    if as_json:
        print(result.to_json(), flush=True)
        return result
    console.print(
        f"  [{COLOURS[result.verdict]}]{escape(result.explanation)}[/]  {result.duration_s:.2f} s", soft_wrap=True
    )
    told = result.verdict is not Verdict.PASSED or result.flaky
    if told:
        began = result.started_at.astimezone(MOSCOW).strftime("%d.%m.%Y %H:%M:%S МСК")
        console.print(f"  {began}, run {result.run_id}", soft_wrap=True, style="dim", markup=False)
        for name, noted in result.notes.items():  # the number of a request, what was met on the way
            console.print(f"  {name}: {noted}", soft_wrap=True, style="dim", markup=False)
    asked = result.follow_up
    if asked and probe.target.name != EMBEDDED:
        due = asked.due_at.astimezone().strftime("%Y-%m-%d %H:%M:%S %Z")
        console.print(f"  {asked.journey} is due at {due}; `serve` takes it up", soft_wrap=True)
    for piece in result.evidence:
        console.print(f"  {piece.kind}: {piece.path}", soft_wrap=True, style="dim", markup=False)
    for count, what in (
        (result.quarantined, "withheld: not proven to be free of secrets"),
        (result.evidence_lost, "lost: could not be taken, or not be written to artifacts in monitor.state_dir"),
    ):
        if count:
            console.print(f"  {count} piece{'s' * (count > 1)} of evidence {what}", soft_wrap=True, style="yellow")
    if told and any(one.rule for one in result.compared):
        show_markdown(f"\n{as_markdown(result.compared)}\n")
    for failure in filter(None, (result.failure, *result.doubts)):
        show_markdown(explained(failure, language))
    return result
