"""pytest-playwright with the browser that everybody uses."""

import json
import os
from typing import Any

import pytest


@pytest.fixture(scope="session")
def case() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(os.environ["BENCHMARK_CASE"])
    return found


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any], case: dict[str, Any]) -> dict[str, Any]:
    return {**browser_type_launch_args, "executable_path": case["browser"], "args": case["arguments"]}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_context_args, "locale": "ru-RU", "viewport": {"width": 1280, "height": 800}}
