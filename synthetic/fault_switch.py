"""Switches faults in the embedded staging of a running `serve`, over its control API.

FaultSwitchError    no staging runs, or it refuses; the message says why
"""

import json
from pathlib import Path

import httpx

_PATIENCE_S = 5.0
_WORD = "staging.json"


class FaultSwitchError(Exception):
    """The fault could not be switched."""


def is_running(state_dir: Path) -> bool:
    """Whether a `serve` on this folder has an embedded staging now, as far as its word about it is there."""
    return (state_dir / _WORD).exists()


def switch_fault(state_dir: Path, name: str | None, *, system: str | None, on: bool) -> str:
    """Switch a fault, or with ``name`` None every fault off; what was done, in a line. Raises FaultSwitchError."""
    word = state_dir / _WORD
    try:
        staging = json.loads(word.read_text(encoding="utf-8"))
        path = f"/faults/{name}" if name else "/faults"
        answer = httpx.request(
            "PUT" if on else "DELETE",
            staging["control"] + path,
            json={"system": system} if on and system else {} if on else None,
            headers={"Authorization": f"Bearer {staging['token']}"},
            timeout=_PATIENCE_S,
            trust_env=False,
        )
    except (OSError, ValueError, KeyError, TypeError, httpx.TransportError):
        raise FaultSwitchError(
            f"no embedded staging runs on {state_dir}: start `nmo-monitor serve`, or use `run --fault`"
        ) from None
    if answer.is_error:
        raise FaultSwitchError(f"the staging refuses: {_reason(answer)}")
    return f"{name or 'every fault'} is {'on' if on else 'off'}"


def _reason(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["error"])
    except (ValueError, KeyError, TypeError):
        return answer.text.strip() or f"HTTP {answer.status_code}"
