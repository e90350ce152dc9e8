"""The inside of a worker: a process with a warm driver and browser that walks one journey after another.

Started as ``python -m synthetic.worker_process FD BROWSER [headed] [no-sandbox]``. Its standard input is a lifeline:
when the supervisor is gone, however it went, the worker takes its browser down and leaves.
"""

import gc
import os
import sys
import threading
import time
from contextlib import suppress
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, Playwright

from journeys.catalogue import JOURNEYS
from journeys.listener import Listener
from journeys.result import RunResult, StepResult
from journeys.target import Target
from journeys.visit import Visit
from synthetic.assignment import Assignment, Fault, Finished, Judged, Ready, StepFinished, StepStarted
from synthetic.browser import context_options, is_gone, launched
from synthetic.inbox import open_inbox
from synthetic.process_tree import SCRATCH, descendants, end, remove_scratch
from synthetic.recorder import Recorder
from synthetic.runner import run

_FRESH_S = 1.0
"""A context younger than this is taken as it is: asking after its browser costs 3 ms."""
_COLLECTED_EVERY = 5
"""Runs. What five leave behind takes the collector hardly longer than what one does."""


class _Stream(Listener):
    """Tells the supervisor of every step, so that a run that is cut off keeps those it finished, and the way so far."""

    def __init__(self, supervisor: Connection, recorder: Recorder) -> None:
        self._supervisor = supervisor
        self._recorder = recorder

    def step_started(self, name: str) -> None:
        self._supervisor.send(StepStarted(name, tuple(self._recorder.documents())))

    def step_finished(self, step: StepResult) -> None:
        self._supervisor.send(StepFinished(step))

    def run_judged(self, result: RunResult) -> None:
        self._supervisor.send(Judged(result))


class _Stage:
    """The browser, with a fresh context made ahead of the next run on the same target."""

    def __init__(self, playwright: Playwright, browser: Browser) -> None:
        self._devices = playwright.devices
        self._browser = browser
        self._ahead: tuple[Target, BrowserContext, Page, Recorder] | None = None
        self._prepared = 0.0

    def prepare(self, target: Target) -> None:
        context = self._browser.new_context(**context_options(target, self._devices))
        page = context.new_page()
        self._ahead = (target, context, page, Recorder(context, target))
        self._prepared = time.monotonic()

    @property
    def idle_s(self) -> float:
        """Seconds since the context at hand was made."""
        return time.monotonic() - self._prepared

    def take(self, target: Target) -> tuple[BrowserContext, Page, Recorder]:
        if self._ahead and self._ahead[0] != target:
            self._ahead[1].close()
            self._ahead = None
        if self._ahead is None:
            self.prepare(target)
        assert self._ahead is not None  # noqa: S101 - for the type checker: `prepare` sets it
        _, context, page, recorder = self._ahead
        self._ahead = None
        return context, page, recorder


def _perform(stage: _Stage, assignment: Assignment, supervisor: Connection) -> None:
    journey = assignment.timing.applied(next(known for known in JOURNEYS if known.name == assignment.journey))
    context, page, recorder = stage.take(assignment.target)
    if stage.idle_s > _FRESH_S:
        # A browser or a tab that died while idle shows with any answer of the driver, before the clock starts: the
        # supervisor takes another worker. A script in the page would take 8 ms.
        context.cookies()
        if recorder.crashed:
            raise RuntimeError("the tab died while it was idle")
    with open_inbox(assignment.persona, assignment.target, assignment.state_dir) as inbox:
        visit = Visit(
            page,
            assignment.target,
            assignment.persona,
            inbox,
            earlier=assignment.earlier,
            awaited=assignment.awaited,
        )
        result = run(journey, visit, (_Stream(supervisor, recorder),), assignment.errand, recorder)
    supervisor.send(Finished(result))
    # After the answer, so that neither the end of this context nor the start of the next counts into a run.
    context.close()
    stage.prepare(assignment.target)


def _leave_with_supervisor() -> None:
    # Not through sys.stdin: its lock would be held by this thread when the interpreter shuts down.
    while os.read(0, 1):
        pass
    end(descendants(os.getpid()), patience_s=2)
    remove_scratch(os.environ.get(SCRATCH, ""))
    os._exit(0)


def main() -> None:
    """Serve assignments until the supervisor hangs up."""
    supervisor = Connection(int(sys.argv[1]))
    threading.Thread(target=_leave_with_supervisor, daemon=True).start()
    started = time.perf_counter()
    try:
        options = sys.argv[3:]
        headed, sandbox = "headed" in options, "no-sandbox" not in options
        with launched(Path(sys.argv[2]), headed=headed, sandbox=sandbox) as (playwright, browser):
            supervisor.send(Ready(time.perf_counter() - started))
            stage = _Stage(playwright, browser)
            # The collector would look through 85 000 objects in mid-run, 40 ms at a time: it has a time of its own, and
            # what is there from the start is left alone.
            gc.freeze()
            gc.disable()
            for number in count(1):
                if not browser.is_connected():
                    return
                _perform(stage, supervisor.recv(), supervisor)
                if number % _COLLECTED_EVERY == 0:
                    gc.collect()
    except (EOFError, BrokenPipeError):
        return
    except Exception as error:
        with suppress(OSError):
            # The supervisor may have hung up already: it kills a worker whose browser died.
            supervisor.send(Fault(_explained(error)))
    finally:
        # Either this thread or the one that watches the lifeline is the last to go.
        remove_scratch(os.environ.get(SCRATCH, ""))


def _explained(error: Exception) -> str:
    if is_gone(error):
        return "the browser exited at once; start it by hand to see why"
    return f"{type(error).__name__}: {next(iter(str(error).splitlines()), '')}"


if __name__ == "__main__":
    main()
