"""What the suite walks: the entries of the schedule that concern the target of the command line."""

import pytest

from journeys.catalogue import JOURNEYS
from synthetic.settings import EMBEDDED, Scheduled, Settings, SettingsError, load
from synthetic.settings.complaint import unknown


def settings_of(config: pytest.Config) -> Settings:
    """The settings of the command line. Raises pytest.UsageError, a line a problem."""
    try:
        return load(config.getoption("--settings"), journeys=JOURNEYS)
    except SettingsError as error:
        raise pytest.UsageError(*error.problems) from None


def entries_of(config: pytest.Config) -> list[Scheduled]:
    """At least one entry. Raises pytest.UsageError: a suite that walks nothing must not be green."""
    settings, target = settings_of(config), config.getoption("--target")
    known = (*settings.targets, EMBEDDED)
    if target not in known:
        raise pytest.UsageError(f'--target "{target}": {unknown("target", target, known)}')
    entries = [entry for entry in settings.schedule if entry.target == target]
    if not entries:
        raise pytest.UsageError(f'--target "{target}": nothing is scheduled on it; add [[schedule]] entries for it')
    return entries
