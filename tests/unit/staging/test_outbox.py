"""The outbox by itself, where a wait is sure to begin before the message is sent."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from staging.delivery import KEPT, Message, Outbox, normal_address

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_a_message_wakes_who_waits_for_it_and_nobody_else() -> None:
    async def scene() -> tuple[list[Message], list[Message]]:
        outbox = Outbox()
        waiting = asyncio.create_task(outbox.wait("+79000000001", 0, 30))
        another = asyncio.create_task(outbox.wait("a@example.test", 0, 0.05))
        await asyncio.sleep(0)
        outbox.send("+79000000001", "sms", "код 123456", NOW)
        async with asyncio.timeout(5):
            return await waiting, await another

    # In a thread: where pytest-playwright's session is open, this one already has an event loop running.
    with ThreadPoolExecutor(1) as thread:
        woken, other = thread.submit(lambda: asyncio.run(scene())).result()
    assert [message.text for message in woken] == ["код 123456"]
    assert other == []


def test_ids_grow_over_all_addresses_and_old_messages_go() -> None:
    outbox = Outbox()
    for number in range(KEPT + 1):
        outbox.send("a@example.test" if number % 2 else "b@example.test", "email", str(number), NOW)
    assert outbox.last_id("a@example.test") == KEPT
    assert outbox.last_id("b@example.test") == KEPT + 1
    assert outbox.after("b@example.test", 0)[0].id > 1
    assert [message.id for message in outbox.after("b@example.test", KEPT)] == [KEPT + 1]


def test_an_address_has_one_form() -> None:
    assert normal_address(" 79001234567") == normal_address("+7 (900) 123-45-67") == "+79001234567"
    assert normal_address("A@Example.TEST ") == "a@example.test"
