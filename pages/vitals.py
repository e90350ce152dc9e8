"""Web vitals of the document that a page shows."""

from playwright.sync_api import Error, Page

_READ = """() => {
  const seconds = {};
  const [navigation] = performance.getEntriesByType('navigation');
  if (navigation?.responseStart > 0) seconds.ttfb = navigation.responseStart / 1000;
  const paint = performance.getEntriesByName('first-contentful-paint')[0];
  if (paint) seconds.fcp = paint.startTime / 1000;
  // What was painted so far is there at once: nobody has to be called back.
  const observer = new PerformanceObserver(() => {});
  observer.observe({type: 'largest-contentful-paint', buffered: true});
  const largest = observer.takeRecords().at(-1);
  observer.disconnect();
  if (largest) seconds.lcp = largest.startTime / 1000;
  return seconds;
}"""


def read_vitals(page: Page) -> dict[str, float]:
    """Seconds to first byte (ttfb), first (fcp) and largest (lcp) contentful paint, as far as known."""
    try:
        vitals: dict[str, float] = page.evaluate(_READ)
    except Error:
        # The page may navigate while it is asked; vitals are a by-product and never change a verdict.
        return {}
    return vitals
