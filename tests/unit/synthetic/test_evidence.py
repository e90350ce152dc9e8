"""What evidence shows of real pages. In each of them all that is private is red: a safe picture has no red in it."""

import base64
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Page, sync_playwright

from journeys.target import Target
from pages.private import private_regions
from synthetic.browser import launch_options
from synthetic.evidence import EvidenceFolder
from synthetic.recorder import Recorder
from synthetic.redaction import Redactor

pytestmark = pytest.mark.browser

SECRETS = {
    "password": 'Ab"c\\d1!',
    "phone": "+79000001011",
    "surname": "Семёнова",
    "given-name": "Анна",
    "patronymic": "Петровна",
    "snils": "112-233-445 95",
    "full-name": "Семёнова Анна Петровна",
    "private-1": "500100732259",
    "private-2": "01.02.1980",
}
STYLE = "<style>body{font:20px sans-serif;color:#0a0}"
STYLE += "i,input,select,textarea,output,dd,[contenteditable]{color:#f00}</style>"
EVERYTHING = """
<h1>Личный кабинет</h1>
<header>Здравствуйте, <i>Анна</i>! Роль: Врач</header>
<p>Телефон <i>+7 (900) 000-10-11</i>, СНИЛС <i>11223344595</i>, <i>112.233.445.95</i></p>
<p>Кабинет <i>Семеновой Анны Петровны</i>, <i>СЕМЁНОВА</i>, <i>Семе\u0308новой</i>, <i>Семё&shy;нова</i></p>
<table><tr><th>ИНН</th><td><i>500100732259</i></td></tr><tr><th>ОМС</th><td><i>8451 9991 2289 9990</i></td></tr></table>
<p>Родилась <i>1 февраля 1980</i>, паспорт <i>4510 123456</i></p>
<p>Чужие: <i>bob@mail.ru</i>, <i>(900) 123-45-67</i>, <i>123-456-789 01</i></p>
<p>Код <i>428 317</i>, <i>{"code":"a1b2c3d4"}</i></p>
<label>Пароль <input value="hunter2"></label> <select><option>Мой адрес</select> <output>4283</output>
<p contenteditable>Черновик</p><dl><dt>Стаж</dt><dd>12</dd><dt>Роль</dt><dd>Врач</dd><dt>Курит</dt><dd>Да</dd></dl>
"""
FRINGE = 10
"""Pixels of letters that lean out of their box."""
FRAME = "<p>Рамка: <i>Семёновой Анне</i></p><input type=password value=hunter2><p><i>+7 900 000 10 11</i></p>"
RED = """async source => {
    const image = new Image(); image.src = source; await image.decode();
    const canvas = document.createElement('canvas'); canvas.width = image.width; canvas.height = image.height;
    const context = canvas.getContext('2d'); context.drawImage(image, 0, 0);
    const {data} = context.getImageData(0, 0, image.width, image.height);
    let red = 0, green = 0;
    for (let i = 0; i < data.length; i += 4) {
        red += data[i] > 150 && data[i + 1] < 120 && data[i + 2] < 120;
        green += data[i] < 120 && data[i + 1] > 120 && data[i + 2] < 120;
    }
    return [red, green];
}"""


@dataclass
class Studio:
    """One browser in a thread of its own: another test's Playwright may live in this one."""

    thread: ThreadPoolExecutor
    browser: Browser
    folder: Path

    def taken(
        self, body: str, sites: dict[str, str] | None = None, act: Callable[[Page], None] | None = None
    ) -> "Taken":
        return self.thread.submit(self._taken, body, sites or {}, act).result()

    def _taken(self, body: str, sites: dict[str, str], act: Callable[[Page], None] | None) -> "Taken":
        redactor = Redactor(SECRETS)
        redactor.learn("one-time-code", "428317")
        context = self.browser.new_context(viewport={"width": 1000, "height": 900})
        page = context.new_page()
        for site, content in sites.items():
            page.route(
                site,
                lambda route, _, content=content: route.fulfill(
                    body=STYLE + content, content_type="text/html; charset=utf-8"
                ),
            )
        page.set_content(f"<title>Кабинет: Анна</title>{STYLE}{body}")
        evidence = EvidenceFolder(self.folder, redactor)
        if act:
            act(page)
        evidence.collect(
            page, Recorder(context, Target("stage", "https://n.example", "https://g.example", "https://e.example"))
        )
        red, green = self._colours(context.new_page()) if (self.folder / "screenshot.png").exists() else (0, 0)
        text = self.folder / "page.txt"
        context.close()
        return Taken(evidence, redactor, red, green, text.read_text() if text.exists() else "")

    def _colours(self, page: Page) -> tuple[int, int]:
        picture = base64.b64encode((self.folder / "screenshot.png").read_bytes()).decode()
        red, green = page.evaluate(RED, f"data:image/png;base64,{picture}")
        return red, green


