"""Screens of Госуслуги."""
