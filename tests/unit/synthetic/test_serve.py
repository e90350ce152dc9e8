from pathlib import Path

import pytest

from journeys.catalogue import JOURNEYS
from synthetic.serve import _staging
from synthetic.settings import load


def test_a_state_folder_that_takes_no_word_of_the_staging_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".nmo-monitor" / "staging.tmp").mkdir(parents=True)
    with _staging(load(journeys=JOURNEYS), ()) as staging:
        assert staging
    said = capsys.readouterr().err
    assert said.startswith("nmo-monitor: monitor.state_dir: ")
    assert said.endswith("; `nmo-monitor faults` will not find the staging\n")
