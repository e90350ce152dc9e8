"""SIGINT and SIGTERM: the end of the monitor is asked for."""

import signal
import socket
import threading

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Termination:
    """From now on SIGINT and SIGTERM end the process no more, but are there to be waited for, until `close`; after it
    they do nothing: the end has been asked for. ``asked`` is set by `wait`. For the main thread."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        # Not a handler that sets an event: Python calls it in the main thread alone, and a signal that the system gives
        # to another thread does not wake that one from its wait for a lock. Observed with both processors busy: `serve`
        # did not hear Ctrl-C. What is written here, by whichever thread, is read.
        self._numbers, self._told = socket.socketpair()
        self._told.setblocking(False)
        signal.set_wakeup_fd(self._told.fileno(), warn_on_full_buffer=False)
        for number in _SIGNALS:
            # Only of signals that have a handler word is given.
            signal.signal(number, lambda *_: None)

    def wait(self) -> None:
        """Wait for one of the two, however long ago it came."""
        while self._numbers.recv(1)[0] not in _SIGNALS:
            pass
        self.asked.set()

    def close(self) -> None:
        """Hear no more. A number that is told to a socket that is closed would go to whatever is opened next."""
        signal.set_wakeup_fd(-1)
        self._numbers.close()
        self._told.close()