@dataclass
class Taken:
    evidence: EvidenceFolder
    redactor: Redactor
    red: int
    green: int
    text: str

    @property
    def kinds(self) -> set[str]:
        return {piece.kind for piece in self.evidence.written}


@pytest.fixture(scope="module")
def thread_and_browser(browser_path: Path) -> Iterator[tuple[ThreadPoolExecutor, Browser]]:
    with ThreadPoolExecutor(1) as thread:
        playwright = thread.submit(lambda: sync_playwright().start()).result()
        browser = thread.submit(lambda: playwright.chromium.launch(**launch_options(browser_path))).result()
        yield thread, browser
        thread.submit(browser.close).result()
        thread.submit(playwright.stop).result()


@pytest.fixture
def studio(thread_and_browser: tuple[ThreadPoolExecutor, Browser], tmp_path: Path) -> Studio:
    return Studio(*thread_and_browser, tmp_path)


def test_a_picture_shows_nothing_private(studio: Studio) -> None:
    taken = studio.taken(EVERYTHING)
    assert taken.kinds == {"screenshot", "page-text", "network"}
    assert taken.red < FRINGE
    assert taken.green > 1000, "what is not private is still to be read"


def test_what_is_not_masked_would_be_seen(studio: Studio) -> None:
    assert studio.taken("<p><i>Не тайна</i></p>").red > 50


@pytest.mark.parametrize(
    "body",
    [
        "<p><i>Анна, вот и <b>Анна</b></i></p>",
        "<p><i>+7 (900)<br>000-10-11</i></p>",
        "<p><i><b>112</b>-<b>233</b>-<b>445</b> <b>95</b></i></p>",
        "<p style='text-transform:uppercase'><i>семёнова</i></p>",
        "<div id=host></div><script>host.attachShadow({mode:'open'}).innerHTML="
        "\"<p style='color:#f00'>Семёновой</p><p>Тень</p>\"</script>",
        "<dialog><i>Семёновой</i><p>Окно</p></dialog><script>document.querySelector('dialog').showModal()</script>",
    ],
    ids=["own-and-child", "line-break", "in-pieces", "capitals", "shadow-root", "dialog"],
)
def test_an_odd_place_is_masked_too(studio: Studio, body: str) -> None:
    taken = studio.taken(f"<p>Всё прочее</p>{body}")
    assert "screenshot" in taken.kinds
    assert taken.red < FRINGE
    assert taken.green > 100


def test_frames_are_masked_as_the_page_is(studio: Studio) -> None:
    inner = f"{STYLE}{FRAME}<iframe src='https://deep.example/'></iframe>".replace('"', "&quot;")
    sites = {"https://widget.example/": FRAME, "https://deep.example/": FRAME}
    wide = "width=900 height=300"
    body = f'<p>Страница</p><iframe {wide} srcdoc="{inner}"></iframe><iframe {wide} src="https://widget.example/"></iframe>'
    taken = studio.taken(body, sites)
    assert "screenshot" in taken.kinds
    assert taken.red < FRINGE
    assert taken.green > 300


