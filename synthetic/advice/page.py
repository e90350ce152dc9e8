"""``python -m synthetic.advice.page``: the catalogue as a page of the documentation."""

from collections.abc import Iterable

from journeys.cause import SYSTEMS_OF, UNSAFE_TO_RETEST, Cause
from synthetic.advice.catalogue import Entry, Words, catalogue

HEAD = """# Diagnoses

Every cause that a failure can have: whose fault it can be, what it means, what users see and what helps.
`nmo-monitor diagnoses` shows the same. Made from `synthetic/advice/diagnoses/` by
`python -m synthetic.advice.page > docs/diagnosis.md`.

A failed run is tried once more unless the cause says that a repeat could hurt the account.
"""


def page() -> str:
    """The page in Markdown: a table of all causes, then each in both languages."""
    entries = catalogue()
    rows = [
        f"| [`{cause}`](#{cause}) | {' '.join(SYSTEMS_OF[cause])} | {entry.requirement} | {entry.en.title} |"
        for cause, entry in entries.items()
    ]
    head = ["| cause | whose fault | requirement | what it is |", "|---|---|---|---|"]
    parts = ["\n".join(_part(cause, entry)) for cause, entry in entries.items()]
    return "\n".join([HEAD, *head, *rows, "", "\n\n".join(parts), ""])


def _part(cause: Cause, entry: Entry) -> Iterable[str]:
    yield f"## {cause}\n"
    yield from _words(entry.ru, "Пользователь видит")
    yield ""
    yield from _words(entry.en, "Users see")
    if entry.variants:
        yield ""
        yield from (f"- `{name}`: {variant.ru} {variant.en}" for name, variant in entry.variants.items())
    if cause in UNSAFE_TO_RETEST:
        yield "\nNot tried again: a repeat could hurt the account."


def _words(words: Words, sees: str) -> Iterable[str]:
    yield f"**{words.title}.** {words.explanation} {sees}: {words.sees}\n"
    yield from (f"{number}. {step}" for number, step in enumerate(words.remedy, 1))


if __name__ == "__main__":
    print(page(), end="")
