"""A run as an Allure result, written by hand: Allure's own lifecycle keeps its state in the process, for one
thread and one test at a time, while runs come from many workers.

Runs of a journey by one persona against one target from one location share a history: the report shows one line
for them, with the latest run in front and the earlier ones behind it.
"""

import csv
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from io import StringIO

from allure_commons.model2 import Attachment, Label, Parameter, Status, StatusDetails, TestResult, TestStepResult
from allure_commons.types import LabelType, Severity
from allure_commons.utils import md5

from exporters.allure_folder import Entry, ResultsFolder
from journeys.comparison import as_markdown
from journeys.journey import Journey
from journeys.listener import Listener
from journeys.result import Attempt, Evidence, Failure, Hop, RunResult, StepResult, Verdict

EPIC = "Вход в НМО через Госуслуги и ЕСИА"
SUITE = "Synthetic monitoring"
FEATURES = {
    "S1": "Подтверждённая учётная запись",
    "S2": "Совпадение СНИЛС и ФИО",
    "S3": "Контактные данные",
    "S4": "Переход с Госуслуг",
    "S5": "Войти через Госуслуги",
    "S6": "Вход через ЕСИА",
    "S7": "Согласие на передачу данных",
    "S8": "Первая синхронизация и сроки обновления",
    "S9": "Расхождение данных между порталами",
    "S10": "Нет учётной записи в НМО",
    "S11": "Поддержка портала",
    "S12": "Шесть аудиторий",
    "S13": "Личный кабинет",
    "S14": "Технические сбои",
}
_STATUS = {
    Verdict.PASSED: Status.PASSED,
    Verdict.DEGRADED: Status.PASSED,
    Verdict.FAILED: Status.FAILED,
    Verdict.BROKEN: Status.BROKEN,
    Verdict.SKIPPED: Status.SKIPPED,
}


class AllureResults(Listener):
    """Writes each run of ``journeys`` into ``folder``; a run's files are all there, or none (OSError).

    ``explain`` tells in Markdown what a failure means to a user, and what to do about it.
    """

    def __init__(
        self, folder: ResultsFolder, journeys: Iterable[Journey], explain: Callable[[Failure], str] = str
    ) -> None:
        self._folder = folder
        self._explain = explain
        self._journeys = {journey.name: journey for journey in journeys}
        self._lock = threading.Lock()

    def run_finished(self, result: RunResult) -> None:
        """Write the result with its evidence, after making room for it."""
        with self._lock:
            entry = self._folder.entry(result.run_id, good=result.good or result.verdict is Verdict.SKIPPED)
            try:
                report = allure_result(result, self._journeys.get(result.journey), entry, self._explain)
                entry.save(report, report.stop / 1000)
            except BaseException:
                entry.discard()
                raise


def allure_result(
    result: RunResult, journey: Journey | None, entry: Entry, explain: Callable[[Failure], str]
) -> TestResult:
    """The result as Allure has it; its attachments are already in ``entry``. Times are in milliseconds.

    A run starts with its first attempt, and its duration and steps are those of the last.
    """
    start = round(result.started_at.timestamp() * 1000)
    earlier = _earlier_attempts(result, start, entry)
    last_start = earlier[-1].stop if earlier else start
    name = journey.title if journey else result.journey
    full_name = f"journeys.{result.journey}"
    shown = {evidence.path for attempt in result.attempts[:-1] for evidence in attempt.evidence}
    attachments = [_attached(entry, evidence) for evidence in result.evidence if evidence.path not in shown]
    if result.hops:
        attachments.append(_hop_table(entry, result.hops))
    return TestResult(
        uuid=result.run_id,
        name=f"{name} — {result.persona}",
        fullName=full_name,
        testCaseId=_digest(full_name),
        # The location too: what is well in one place and broken in another is two histories.
        historyId=_digest(full_name, result.persona, result.target, result.location),
        titlePath=[SUITE, result.target],
        status=_STATUS[result.verdict],
        statusDetails=_details(result),
        description=_description(result, explain),
        labels=[Label(label, value) for label, value in _labels(result, journey)],
        parameters=_parameters(result),
        steps=[*earlier, *_steps(result, last_start)],
        attachments=[attachment for attachment in attachments if attachment],
        start=start,
        stop=last_start + round(result.duration_s * 1000),
    )


def _digest(*parts: str) -> str:
    return str(md5("\0".join(parts)))  # type: ignore[no-untyped-call]


def _details(result: RunResult) -> StatusDetails | None:
    """Only a plain pass has nothing to say."""
    flaky = result.flaky or None
    if result.verdict is Verdict.PASSED and not flaky:
        return None
    return StatusDetails(message=result.explanation, flaky=flaky)


def _description(result: RunResult, explain: Callable[[Failure], str]) -> str:
    """Markdown: what one looks for first."""
    facts = [
        f"**{result.explanation}**" if result.verdict is not Verdict.PASSED else "passed",
        f"run `{result.run_id}`, started by {result.origin} at {result.started_at:%Y-%m-%d %H:%M:%S} UTC",
    ]
    if result.flaky:
        facts.append("flaky: the first attempt failed, the retest was good")
    if result.quarantined:
        facts.append(f"{result.quarantined} artifact(s) withheld: not proven free of secrets")
    if result.console_errors:
        facts.append(f"{result.console_errors} error(s) in the browser's console")
    facts += [f"{name}: {value}" for name, value in result.notes.items()]
    facts += [f"synchronisation ({kind}): {seconds:.1f} s" for kind, seconds in result.lags.items()]
    facts += [as_markdown(result.compared)] if result.compared else []
    blamed = filter(None, (result.failure, *result.doubts))
    return "\n\n".join([*facts, *(f"---\n\n{explain(failure)}" for failure in blamed)])


