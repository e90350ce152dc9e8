import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psutil
import pytest

from synthetic.process_tree import TAG, descendants, end, memory, tagged

Eventually = Callable[[Callable[[], object]], None]

SLEEP = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); signal.pause()"

TREE = f"""
import subprocess, sys
# Like Chromium: a session of its own, and a child in another session still.
nested = "import subprocess, sys; subprocess.Popen([sys.executable, '-ISc', {SLEEP!r}], start_new_session=True).wait()"
subprocess.Popen([sys.executable, "-ISc", nested], start_new_session=True)
subprocess.Popen([sys.executable, "-ISc", {SLEEP!r}])
import signal
signal.pause()
"""

SUPERVISOR = f"""
import json, os, subprocess, sys
import psutil
from synthetic.process_tree import TAG, adopt_orphans, descendants, end, tagged

adopt_orphans()
child = subprocess.Popen([sys.executable, "-ISc", {TREE!r}], stdout=subprocess.PIPE, env=os.environ | {{TAG: sys.argv[1]}})
ups = [child.stdout.readline(), child.stdout.readline()]
tree = descendants(child.pid)
if sys.argv[2] == "orphans":
    child.kill()  # and nobody told its children
    child.wait()
    doomed = tagged(sys.argv[1])
else:
    doomed = tree
left = end(doomed)
child.wait()
print(json.dumps({{
    "doomed": len(doomed),
    "left": len(left),
    "there": [process.pid for process in tree if psutil.pid_exists(process.pid)],
    "children": [child.status() for child in psutil.Process().children(recursive=True)],
}}))
"""


@contextmanager
def tree(tag: str | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """A process with a child, and a grandchild in a session of its own; killed in the end, come what may."""
    env = os.environ | ({TAG: tag} if tag else {})
    root = subprocess.Popen([sys.executable, "-ISc", TREE], stdout=subprocess.PIPE, env=env)
    assert root.stdout is not None
    try:
        assert [root.stdout.readline() for _ in range(2)] == [b"up\n"] * 2
        yield root
    finally:
        end(descendants(root.pid))
        root.wait()
        root.stdout.close()


def test_descendants_are_found_across_sessions() -> None:
    with tree() as root:
        found = descendants(root.pid)
        assert found[0].pid == root.pid
        assert len(found) == 4
        assert len({os.getsid(process.pid) for process in found}) == 3


def gone(process: psutil.Process) -> bool:
    """Ended; a container's first process may leave an orphan's entry unread."""
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_the_whole_tree_is_ended_whatever_it_ignores() -> None:
    with tree() as root:
        found = descendants(root.pid)
        assert end(found) == []
        assert [process for process in found if not gone(process)] == []


@pytest.mark.parametrize(("how", "doomed"), [("whole", 4), ("orphans", 3)])
def test_nothing_is_left_and_everything_is_reaped(how: str, doomed: int) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SUPERVISOR, f"test-{os.getpid()}", how],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"doomed": doomed, "left": 0, "there": [], "children": []}


def test_orphans_are_known_by_their_tag() -> None:
    tag = f"orphans-{os.getpid()}"
    with tree(tag) as root:
        family = descendants(root.pid)
        root.kill()
        root.wait()
        try:
            assert descendants(root.pid) == []
            assert {process.pid for process in tagged(tag)} == {process.pid for process in family[1:]}
            assert tagged(f"other-{os.getpid()}") == []
        finally:
            end(family)
        assert tagged(tag) == []


def test_a_process_never_ends_itself() -> None:
    assert end([psutil.Process()]) == []
    assert end(tagged("nobody")) == []


def test_a_process_that_is_gone_is_no_trouble() -> None:
    with tree() as root:
        found = descendants(root.pid)
        end(found)
        root.wait()
        assert end(found) == []
        assert descendants(root.pid) == []
        assert memory(root.pid) == 0


def test_memory_is_that_of_the_whole_tree() -> None:
    with tree() as root:
        alone = psutil.Process(root.pid).memory_info().rss
        assert memory(root.pid) > 2 * alone
