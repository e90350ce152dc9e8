"""A real PostgreSQL of one's own on loopback."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Self

import psycopg

SCRIPT = Path(__file__).parents[2] / "scripts" / "postgresql"
_PATIENCE_S = 60
_POLL_S = 0.05


class PostgreSQLMissing(Exception):
    """There is none on this machine, and none could be installed; the message says why."""


class Server:
    """A server with an empty data folder, which can be stopped and started again at the same address."""

    def __init__(self, binaries: Path, folder: Path) -> None:
        self._binaries = binaries
        self._folder = folder
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = free.getsockname()[1]
        self._process: subprocess.Popen[bytes] | None = None
        self._command("initdb", "--auth=trust", "--username=monitor", "--no-sync", "--encoding=UTF8").wait()
        self.start()

    @classmethod
    @contextmanager
    def running(cls) -> Iterator[Self]:
        """A server for as long as the context lasts. Raises PostgreSQLMissing."""
        found = subprocess.run([SCRIPT], capture_output=True, text=True, check=False)
        if found.returncode:
            raise PostgreSQLMissing(found.stderr.strip())
        # Not below pytest's own folder: what root owns there the server's user may not enter.
        folder = Path(tempfile.mkdtemp(prefix="nmo-monitor-postgresql-"))
        server = None
        try:
            if _user():
                shutil.chown(folder, *_user().values())
            server = cls(Path(found.stdout.strip()), folder)
            yield server
        finally:
            if server:
                server.stop()
            shutil.rmtree(folder, ignore_errors=True)

    def url(self, database: str) -> str:
        """Where a database of this server is."""
        return f"postgresql://monitor@127.0.0.1:{self._port}/{database}"

    def execute(self, statement: str) -> None:
        """Do something as the server's owner, outside a transaction."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())

    def make_anew(self, url: str) -> None:
        """Drop a database of this server, whoever uses it, and make an empty one of its name."""
        name = url.rpartition("/")[2]
        self.execute(f"DROP DATABASE {name} WITH (FORCE)")
        self.execute(f"CREATE DATABASE {name}")

    @contextmanager
    def silent(self, url: str, *, to_all: bool = True) -> Iterator[None]:
        """The processes that serve a database hang, and with ``to_all`` the one that takes new connections as well;
        the kernel goes on to confirm what they are sent."""
        assert self._process
        with psycopg.connect(url) as connection:
            own = connection.info.backend_pid
            others = connection.execute("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
            stopped = [pid for (pid,) in others if pid != own]
        stopped += [self._process.pid] * to_all
        for pid in stopped:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in stopped:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)

    def start(self) -> None:
        """Start, and wait until it answers."""
        self._process = self._command("postgres", "-h", "127.0.0.1", "-p", str(self._port), "-k", "", "-F")
        until = time.monotonic() + _PATIENCE_S
        while True:
            try:
                psycopg.connect(self.url("postgres"), connect_timeout=2).close()
            except psycopg.OperationalError:
                if self._process.poll() is not None or time.monotonic() > until:
                    raise
                time.sleep(_POLL_S)  # between two looks at a condition
            else:
                return

    def stop(self) -> None:
        """Break every connection and end."""
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(_PATIENCE_S)

    def _command(self, program: str, *arguments: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [self._binaries / program, "-D", self._folder / "data", *arguments],
            cwd=self._folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **_user(),
        )


def _user() -> dict[str, Any]:
    """PostgreSQL refuses to run as root: whose process it is then."""
    if os.getuid():
        return {}
    names = {entry.pw_name for entry in pwd.getpwall()}
    name = "postgres" if "postgres" in names else "nobody"
    return {"user": name, "group": pwd.getpwnam(name).pw_gid}
