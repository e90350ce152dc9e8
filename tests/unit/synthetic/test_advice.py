import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from journeys.cabinet import TITLES
from journeys.cause import Cause
from journeys.identity import Rule
from journeys.result import Failure
from journeys.support import CHANNELS, SupportChannel
from journeys.system import System
from synthetic.advice import CatalogueInvalid, advise, catalogue, telling
from synthetic.advice.page import page
from tests.faults.cases import CASES

DOCS = Path(__file__).parents[3] / "docs"
JOURNEYS = Path(__file__).parents[3] / "journeys"
EVENING = datetime(2026, 3, 2, 20, 30, tzinfo=UTC)  # a Monday, 23:30 in Moscow
GOOD = """
[{name}]
requirement = "S14"
attach = ["time"]
[{name}.ru]
title = "Название"
explanation = "Объяснение"
sees = "Видно"
remedy = ["Шаг"]
[{name}.en]
title = "Title"
explanation = "Explanation"
sees = "Seen"
remedy = ["Step"]
"""


def test_every_cause_has_its_entry_in_their_order() -> None:
    assert tuple(catalogue()) == tuple(Cause)


def test_every_variant_of_a_case_has_its_words() -> None:
    known = {(cause, variant) for cause, entry in catalogue().items() for variant in entry.variants}
    assert {(case.cause, case.variant) for case in CASES if case.variant} - known == set()


def test_every_variant_that_a_journey_can_name_has_its_words() -> None:
    known = {variant for entry in catalogue().values() for variant in entry.variants}
    of_portals = {"inn-control-number", "oms-control-number", "differs"}  # of a table that names the field itself
    named = {*TITLES, *(rule.value for rule in Rule), *(channel.key for channel in CHANNELS)}
    assert named - known - of_portals == set()


def test_every_variant_that_is_written_out_has_its_words_under_its_cause() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in JOURNEYS.glob("*.py"))
    written = set(re.findall(r'Cause\.([A-Z_]+),[^()]*?(?:\([^()]*\)[^()]*?)?variant="([\w-]+)"', sources))
    assert len(written) > 5
    known = {(cause.name, variant) for cause, entry in catalogue().items() for variant in entry.variants}
    assert written - known == set()


def test_what_should_have_been_refused_is_not_explained_as_a_refusal() -> None:
    told = advise(Failure(System.ESIA, Cause.ACCOUNT_UNCONFIRMED, "", variant="let-in"), EVENING, "en")
    assert told.title == "An account that is not confirmed was let in"
    assert "open to confirmed accounts only" not in told.explanation
    assert told.sees == "The whole cabinet, though the conditions are not met."
    assert not any("Meet the named condition" in step for step in told.remedy)


@pytest.mark.parametrize("cause", Cause)
def test_russian_and_english_say_the_same_in_their_own_letters(cause: Cause) -> None:
    entry = catalogue()[cause]
    assert re.search("[а-яё]", entry.ru.title + entry.ru.explanation)
    # What stands between «» are the portals' own words, and names stay as they are.
    plain = re.sub("«[^»]*»", "", entry.en.title)
    assert set(re.findall("[А-яЁё]+", plain)) <= {"ЕСИА", "НМО", "СНИЛС", "Госуслуги"}
    assert len(entry.ru.remedy) == len(entry.en.remedy)


def test_the_variant_brings_its_own_remedy() -> None:
    told = advise(Failure(System.NMO, Cause.NMO_ACCOUNT_MISSING, "", variant="not-registered"), EVENING, "en")
    assert told.explanation.endswith("The person is not registered with НМО.")
    assert told.remedy[1] == "Apply with current data"


def test_a_variant_that_nobody_knows_leaves_the_cause_s_own_words() -> None:
    plain = advise(Failure(System.NMO, Cause.NMO_ACCOUNT_MISSING, ""), EVENING)
    assert advise(Failure(System.NMO, Cause.NMO_ACCOUNT_MISSING, "", variant="new"), EVENING) == plain


