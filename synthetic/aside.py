"""Words for whoever watches the program, on standard error."""

import sys
from contextlib import suppress


def aside(line: str) -> None:
    """Say a line, if standard error takes it: on a full disk it does not, and what is told of goes on all the same."""
    with suppress(OSError, ValueError):
        print(f"nmo-monitor: {line}", file=sys.stderr)
