"""Synthetic monitoring: browser, worker, runner, evidence, schedule and the command line."""
