"""Web vitals of the document that a page shows."""

from playwright.sync_api import Error, Page

_READ = """() => new Promise(resolve => {
  const seconds = {};
  const [navigation] = performance.getEntriesByType('navigation');
  if (navigation?.responseStart > 0) seconds.ttfb = navigation.responseStart / 1000;
  const paint = performance.getEntriesByName('first-contentful-paint')[0];
  if (paint) seconds.fcp = paint.startTime / 1000;
  const observer = new PerformanceObserver(list => {
    const entry = list.getEntries().at(-1);
    if (entry) seconds.lcp = entry.startTime / 1000;
    resolve(seconds);
  });
  observer.observe({type: 'largest-contentful-paint', buffered: true});
  // A document that has painted nothing large never calls back.
  setTimeout(() => resolve(seconds), 20);
})"""


def read_vitals(page: Page) -> dict[str, float]:
    """Seconds to first byte (ttfb), first (fcp) and largest (lcp) contentful paint, as far as known."""
    try:
        vitals: dict[str, float] = page.evaluate(_READ)
    except Error:
        # The page may navigate while it is asked; vitals are a by-product and never change a verdict.
        return {}
    return vitals