def test_a_frame_that_does_not_answer_is_not_pictured(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    def silence(page: Page) -> None:
        def locator(selector: str) -> None:
            raise Error("Timeout 2000ms exceeded")

        monkeypatch.setattr(page.frames[1], "locator", locator)

    taken = studio.taken("<p>Страница</p><iframe srcdoc='<i>Семёнова</i>'></iframe>", act=silence)
    assert taken.kinds == {"page-text", "network"}
    assert (taken.evidence.quarantined, taken.evidence.lost) == (1, 0)


def test_a_stuck_page_gives_its_requests_only(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pages.private._PATIENCE_MS", 300)
    monkeypatch.setattr("synthetic.evidence._PATIENCE_MS", 300)

    def stick(page: Page) -> None:
        page.evaluate("() => { setTimeout(() => { for (;;); }) }")

    taken = studio.taken("<p>Страница</p>", act=stick)
    assert taken.kinds == {"network"}
    assert (taken.evidence.quarantined, taken.evidence.lost) == (0, 2)


def test_a_private_text_that_appears_meanwhile_is_not_pictured(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    def late(page: Page) -> None:
        take = page.screenshot

        def screenshot(**options: object) -> bytes:
            page.evaluate("() => document.body.insertAdjacentHTML('beforeend', '<p>ОМС 8451999122899990</p>')")
            return take(**options)  # type: ignore[arg-type]

        monkeypatch.setattr(page, "screenshot", screenshot)

    taken = studio.taken("<p>Страница</p>", act=late)
    assert "screenshot" not in taken.kinds
    assert (taken.evidence.quarantined, taken.evidence.lost) == (1, 0)


def test_a_picture_that_takes_too_long_is_lost_and_not_quarantined(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(page: Page) -> None:
        def screenshot(**_: object) -> bytes:
            raise Error("Timeout 5000ms exceeded")

        monkeypatch.setattr(page, "screenshot", screenshot)

    taken = studio.taken("<p>Страница</p>", act=slow)
    assert taken.kinds == {"page-text", "network"}
    assert (taken.evidence.quarantined, taken.evidence.lost) == (0, 1)


def test_a_disk_that_takes_nothing_loses_everything(studio: Studio) -> None:
    (studio.folder / "file").touch()
    studio.folder /= "file"
    taken = studio.taken("<p>Страница</p>")
    assert taken.kinds == set()
    assert (taken.evidence.quarantined, taken.evidence.lost) == (0, 3)


def test_a_redaction_that_fails_quarantines(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Redactor, "leaks", lambda self, text: True)
    taken = studio.taken("<p>Страница</p>")
    assert taken.kinds == {"screenshot"}
    assert taken.evidence.quarantined == 2


def test_the_text_of_a_page_keeps_its_words_and_nothing_private(studio: Studio) -> None:
    text = studio.taken(EVERYTHING).text
    assert "Личный кабинет" in text
    assert "Роль: Врач" in text
    assert "\nСтаж\n‹private›\n" in text
    assert "Кабинет: ‹given-name›" in text
    assert not Redactor(SECRETS).leaks(text)
    assert all(part not in text for part in ("428 317", "bob@", "4510", "a1b2c3d4", "Семен", "Семён", "12\n", "\nДа"))


def test_a_list_of_staff_shows_no_name(studio: Studio) -> None:
    rows = "<tr><th>Сотрудник</th></tr><tr><td><i>Жукова О. П.</i></td><td>врач-невролог</td></tr>"
    taken = studio.taken(f"<h1>Контроль требований</h1><table aria-label=Сотрудники>{rows}</table>")
    assert taken.red < FRINGE
    assert "Жукова" not in taken.text
    assert "врач-невролог" in taken.text


def test_what_a_screen_shows_of_a_person_stays_in_the_messages_of_the_run(studio: Studio) -> None:
    redactor = studio.taken(EVERYTHING + "<dl><dt>Должность</dt><dd>Терапевт</dd></dl>").redactor
    message = "«Врач» ждал 12 s: Да, Терапевт; http://127.0.0.1:12/"
    assert redactor.text(message) == message


def test_regions_are_found_without_known_values(studio: Studio) -> None:
    def count() -> int:
        page = studio.browser.new_page()
        page.set_content("<input><dl><dd>12</dd></dl>")
        regions = private_regions(page, lambda _: ())
        total = sum(region.count() for region in regions)
        page.close()
        return total

    assert studio.thread.submit(count).result() == 2
