"""A plugin for a pytest that is started by a test: whatever else runs on the machine, nobody waits for a processor."""

from synthetic.processor import ProcessorWait


def pytest_configure() -> None:
    """Before anything is walked."""
    ProcessorWait.lap = lambda self: 0.0  # type: ignore[method-assign]
