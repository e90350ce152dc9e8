"""Run a command and say what it took, everything that it started included.

``python -m benchmarks.measured REPORT COMMAND…`` writes ``{"wall_s", "cpu_s"}`` to REPORT and exits as the command
did. It adopts what outlives the command (Chromium leaves its parent's process group and may outlive it), and waits
for it: the kernel counts the CPU time of a child only when it is reaped.
"""

import json
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

from synthetic.process_tree import adopt_orphans

_LEFTOVERS_S = 30


def main() -> int:
    """Wall time ends with the command itself, CPU time with the last process it left."""
    report, *command = sys.argv[1:]
    adopt_orphans()
    started = time.perf_counter()
    code = subprocess.run(command, check=False).returncode
    wall_s = time.perf_counter() - started
    signal.alarm(_LEFTOVERS_S)
    _reap_all()
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    Path(report).write_text(json.dumps({"wall_s": wall_s, "cpu_s": usage.ru_utime + usage.ru_stime}))
    return code


def _reap_all() -> None:
    try:
        while True:
            os.wait()
    except ChildProcessError:
        return


if __name__ == "__main__":
    sys.exit(main())
