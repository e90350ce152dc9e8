import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from journeys.persona import Persona
from journeys.target import Target
from synthetic.lease import LockUnusable, PersonaLeased, StateLocked, lease, sole_use

HOLD = """
import sys
from pathlib import Path
from pydantic import SecretStr
from journeys.persona import Persona
from journeys.target import Target
from synthetic.lease import lease, sole_use

folder = Path(sys.argv[1])
persona = Persona("anna", login=SecretStr("+79000001011"), password=SecretStr("Parol-2024!x"))
target = Target("stage", "https://nmo.example", "https://gos.example", "https://esia.example")
with lease(persona, target, folder), sole_use(folder):
    print("held", flush=True)
    sys.stdin.read()
print("let go", flush=True)
"""


@contextmanager
def holder(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the persona and the folder until its standard input ends."""
    command = [sys.executable, "-c", HOLD, str(folder)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "held\n"
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()


def test_a_persona_is_used_by_one_process_at_a_time(persona: Persona, target: Target, tmp_path: Path) -> None:
    with holder(tmp_path) as process:
        with pytest.raises(PersonaLeased) as refused, lease(persona, target, tmp_path):
            pass
        with (
            pytest.raises(StateLocked, match=r"monitor\.state_dir: .* is in use by another `serve`"),
            sole_use(tmp_path),
        ):
            pass
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.close()
        assert process.stdout.readline() == "let go\n"
        with lease(persona, target, tmp_path), sole_use(tmp_path):
            pass
    assert str(refused.value) == "anna is in use by another run"


def test_the_system_lets_go_when_the_holder_is_killed(persona: Persona, target: Target, tmp_path: Path) -> None:
    with holder(tmp_path) as process:
        process.kill()
        process.wait()
        with lease(persona, target, tmp_path), sole_use(tmp_path):
            pass


def test_a_persona_is_used_by_one_thread_at_a_time(persona: Persona, target: Target, tmp_path: Path) -> None:
    refused: list[BaseException] = []

    def other() -> None:
        try:
            with lease(persona, target, tmp_path):
                pass
        except PersonaLeased as error:
            refused.append(error)

    with lease(persona, target, tmp_path):
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert len(refused) == 1


def test_a_lease_is_not_given_twice_to_one_thread(persona: Persona, target: Target, tmp_path: Path) -> None:
    with lease(persona, target, tmp_path):
        with pytest.raises(PersonaLeased), lease(persona, target, tmp_path):
            pass
        # The refusal has not let go of what another holds.
        with pytest.raises(PersonaLeased), lease(persona, target, tmp_path):
            pass


def test_a_lease_ends_with_an_error_too(persona: Persona, target: Target, tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), lease(persona, target, tmp_path):
        raise ZeroDivisionError
    with lease(persona, target, tmp_path):
        pass


def test_other_accounts_are_free(persona: Persona, target: Target, tmp_path: Path) -> None:
    elsewhere = replace(target, name="other", esia="https://esia2.example")
    with (
        lease(persona, target, tmp_path),
        lease(replace(persona, login=SecretStr("+79000001012")), target, tmp_path),
        lease(persona, elsewhere, tmp_path),
    ):
        pass


def test_one_account_under_two_names_is_one(persona: Persona, target: Target, tmp_path: Path) -> None:
    namesake = replace(persona, name="anna-for-consent")
    with (
        lease(persona, replace(target, name="again"), tmp_path),
        pytest.raises(PersonaLeased, match="anna-for-consent is in use"),
        lease(namesake, target, tmp_path),
    ):
        pass


def test_a_lock_that_cannot_be_opened_is_said_in_a_line(persona: Persona, target: Target, tmp_path: Path) -> None:
    """As one of another user; a folder in its place is refused to root too."""
    with lease(persona, target, tmp_path), sole_use(tmp_path):
        locks = list(tmp_path.rglob("*.lock"))
    for lock in locks:
        lock.unlink(missing_ok=True)
        lock.mkdir()
    said = rf"^monitor\.state_dir: cannot lock {tmp_path}/{{}}: Is a directory; run as the user who owns it, or"
    with pytest.raises(LockUnusable, match=said.format(r"serve\.lock")), sole_use(tmp_path):
        pass
    with pytest.raises(LockUnusable, match=said.format(r"leases/[0-9a-f]+\.lock")), lease(persona, target, tmp_path):
        pass


def test_a_state_folder_that_cannot_be_made_is_said_in_a_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with (
        pytest.raises(LockUnusable, match=r"cannot lock .*: (Not a directory|File exists); "),
        sole_use(tmp_path / "file"),
    ):
        pass


def test_no_file_is_named_for_the_login(persona: Persona, target: Target, tmp_path: Path) -> None:
    with lease(persona, target, tmp_path):
        names = [path.name for path in tmp_path.rglob("*")]
    assert any(name.endswith(".lock") for name in names)
    assert not any("9000001011" in name for name in names)