def test_channels_in_english() -> None:
    failure = Failure(System.NMO, Cause.HTTP_ERROR, "")
    said = telling(advise(failure, datetime(2026, 3, 1, 20, tzinfo=UTC), "en"), "en")
    assert "- Telephone: +7 (495) 123-45-67 (open)" in said
    assert "- Chat: on the page «Контакты» (closed until 02.03 08:00 Moscow time)" in said


def test_channels_say_whether_somebody_is_there() -> None:
    told = advise(Failure(System.NMO, Cause.HTTP_ERROR, ""), EVENING)
    assert {channel.title: channel.open_now for channel in told.channels} == {
        "Телефон": True,
        "Электронная почта": True,
        "Чат": False,
        "Форма обратной связи": True,
        "Офис": False,
    }
    text = telling(told)
    assert "Чат: на странице «Контакты» (закрыто до 03.03 08:00 МСК)" in text
    assert "Офис: ул. Ленинская, д. 12, офис 3 (закрыто до 03.03 09:00 МСК)" in text


@pytest.mark.parametrize("lost", CHANNELS, ids=lambda channel: channel.key)
def test_a_channel_that_has_failed_is_not_offered(lost: SupportChannel) -> None:
    told = advise(Failure(System.NMO, Cause.SUPPORT_UNREACHABLE, "", variant=lost.key), EVENING)
    assert [channel.title for channel in told.channels] == [one.title for one in CHANNELS if one is not lost]


@pytest.mark.parametrize(
    ("system", "turn_to"),
    [
        (System.NMO, "Support of «Образовательный портал НМО»"),
        (System.ESIA, "Support of Госуслуги and ЕСИА"),
        (System.GOSUSLUGI, "Support of Госуслуги and ЕСИА"),
    ],
)
def test_who_to_turn_to_follows_the_system(system: System, turn_to: str) -> None:
    told = advise(Failure(system, Cause.HTTP_ERROR, ""), EVENING, "en")
    assert told.turn_to == turn_to
    assert bool(told.channels) is (system is System.NMO)


def test_a_repeat_that_could_hurt_is_warned_of() -> None:
    locked = advise(Failure(System.ESIA, Cause.ACCOUNT_LOCKED, ""), EVENING, "en")
    slow = advise(Failure(System.ESIA, Cause.SLOW, ""), EVENING, "en")
    assert (locked.retest_is_safe, slow.retest_is_safe) == (False, True)
    assert "Do not repeat the run" in telling(locked, "en")
    assert "Do not repeat the run" not in telling(slow, "en")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[http-error", "catalogue of diagnoses: a.toml: "),
        (GOOD.format(name="http-eror"), "catalogue of diagnoses: a.toml: [http-eror] is no cause"),
        (
            GOOD.format(name="http-error").replace("S14", "S15"),
            "catalogue of diagnoses: a.toml: http-error.requirement: ",
        ),
        (GOOD.format(name="http-error").replace('"time"', '"tme"'), "a.toml: http-error.attach.0: "),
        (GOOD.format(name="http-error").replace('["Шаг"]', "[]"), "a.toml: http-error.ru.remedy: "),
        (GOOD.format(name="http-error") + 'remark = "x"', "a.toml: http-error.en.remark: Extra inputs"),
        (GOOD.format(name="http-error"), "catalogue of diagnoses: [blank-page] is missing"),
    ],
)
def test_a_mistake_in_the_catalogue_is_told_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "a.toml").write_text(text, encoding="utf-8")
    with pytest.raises(CatalogueInvalid) as caught:
        catalogue(tmp_path)
    assert said in str(caught.value)


def test_a_cause_that_is_there_twice(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / f"{name}.toml").write_text(GOOD.format(name="http-error"), encoding="utf-8")
    with pytest.raises(CatalogueInvalid, match=r"b\.toml: \[http-error\] is there twice"):
        catalogue(tmp_path)


def test_the_page_is_up_to_date() -> None:
    """Else: python -m synthetic.advice.page > docs/diagnosis.md."""
    assert (DOCS / "diagnosis.md").read_text(encoding="utf-8") == page()
