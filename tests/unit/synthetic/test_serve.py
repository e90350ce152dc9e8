from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from journeys.catalogue import JOURNEYS
from journeys.follow_up import FollowUp
from journeys.persona import Persona
from journeys.target import Target
from synthetic.embedded import EmbeddedStaging
from synthetic.follow_ups import Removed
from synthetic.history import Pending
from synthetic.serve import _followed, _probe, _staging
from synthetic.settings import EMBEDDED, InvalidSettings, UnknownName, load

BEGAN = datetime(2026, 3, 2, 9, tzinfo=UTC)
ASKED = FollowUp("specialist-update-outcome", BEGAN + timedelta(days=1))


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def staged(persona: Persona, target: Target) -> Callable[..., EmbeddedStaging]:
    """An embedded staging with one person, ``changes`` being made to it, that has an inbox for nothing."""

    def made(name: str, **changes: object) -> EmbeddedStaging:
        person = replace(persona, name=name, **changes)  # type: ignore[arg-type]
        return EmbeddedStaging(replace(target, name=EMBEDDED), {name: person}, "", SecretStr("t"), 1)

    return made


def test_a_state_folder_that_takes_no_word_of_the_staging_stops_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / ".nmo-monitor" / "staging.tmp").mkdir(parents=True)
    with _staging(load(journeys=JOURNEYS), ()) as staging:
        assert staging
    said = capsys.readouterr().err
    assert said.startswith("nmo-monitor: monitor.state_dir: ")
    assert said.endswith("; `nmo-monitor faults` will not find the staging\n")


def test_a_person_of_the_staging_who_does_not_fit_is_refused(staged: Callable[..., EmbeddedStaging]) -> None:
    entry = '[[schedule]]\njourney = "cabinet"\npersona = "newcomer"\n'
    Path("nmo-monitor.toml").write_text(entry, encoding="utf-8")
    settings = load(journeys=JOURNEYS)
    with pytest.raises(UnknownName) as caught:
        _probe(settings.schedule[0], settings, staged("newcomer", state="first-visit"))
    assert str(caught.value) == (
        "schedule: cabinet by newcomer on embedded: its account is first-visit; cabinet needs one that is returning"
    )


def test_a_follow_up_of_who_no_longer_fits_is_closed(staged: Callable[..., EmbeddedStaging]) -> None:
    pending = Pending("run-1", "anna", EMBEDDED, BEGAN, ASKED)
    with pytest.raises(Removed, match=r"^anna: its account is first-visit; specialist-update-outcome needs one"):
        _followed(load(journeys=JOURNEYS), staged("anna", state="first-visit"), BEGAN, pending)


def test_a_follow_up_without_an_inbox_waits_for_one(staged: Callable[..., EmbeddedStaging]) -> None:
    pending = Pending("run-1", "anna", EMBEDDED, BEGAN, ASKED)
    with pytest.raises(InvalidSettings, match=r"^anna is sent a code by SMS; add \[targets.embedded.inboxes.sms\]$"):
        _followed(load(journeys=JOURNEYS), staged("anna"), BEGAN, pending)


def test_a_follow_up_of_who_fits_is_walked(staged: Callable[..., EmbeddedStaging]) -> None:
    pending = Pending("run-1", "anna", EMBEDDED, BEGAN, ASKED)
    probe = _followed(load(journeys=JOURNEYS), staged("anna", factor="totp"), BEGAN, pending)
    assert (probe.journey.name, probe.persona.name, probe.follows) == (ASKED.journey, "anna", "run-1")
