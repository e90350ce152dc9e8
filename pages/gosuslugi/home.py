"""The front page of Госуслуги."""

from pages.entrance import Entrance


class HomePage(Entrance):
    """Before sign-in."""

    button = "Войти через ЕСИА"
