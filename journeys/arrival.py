"""How a person arrives where a sign-in leads: past what ЕСИА may put in the way."""

from journeys.visit import Visit
from pages.esia.interstitial import Interstitial, PromotionPage, RolePage
from pages.screen import Screen, first_of


def arrive(visit: Visit, *screens: Screen) -> Screen:
    """Wait for whichever of ``screens`` shows first, and lead past an offer or a choice of role that stands before it.

    The notes say which was met. Raises as `first_of`; a screen that does not go away counts as an unexpected one.
    """
    ahead: list[Interstitial] = [PromotionPage(visit.page), RolePage(visit.page)]
    while True:
        shown = first_of(visit.page, *screens, perhaps=ahead)
        if not isinstance(shown, Interstitial):
            return shown
        visit.notes[shown.name] = "met"
        # Each once: what still shows after its button was pressed is stuck, and waiting for the next says so.
        ahead.remove(shown)
        shown.pass_by()
