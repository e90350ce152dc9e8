"""Faults that every site can have."""

from types import MappingProxyType

from staging.fault import SITES, Fault


def _page_fault(name: str, title: str, description: str, **parameters: float) -> Fault:
    return Fault(name, title, description, SITES, "documents", MappingProxyType(parameters))


PLATFORM_FAULTS: tuple[Fault, ...] = (
    _page_fault("latency", "Медленные страницы", "Every HTML document comes late.", seconds=3),
    _page_fault("http-500", "Внутренняя ошибка", "The site's own error page, with a code and the time."),
    _page_fault("http-502", "Ошибка шлюза", "A bare reverse proxy page «502 Bad Gateway»."),
    _page_fault("http-503", "Сервис недоступен", "A bare reverse proxy page «503 Service Temporarily Unavailable»."),
    _page_fault("dropped-connection", "Обрыв соединения", "The connection closes without a byte of an answer."),
    Fault(
        "broken-asset",
        "Не загружается ресурс страницы",
        "The stylesheet (НМО, Госуслуги) or the script of the code boxes (ЕСИА) answers 404.",
        SITES,
        "static files",
    ),
    _page_fault("blank-page", "Пустая страница", "Status 200 and an empty HTML document."),
    _page_fault("http-429", "Слишком много запросов", "A bare page «429 Too Many Requests» with Retry-After."),
    _page_fault("maintenance", "Технические работы", "503 with the site's own notice of maintenance and its end."),
    _page_fault(
        "error-banner", "Сообщение об ошибке", "Status 200; in place of the content an error, its code and time."
    ),
    _page_fault("endless-spinner", "Бесконечная загрузка", "Status 200 and «Загрузка…» that never ends."),
    _page_fault(
        "script-error", "Ошибка сценария", "A script of every page throws an error; the page works without it."
    ),
    _page_fault("changed-label", "Изменилась надпись", "The main button of the site is called something else."),
    _page_fault("slow-drip", "Страница приходит по байту", "The body of a document comes in small pieces.", seconds=3),
    _page_fault("truncated-answer", "Обрыв на середине", "The connection closes in the middle of a document."),
    _page_fault("no-answer", "Сервер не отвечает", "The request is taken and never answered."),
    _page_fault("redirect-loop", "Круг переадресаций", "Every document leads to itself."),
)
