"""The front page of the portal."""

from pages.entrance import Entrance


class HomePage(Entrance):
    """Before sign-in."""

    button = "Войти через Госуслуги"
