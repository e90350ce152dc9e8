"""Work shared out among benches, each in a thread of its own."""

import threading
from collections.abc import Callable, Iterable, Iterator
from queue import Empty, SimpleQueue
from typing import TypeVar

T = TypeVar("T")


def share_out(work: Callable[[Iterable[T]], None], items: Iterable[T], threads: int) -> None:
    """Run ``work`` so many times side by side, each given the next of ``items`` whenever it asks for one.

    Raises the first error of any of them when all have ended.
    """
    waiting: SimpleQueue[T] = SimpleQueue()
    for item in items:
        waiting.put(item)
    errors: list[BaseException] = []

    def take_part() -> None:
        try:
            work(_drawn(waiting))
        except BaseException as error:
            errors.append(error)

    taking_part = [threading.Thread(target=take_part, daemon=True) for _ in range(threads)]
    for thread in taking_part:
        thread.start()
    for thread in taking_part:
        thread.join()
    if errors:
        raise errors[0]


def _drawn(waiting: SimpleQueue[T]) -> Iterator[T]:
    while True:
        try:
            yield waiting.get_nowait()
        except Empty:
            return
