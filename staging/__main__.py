"""``python -m staging``: the staging in the foreground."""

import argparse
import atexit
import gc
import json
import math
import os
import sys
import threading
from collections.abc import Sequence
from typing import NoReturn

from staging.fault_catalogue import CATALOGUE
from staging.faults import FaultError
from staging.server import Options, Staging, StagingError

_USAGE = 2


def main(words: Sequence[str] | None = None, program: str = "python -m staging") -> int:
    """Serve until a signal or the end of standard input. Exit codes: 0 done, 2 wrong usage or a port in use.

    ``words`` are the command line's, without the program's own name, which is ``program`` in messages.
    """
    # Whoever waits for the end waits for no search for cycles in all that is here: 0.1 s.
    atexit.register(gc.freeze)
    arguments = _parser(program).parse_args(words)
    options = Options(
        esia_port=arguments.esia_port,
        gosuslugi_port=arguments.gosuslugi_port,
        nmo_port=arguments.nmo_port,
        control_port=arguments.control_port,
        faults=tuple(arguments.fault),
        sync_seconds=arguments.sync_seconds,
        check_seconds=arguments.check_seconds,
        update_seconds=arguments.update_seconds,
        cabinet_deletion=not arguments.no_cabinet_deletion,
    )
    try:
        staging = Staging(options)
    except (StagingError, FaultError) as error:
        print(f"staging: {error}", file=sys.stderr)
        return _USAGE
    if arguments.until_stdin_closes:
        threading.Thread(target=_stop_at_end_of_stdin, args=(staging,), daemon=True).start()
    staging.run(on_ready=lambda: print(_ready(staging) if arguments.ready_json else _hello(staging), flush=True))
    return 0


def _stop_at_end_of_stdin(staging: Staging) -> None:
    # Not sys.stdin: a thread that waits in its buffer would hold the lock that the interpreter's end needs.
    try:
        while os.read(0, 4096):
            pass
    except OSError:
        pass
    staging.stop()


def _ready(staging: Staging) -> str:
    return json.dumps(
        {
            "esia": staging.esia,
            "gosuslugi": staging.gosuslugi,
            "nmo": staging.nmo,
            "control": staging.control,
            "token": staging.token,
            "pid": os.getpid(),
            "personas": staging.personas(),
        },
        ensure_ascii=False,
    )


def _hello(staging: Staging) -> str:
    shown = ("name", "login", "password", "factor", "state")
    people = "\n".join("  " + "".join(f"{person[key]:<17}" for key in shown) for person in staging.personas())
    return (
        f"Портал НМО  {staging.nmo}\nГосуслуги   {staging.gosuslugi}\nЕСИА        {staging.esia}\n"
        f"control     {staging.control}\ncontrol token: {staging.token}\n\n"
        f"Made-up people (name, login, password, second factor, state):\n{people}\n\n"
        f'Codes:  curl -H "Authorization: Bearer $TOKEN" "{staging.control}/outbox?to=%2B79000001011"\n'
        f'Faults: curl -X PUT -H "Authorization: Bearer $TOKEN" {staging.control}/faults/http-502\n'
        "Ctrl+C ends it."
    )


class _OneLine(argparse.ArgumentParser):
    """Says what is wrong in one line, without the usage of twenty options above it."""

    def error(self, message: str) -> NoReturn:
        """Leave with exit code 2."""
        self.exit(_USAGE, f"{self.prog}: {message.removeprefix('argument ')}; see --help\n")


def _parser(program: str) -> argparse.ArgumentParser:
    parser = _OneLine(
        prog=program,
        description="ЕСИА, Госуслуги and НМО to test against.",
        epilog=f"Example: {program} --nmo-port 8080 --fault http-503:esia",
    )
    for name in ("esia", "gosuslugi", "nmo", "control"):
        parser.add_argument(f"--{name}-port", default=0, type=_port, help="0 takes a free one (default)")
    parser.add_argument("--ready-json", action="store_true", help="print one line of JSON when everything listens")
    parser.add_argument("--until-stdin-closes", action="store_true", help="exit at the end of standard input")
    parser.add_argument("--sync-seconds", default=0.5, type=_seconds, help="how long a synchronisation takes")
    parser.add_argument("--check-seconds", default=0.5, type=_seconds, help="how long a check of personal data takes")
    parser.add_argument(
        "--update-seconds", default=20.0, type=_seconds, help="how long changes to a profile and new accounts take"
    )
    parser.add_argument("--no-cabinet-deletion", action="store_true", help="do not offer to delete a cabinet's data")
    names = ", ".join(fault.name for fault in CATALOGUE)
    parser.add_argument("--fault", action="append", default=[], metavar="NAME[:SYSTEM]", help=f"repeatable: {names}")
    return parser


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text}: must be 0 to 65535")
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not (math.isfinite(seconds) and seconds >= 0):
        raise argparse.ArgumentTypeError(f"{text}: must be seconds, 0 or more")
    return seconds


if __name__ == "__main__":
    sys.exit(main())