def _labels(result: RunResult, journey: Journey | None) -> Iterable[tuple[str, str]]:
    tags = journey.tags if journey else ()
    severities = [tag for tag in tags if tag in set(Severity)]
    yield LabelType.PARENT_SUITE, SUITE
    yield LabelType.SUITE, result.target
    yield LabelType.SUB_SUITE, result.location
    yield LabelType.EPIC, EPIC
    for requirement in journey.requirements if journey else ():
        yield LabelType.FEATURE, f"{requirement} {FEATURES.get(requirement, '')}".strip()
    yield LabelType.STORY, journey.title if journey else result.journey
    yield LabelType.SEVERITY, severities[0] if severities else Severity.NORMAL.value
    # The timeline has a row for each host and thread: a persona makes one run at a time.
    yield LabelType.HOST, result.location
    yield LabelType.THREAD, result.persona
    yield LabelType.FRAMEWORK, "nmo-monitor"
    yield LabelType.LANGUAGE, "python"
    blamed = result.failure or next(iter(result.doubts), None)
    if blamed:
        yield "system", str(blamed.system)
        yield "cause", str(blamed.cause)
    remarks = [str(result.verdict)] if result.verdict is Verdict.DEGRADED else []
    remarks += ["flaky"] if result.flaky else []
    for tag in (*tags, result.origin, *remarks):
        if tag not in severities:
            yield LabelType.TAG, tag


def _parameters(result: RunResult) -> list[Parameter]:
    """What tells histories apart, and the run's id, which must not."""
    return [
        Parameter(name="persona", value=result.persona),
        Parameter(name="target", value=result.target),
        Parameter(name="location", value=result.location),
        Parameter(name="run", value=result.run_id, excluded=True),
    ]


def _steps(result: RunResult, start: int) -> list[TestStepResult]:
    """Steps follow each other without a gap; the one that failed says why."""
    steps = []
    for step in result.steps:
        stop = start + round(step.duration_s * 1000)
        failed = result.failure if step.verdict in {Verdict.FAILED, Verdict.BROKEN} else None
        steps.append(
            TestStepResult(
                name=_step_name(step),
                status=_STATUS[step.verdict],
                statusDetails=StatusDetails(message=_blame(failed)) if failed else None,
                parameters=[
                    Parameter(name="system", value=str(step.system)),
                    Parameter(name="budget", value=f"{step.budget_s:g} s"),
                ],
                start=start,
                stop=stop,
            )
        )
        start = stop
    return steps


def _step_name(step: StepResult) -> str:
    """A slow step counts as passed, so only its name can say that it was slow."""
    if step.verdict is Verdict.DEGRADED:
        return f"{step.name} — {step.duration_s:.1f} s, budget {step.budget_s:g} s"
    return step.name


def _blame(failure: Failure) -> str:
    code = f" [{failure.code}]" if failure.code else ""
    return f"{failure.system}/{failure.cause}{code}: {failure.message}"


def _earlier_attempts(result: RunResult, start: int, entry: Entry) -> list[TestStepResult]:
    """Each earlier attempt as one step in front, with its own evidence."""
    steps = []
    for number, attempt in enumerate(result.attempts[:-1], 1):
        stop = start + round(attempt.duration_s * 1000)
        attachments = [_attached(entry, evidence) for evidence in attempt.evidence]
        steps.append(
            TestStepResult(
                name=f"attempt {number}: {_outcome(attempt)}",
                status=_STATUS[attempt.verdict],
                statusDetails=StatusDetails(message=_blame(attempt.failure)) if attempt.failure else None,
                attachments=[attachment for attachment in attachments if attachment],
                start=start,
                stop=stop,
            )
        )
        start = stop
    return steps


def _outcome(attempt: Attempt) -> str:
    if attempt.failure is None:
        return str(attempt.verdict)
    where = f" in «{attempt.failure.step}»" if attempt.failure.step else ""
    return f"{attempt.verdict}{where}, {attempt.failure.system}/{attempt.failure.cause}"


def _attached(entry: Entry, evidence: Evidence) -> Attachment | None:
    """A copy of the evidence; None when its file is already gone, which costs the picture, not the result."""
    with suppress(FileNotFoundError):
        suffix = evidence.path.suffix.removeprefix(".") or "bin"
        return Attachment(name=evidence.kind, source=entry.attach(evidence.path, suffix), type=evidence.media_type)
    return None


def _hop_table(entry: Entry, hops: Iterable[Hop]) -> Attachment:
    table = StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(("system", "status", "seconds", "url"))
    for hop in hops:
        writer.writerow((hop.system or "", hop.status, f"{hop.duration_s:.3f}", hop.url))
    return Attachment(name="hops", source=entry.attach(table.getvalue(), "csv"), type="text/csv")
