"""What the documentation says there is, is there; and what is there, it names."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel

from journeys.catalogue import JOURNEYS
from journeys.cause import Cause
from journeys.journey import Journey
from staging import person
from staging.__main__ import main as staging_main
from staging.fault_catalogue import CATALOGUE
from staging.section import SECTIONS as SECTIONS_OF_CABINET
from synthetic.advice import catalogue
from synthetic.coverage import screens_of
from synthetic.history.schema import METADATA
from synthetic.settings.sections import (
    Entry,
    HistorySection,
    InboxSection,
    JourneySection,
    LimitsSection,
    Monitor,
    PersonaSection,
    Sections,
    TargetSection,
)

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
DOCS = ROOT / "docs"
PAGES = (README, ROOT / "ARCHITECTURE.md", ROOT / "CONTRIBUTING.md", *sorted(DOCS.glob("*.md")))
REQUIREMENTS = tuple(f"S{number}" for number in range(1, 15))
TECHNICAL = "S14"
"""Every journey meets it, and so do most causes: its row says so in place of a list."""

SECTIONS: dict[str, type[BaseModel]] = {
    "[monitor]": Monitor,
    "[history]": HistorySection,
    "[targets.NAME]": TargetSection,
    "[targets.NAME.inboxes.CHANNEL]": InboxSection,
    "[targets.NAME.limits]": LimitsSection,
    "[personas.NAME]": PersonaSection,
    "[journeys.NAME]": JourneySection,
    "[[schedule]]": Entry,
}
"""Heading in docs/settings.md -> the section that it tells of."""

SMALL = 40
"""Characters: shorter sentences may well be said twice."""


def links(page: Path) -> Iterator[tuple[str, str]]:
    """File and anchor of every relative link of a page."""
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            file, _, anchor = target.partition("#")
            yield file, anchor


def anchors(page: Path) -> set[str]:
    """Anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def part(page: Path, heading: str) -> str:
    """What stands under a heading, to the next one."""
    text = page.read_text(encoding="utf-8")
    assert f"# {heading}\n" in text, f"{page.name} has no heading {heading}"
    return re.split(r"^#+ ", text.split(f"# {heading}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]


def named(text: str) -> set[str]:
    """Everything between backticks."""
    return set(re.findall(r"`([^`\n]+)`", text))


def rows() -> dict[str, list[str]]:
    """Requirement -> the cells of its row in the README."""
    found = re.findall(r"^\| (S\d+): (.+) \|$", README.read_text(encoding="utf-8"), re.MULTILINE)
    return {requirement: rest.split(" | ") for requirement, rest in found}


@pytest.mark.parametrize("source", PAGES, ids=lambda source: source.name)
def test_every_link_leads_somewhere(source: Path) -> None:
    for file, anchor in links(source):
        target = source.parent / file if file else source
        assert target.exists(), f"{source.name} leads to {file}, which is not there"
        if anchor:
            assert anchor in anchors(target), f"{source.name}: {file} has no heading #{anchor}"


def test_the_readme_has_a_row_for_each_requirement() -> None:
    assert tuple(rows()) == REQUIREMENTS


@pytest.mark.parametrize("requirement", [one for one in REQUIREMENTS if one != TECHNICAL])
def test_a_row_of_the_readme_names_the_journeys_and_causes_of_its_requirement(requirement: str) -> None:
    _, journeys, screens, diagnoses = rows()[requirement]
    assert named(journeys) == {journey.name for journey in JOURNEYS if requirement in journey.requirements}
    found = re.findall(r"\[([^]]+)\]\(([^)]+)\)", screens)
    assert found == [(one.name, one.file) for one in screens_of(requirement)]
    of_this = {str(cause) for cause, entry in catalogue().items() if entry.requirement == requirement}
    assert of_this <= named(diagnoses) <= set(Cause), requirement


def test_the_row_of_technical_failures_says_that_every_journey_meets_them() -> None:
    _, journeys, _, diagnoses = rows()[TECHNICAL]
    assert journeys.startswith("every journey")
    assert "(docs/diagnosis.md)" in diagnoses
    assert named(diagnoses) <= set(Cause)


def test_the_link_of_a_journey_leads_to_the_file_that_defines_it() -> None:
    for page in (README, DOCS / "journeys.md"):
        for name, file in re.findall(r"\[`([\w-]+)`\]\(([^)]*journeys/\w+\.py)\)", page.read_text(encoding="utf-8")):
            assert f'name="{name}"' in (page.parent / file).read_text(encoding="utf-8"), f"{page.name}: {name}"


def test_every_journey_has_its_sentence_and_its_interval() -> None:
    text = (DOCS / "journeys.md").read_text(encoding="utf-8")
    told = re.findall(r"^\| \[`([\w-]+)`\].* \| (.+) \|$", text, re.MULTILINE)
    assert told == [(journey.name, rhythm(journey)) for journey in JOURNEYS]


def rhythm(journey: Journey) -> str:
    """How often it is walked, as the page writes it."""
    if not journey.on_schedule:
        return "follows"
    whole = (("h", 3600), ("min", 60), ("s", 1))
    unit, seconds = next((unit, seconds) for unit, seconds in whole if journey.interval_s % seconds == 0)
    return f"{journey.interval_s / seconds:g} {unit}"


def test_every_persona_of_the_staging_is_told_of() -> None:
    people = named(part(DOCS / "staging.md", "People"))
    assert {one.name for one in person.shipped()} - people == set()


def test_the_state_factor_and_role_of_a_persona_are_as_the_page_says() -> None:
    told = dict(re.findall(r"^\| `([\w-]+)` \| (.+)$", part(DOCS / "staging.md", "People"), re.MULTILINE))
    for one in person.shipped():
        role, state, factor, *_ = told[one.name].split(" | ")
        assert (role, state, factor) == (one.role, one.state, one.factor), one.name


def test_every_fault_its_systems_and_its_parameters_are_told_of() -> None:
    text = (DOCS / "staging.md").read_text(encoding="utf-8")
    known = {fault.name for fault in CATALOGUE}
    told = {
        name: (tuple(systems.split()), {key: float(value) for key, value in re.findall(r"`(\w+)`=(\d+)", parameters)})
        for name, parameters, systems in re.findall(r"^\| `([\w-]+)`([^|]*)\| ([a-z ]+) \|", text, re.MULTILINE)
        if name in known
    }
    assert told == {fault.name: (fault.systems, dict(fault.parameters)) for fault in CATALOGUE}


def test_every_error_code_of_the_staging_is_told_of() -> None:
    told = part(DOCS / "staging.md", "Error codes")
    sources = (file.read_text(encoding="utf-8") for file in (ROOT / "staging").glob("*.py"))
    codes = {code for source in sources for code in re.findall(r'"((?:ESIA|NMO|EPGU)-\d{4,6})"', source)}
    assert len(codes) > 20
    assert {code for code in codes if code not in told} == set()


def test_no_error_code_of_the_staging_means_two_things() -> None:
    told = [code for row in part(DOCS / "staging.md", "Error codes").splitlines() for code in codes_of(row)]
    assert [code for code, times in Counter(told).items() if times > 1] == []
    assert {"NMO-3103", "EPGU-3103", "NMO-3200", "NMO-3211", "ESIA-4004", "EPGU-7003"} <= set(told)


def codes_of(row: str) -> set[str]:
    """The codes of a row of the table, those included that are told of as a range or by their prefix."""
    cell = row.removeprefix("| ").partition(" |")[0]
    codes = set(re.findall(r"`((?:ESIA|NMO|EPGU)-\d+)`", cell))
    for prefix, first, last in re.findall(r"`(\w+-)(\d+)` … `\1(\d+)`", cell):
        codes |= {f"{prefix}{number}" for number in range(int(first), int(last))}
    return codes | {prefix + code.partition("-")[2] for prefix in re.findall(r"`(\w+-)`", cell) for code in codes}


def test_every_screen_of_the_staging_is_told_of() -> None:
    told = named(part(DOCS / "staging.md", "Screens"))
    sources = [file.read_text(encoding="utf-8") for file in (ROOT / "staging").glob("*.py")]
    paths = {path for source in sources for path in re.findall(r'Route\("(/[^"]*)"', source)}
    paths |= {section.path for section in SECTIONS_OF_CABINET}
    of_servers = re.compile(r"/(api|rs|static|healthz|aas/oauth2/(v3|jwks))\b")
    assert {path for path in paths if not of_servers.match(path)} - told == set()


def test_every_option_of_the_staging_is_told_of(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        staging_main(["--help"])
    options = set(re.findall(r"^  (--[a-z-]+)", capsys.readouterr().out, re.MULTILINE))
    told = set(re.findall(r"--[a-z-]+", (DOCS / "staging.md").read_text(encoding="utf-8")))
    assert len(options) > 5
    assert options - told == set()


@pytest.mark.parametrize(("heading", "section"), SECTIONS.items(), ids=SECTIONS)
def test_every_key_of_a_section_is_told_of(heading: str, section: type[BaseModel]) -> None:
    told = named(part(DOCS / "settings.md", f"`{heading}`"))
    apart = {"inboxes", "limits"}  # have headings of their own
    assert set(section.model_fields) - apart - told == set()


def test_every_section_has_a_heading() -> None:
    text = (DOCS / "settings.md").read_text(encoding="utf-8")
    missing = [name for name in Sections.model_fields if not re.search(rf"^### `\[+{name}\b", text, re.MULTILINE)]
    assert missing == []


@pytest.mark.parametrize("key", ["role", "state", "review", "factor"])
def test_every_value_that_a_persona_may_have_is_told_of(key: str) -> None:
    told = named(part(DOCS / "settings.md", "`[personas.NAME]`"))
    values = set(get_args(PersonaSection.model_fields[key].annotation))
    assert values
    assert values - told == set()


def test_the_example_shows_every_key() -> None:
    text = (DOCS / "nmo-monitor.example.toml").read_text(encoding="utf-8")
    shown = set(re.findall(r"^(?:# )?(\w+) = ", text, re.MULTILINE))
    assert {key for section in SECTIONS.values() for key in section.model_fields} - {"inboxes", "limits"} <= shown
    assert "limits" in tomllib.loads(text)["targets"]["stage"]


def test_every_table_of_the_history_is_told_of() -> None:
    assert set(METADATA.tables) - named((DOCS / "history.md").read_text(encoding="utf-8")) == set()


def test_no_sentence_stands_in_two_pages() -> None:
    made = {"diagnosis.md", "detection.md"}  # by programs, from texts of their own
    seen: dict[str, str] = {}
    for page in PAGES:
        if page.name in made:
            continue
        prose = re.sub(r"```.*?```|^(?: {4}|\|).*?$", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.M)
        for sentence in {" ".join(one.split()) for one in re.split(r"(?<=[.:])\s+(?=[A-ZА-Я`])|\n\n", prose)}:
            if len(sentence) > SMALL and not sentence.startswith("["):
                assert seen.setdefault(sentence, page.name) == page.name, sentence
