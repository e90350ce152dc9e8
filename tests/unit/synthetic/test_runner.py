"""How long a failure's message is, once what must not be in it is out of it."""

import pytest

from synthetic.runner import shortened

SENTENCE = "х" * 120


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (f"the screen says «{SENTENCE}»", f"the screen says «{SENTENCE}»"),
        (f"the screen says «{SENTENCE}х», code 1", f"the screen says «{SENTENCE}…», code 1"),
        (f"«{SENTENCE}хх» in place of «{SENTENCE}хх»", f"«{SENTENCE}…» in place of «{SENTENCE}…»"),
        ("«да» " + "х" * 700, "«да» " + "х" * 595 + "…"),
        ("nothing came", "nothing came"),
    ],
)
def test_a_message_has_as_much_of_a_screen_as_people_read(message: str, expected: str) -> None:
    assert shortened(message) == expected
