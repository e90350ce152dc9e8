import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import pytest

from synthetic.process_tree import TAG, descendants, end, memory, tagged

STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); signal.pause()"

# Like Chromium: a child in a session of its own, and its child in another session still.
TREE = """
import signal, subprocess, sys

stubborn = [sys.executable, "-ISc", sys.argv[1]]
if len(sys.argv) == 2:
    subprocess.Popen([sys.executable, "-ISc", sys.orig_argv[2], *sys.argv[1:], "nested"], start_new_session=True)
    subprocess.Popen(stubborn)
else:
    subprocess.Popen(stubborn, start_new_session=True)
signal.pause()
"""

SUPERVISOR = """
import json, os, subprocess, sys
import psutil
from synthetic.process_tree import TAG, adopt_orphans, descendants, end, tagged

adopt_orphans()
tag, how, *command = sys.argv[1:]
child = subprocess.Popen(command, stdout=subprocess.PIPE, env=os.environ | {TAG: tag})
child.stdout.readline(), child.stdout.readline()
tree = doomed = descendants(child.pid)
if how == "orphans":
    child.kill()  # and nobody told its children
    child.wait()
    doomed = tagged(tag)
adopted = len(psutil.Process().children())
left = end(doomed)
child.wait()
print(json.dumps({
    "doomed": len(doomed),
    "adopted": adopted,
    "left": len(left),
    "there": [process.pid for process in tree if psutil.pid_exists(process.pid)],
    "children": [child.status() for child in psutil.Process().children(recursive=True)],
}))
"""

COMMAND = [sys.executable, "-ISc", TREE, STUBBORN]


@contextmanager
def tree(tag: str | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """A process with a child, and a grandchild in a session of its own; killed in the end, come what may."""
    env = os.environ | ({TAG: tag} if tag else {})
    root = subprocess.Popen(COMMAND, stdout=subprocess.PIPE, env=env)
    assert root.stdout is not None
    try:
        assert [root.stdout.readline() for _ in range(2)] == [b"up\n"] * 2
        yield root
    finally:
        for process in descendants(root.pid):
            process.kill()
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


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets a process adopt orphans")
@pytest.mark.parametrize(("how", "doomed", "adopted"), [("whole", 4, 1), ("orphans", 3, 2)])
def test_nothing_is_left_and_everything_is_reaped(how: str, doomed: int, adopted: int) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SUPERVISOR, f"test-{os.getpid()}", how, *COMMAND],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "doomed": doomed,
        "adopted": adopted,
        "left": 0,
        "there": [],
        "children": [],
    }


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
    with subprocess.Popen([sys.executable, "-ISc", ""]) as process:
        found = descendants(process.pid)
    assert end(found) == []
    assert descendants(process.pid) == []
    assert memory(process.pid) == 0


def test_memory_is_that_of_the_whole_tree() -> None:
    with tree() as root:
        alone = psutil.Process(root.pid).memory_info().rss
        assert memory(root.pid) > 2 * alone
