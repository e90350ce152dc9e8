import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator

import psutil
import pytest

WAITER = """
import os, signal, threading
from synthetic.termination import Termination

def take_signal():
    for number in os.read(0, 100).split():
        signal.pthread_kill(threading.get_ident(), int(number))

termination = Termination()
threading.Thread(target=take_signal, daemon=True).start()
print("ready", flush=True)
termination.wait()
assert termination.asked.is_set()
"""


@pytest.fixture
def waiter() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen([sys.executable, "-c", WAITER], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        yield process
        process.kill()


def _is_asleep(process: subprocess.Popen[bytes]) -> bool:
    """Whether the main thread waits."""
    return psutil.Process(process.pid).status() == psutil.STATUS_SLEEPING


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signal_to_another_thread_ends_the_wait(
    waiter: subprocess.Popen[bytes], number: signal.Signals, eventually: Callable[[Callable[[], object]], None]
) -> None:
    assert waiter.stdin
    assert waiter.stdout
    waiter.stdout.readline()
    eventually(lambda: _is_asleep(waiter))

    waiter.stdin.write(b"%d" % number)
    waiter.stdin.flush()

    assert waiter.wait(10) == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signal_to_the_process_ends_the_wait(waiter: subprocess.Popen[bytes], number: signal.Signals) -> None:
    assert waiter.stdout
    waiter.stdout.readline()

    os.kill(waiter.pid, number)

    assert waiter.wait(10) == 0


CLOSED = """
import os, signal, tempfile
from contextlib import closing
from synthetic.termination import Termination

with closing(Termination()) as termination:
    os.kill(os.getpid(), signal.SIGINT)
    termination.wait()
opened = [tempfile.TemporaryFile() for _ in range(4)]
os.kill(os.getpid(), signal.SIGINT)
assert [os.fstat(file.fileno()).st_size for file in opened] == [0] * 4
"""


def test_a_signal_after_the_end_is_written_nowhere() -> None:
    done = subprocess.run([sys.executable, "-c", CLOSED], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
